"""The database goes away in the middle of a push: the phone is told to come again, and nothing is half done."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.storage.session import Database
from tests.api import Api
from tests.http.test_sync import operation, push, results, stop_of

STEPS = (
    "before_cursor_execute",
    "commit",
    "rollback",
    "savepoint",
    "release_savepoint",
    "rollback_savepoint",
)


class Losing:
    """Cuts the connection to the database at the given step of what is done over it."""

    def __init__(self, at: int) -> None:
        self.lost = False
        self._left = at

    @contextlib.contextmanager
    def listening(self, database: Database) -> Iterator[None]:
        heard = {**dict.fromkeys(STEPS, self._step), "handle_error": self._refusal}
        for event, hear in heard.items():
            sa.event.listen(database.engine, event, hear)
        try:
            yield
        finally:
            for event, hear in heard.items():
                sa.event.remove(database.engine, event, hear)

    def _step(self, connection: sa.Connection, *_: Any) -> None:
        self._left -= 1
        if self._left == 0:
            self.lost = True
            driver: Any = connection.connection.dbapi_connection
            with contextlib.closing(socket.socket(fileno=driver.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
                line.detach()

    def _refusal(self, context: sa.ExceptionContext) -> None:
        """A refusal may be the last thing that the database says: the driver has noticed that, too."""
        if not self.lost and context.connection is not None:
            self._step(context.connection)
            context.is_disconnect = self.lost


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_whenever_the_database_goes_away_a_push_is_to_be_repeated_and_then_counts_once(api: Api) -> None:
    visit, taken = str(new_id()), str(new_id())
    sale = {"visit_id": visit, "payment": "cash", "rush_yen": 300}
    opening = operation("visit.open", {"stop_id": stop_of(api)}, entity_id=visit)
    assert (
        results(push(api, opening, operation("sale.record", sale, entity_id=taken)))
        == [("applied", None)] * 2
    )
    sent = [
        operation("sale.record", sale),
        operation("sale.record", sale, entity_id=taken),  # the batch is rolled back to find the culprit
        operation("head_count.add", {"visit_id": visit, "counts": {"infant": 2}}),
        operation("head_count.add", {"visit_id": visit, "counts": {"infant": "x"}}),
        operation("visit.close", {}, entity_id=visit),
    ]
    step = 0
    while True:
        losing = Losing(step := step + 1)
        with losing.listening(api.database):
            answer = push(api, *sent)
        if not losing.lost:
            break
        assert (answer.status, answer.code) == (503, "busy"), (step, answer)
        assert answer.headers["Retry-After"]
    assert step > 20
    assert [result for result, _ in results(answer)] == [
        "applied",
        "conflict",
        "applied",
        "rejected",
        "applied",
    ]
    shown = api.get(f"/v1/visits/{visit}").json
    assert (shown["status"], shown["attendance"]["total"]) == ("closed", 2)
