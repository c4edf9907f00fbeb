"""What can happen in a day of sync, and what must hold after each of it; tests/proofs/sync_day.py draws the days."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.access.rules.tokens import split_token
from outreach_api.access.writes.tokens import revoke_token
from outreach_api.kernel.clock import format_instant
from outreach_api.kernel.week import local_day
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.ledger import Rejection
from tests.proofs import looking
from tests.proofs.answering import answers
from tests.proofs.book import SETTLED, Book
from tests.proofs.handsets import Entry, Handset, Line
from tests.proofs.looking import effects, look, pulled_afresh
from tests.proofs.organisation import Kept, Organisation
from tests.proofs.records import APPLIED, Expected

SAME = ("op_id", "code", "detail", "fix", "errors", "entity_id", "version", "change_no", "warnings")
"""What an answer and its repetition have in common."""
MOST_ROUNDS = 12
"""In which phones get rid of their queues at the end of the day."""


class DayOfSync:
    """The phones, the book, and what passes between the phones and the organisation."""

    def __init__(self, here: Organisation) -> None:
        here.begin_anew()
        self.here = here
        self.dice = random.Random(0)
        self.book = Book({stay.plan_stop_id: stay for stay in here.stays})
        self.handsets = [Handset(sender, token, self.dice) for sender, token in here.phones]
        self._first: dict[uuid.UUID, Line] = {}
        """What was answered when an operation came first."""
        self.backup: tuple[Kept, Book, dict[uuid.UUID, Line]] | None = None
        self.disputed: set[uuid.UUID] = set()
        """Operations and things that were told twice, in different words: who comes first is right."""
        self._seen = False

    @property
    def coordinator(self) -> Handset:
        return self.handsets[-1]

    def push(self, handset: Handset, entries: Sequence[Entry], *, apart: bool = False) -> dict[str, Any]:
        """Send and compare with the book. `apart`: what is taken in is also sent without what is not."""
        now, sent_at = self.here.clock(), self.here.clock() + handset.offset
        book = self.book.copy()
        expected = answers(book, handset.sender, entries, now, sent_at)
        alone = self._without_the_refused(handset, entries, expected, sent_at) if apart else None
        body = {"sent_at": format_instant(sent_at), "operations": [entry.item for entry in entries]}
        answer = self.here.ask("POST", "/v1/sync/push", handset.token, json=body)
        if answer.status != 200:
            raise AssertionError(f"a push was answered {answer}")
        self.book, self._seen = book, False
        lines = answer.body["results"]
        for entry, line, wanted in zip(entries, lines, expected, strict=True):
            said = (line["result"], line["code"], line["original"], line["elsewhere"])
            if said != wanted[:4]:
                raise AssertionError(
                    f"{entry.kind} was answered {said}, expected {wanted[:4]}: {line} {entry}"
                )
            if wanted.receipt and wanted.result != "duplicate":
                self._first[entry.op_id] = line
        for line in lines:
            first = self._first.get(uuid.UUID(line["op_id"])) if line["op_id"] else None
            if line["result"] != "duplicate" or first is None or line["code"] == SETTLED:
                continue
            if any(line[name] != first[name] for name in SAME):
                raise AssertionError(f"first {first}, then {line}")
        if alone is not None:
            self._compare(alone, lines, expected)
        return dict(answer.body)

    def pull(self, handset: Handset, limit: int, *, arrives: bool = True) -> None:
        cursor = f"&cursor={handset.cursor}" if handset.cursor else ""
        answer = self.here.ask("GET", f"/v1/sync/pull?limit={limit}{cursor}", handset.token)
        if not arrives:
            return
        if answer.status == 410:
            handset.start_over()
        elif answer.status == 200:
            handset.take(answer.body)
        else:
            raise AssertionError(f"a pull was answered {answer}")

    def catch_up(self, handset: Handset, limit: int) -> None:
        """Pull to the end; then the phone knows what one knows that asks for everything."""
        self.pull(handset, limit)
        while handset.pages_pending:
            self.pull(handset, limit)
        fresh = pulled_afresh(self.here, handset)
        if handset.copy != fresh:
            places = [place for place in fresh | handset.copy if fresh.get(place) != handset.copy.get(place)]
            both = {place: (handset.copy.get(place), fresh.get(place)) for place in places}
            raise AssertionError(f"pulled in pages and pulled afresh: {both}")
        looking.same("visits that a phone holds", *looking.visits_held(handset, self.book))

    def forget(self, handset: Handset) -> None:
        """The phone drops what the server holds as it does and a backup covers."""
        today = local_day(self.here.clock())
        for first in (today - looking.DIGEST_DAYS, today + dt.timedelta(days=1)):
            path = f"/v1/sync/digest?from_day={first}&to_day={first + looking.DIGEST_DAYS}"
            handset.forget(self.here.ask("GET", path, handset.token).body)

    def revoke(self, handset: Handset) -> None:
        """The token ends, and what is sent by it is not taken; then the phone gets another one."""
        parts = split_token(handset.token)
        with self.here.database.write() as session:
            revoke_token(session, self.here.keyring, prefix=parts[0] if parts else "", now=self.here.clock())
        body = {
            "sent_at": format_instant(self.here.clock()),
            "operations": [entry.item for entry in handset.queue],
        }
        answer = self.here.ask("POST", "/v1/sync/push", handset.token, json=body)
        if answer.status != 401:
            raise AssertionError(f"by a revoked token: {answer}")
        self._give_a_token(handset)

    def join(self, joining: uuid.UUID, kept: uuid.UUID) -> None:
        """The coordinator looks at a visit and says that it was the other one."""
        shown = self.here.ask("GET", f"/v1/visits/{joining}", self.coordinator.token)
        version = shown.body["version"] if shown.status == 200 else 1
        entry = self.coordinator.enter(
            self.here.clock(), "visit.merge", {"into": str(kept)}, joining, base_version=version
        )
        self.coordinator.queue.remove(entry)
        self.push(self.coordinator, [entry])

    def settle(self, which: int) -> None:
        """The office settles one of the dead letters that can be told from all others."""
        keys = [key for key, letter in self.book.letters.items() if letter.state != "settled"]
        sole = [key for key in keys if sum(k[:2] == key[:2] for k in keys) == 1]
        if not sole:
            return
        key = sole[which % len(sole)]
        with self.here.database.read() as session:
            select = sa.select(Rejection.id).where(
                Rejection.holder_id == key.holder_id,
                Rejection.op_id == key.op_id,
                Rejection.state != "settled",
            )
            letter_id = session.scalars(select).one()
        op_id = uuid.UUID(int=self.dice.getrandbits(128), version=4)
        # What is in already can only be said to be known: entered by hand, it would count twice.
        settlement = "known" if self.book.in_already(key) else "entered"
        path, said = f"/v1/sync/rejections/{letter_id}/settle", {"settlement": settlement}
        answer = self.here.ask(
            "POST", path, self.here.leads_token, json=said, **{"Idempotency-Key": str(op_id)}
        )
        if answer.status != 200:
            raise AssertionError(f"settling was answered {answer}")
        self.book.settle(key, self.here.lead, op_id, self.here.clock())
        self._seen = False

    def back_up(self) -> None:
        self.backup = self.here.back_up(), self.book.copy(), dict(self._first)

    def restore(self) -> None:
        if self.backup is None:
            return
        kept, book, first = self.backup
        self.here.restore(kept)
        self.book, self._first, self._seen = book.copy(), dict(first), False
        for handset in self.handsets:
            if self.here.ask("GET", "/v1/me", handset.token).status == 401:
                self._give_a_token(handset)  # the backup is older than the token
            lost = handset.told.keys() - handset.held.keys() - self.book.receipts.keys()
            if lost:
                raise AssertionError(f"forgotten by the phone, and not in the backup: {lost}")

    def look(self) -> None:
        """As whoever starts the server again finds it."""
        if not self._seen:
            self.here.database.close()
            look(self.here, self.book, self.handsets)
            self._seen = True

    def end(self) -> None:
        """All phones send until nothing moves any more; then everything is where it belongs."""
        for handset in self.handsets:
            self.catch_up(handset, 200)
        for _ in range(MOST_ROUNDS):
            before = [len(handset.queue) for handset in self.handsets]
            for handset in self.handsets:
                entries = list(handset.queue)
                answer = self.push(handset, entries)
                handset.hear(answer["epoch"], entries, answer["results"])
            if before == [len(handset.queue) for handset in self.handsets]:
                break
        else:
            raise AssertionError("the queues never come to rest")
        for handset in self.handsets:
            self.catch_up(handset, 200)
        self.look()
        for handset in self.handsets:
            self._nothing_told_is_lost(handset)

    def _give_a_token(self, handset: Handset) -> None:
        sender = handset.sender
        handset.token = self.here.token(
            sender.role, "another", van_id=sender.van_id, holder_id=sender.holder_id
        )

    def _nothing_told_is_lost(self, handset: Handset) -> None:
        """After all restores: what a phone was ever told to be taken in is there, under its id.

        Or something else came first under its id; or under its visit's, and then the phone has it still, to send again.
        """
        for op_id, entity_id in handset.acknowledged.items():
            receipt = self.book.receipts.get(op_id)
            answer = None if receipt is None else receipt.expected
            if answer == APPLIED or (answer is not None and answer.code == SETTLED):
                continue
            held = handset.held.get(op_id)
            visit_id = held.payload.get("visit_id") if held is not None and receipt is None else None
            concerned = {op_id, entity_id, *([uuid.UUID(visit_id)] if visit_id else [])}
            if not concerned & self.disputed:
                raise AssertionError(f"{op_id} was taken in, and now it is {receipt}")

    def _without_the_refused(
        self, handset: Handset, entries: Sequence[Entry], expected: Sequence[Expected], sent_at: dt.datetime
    ) -> tuple[list[Line], dict[str, Any]]:
        sender = handset.sender
        actor = Actor(sender.holder_id, sender.role, sender.van_id)
        taken = [entry.item for entry, wanted in zip(entries, expected, strict=True) if wanted.stands]
        with self.here.pushed_and_rolled_back(actor, taken, sent_at) as (session, lines):
            return lines, effects(session)
        raise AssertionError("not reached")

    def _compare(
        self, alone: tuple[list[Line], dict[str, Any]], lines: Sequence[Line], expected: Sequence[Expected]
    ) -> None:
        """What was refused had no part in what became of its neighbours."""
        taken = [line for line, wanted in zip(lines, expected, strict=True) if wanted.stands]
        names = ("result", "original", "code", "entity_id", "version", "warnings", "errors")
        for apart, among in zip(alone[0], taken, strict=True):
            if any(apart[name] != among[name] for name in names):
                raise AssertionError(f"alone {apart}, among others {among}")
        with self.here.database.read() as session:
            here = effects(session)
        if here != alone[1]:
            raise AssertionError(f"alone {alone[1]}, among others {here}")
