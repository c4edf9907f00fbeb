"""The hand-written reader of push envelopes says what the contract says."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.errors import Refusal
from outreach_api.sync.envelopes import read_operation
from schemas.sync import OperationIn

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


def test_what_is_no_object_is_malformed() -> None:
    for item in (None, 1, "x", [], True):
        assert isinstance(read_operation(item), Refusal)
