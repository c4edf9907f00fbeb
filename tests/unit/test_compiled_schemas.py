"""The quick reader takes nothing that marshmallow refuses, and reads what it takes just as marshmallow does.

More payloads: pytest tests/unit/test_compiled_schemas.py --hypothesis-profile=long
"""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Iterator
from typing import Any

import marshmallow as ma
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import fields as plain

import schemas
from outreach_api.app import KINDS
from schemas.base import Out, Query, WireSchema
from schemas.compiled import compiled
from schemas.contacts import NoteIn
from schemas.fields import Flag, Id, Many, Nested, Text, Whole
from schemas.sales import SaleIn, SaleLineIn
from tests.payloads import spoilt, valid


class _Lists(WireSchema):
    """What a list may be, also where no contract of the app has it yet."""

    ids = Many(Id(), 4)
    numbers = Many(Whole(0, 9), 4, unique=True, allow_none=True)
    names = Many(Text(5), 4, fewest=1)
    objects = Many(Nested(SaleLineIn), 4, fewest=2)
    lists = Many(Many(Flag(), 2), 3)


class _Alone(WireSchema):
    """Fields that are read by their own code, where null is no value and where it is."""

    anything = plain.Raw(required=True)
    something = plain.Raw()
    nothing = plain.Raw(allow_none=True)
    id = Id(required=True, allow_none=True)


def _declared() -> Iterator[type[WireSchema]]:
    for module in pkgutil.iter_modules(schemas.__path__):
        for found in vars(importlib.import_module(f"schemas.{module.name}")).values():
            if isinstance(found, type) and issubclass(found, WireSchema):
                yield found


# Whatever comes in, and the parts of it.
OF_THE_APP = sorted(
    {
        contract
        for contract in _declared()
        if not issubclass(contract, Out | Query) and not contract.__name__.endswith(("Out", "WireSchema"))
    },
    key=lambda contract: contract.__name__,
)
INPUTS = [*OF_THE_APP, _Lists, _Alone]
TRIES = max(settings().max_examples // 10, 1)  # payloads of each contract
MUTANTS = 30  # spoilt ones of each payload
every_input = pytest.mark.parametrize("contract", INPUTS, ids=lambda contract: contract.__name__)


def alike(one: Any, other: Any) -> bool:
    """Equal, and of the same types all through: True is not 1, a list no tuple."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return one is other or bool(one == other)  # a NaN is itself


def loaded(schema: ma.Schema, payload: Any) -> Any:
    """What marshmallow reads, or why it doesn't."""
    try:
        return schema.load(payload)
    except ma.ValidationError as error:
        return error


def test_every_contract_of_the_app_is_compiled() -> None:
    assert {kind.schema for kind in KINDS} <= set(OF_THE_APP)
    assert [contract.__name__ for contract in OF_THE_APP if compiled(contract()) is None] == []


@every_input
def test_what_it_accepts_marshmallow_reads_alike(contract: type[WireSchema]) -> None:
    schema = contract()
    quick = compiled(schema)
    assert quick is not None

    @settings(max_examples=TRIES)
    @given(payload=valid(schema), chance=st.randoms(use_true_random=True))
    def read(payload: Any, chance: random.Random) -> None:
        for _ in range(MUTANTS):
            sent = spoilt(payload, chance)
            values = quick(sent)
            if values is not None:
                assert alike(values, loaded(schema, sent)), sent

    read()


@every_input
def test_it_accepts_what_is_as_declared(contract: type[WireSchema]) -> None:
    schema = contract()
    quick = compiled(schema)
    assert quick is not None

    @settings(max_examples=TRIES)
    @given(payload=valid(schema))
    def read(payload: Any) -> None:
        values = quick(payload)
        if values is None:
            assert contract.read(payload)[1], payload  # refused as a whole, as a sale of nothing
        else:
            assert alike(values, loaded(schema, payload)), payload

    read()


@pytest.mark.parametrize(
    "contract", [c for c in OF_THE_APP if hasattr(c, "example")], ids=lambda contract: contract.__name__
)
def test_it_accepts_the_examples_of_the_description(contract: Any) -> None:
    schema = contract()
    quick = compiled(schema)
    assert quick is not None
    assert alike(quick(contract.example), schema.load(contract.example))


def test_what_a_default_makes_is_made_for_each_payload() -> None:
    payload = {"visit_id": NoteIn.example["visit_id"], "depth": "greeting"}
    first, _ = NoteIn.read(payload)
    first["topics"].append("housing")
    assert NoteIn.read(payload)[0]["topics"] == []


def test_a_payload_is_left_as_it_was_sent() -> None:
    payload = {**SaleIn.example, "lines": [dict(line) for line in SaleIn.example["lines"]]}
    SaleIn.read(payload)
    assert payload == SaleIn.example
