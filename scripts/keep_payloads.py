"""Keeps what apps of a new version send: one file for each new kind of change or raised `v`, in tests/published/.

Phones in the field don't follow the server: an app of last year pushes what it knows. So the contract of every
version, and some of its payloads, are kept for good, and tests/test_published_versions.py holds today's server to
all of them. This only ever adds a file; one that is there is never touched, by this or by hand.

- A field that may be left out, a word more, a wider bound: no new version, and nothing to do here.
- Anything that an older app could not have known: raise the kind's `v`, give it an upcaster from the version
  before (ledger/kinds.py), and run this. It writes the example, the least and the most that a payload may hold;
  before you commit the file, add by hand what an app really sends.
- A kind that is no longer wanted stays declared: phones may still hold some of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import marshmallow as ma

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the tests are no package that is installed

from outreach_api.app import KINDS  # noqa: E402
from outreach_api.ledger.kinds import Kind  # noqa: E402
from schemas import contact_fields, fields  # noqa: E402
from schemas.base import WireSchema  # noqa: E402
from tests.contracts import FOLDER, contract_of, file_of  # noqa: E402

Payload = dict[str, Any]
_LINE = 110

# What must agree with something else, by name; else one value for each kind of field.
_BY_NAME: dict[str, Any] = {
    "base": {"lat": 35.7877, "lon": 139.9032},
    "depart": "13:00",
    "ends_at": "16:30",
    "numbers": ["OK-001", "OK-002", "OK-003"],
    "ticket_numbers": ["OK-001", "OK-002", "OK-003"],
    "parts": [
        {"item_id": "3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f601", "quantity": 2},
        {"item_id": "3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f602", "quantity": 1},
    ],
    "payments": [
        {"payment": "paypay", "yen": 50},
        {"payment": "ticket", "ticket_count": 1, "ticket_face_yen": 100},
    ],
    "valid_to": "2027-03-31",
    "windows": [{"weekday": 5, "opens": "10:00", "closes": "16:00"}, {"on_day": "2026-12-26"}],
}
_VALUES: dict[type, Callable[[Any], Any]] = {
    contact_fields.Email: lambda _: "office@example.org",
    contact_fields.CardNumber: lambda _: "7K3QX9",
    contact_fields.CardWord: lambda _: "つばめ27",
    contact_fields.CaseReference: lambda _: "BS-2026-0042",
    contact_fields.Telephone: lambda _: "047-000-0000",
    contact_fields.WebAddress: lambda _: "https://example.org/",
    contact_fields.WebhookAddress: lambda _: "https://example.org/hooks/reports",
    contact_fields.QrContent: lambda _: "tel:047-000-0000",
    fields.Text: lambda field: "見本です\n二行目です" if field.lines else "見本です",
    fields.Whole: lambda field: min(max(field.lowest, 3), field.highest),
    fields.Number: lambda field: min(max(field.lowest, 4.5), field.highest),
    fields.Flag: lambda _: True,
    fields.Id: lambda _: "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
    fields.Instant: lambda _: "2026-11-28T02:00:00Z",
    fields.Day: lambda _: "2026-11-28",
    fields.Week: lambda _: "2026-W47",
    fields.LocalTime: lambda _: "10:00",
    fields.Word: lambda field: next(iter(field.words)).value,
}


def main() -> int:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    FOLDER.mkdir(exist_ok=True)
    new = [kind for kind in KINDS if not file_of(kind.name, kind.v).exists()]
    for kind in new:
        path = file_of(kind.name, kind.v)
        with path.open("x", encoding="utf-8") as file:
            file.write(laid_out(kept(kind)) + "\n")
        print(f"wrote {path.name}: add what an app really sends, then commit it and leave it alone")
    if not new:
        print("Every version of every kind is kept already; nothing to write.")
    return 0


def kept(kind: Kind) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "v": kind.v,
        "payloads": dict(payloads(kind.schema)),  # type: ignore[arg-type]
        "contract": contract_of(kind),
    }


def payloads(contract: type[WireSchema]) -> Iterator[tuple[str, Payload]]:
    """The description's example, the least and the most that is taken, and what stands in neither."""
    schema, example = contract(), getattr(contract, "example", {})
    least, most = _least(schema, example), _most(schema, example)
    yield "example", example
    if least != example:
        yield "least", least
    if most not in (example, least):
        yield "most", most
    nulls = {name: None if schema.load_fields[name].allow_none else value for name, value in most.items()}
    if nulls != most and _taken(schema, nulls):
        yield "nulls", nulls
    for name in schema.load_fields.keys() - most.keys():
        yield f"with_{name}", _with(schema, most, name)


def _least(schema: ma.Schema, payload: Payload) -> Payload:
    for name in payload:
        less = {key: value for key, value in payload.items() if key != name}
        if _taken(schema, less):
            return _least(schema, less)
    return payload


def _most(schema: ma.Schema, payload: Payload) -> Payload:
    needed = {name: None for name, field in schema.load_fields.items() if field.required}
    most = {name: _value(name, schema.load_fields[name], payload.get(name)) for name in {**payload, **needed}}
    for name, field in schema.load_fields.items():
        more = {**most, name: most.get(name, _value(name, field))}
        if _taken(schema, more):
            most = more
    return most


def _with(schema: ma.Schema, payload: Payload, name: str) -> Payload:
    """The payload with a field that does not go with it as it is: one other field goes, or says another word."""
    more = {**payload, name: _value(name, schema.load_fields[name])}
    for other, field in schema.load_fields.items():
        if other != name:
            words = [word.value for word in field.words] if isinstance(field, fields.Word) else []
            without = {key: value for key, value in more.items() if key != other}
            for changed in (without, *({**more, other: word} for word in words)):
                if _taken(schema, changed):
                    return changed
    raise SystemExit(f"{type(schema).__name__}: write a payload with {name} yourself")


def _taken(schema: ma.Schema, payload: Payload) -> bool:
    return not schema.validate(payload)


def _value(name: str, field: Any, given: Any = None) -> Any:
    """A value of a field: as it was given, with everything in it that may be there."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    if isinstance(field, fields.Nested):
        return _most(field.schema, given or {})
    if isinstance(field, fields.Many):
        first, *others = given or [None]
        return [_value("", field.inner, first), *others]
    return (
        next(make for kind, make in _VALUES.items() if isinstance(field, kind))(field)
        if given is None
        else given
    )


def laid_out(value: Any, indent: int = 0) -> str:
    """JSON that a person reads: what fits stands on one line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= _LINE or not isinstance(value, dict | list) or not value:
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(key, ensure_ascii=False)}: {laid_out(one, indent + 2)}"
            for key, one in value.items()
        ]
        opening, closing = "{}"
    else:
        parts = [laid_out(one, indent + 2) for one in value]
        opening, closing = "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{' ' * indent}{closing}"


if __name__ == "__main__":
    sys.exit(main())
