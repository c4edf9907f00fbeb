"""What every schema on the wire shares: unknown keys refused, faults as codes, pages of lists.

A fault is {path: JSON pointer, code, params}, so that clients and tests never depend on an English sentence.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, ClassVar, NamedTuple

import marshmallow as ma
from marshmallow import fields

from schemas.compiled import Reader, compiled
from schemas.fields import QueryWhole, Text

MOST_FAULTS = 100  # shown of one payload; a hostile one could have a hundred thousand
_MOST_KEYS = 200  # looked at in one object: no contract has half as many, so one with more is refused anyway
_LONGEST_NAME = 100  # of a key, in a fault's path: an unknown one may be a megabyte


class Fault(NamedTuple):
    """One bad place of a payload: a JSON pointer to it, a stable code, and the numbers of its text."""

    path: str
    code: str
    params: Mapping[str, Any]


class WireSchema(ma.Schema):
    """Unknown keys are refused; `read` turns a payload into values or into coded faults, never raises."""

    class Meta:
        unknown = ma.RAISE

    error_messages = {"unknown": "unknown_key", "type": "not_object"}

    @classmethod
    def read(cls, payload: object) -> tuple[dict[str, Any], tuple[Fault, ...]]:
        """Values of a payload, or its first MOST_FAULTS faults. Exactly one of the two is empty when faulty."""
        readers = _readers.get(cls) or _make_readers(cls)
        if readers.quick is not None:
            accepted = readers.quick(payload)
            if accepted is not None:
                return accepted, ()
        try:
            values: dict[str, Any] = readers.schema.load(_cut(payload))
        except ma.ValidationError as error:
            return {}, tuple(islice(faults_of(error.messages), MOST_FAULTS))
        return values, ()


class Out(WireSchema):
    """What we answer: every declared field is always there."""

    example: ClassVar[Any] = None

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = True


class Query(WireSchema):
    """What stands after the ? of an address; schemas for it use the Query… fields."""


class _Readers(NamedTuple):
    """The schema, which has the last word, and what reads the same faster if it can."""

    schema: WireSchema
    quick: Reader | None


_readers: dict[type[WireSchema], _Readers] = {}
_making = threading.Lock()


def _make_readers(cls: type[WireSchema]) -> _Readers:
    with _making:
        made = _readers.get(cls)
        if made is None:
            schema = cls()
            made = _readers[cls] = _Readers(schema, compiled(schema))
    return made


def _cut(payload: Any) -> Any:
    """The same with no more than _MOST_KEYS in any object: a million would take marshmallow a quarter of a minute."""
    if isinstance(payload, dict):
        shown = payload.items() if len(payload) <= _MOST_KEYS else islice(payload.items(), _MOST_KEYS)
        return {key: _cut(value) for key, value in shown}
    return list(map(_cut, payload)) if isinstance(payload, list) else payload


def faults_of(messages: Any, path: str = "") -> Iterator[Fault]:
    """Flatten marshmallow's nested messages to faults with JSON pointers."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            if key == "_schema":
                yield from faults_of(inner, path)
            else:
                name = str(key)[:_LONGEST_NAME].replace("~", "~0").replace("/", "~1")
                yield from faults_of(inner, f"{path}/{name}")
    elif isinstance(messages, list):
        for inner in messages:
            yield from faults_of(inner, path)
    elif isinstance(messages, tuple):
        yield Fault(path, messages[0], messages[1])
    else:
        yield Fault(path, str(messages), {})


def page_of(item: type[Out]) -> type[Out]:
    """The schema of one page of a list: {items, next}."""
    name = item.__name__.removesuffix("Out") + "Page"
    return type(
        name,
        (Out,),
        {
            "example": {"items": [item.example], "next": None},
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(
                required=True,
                allow_none=True,
                metadata={"description": "Give it back as ?cursor= for the next page; null on the last one."},
            ),
        },
    )


class PageQuery(Query):
    """Paging of every list."""

    limit = QueryWhole(1, 200, load_default=50, metadata={"description": "Items on one page."})
    cursor = Text(400, load_default=None, metadata={"description": "The `next` of the page before."})


SOURCE_DEFAULT = "Default: paper for what the office enters of a visit told on paper, else app."
