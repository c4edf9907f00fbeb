"""What is looked at before anything is kept: on the van somebody can still put it right, and hours later nobody can.
A note that is sealed can't even be read again."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from van_app import words

MOST_TAPS, MOST_PIECES = 500, 1_000
"""Of one band in one go; of one item on a receipt."""


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣~〜", "-"))
_KANJI_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


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


def check_counts(counts: Mapping[str, int]) -> None:
    """Raises CannotKeep."""
    unknown = sorted(counts.keys() - words.BANDS.keys())
    if unknown:
        raise no_such_band(unknown[0])
    if not any(counts.values()) or any(abs(taps) > MOST_TAPS for taps in counts.values()):
        raise CannotKeep(
            f"人数は 1〜{MOST_TAPS} です（押し間違いを戻すときは −1 など）。",
            f"Count 1 to {MOST_TAPS} (below zero to take a mis-tap back).",
        )


def no_such_band(text: str) -> CannotKeep:
    ja = "\n".join(f"  {code} {name}" for code, name in words.BANDS.items())
    return CannotKeep(
        f"区分「{text}」はありません。あるのは：\n{ja}", f"There is no band {text}: {', '.join(words.BANDS)}"
    )


def check_sale(payload: Mapping[str, Any]) -> None:
    """Raises CannotKeep."""
    lines, rush, tickets = payload.get("lines"), payload.get("rush_yen"), payload.get("ticket_count")
    if bool(lines) == (rush is not None):
        raise CannotKeep("品目か金額のどちらか一方を入れてください。", "Give items, or one amount.")
    if any(not 1 <= line["quantity"] <= MOST_PIECES for line in lines or ()):
        raise CannotKeep(f"個数は 1〜{MOST_PIECES} です。", f"A quantity is 1 to {MOST_PIECES}.")
    if any(line.get("unit_price_yen", 0) < 0 for line in lines or ()) or (rush is not None and rush < 1):
        raise CannotKeep("金額が正しくありません。", "An amount must not be below zero.")
    if payload["payment"] not in words.PAYMENTS:
        raise CannotKeep(f"払い方：{', '.join(words.PAYMENTS)}", f"Payments: {', '.join(words.PAYMENTS)}")
    ways = payload.get("payments", ())
    if (payload["payment"] == "mixed") != (len(ways) > 1) or len({way["payment"] for way in ways}) != len(
        ways
    ):
        raise CannotKeep(
            "いくつかの払い方は、--part を払い方ごとに一つずつ書いてください。",
            "Say each way of paying once, with --part.",
        )
    if (payload["payment"] == "ticket") != (tickets is not None) or (tickets is not None and tickets < 1):
        raise CannotKeep(
            "チケット払いのときは枚数を入れ、ほかの払い方のときは入れないでください。",
            "Say how many tickets with payment ticket, and only then.",
        )


def check_id(text: str) -> None:
    """Raises CannotKeep."""
    try:
        uuid.UUID(text)
    except ValueError:
        raise CannotKeep(f"番号ではありません：{text}", f"{text} is no id") from None


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
    found = looks_personal(text, rules)
    if found and not sure:
        raise LooksPersonal(found)


def looks_personal(text: str, rules: Mapping[str, Any]) -> list[str]:
    """The sentences of those pulled warning rules that find something which their `unless` does not excuse."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(_DASHES)
    spellings = (plain, plain.translate(_KANJI_DIGITS))
    return [
        str(rule["detail"])
        for rule in rules.get("warnings", [])
        if any(
            not (rule.get("unless") and re.search(rule["unless"], match[0]))
            for spelling in spellings
            for match in re.finditer(rule["pattern"], spelling)
        )
    ]


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
