"""Payloads for any contract, made from its declared fields; and the same payloads with something done to them."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable
from typing import Any

import marshmallow as ma
from hypothesis import strategies as st
from marshmallow import fields as plain

from schemas import fields
from schemas.contact_fields import Form
from schemas.fields import UUID_FORM
from schemas.stops import Nth

Strategy = st.SearchStrategy[Any]

# What a text may hold: also what isprintable() doubts (wide space, line feed), and characters beyond 16 bits.
_LETTERS = st.sampled_from([*"aZ7 -_.あ東ｱ７é😀", "\u3000", "\u200d"])
_DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2199, 12, 31))


def valid(schema: ma.Schema) -> Strategy:
    """Objects each field of which is as declared. The schema's checks of the whole may still refuse them."""
    must = {n: _value(f) for n, f in schema.load_fields.items() if f.required}
    may = {n: _value(f) for n, f in schema.load_fields.items() if not f.required}
    return st.fixed_dictionaries(must, optional=may)


def _value(field: Any) -> Strategy:
    made = _BY_TYPE[type(field)](field) if type(field) in _BY_TYPE else _formed(field)
    return st.none() | made if field.allow_none else made


def _formed(field: Any) -> Strategy:
    if not isinstance(field, Form):
        raise TypeError(f"no payloads for {type(field).__name__}")
    return st.from_regex(field._form, fullmatch=True).filter(lambda text: len(text) <= field.longest)


def _text(field: fields.Text) -> Strategy:
    if field.form is not None:
        return st.from_regex(field.form, fullmatch=True).filter(lambda text: len(text) <= field.longest)
    letters = _LETTERS | st.sampled_from("\n\t") if field.lines else _LETTERS
    made = st.text(letters, min_size=field.shortest, max_size=min(field.longest, 12))
    longest = st.just("あ" * field.longest)
    return (made | longest).filter(lambda text: not field.shortest or text.strip() != "")


def _many(field: Any) -> Strategy:
    most = min(field.most, field.fewest + 3)
    unique: Callable[[Any], Any] | None = None
    if field.unique:
        unique = str.lower if isinstance(field.inner, fields.Id) else lambda one: one
    return st.lists(_value(field.inner), min_size=field.fewest, max_size=most, unique_by=unique)


def _instant(field: Any) -> Strategy:
    first, last = (dt.datetime.fromisoformat(day) for day in ("1970-01-02", "2199-12-30"))
    moments = st.datetimes(first, last)
    zones = st.sampled_from(["Z", "+09:00", "-03:30", "+00:00"])
    return st.builds(lambda at, zone: at.isoformat() + zone, moments, zones)


_BY_TYPE: dict[type, Callable[[Any], Strategy]] = {
    fields.Id: lambda _: st.builds(
        lambda one, make: make(str(one)), st.uuids(), st.sampled_from([str, str.upper])
    ),
    fields.Whole: lambda field: st.integers(field.lowest, field.highest),
    fields.Number: lambda field: (
        st.floats(field.lowest, field.highest) | st.integers(int(field.lowest), int(field.highest))
    ),
    fields.Flag: lambda _: st.booleans(),
    fields.Text: _text,
    fields.Word: lambda field: st.sampled_from([word.value for word in field.words]),
    fields.Instant: _instant,
    fields.Day: lambda _: _DAYS.map(dt.date.isoformat),
    fields.LocalTime: lambda _: st.times().map(lambda at: at.strftime("%H:%M")),
    fields.Week: lambda _: _DAYS.map(lambda day: f"{day.isocalendar()[0]}-W{day.isocalendar()[1]:02}"),
    fields.Many: _many,
    fields.Nested: lambda field: valid(field.schema),
    Nth: lambda _: st.sampled_from([1, 2, 3, 4, 5, -1]),
    plain.Raw: lambda _: st.integers() | st.text(max_size=3),
    plain.Dict: lambda _: st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
}


class _Int(int):
    pass


class _Str(str):
    pass


class _Float(float):
    pass


class _List(list[Any]):
    pass


class _Dict(dict[str, Any]):
    pass


