"""A phone's line to a server that may die at any moment: what is not answered is sent again."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

from outreach_api.kernel.clock import format_instant
from tests.proofs.phones import NOW, Operation, Phone

REST = 0.05
"""Seconds that a phone waits after it was not answered."""


class Unanswered(Exception):
    """Nothing is known of what became of a request: it is to be sent again."""


class Line(threading.Thread):
    """A phone that works all the time, over a connection that it keeps as long as that lives."""

    def __init__(self, port: int, phone: Phone) -> None:
        super().__init__(daemon=True)
        self.answers = 0
        self.cut_off = 0
        """Requests that were sent, but their answer never came."""
        self.in_unheard = 0
        """Operations that were found to be in when they were sent again, though nothing had been heard of them."""
        self.failed: Exception | None = None
        """What the phone was told and should never be; then it stopped."""
        self._port, self._phone = port, phone
        self._unheard: set[str] = set()
        self._heard: set[str] = set()
        """Answered on this line, even if the phone then lost the answer."""
        self._ending = threading.Event()
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        try:
            while not self._ending.is_set():
                with self._again():
                    self._phone.sync(self._push, self._pull)
            finished = False
            while not finished:
                with self._again():
                    self._phone.finish(self._push)
                    finished = True
        except Exception as fault:
            self.failed = fault
        finally:
            self._hang_up()

    def end(self) -> None:
        """Enter nothing more; what is still held is sent, then the thread ends."""
        self._ending.set()

    @contextlib.contextmanager
    def _again(self) -> Iterator[None]:
        try:
            yield
        except Unanswered:
            self._hang_up()
            time.sleep(REST)

    def _push(self, token: str, operations: list[Operation]) -> dict[str, Any]:
        body = {"sent_at": format_instant(NOW), "operations": operations}
        try:
            answer = self._ask("POST", "/v1/sync/push", token, json.dumps(body).encode())
        except Unanswered:
            self._unheard |= {operation["op_id"] for operation in operations} - self._heard
            raise
        found = {line["op_id"] for line in answer["results"] if line["result"] == "duplicate"}
        self.in_unheard += len(found & self._unheard)
        ended = {line["op_id"] for line in answer["results"] if line["result"] != "retry"}
        self._unheard -= ended
        self._heard |= ended
        return answer

    def _pull(self, token: str, cursor: str | None) -> dict[str, Any]:
        return self._ask("GET", "/v1/sync/pull" + (f"?cursor={cursor}" if cursor else ""), token, None)

    def _ask(self, method: str, path: str, token: str, body: bytes | None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection = self._connected()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as fault:
            self.cut_off += 1
            raise Unanswered from fault
        if response.status == 503:
            raise Unanswered
        if response.status != 200:
            raise AssertionError(f"{path} answered {response.status}: {content[:400]!r}")
        answer: dict[str, Any] = json.loads(content)
        self.answers += 1
        return answer

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port)
            try:
                connection.connect()
            except OSError as fault:
                raise Unanswered from fault
            self._connection = connection
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
