"""The reference client behind a bad network: the suite's share of tests/proofs/through_bad_network.py."""

from __future__ import annotations

import os
import random
import re
import sys
from pathlib import Path

import pytest

from tests.proofs.reference_client import AfterNoAnswer
from tests.proofs.through_bad_network import run
from van_app.ids import private_id
from van_app.phone import Phone

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends processes by POSIX signals")

OPERATIONS, FEW = 160, 80


def test_whatever_the_network_does_the_clients_ledger_and_the_database_agree(empty_engine_url: str) -> None:
    """What CI draws is the same each time, what people draw is not."""
    report = run(empty_engine_url, 1 if "CI" in os.environ else random.getrandbits(32), OPERATIONS)
    print(report)  # noqa: T201 - pytest shows it when the test fails
    assert report.holds, report
    assert report.entered >= OPERATIONS
    for what in ("reply dropped", "reply cut", "held back", "sent twice", "arrived later"):
        assert report.happened[what] > 0, report


def gives_new_ids(phone: Phone) -> None:
    """Sends as a new operation what was not answered."""
    for one in phone.queue.find("state = 'waiting' AND attempts > 0 AND sealed IS NULL"):
        op_id = private_id()
        entity = op_id if one.entity_id == one.op_id else one.entity_id
        phone.queue.change([one.op_id], entity_id=entity, op_id=op_id)


def takes_silence_for_an_answer(phone: Phone) -> None:
    """Believes that whatever it sent has arrived."""
    phone.queue.do(
        "UPDATE operations SET state = 'acknowledged', result = 'applied' "
        "WHERE state = 'waiting' AND attempts > 0"
    )


@pytest.mark.parametrize(
    ("spoilt", "found"),
    [
        (gives_new_ids, r"(sales|head counts|tickets): [0-9]+ too many"),
        (takes_silence_for_an_answer, r"receipts and the phones' ledgers: [0-9]+ missing"),
    ],
)
def test_a_client_that_does_it_wrong_is_found_out(tmp_path: Path, spoilt: AfterNoAnswer, found: str) -> None:
    report = run(f"sqlite:///{tmp_path / 'proof.db'}", 1, FEW, after_no_answer=spoilt)
    assert any(re.match(found, fault) for fault in report.faults), report