_WIDE = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
_ID = "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
_ODD: list[Any] = [
    *(None, True, False, 0, 1, -1, 1.0, -0.0, 1.5, 2**31, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**400),
    *(
        float("nan"),
        float("inf"),
        "",
        " ",
        "\u3000",
        "\n",
        "a\x00b",
        "\ud800",
        "１",
        "1",
        "true",
        "null",
        "x" * 500,
    ),
    *(
        _ID,
        _ID.upper(),
        _ID.replace("-", ""),
        f"{{{_ID}}}",
        f"urn:uuid:{_ID}",
        _ID[:-1] + "g",
        uuid.UUID(_ID),
    ),
    *("\ud800" * 36, "ａ" * 36, _ID.encode(), uuid.UUID(_ID).bytes, b"cash", dt.date(2026, 11, 28)),
    *(
        "2026-11-28",
        "2026-11-28T02:10:00z",
        "2026-11-28t02:10:00Z",
        "2026-11-28T02:10:00.1234567Z",
        "2026-W48",
    ),
    *([], {}, [None], [[]], {"a": 1}, {1: 2}, (), (1,), frozenset({1}), 1 + 0j, object()),
]


def spoilt(payload: Any, chance: random.Random) -> Any:
    """The payload with one to three things changed, anywhere in it; the payload itself stays."""
    for _ in range(chance.randint(1, 3)):
        payload = _changed(payload, chance)
    return payload


def _changed(value: Any, chance: random.Random) -> Any:
    """One thing changed: somewhere inside, or the whole."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        name = chance.choice(list(value))
        return {**value, name: _changed(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.7:
        place = chance.randrange(len(value))
        return [*value[:place], _changed(value[place], chance), *value[place + 1 :]]
    return chance.choice(_ODD if chance.random() < 0.4 else _like(value))


def _like(value: Any) -> list[Any]:
    """What looks much like a value."""
    if isinstance(value, str):
        return _like_text(value)
    if isinstance(value, bool | int | float):
        return _like_number(value)
    if isinstance(value, list):
        once = value[:1] or [None]
        return [value * 2, value + once, [*value, None], value * 60, tuple(value), _List(value), []]
    return _like_object(value) if isinstance(value, dict) else _ODD


def _like_text(text: str) -> list[Any]:
    if UUID_FORM.fullmatch(text):
        bare = text.replace("-", "")
        return [
            bare,
            f"{bare[:4]}-{bare[4:]}---",
            f"{{{bare}}}",
            f"{text[:-1]}g",
            text.upper(),
            f" {text[1:]}",
            _Str(text),
        ]
    half = len(text) // 2
    return [
        *(text.upper(), text.lower(), text.swapcase(), text[::-1], text[:-1], text + "a", text * 2),
        *(
            text + " ",
            " " + text,
            text + "\n",
            text + "\x00",
            text + "\u2028",
            text + "\ud800",
            text + "\x85",
        ),
        *(text.replace("-", ""), text.replace("-", "ー"), text[:half] + "\t" + text[half:], " " * len(text)),
        *(text.translate(_WIDE), text.encode(errors="replace"), _Str(text), [text], {text: text}),
        *(text.replace("T", "t").replace("Z", "z"), text.replace("T", " "), text.replace("Z", ".1234567Z")),
    ]


def _like_number(number: Any) -> list[Any]:
    odd: list[Any] = [str(number), bool(number), -number, number + 1, number * 10**9, [number]]
    if abs(number) < 1e300:  # and not NaN
        odd += [float(number), int(number), _Int(number), _Float(number)]
    return odd


def _like_object(item: dict[Any, Any]) -> list[Any]:
    odd: list[Any] = [{**item, "surprise": 1}, {**item, "": None}, {**item, 1: 2}, _Dict(item), [item]]
    for name in item:
        odd.append({key: value for key, value in item.items() if key != name})
        odd.append({f"{name}s" if key == name else key: value for key, value in item.items()})
    return [*odd, dict.fromkeys(item), list(item.items()), dict(reversed(item.items()))]
