"""Phones of several vans that send what their crews entered, and keep account of what the server answered.

All that they do follows from their dice, so that a day can be had again.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from outreach_api.kernel.clock import format_instant
from outreach_api.kernel.ids import uuid7

NOW = dt.datetime(2026, 11, 28, 3, 0, tzinfo=dt.UTC)
"""The server's clock and the phones': Saturday noon in Tokyo."""
MOST_IN_A_PUSH = 500

Operation = dict[str, Any]
Push = Callable[[str, list[Operation]], dict[str, Any]]
"""Sends operations with a token and gives the answer's body."""
Pull = Callable[[str, str | None], dict[str, Any]]
"""Asks with a token for what changed after a cursor."""


class Told(NamedTuple):
    """An answer that ended an operation, and when it had reached the phone."""

    at: int
    """Position in the trace of writes: whatever is written later did not have to be there for this answer."""
    op_id: uuid.UUID
    kind: str
    entity_id: uuid.UUID
    result: str
    change_no: int


class Phone:
    """One crew's phone: a queue, and an account of the answers."""

    def __init__(
        self, dice: random.Random, token: str, stop_id: uuid.UUID, position: Callable[[], int]
    ) -> None:
        self.sent: list[Operation] = []
        """Each operation once, in the order entered."""
        self.told: dict[uuid.UUID, Told] = {}
        self.seen: list[tuple[int, int]] = []
        """Change numbers that the server has shown, and when."""
        self.token = token
        self._dice = dice
        self._stop = stop_id
        self._position = position
        self._queue: list[Operation] = []
        self._later: list[Operation] = []
        """What will be entered into the queue only after the next sync."""
        self._visit = uuid.UUID(int=0)
        self._sales: list[uuid.UUID] = []
        self._wrong: set[uuid.UUID] = set()
        """Operations that the server must refuse for good, and remember."""
        self._cursor: str | None = None
        self._arrive()

    def sync(self, push: Push, pull: Pull) -> None:
        """Enter something new, unless a push is full already, send the queue, and sometimes ask for news.

        One answer in seven gets lost.
        """
        self._queue += self._later
        self._later = []
        for operation in self._entered() if len(self._queue) < MOST_IN_A_PUSH else ():
            self.sent.append(operation)
            self._queue.append(operation)
        self._send(push, answer_arrives=self._dice.random() > 1 / 7)
        if self._dice.random() < 1 / 3:
            self._ask(pull)

    def finish(self, push: Push) -> None:
        """Send until everything is answered."""
        self._queue += self._later
        self._later = []
        in_vain = 0
        while self._queue:
            before = len(self._queue)
            self._send(push, answer_arrives=True)
            in_vain = in_vain + 1 if len(self._queue) == before else 0
            if in_vain == 3:
                raise AssertionError(f"never answered: {self._queue[0]}")

    def unanswered(self, at: int) -> list[Operation]:
        """What the phone still held at a position in the trace, entered by then or not."""
        return [operation for operation in self.sent if self.told[uuid.UUID(operation["op_id"])].at > at]

    def _send(self, push: Push, *, answer_arrives: bool) -> None:
        sending = self._queue[:MOST_IN_A_PUSH]
        results = push(self.token, sending)["results"]
        if not answer_arrives:
            return  # all of it stays in the queue
        at = self._position()
        ended = set()
        for operation, line in zip(sending, results, strict=True):
            if line["change_no"] is not None:
                self.seen.append((at, line["change_no"]))
            if line["result"] == "retry":
                continue
            op_id = uuid.UUID(operation["op_id"])
            ended.add(op_id)
            entity = uuid.UUID(operation["entity_id"])
            result = line["original"] or line["result"]
            if (result == "applied") == (op_id in self._wrong):
                raise AssertionError(f"{operation} was answered {line}")
            self.told[op_id] = Told(at, op_id, operation["kind"], entity, result, line["change_no"])
        self._queue = [one for one in self._queue if uuid.UUID(one["op_id"]) not in ended]

    def _ask(self, pull: Pull) -> None:
        answer = pull(self.token, self._cursor)
        at = self._position()
        self._cursor = answer["cursor"]
        self.seen += [(at, item["change_no"]) for item in answer["items"]]

    def _arrive(self) -> None:
        """The next visit. Sometimes its opening is sent after its first facts, which must then wait for it."""
        self._visit = self._fact_id()
        opening = self._operation("visit.open", {"stop_id": str(self._stop)}, self._visit, minutes_ago=120)
        self.sent.append(opening)
        (self._later if self._dice.random() < 1 / 5 else self._queue).append(opening)
        self._sales = []

    def _entered(self) -> Iterator[Operation]:
        dice = self._dice
        for _ in range(dice.randint(1, 8)):
            yield self._fact()
            if dice.random() < 1 / 6:
                yield self._refused(self._mistake())
        if self._sales and dice.random() < 1 / 3:
            void = {"sale_id": str(self._sales.pop(dice.randrange(len(self._sales)))), "reason": "打ち間違い"}
            yield self._operation("sale.void", void, self._fact_id())
            if dice.random() < 1 / 3:  # once more by another thumb
                yield self._refused(self._operation("sale.void", void, self._fact_id()))
        if dice.random() < 1 / 8:
            yield self._operation("visit.close", {}, self._visit, minutes_ago=0)
            self._arrive()

    def _fact(self) -> Operation:
        dice = self._dice
        at_visit: dict[str, Any] = {"visit_id": str(self._visit)}
        match dice.choice(("sale", "sale", "sale", "heads", "heads", "note", "hygiene", "stamp")):
            case "sale":
                sale = self._fact_id()
                self._sales.append(sale)
                paid = {"payment": dice.choice(("cash", "paypay")), "rush_yen": dice.randint(1, 3_000)}
                return self._operation("sale.record", at_visit | paid, sale)
            case "heads":
                counts = {dice.choice(("infant", "preschool", "elem_low", "guardian")): dice.randint(1, 9)}
                return self._operation("head_count.add", at_visit | {"counts": counts}, self._fact_id())
            case "note":
                words = {
                    "depth": "listening",
                    "topics": ["childcare"],
                    "text": "日程を渡した。" * dice.randint(1, 40),
                }
                return self._operation("note.write", at_visit | words, self._any_id())
            case "stamp":
                card = "".join(dice.choices("ACDEFHJKMNPRTWXY3479", k=6))
                return self._operation("stamp.mark", at_visit | {"card": card}, self._any_id())
            case _:
                checked = {"check": "water", "passed": True}
                return self._operation("hygiene.log", at_visit | checked, self._fact_id())

    def _mistake(self) -> Operation:
        if self._sales and self._dice.random() < 1 / 3:  # an id that another receipt has
            taken = {"visit_id": str(self._visit), "payment": "cash", "rush_yen": 10}
            return self._operation("sale.record", taken, self._sales[-1])
        if self._dice.random() < 1 / 2:  # crews set no taxes
            return self._operation("tax_rate.set", {}, self._fact_id())
        counts = {"visit_id": str(self._visit), "counts": {"infant": "たくさん"}}
        return self._operation("head_count.add", counts, self._fact_id())

    def _refused(self, operation: Operation) -> Operation:
        self._wrong.add(uuid.UUID(operation["op_id"]))
        return operation

    def _operation(
        self, kind: str, payload: dict[str, Any], entity: uuid.UUID, *, minutes_ago: int | None = None
    ) -> Operation:
        if minutes_ago is None:
            minutes_ago = self._dice.randint(1, 100)
        return {
            "op_id": str(self._fact_id()),
            "kind": kind,
            "v": 1,
            "entity_id": str(entity),
            "occurred_at": format_instant(NOW - dt.timedelta(minutes=minutes_ago)),
            "payload": payload,
        }

    def _fact_id(self) -> uuid.UUID:
        return uuid7(NOW, self._dice.randbytes(10))

    def _any_id(self) -> uuid.UUID:
        return uuid.UUID(int=self._dice.getrandbits(128), version=4)
