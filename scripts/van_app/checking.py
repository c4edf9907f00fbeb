"""What is looked at before a note is sealed: afterwards nobody on this phone can mend it, or even read it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from van_app import words


class CannotKeep(Exception):
    """It was not kept, and why: a sentence in Japanese, and one in English."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja, self.en = ja, en


class LooksPersonal(Exception):
    """A note's text looks as if it named somebody. `warnings` say how; whoever wrote it decides."""

    def __init__(self, warnings: Sequence[str]) -> None:
        super().__init__("; ".join(warnings))
        self.warnings = warnings


def check_note(payload: Mapping[str, Any], rules: Mapping[str, Any], *, sure: bool) -> None:
    """Raises CannotKeep for what the server would refuse, and LooksPersonal unless the writer is `sure`.

    `rules` came with the last pull: the limit of a text, and coarse patterns of what looks like personal data.
    """
    _check_words(payload)
    text = payload["text"]
    if text is None:
        return
    longest = rules.get("note_text_longest", 280)
    if not text.strip() or len(text) > longest or any(_is_control(character) for character in text):
        raise CannotKeep(
            f"本文は1〜{longest}文字です（いま{len(text)}文字。制御文字は使えません）。",
            f"A text has 1 to {longest} characters and no control characters; this one has {len(text)}.",
        )
    spellings = (text, unicodedata.normalize("NFKC", text))
    found = [
        str(rule["detail"])
        for rule in rules.get("warnings", [])
        if any(re.search(rule["pattern"], spelling) for spelling in spellings)
    ]
    if found and not sure:
        raise LooksPersonal(found)


def _check_words(payload: Mapping[str, Any]) -> None:
    lists: tuple[tuple[Sequence[str], Sequence[str]], ...] = (
        (words.DEPTHS, [payload["depth"]]),
        (words.FAMILIARITY, [payload["familiarity"]]),
        (words.STAGES, payload["stages"]),
        (words.TOPICS, payload["topics"]),
        (words.INFO, payload["info_given"]),
    )
    for known, given in lists:
        if set(given) - set(known) or len(set(given)) != len(given):
            raise CannotKeep(
                f"選べる言葉：{', '.join(known)}", f"Choose each once, out of: {', '.join(known)}"
            )


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n"
