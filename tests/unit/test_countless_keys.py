"""A payload of a million names that nobody knows is refused by the first of them: each would cost as much as a field."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import pytest

from schemas.base import MOST_FAULTS
from schemas.sales import SaleIn

COUNTLESS = {f"k{number}": 1 for number in range(5_000)}


def keys_in(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(keys_in, value.values()))
    return sum(map(keys_in, value)) if isinstance(value, list) else 0


@pytest.mark.parametrize(
    "payload", [COUNTLESS, {**SaleIn.example, "lines": [{**SaleIn.example["lines"][0], **COUNTLESS}]}]
)
def test_of_countless_unknown_names_only_some_are_looked_at(
    payload: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []
    load = ma.Schema.load

    def counting(schema: ma.Schema, data: Any, **kwargs: Any) -> Any:
        looked_at.append(keys_in(data))
        return load(schema, data, **kwargs)

    assert SaleIn.read(SaleIn.example)[1] == ()
    monkeypatch.setattr(ma.Schema, "load", counting)
    values, faults = SaleIn.read(payload)
    assert values == {}
    assert len(faults) == MOST_FAULTS
    assert "unknown_key" in {fault.code for fault in faults}
    assert max(looked_at) < 500


def test_what_is_wrong_beside_many_names_is_still_told() -> None:
    unknown = {f"k{number}": 1 for number in range(50)}
    _, faults = SaleIn.read({**SaleIn.example, "payment": "gold", **unknown})
    assert {fault.path: fault.code for fault in faults}["/payment"] == "not_in_list"
    assert len(faults) == 51
