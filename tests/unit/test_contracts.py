"""What may be added to a published contract without a new version, and what may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest
from marshmallow import validate, validates_schema

from outreach_api.ledger.kinds import Kind
from outreach_api.stops.operations import REQUEST_STOP
from schemas.base import WireSchema
from schemas.fields import Coded, Day, Flag, Many, Nested, Number, Text, Whole, Word
from schemas.vocabulary import Role
from tests.contracts import contract_of, narrowed


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class FewerColours(StrEnum):
    RED = "red"


class MoreColours(StrEnum):
    GREEN = "green"
    BLUE = "blue"
    RED = "red"


class Part(WireSchema):
    size = Whole(1, 9, required=True)


class Published(WireSchema):
    name = Text(20, required=True, form="[a-z]+")
    colour = Word(Colour, load_default=Colour.RED)
    weight = Number(0, 10)
    note = Text(100, lines=True, allow_none=True)
    parts = Many(Nested(Part), 5)
    days = Many(Day(), 3, fewest=1)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("weight") == 0 and "note" in data:
            raise Coded("weight_unsaid")


PUBLISHED = replace(REQUEST_STOP, schema=Published)


def changed(**fields: Any) -> Kind:
    """The kind with fields declared otherwise, or without those that are None."""
    declared = {**Published._declared_fields, **fields}
    left = {name: field for name, field in declared.items() if field is not None}
    schema = type("Changed", (WireSchema,), {**left, "check": Published.check})
    return replace(PUBLISHED, schema=schema)


def found(kind: Kind) -> list[str]:
    return narrowed(contract_of(PUBLISHED), contract_of(kind))


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(PUBLISHED, id="nothing"),
        pytest.param(changed(extra=Flag()), id="a field that may be left out"),
        pytest.param(changed(extra=Text(9, load_default="a")), id="a field with a default"),
        pytest.param(
            changed(colour=Word(MoreColours, load_default=Colour.RED)), id="a word more, sorted anew"
        ),
        pytest.param(changed(weight=Number(-1, 11)), id="wider bounds"),
        pytest.param(changed(weight=Number(0, 10, load_default=None)), id="null"),
        pytest.param(changed(name=Text(21, form="[a-z]+")), id="longer, and it may be left out"),
        pytest.param(changed(name=Text(20, required=True)), id="no form any more"),
        pytest.param(changed(days=Many(Day(), 4)), id="more days, or none"),
        pytest.param(replace(PUBLISHED, roles=PUBLISHED.roles | {Role.SAFEGUARDING}), id="a role more"),
    ],
)
def test_what_only_adds_needs_no_new_version(kind: Kind) -> None:
    assert found(kind) == []


class Required(Part):
    depth = Whole(0, 9, required=True)


class Checked(Published):
    @validates_schema
    def check_more(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data.get("parts"):
            raise Coded("parts_missing")


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        pytest.param(changed(note=None), "/note", id="a field is gone"),
        pytest.param(changed(extra=Flag(required=True)), "/extra", id="a field more is required"),
        pytest.param(changed(weight=Number(0, 10, required=True)), "/weight", id="a field is required now"),
        pytest.param(changed(weight=Whole(0, 10)), "/weight", id="of another kind"),
        pytest.param(changed(weight=Number(1, 10)), "/weight", id="a higher lower bound"),
        pytest.param(changed(weight=Number(0, 9)), "/weight", id="a lower upper bound"),
        pytest.param(
            changed(colour=Word(FewerColours, load_default=Colour.RED)), "/colour", id="a word is gone"
        ),
        pytest.param(
            changed(colour=Word(Colour, load_default=Colour.BLUE)), "/colour", id="left out means other"
        ),
        pytest.param(changed(colour=Word(Colour)), "/colour", id="left out means nothing now"),
        pytest.param(changed(note=Text(99, lines=True, allow_none=True)), "/note", id="shorter"),
        pytest.param(
            changed(note=Text(100, shortest=2, lines=True, allow_none=True)), "/note", id="not so short"
        ),
        pytest.param(changed(note=Text(100, allow_none=True)), "/note", id="one line only"),
        pytest.param(changed(note=Text(100, lines=True)), "/note", id="no null"),
        pytest.param(changed(note=Text(100, lines=True, allow_none=True, form=".+")), "/note", id="a form"),
        pytest.param(changed(name=Text(20, required=True, form="[a-y]+")), "/name", id="another form"),
        pytest.param(changed(parts=Many(Nested(Part), 4)), "/parts", id="a shorter list"),
        pytest.param(changed(parts=Many(Nested(Part), 5, fewest=1)), "/parts", id="no empty list"),
        pytest.param(changed(days=Many(Day(), 3, fewest=1, unique=True)), "/days", id="no repeats"),
        pytest.param(changed(parts=Many(Nested(Required), 5)), "/parts/*/depth", id="in a part"),
        pytest.param(replace(PUBLISHED, schema=Checked), "refuses", id="a check of the whole more"),
        pytest.param(replace(PUBLISHED, roles=PUBLISHED.roles - {Role.CREW}), "crew", id="a role is gone"),
        pytest.param(replace(PUBLISHED, pushed=False), "pushed", id="online only"),
        pytest.param(replace(PUBLISHED, needs_base=True), "base version", id="a base version is needed"),
    ],
)
def test_what_takes_something_away_is_found_and_named(kind: Kind, place: str) -> None:
    (said,) = found(kind)
    assert place in said


class Odd(WireSchema):
    name = Text(20, validate=validate.Equal("x"))


class Other(WireSchema):
    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        raise Coded("a" if data else "b")


@pytest.mark.parametrize("schema", [Odd, Other])
def test_a_contract_that_can_not_be_told_is_no_contract(schema: type[WireSchema]) -> None:
    with pytest.raises((TypeError, ValueError)):
        contract_of(replace(PUBLISHED, schema=schema))


def test_a_field_of_a_kind_unheard_of_is_no_contract() -> None:
    Unheard: Callable[..., Any] = type("Unheard", (Flag,), {})
    with pytest.raises(KeyError):
        contract_of(changed(extra=Unheard()))
