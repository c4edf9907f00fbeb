"""Draws payloads that a kept contract took, field by field: what an app of that version might have sent."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from hypothesis import strategies as st

from tests.contracts import Plain

Strategy = st.SearchStrategy[Any]

# Every sort of letter but control characters, halves of surrogate pairs and line breaks, which no text may hold.
_LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
_LINES = st.one_of(_LETTERS, st.just("\n"))
_SECONDS = st.integers(0, 7_258_118_399)  # from 1970 to the last second of 2199


def payloads(contract: Plain) -> Strategy:
    """Values of an object, list or field; what only the whole object refuses (`refuses`) may be among them."""
    return st.one_of(st.none(), _drawn(contract)) if contract.get("null") else _drawn(contract)


def _drawn(said: Plain) -> Strategy:
    match said["type"]:
        case "object":
            fields = {name: payloads(field) for name, field in said["fields"].items()}
            required = {name for name, field in said["fields"].items() if field.get("required")}
            return st.fixed_dictionaries(
                {name: fields[name] for name in required},
                optional={name: fields[name] for name in fields.keys() - required},
            )
        case "list":
            fewest, few = said["fewest"], min(said["most"], said["fewest"] + 3)
            return st.lists(
                payloads(said["of"]), min_size=fewest, max_size=few, unique=said.get("unique", False)
            )
        case "text":
            return _texts(said)
        case "whole":
            return st.integers(said["lowest"], said["highest"])
        case "number":
            lowest, highest = said["lowest"], said["highest"]
            return st.one_of(st.floats(lowest, highest), st.sampled_from([lowest, highest]))
        case "word":
            return st.sampled_from(said["words"])
        case "card_word":
            return st.builds("{}{:02}".format, st.sampled_from(said["words"]), st.integers(0, 99))
        case "flag":
            return st.booleans()
        case "id":
            return st.uuids().map(str)
        case "day":
            return st.dates(dt.date(2000, 1, 1), dt.date(2199, 12, 31)).map(str)
        case "week":
            return st.dates(dt.date(2000, 1, 3), dt.date(2199, 12, 1)).map(lambda day: f"{day:%G-W%V}")
        case "time":
            return st.times().map(lambda time: time.strftime("%H:%M"))
        case "instant":
            return _SECONDS.map(lambda at: f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%dT%H:%M:%SZ}")
    raise TypeError(f"say here how to draw a {said['type']}")


def _texts(said: Plain) -> Strategy:
    shortest, longest = said["shortest"], said["longest"]
    if "form" in said:
        formed = st.from_regex(re.compile(said["form"], re.ASCII), fullmatch=True)
        return formed.filter(lambda text: shortest <= len(text) <= longest)
    letters = _LINES if said.get("lines") else _LETTERS
    drawn = st.text(letters, min_size=shortest, max_size=min(longest, 40))
    return st.one_of(drawn.filter(lambda text: not shortest or bool(text.strip())), st.just("あ" * longest))
