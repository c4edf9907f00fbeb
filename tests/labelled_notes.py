"""Invented notes of a crew, each with the kinds of personal data that are in it: what the warnings are measured by.

`tuned_on.tsv` may be looked at while the rules are written. `held_back.tsv` was written before, in another manner
(whole notes, as six people would write them), and is never looked at for that: its figures say how well the rules do
with notes that they don't know. They are a little too good: one person wrote notes and rules, and mended the rules
once after seeing the figures by kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from outreach_api.kernel.personal_data import PersonalData

_NOTES = Path(__file__).parent / "notes"


@dataclass(frozen=True, slots=True)
class LabelledNote:
    place: str
    """File and line, for whoever looks for it."""
    text: str
    labels: frozenset[PersonalData]


def labelled_notes(part: str) -> list[LabelledNote]:
    """`part` is "tuned_on" or "held_back"; a label that is none raises ValueError."""
    return list(_read(_NOTES / f"{part}.tsv"))


def _read(path: Path) -> Iterator[LabelledNote]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        labels, text = line.split("\t")
        names: Iterable[str] = () if labels == "-" else labels.split(",")
        yield LabelledNote(
            f"{path.name}:{number}", text.replace("\\n", "\n"), frozenset(map(PersonalData, names))
        )
