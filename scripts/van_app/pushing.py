"""Sending what waits, and what each answer means: applied and duplicate are acknowledged, rejected and conflict are
for a person, retry waits and comes again, and no answer changes nothing at all."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from van_app.batches import AROUND, batches, by_clock, size_of
from van_app.clock import Clock, written
from van_app.kept import ACKNOWLEDGED, DEAD, PRIVATE, WAITING, WITH_OFFICE, Kept
from van_app.queue import Queue
from van_app.report import Report
from van_app.wire import NOT_ITS_ANSWER, Refused, Server, TooBig, Unanswered

MOST_OPERATIONS, MOST_BYTES = 100, 500_000
"""Until the server has said how much it takes."""
LONGEST_RETRY_SECONDS = 6 * 3_600
_RESULTS = {"applied", "duplicate", "conflict", "rejected", "retry"}
_FAULTS_BEFORE_SPLITTING = 2
_FAULTS_IN_A_ROW = 12
_CHANCES, _DOUBT_SECONDS = 4, 60


class Pushing:
    """One sync's pushes."""

    def __init__(
        self, queue: Queue, server: Server, report: Report, *, clock: Clock, dice: random.Random
    ) -> None:
        self.queue, self.server, self.report = queue, server, report
        self.clock, self.dice = clock, dice
        rules = queue.get("rules") or {}
        self.most_operations = int(rules.get("most_operations", MOST_OPERATIONS))
        self.most_bytes = int(rules.get("most_body_bytes", MOST_BYTES))
        self._faults = 0

    def push(self, *, at_once: bool = False, ask_office: bool = False) -> None:
        """Send all that is due. Raises Unanswered or Refused; what was answered until then is on the disk.

        `ask_office`: then also what the office keeps of this phone, because nothing else tells one that has left
        whether it was let in. Sent again it is kept once.
        """
        kept_there = self.queue.find("state = ?", WITH_OFFICE) if ask_office else []
        openings = {one.entity_id: one for one in self.queue.find("state = 'waiting'") if one.is_opening}
        due = [one for one in self.queue.due(self.clock(), at_once=at_once) if not self._is_too_big(one)]
        most = {"most_operations": self.most_operations, "most_bytes": self.most_bytes}
        for batch in (*batches(due, openings, **most), *batches(kept_there, {}, **most)):
            self._send(batch)

    def _is_too_big(self, one: Kept) -> bool:
        """No request can carry it: that is for a person, and must not stop the others."""
        if AROUND + size_of(one) <= self.most_bytes:
            return False
        self._bury(one, {"code": "too_big"})
        return True

    def _send(self, batch: Sequence[Kept]) -> None:
        """Send it, in parts where it must be."""
        clocks = by_clock(batch, self.clock())
        if len(clocks) > 1:
            for part in clocks:
                self._send(part)
            return
        if len(batch) > self.most_operations:
            return self._split(batch, self.most_operations)
        try:
            self._answered(batch, self._ask(batch))
            self._faults = 0
        except TooBig:
            if len(batch) > 1:
                self.most_operations = len(batch) // 2
                return self._split(batch, self.most_operations)
            self._bury(batch[0], {"code": "too_big"})
        except Refused as no:
            self._faults += 1
            if no.status not in (400, 422) or self._faults > _FAULTS_IN_A_ROW:
                raise
            # The server read none of it, because of one of them: find that one, and let the others through.
            if len(batch) > 1:
                return self._split(batch, len(batch) // 2)
            self._doubt(batch[0], {"code": no.code, "detail": no.detail})
        except Unanswered as none:
            self._faults += 1
            splitting = none.fault and self.queue.get("failures", 0) >= _FAULTS_BEFORE_SPLITTING
            if not splitting or self._faults > _FAULTS_IN_A_ROW:
                raise
            # It failed over these before: perhaps over one of them only, and that one must not hold up all.
            if len(batch) > 1:
                return self._split(batch, len(batch) // 2)
            self._wait(batch[0], {"code": "internal"}, _DOUBT_SECONDS)

    def _split(self, batch: Sequence[Kept], size: int) -> None:
        for start in range(0, len(batch), size):
            self._send(batch[start : start + size])

    def _doubt(self, one: Kept, line: dict[str, Any]) -> None:
        """It seems to be this operation's fault; but a dead letter is for good, so a passing fault gets its chances."""
        if one.retries < _CHANCES:
            self._wait(one, line, _DOUBT_SECONDS)
        else:
            self._bury(one, line)

    def _ask(self, batch: Sequence[Kept]) -> dict[str, Any]:
        """Push, and look whether the answer is one: a result for each, in their order."""
        now = self.clock()
        sending = self.queue.about_to_send(batch, now)
        sent_at = sending[0].sent_at(now)
        body = {"sent_at": written(sent_at), "operations": [one.envelope() for one in sending]}
        answer = self.server.post("/v1/sync/push", json.dumps(body, ensure_ascii=False).encode())
        results = answer.get("results")
        if not isinstance(results, list) or not isinstance(answer.get("epoch"), str):
            raise Unanswered(*NOT_ITS_ANSWER)
        told = [(one.get("op_id"), one.get("result") in _RESULTS) for one in results if isinstance(one, dict)]
        if told != [(one.op_id, True) for one in sending]:
            raise Unanswered(*NOT_ITS_ANSWER)
        if sent_at == now.wall:
            self.queue.set(skew_seconds=answer.get("skew_seconds"), clock_suspect=answer.get("clock_suspect"))
        return answer

    def _answered(self, batch: Sequence[Kept], answer: dict[str, Any]) -> None:
        """Write down all that one answer says, in one transaction: a phone that dies here hears it again."""
        with self.queue.writing():
            # First, because what this answer says is of the new epoch already.
            self.report.heard_epoch(self.queue, answer["epoch"])
            for one, line in zip(batch, answer["results"], strict=True):
                self._settle(one, line)
                self.report.answers.append(line)
            self._revive({one.op_id: one for one in batch})

    def _settle(self, one: Kept, line: dict[str, Any]) -> None:
        ending = line.get("original") if line["result"] == "duplicate" else line["result"]
        if ending == "retry":
            self._wait(one, line, float(line.get("retry_after_seconds") or 60))
            return
        mine = self.queue.get("holder_id")
        # An answer with a change number left a receipt, and only receipts are in the digest.
        held = {"result": ending, "held_for": mine} if line.get("change_no") is not None else {}
        if ending == "conflict" and line.get("elsewhere") == "applied":
            # Another phone of this van sent it: the one whose queue was rescued, or this one under its former token.
            # It is in, but it is not held for us: no digest of ours will ever prove it.
            held = {"held_for": "another phone"}
            self.report.elsewhere += 1
        elif line.get("code") == "quarantined":
            self._hand_over(one, line)
            return
        elif ending != "applied" and line.get("code") != "settled_by_office":
            self._bury(one, line, **held)
            return
        if one.state == WITH_OFFICE:
            self.report.let_in += 1
        elif line["result"] == "applied":
            self.report.applied += 1
        else:
            self.report.duplicate += 1
        # Once it is there, nothing on this phone need tell any more that it was urgent.
        turn = max(one.turn, PRIVATE)
        self.queue.change([one.op_id], state=ACKNOWLEDGED, turn=turn, answer=json.dumps(line), **held)

    def _revive(self, sent: Mapping[str, Kept]) -> None:
        """What waited for something of this push need not wait any more; what was refused only because that had been
        refused gets another chance."""
        stuck = self.queue.find("state = ? OR (state = ? AND wait_seconds > 0)", DEAD, WAITING)
        if not stuck:
            return
        there = [
            one
            for op_id, one in sent.items()
            if self.queue.count("op_id = ? AND state = ?", op_id, ACKNOWLEDGED)
        ]
        visits = {one.entity_id for one in there if one.is_opening}
        stand_on = {one.op_id for one in there} | visits
        for one in stuck:
            answer = one.answer or {}
            if one.state == DEAD:
                lives = (
                    answer.get("code") == "needs_rejected" and {answer.get("needs"), one.visit_id} & stand_on
                )
            else:
                lives = answer.get("code") == "visit_unknown" and one.visit_id in visits
            if lives:
                self.report.put_back += 1
                self.queue.change([one.op_id], state=WAITING, wait_seconds=0, retries=0)

    def _wait(self, one: Kept, line: dict[str, Any], seconds: float) -> None:
        """It comes again by itself, later each time: what it lacks may take a minute or a day to arrive."""
        most = max(seconds, LONGEST_RETRY_SECONDS)
        seconds = min(most, seconds * 2 ** min(one.retries, 20)) * self.dice.uniform(1.0, 1.25)
        self.queue.change(
            [one.op_id],
            state=WAITING,
            retries=one.retries + 1,
            tried_at=written(self.clock().wall),
            wait_seconds=seconds,
            answer=json.dumps(line),
        )
        self.report.waiting += 1

    def _hand_over(self, one: Kept, line: dict[str, Any]) -> None:
        """It is there, and there is nothing more to do here: whether it counts, the office decides."""
        self.queue.change(
            [one.op_id], state=WITH_OFFICE, turn=max(one.turn, PRIVATE), answer=json.dumps(line)
        )
        self.report.with_office += one.state != WITH_OFFICE

    def _bury(self, one: Kept, line: dict[str, Any], **held: Any) -> None:
        """A dead letter: kept whole, never sent again by itself, shown until a person has dealt with it."""
        self.queue.change([one.op_id], state=DEAD, answer=json.dumps(line), **held)
        self.report.dead += 1
