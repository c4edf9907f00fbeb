"""Whoever reads an envelope of a push says what the contract says: the quick reader, the hand-written one."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach_api.kernel.errors import Refusal
from outreach_api.sync.envelopes import by_hand, quickly, read_operation
from schemas.sync import OperationIn
from tests.payloads import spoilt, valid

GOOD: dict[str, Any] = {
    "op_id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
    "kind": "head_count.add",
    "v": 1,
    "entity_id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c",
    "base_version": None,
    "occurred_at": "2026-11-28T02:10:00Z",
    "payload": {},
}

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 1_500),
    st.just(2**63),
    st.floats(allow_nan=False),
    st.text(max_size=61),
    st.sampled_from(
        [
            "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
            "0193A1B2-C3D4-7E5F-8A9B-0C1D2E3F4A5B",
            "0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
            "{0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a}",
            "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a_b",
            " ",
            "a.b",
            "sale.record\n",
            "出店.開始",
            "2026-11-28T02:10:00Z",
            "2026-11-28t02:10:00z",
            "2026-11-28T02:10:00",
            "2026-11-28T02:10:00.1234567Z",
            "2026-11-28T02:10:00+09:00",
            "2026-02-30T02:10:00Z",
            "0001-01-01T00:00:00+14:00",
            "2026-11-28T24:00:00Z",
        ]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@given(
    changed=st.dictionaries(st.sampled_from([*GOOD, "surprise"]), ODD, max_size=3),
    dropped=st.sets(st.sampled_from(list(GOOD)), max_size=1),
)
def test_it_accepts_exactly_what_the_contract_accepts(changed: dict[str, Any], dropped: set[str]) -> None:
    item = {key: value for key, value in {**GOOD, **changed}.items() if key not in dropped}
    values, faults = OperationIn.read(item)
    ours = read_operation(item)
    if faults:
        assert isinstance(ours, Refusal), (item, faults)
        assert {p.path for p in ours.problems} == {f.path for f in faults}
    else:
        assert not isinstance(ours, Refusal), (item, ours)
        for name, value in values.items():
            assert getattr(ours, name) == value


@pytest.mark.parametrize("name", ["op_id", "entity_id"])
@pytest.mark.parametrize(
    "odd",
    [
        "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a_b",
        "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a 5",
        "+193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
        "{0193a1b2c3d47e5f8a9b0c1d2e3f4a5b}--",
        "0193a1b-2c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "０193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
    ],
)
def test_an_id_has_no_other_form(name: str, odd: str) -> None:
    answer = read_operation({**GOOD, name: odd})
    assert isinstance(answer, Refusal)
    assert [problem.path for problem in answer.problems] == [f"/{name}"]


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("kind", "a" * 58 + ".b", "a" * 59 + ".b"),
        ("v", 1, 0),
        ("v", 1_000, 1_001),
        ("base_version", 0, -1),
        ("base_version", 2**63 - 1, 2**63),
        ("occurred_at", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z"),
        ("occurred_at", "2199-12-31T23:59:59.999999Z", "2199-12-31T23:59:59.9999999Z"),
    ],
)
def test_the_bounds_are_the_same_for_all_readers(name: str, inside: Any, outside: Any) -> None:
    assert OperationIn.read({**GOOD, name: inside})[1] == ()
    assert fields_of(quickly({**GOOD, name: inside})) == fields_of(by_hand({**GOOD, name: inside}))
    assert [fault.path for fault in OperationIn.read({**GOOD, name: outside})[1]] == [f"/{name}"]
    assert quickly({**GOOD, name: outside}) is None
    assert isinstance(by_hand({**GOOD, name: outside}), Refusal)


def test_what_is_no_object_is_malformed() -> None:
    for item in (None, 1, "x", [], True):
        assert isinstance(read_operation(item), Refusal)


INSTANTS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["2026-11-28", "1970-01-01", "1969-12-31", "2199-12-31", "2200-01-01", "2026-02-30"]),
        st.sampled_from(["T", "T", "T", "t", " ", "_", ""]),
        st.sampled_from(["02:10:00", "00:00:00", "23:59:59", "23:59:60", "24:00:00", "02:10", "2:10:00"]),
        st.sampled_from(["", "", ".", ".1", ".123456", ".1234567", ".999999999", ",5", ".１"]),
        st.sampled_from(
            ["Z", "Z", "Z", "z", "+09:00", "-14:00", "+24:00", "+0900", "+09", "-00:00", "", " Z"]
        ),
    ),
)


def fields_of(operation: Any) -> list[tuple[type, Any]]:
    assert not isinstance(operation, Refusal), operation.problems
    return [(type(value), value) for value in msgspec.structs.asdict(operation).values()]


def assert_read_alike(item: Any) -> None:
    quick = quickly(item)
    assert quick is None or fields_of(quick) == fields_of(by_hand(item)), item


@settings(max_examples=settings().max_examples // 2)
@given(item=valid(OperationIn()), chance=st.randoms(use_true_random=True))
def test_what_is_read_quickly_is_read_alike_by_hand(item: Any, chance: random.Random) -> None:
    for _ in range(30):
        assert_read_alike(spoilt(item, chance))
        assert_read_alike(spoilt({**GOOD, "base_version": 3}, chance))


@settings(max_examples=settings().max_examples * 5)
@given(at=INSTANTS)
def test_a_moment_is_read_alike_quickly_and_by_hand(at: str) -> None:
    assert_read_alike({**GOOD, "occurred_at": at})


@given(item=valid(OperationIn()))
def test_whatever_is_in_order_and_not_sealed_is_read_quickly(item: Any) -> None:
    assert (quickly(item) is None) == isinstance(by_hand(item), Refusal) or "sealed" in item, item


def test_the_envelope_of_the_description_is_read_quickly() -> None:
    assert quickly(GOOD) is not None
    assert quickly({**GOOD, "occurred_at": "2026-11-28T11:10:00.5+09:00", "base_version": 3}) is not None
