"""What stays of a change that did not happen: its receipt if it was refused, nothing if we failed."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.storage.ledger import Receipt
from tests.api import Api
from tests.http.test_stops import STOP
from tests.test_write_path import counted, endings, operation, push, rows, visit_of


def test_a_refused_operation_leaves_its_receipt_and_nothing_else(api: Api) -> None:
    visit = visit_of(api)
    push(api, operation("head_count.add", {"visit_id": visit, "counts": {"adult": 1}}), role="crew")
    api.post("/v1/stops", STOP)
    before = rows(api.database, but={"receipts", "change_counter", "rejections"})
    receipts = counted(api.database, Receipt)
    assert api.post("/v1/stops", STOP).code == "stop_code_taken"
    assert api.post("/v1/stops", {**STOP, "weight": 99}).code == "invalid"
    assert endings(push(api, operation("stop.add", STOP), role="crew")) == [("rejected", "forbidden")]
    assert rows(api.database, but={"receipts", "change_counter", "rejections"}) == before
    assert counted(api.database, Receipt) == receipts + 3


def test_receipts_keep_no_payload(api: Api) -> None:
    secrets = ["ひみつの名前", "090-1234-5678", "colour-of-secret"]
    body = {**STOP, "name": secrets[0], "host_contact": secrets[1], "code": "Z1"}
    api.post("/v1/stops", body)
    api.post("/v1/stops", {**body, secrets[2]: secrets[0], "kind": secrets[0], "weight": secrets[1]})
    api.post("/v1/stops", body)
    push(api, operation("stop.request", {**body, secrets[0]: {secrets[2]: 1}}), role="crew")
    with api.database.read() as session:
        kept = repr(session.execute(sa.select(Receipt.__table__)).all())
    assert counted(api.database, Receipt) == 4
    for secret in secrets:
        assert secret not in kept


def test_an_unexpected_fault_takes_everything_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("outreach_api.stops.reads.stop_views", broken)
    token = api.token("coordinator")
    before, key = rows(api.database), new_id()
    assert api.post("/v1/stops", STOP, token=token, key=key, check=False).status == 500
    assert rows(api.database) == before
    monkeypatch.undo()
    again = api.post("/v1/stops", STOP, token=token, key=key)
    assert again.status == 201
    assert "Idempotency-Replayed" not in again.headers


@pytest.mark.parametrize(
    "fault", [sa.exc.OperationalError("COMMIT", {}, Exception("disk")), OSError("disk full")]
)
def test_a_commit_that_fails_is_never_answered_as_done(
    api: Api, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    token = api.token("coordinator")
    before = rows(api.database)

    def broken(self: Any, connection: Any) -> None:
        raise fault

    dialect = type(api.database.engine.dialect)
    monkeypatch.setattr(dialect, "do_commit", broken)
    answer = api.post("/v1/stops", STOP, token=token, check=False)
    monkeypatch.undo()
    assert answer.status in (500, 503)
    assert "ETag" not in answer.headers
    assert rows(api.database) == before
    assert api.post("/v1/stops", STOP, token=token).status == 201


def test_a_refusal_after_the_write_keeps_its_receipt(api: Api) -> None:
    key = new_id()
    api.post("/v1/stops", STOP)
    assert api.post("/v1/stops", STOP, key=key).code == "stop_code_taken"
    with api.database.read() as session:
        receipt = session.get_one(Receipt, key)
        assert (receipt.status, receipt.code, receipt.entity_id) == ("conflict", "stop_code_taken", None)
