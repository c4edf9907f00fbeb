"""The book: what the server must answer and hold, kept beside it by rules written down a second time.

It knows the operations of tests/proofs/sync_day.py only, and says nothing of how the server comes to its answers.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from schemas.vocabulary import Role
from tests.proofs.handsets import Entry, Sender
from tests.proofs.organisation import Stay
from tests.proofs.records import (
    APPLIED,
    Expected,
    Fact,
    Letter,
    LetterKey,
    Receipt,
    Visit,
    conflict,
    rejected,
)


@dataclass
class Book:
    stays: dict[uuid.UUID, Stay]
    """By plan stop."""
    receipts: dict[uuid.UUID, Receipt] = field(default_factory=dict)
    visits: dict[uuid.UUID, Visit] = field(default_factory=dict)
    facts: dict[str, dict[uuid.UUID, Fact]] = field(default_factory=lambda: defaultdict(dict))
    """By table."""
    voids: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    """The void of each sale that was taken back."""
    letters: dict[LetterKey, Letter] = field(default_factory=dict)

    def copy(self) -> Book:
        facts = defaultdict(dict, {table: dict(rows) for table, rows in self.facts.items()})
        return Book(
            self.stays, dict(self.receipts), dict(self.visits), facts, dict(self.voids), dict(self.letters)
        )

    def frame(self, sender: Sender, visit_id: uuid.UUID) -> uuid.UUID | None:
        """The visit that a fact told of this one belongs to, if its sender reaches it."""
        visit = self.visits.get(visit_id)
        if visit is None or (sender.role is Role.CREW and visit.van_id != sender.van_id):
            return None
        return visit.merged_into or visit_id

    def totals(self) -> Counter[tuple[uuid.UUID, str, str]]:
        """What the totals of visits must be, in the measures that these operations touch."""
        sums: Counter[tuple[uuid.UUID, str, str]] = Counter()
        for rows in self.facts.values():
            for fact_id, fact in rows.items():
                for measure, key, value in _tallies(fact, voided=fact_id in self.voids):
                    sums[fact.visit_id, measure, key] += value
        return Counter({place: value for place, value in sums.items() if value})

    def known(self, sender: Sender, entry: Entry) -> Expected | None:
        """How something is answered that came before, under this id."""
        receipt = self.receipts.get(entry.op_id)
        if receipt is None:
            return None
        same = receipt.content == entry.content
        if receipt.holder_id != sender.holder_id:
            of_the_van = sender.van_id is not None and sender.van_id == receipt.van_id
            if same and of_the_van and receipt.expected.code == SETTLED:
                return rejected(SETTLED, receipt=False)._replace(known=True)
            elsewhere = receipt.expected.result if same and of_the_van else None
            return conflict("id_taken", receipt=False)._replace(elsewhere=elsewhere, known=same)
        if not same and receipt.expected.code != SETTLED:
            return rejected("id_reused", receipt=False)
        return Expected("duplicate", receipt.expected.code, receipt.expected.result)

    def refused_makers(self, sender: Sender) -> dict[uuid.UUID, uuid.UUID | None]:
        """Of things that were not made because that was refused: by which operation."""
        return {
            letter.entity_id: key.op_id
            for key, letter in self.letters.items()
            if letter.entity_id is not None
            and letter.state == "open"
            and letter.kind in MAKERS
            and letter.code not in NOT_UNMADE
            and (
                key.holder_id == sender.holder_id
                or (sender.van_id is not None and letter.van_id == sender.van_id and not letter.in_doubt)
            )
        }

    def sort_letters(
        self, sender: Sender, entries: Sequence[Entry], answers: Sequence[Expected]
    ) -> list[Expected]:
        """What ended well, or was taken back, leaves the dead-letter list; what was refused or waits is in it once.

        What the office has settled is answered so from then on.
        """
        answered = list(zip(entries, answers, strict=True))
        for entry, answer in answered:
            ended = answer.stands or answer.code in TAKEN_BACK
            for key in self._letters_of(sender, entry) if ended else ():
                letter, own = self.letters[key], key.holder_id == sender.holder_id
                unread = letter.code in UNREAD
                if (own and unread and letter.kind == entry.kind) or (
                    key.content == entry.content and (own or not unread)
                ):
                    del self.letters[key]
                elif own and letter.state == "waiting":
                    self.letters[key] = replace(letter, state="open", code="id_reused")
        return [
            self._keep(LetterKey(sender.holder_id, legible(entry), entry.content), sender, entry, answer)
            for entry, answer in answered
        ]

    def in_already(self, key: LetterKey) -> bool:
        """Whether a letter's very operation was taken in after all, from a phone of another van."""
        there = None if key.op_id is None else self.receipts.get(key.op_id)
        return there is not None and there.content == key.content and there.expected.stands

    def settle(self, key: LetterKey, by: Sender, op_id: uuid.UUID, now: dt.datetime) -> None:
        """The office says, online, what became of a letter; its operation can't be applied any more."""
        letter, counts = self.letters[key], self.in_already(key)
        self.letters[key] = replace(letter, state="settled")
        self.receipts[op_id] = Receipt(by.holder_id, "", "rejection.settle", now, APPLIED, by.van_id)
        if key.op_id is None or counts:
            return
        there = self.receipts.get(key.op_id)
        if there is None:
            self.receipts[key.op_id] = Receipt(
                key.holder_id,
                key.content,
                letter.kind or "",
                letter.said_at or now,
                rejected(SETTLED),
                letter.van_id,
            )
        elif there.content == key.content:
            self.receipts[key.op_id] = replace(there, expected=rejected(SETTLED))

    def _letters_of(self, sender: Sender, entry: Entry) -> list[LetterKey]:
        """Those about this operation that its sender or another phone of the van left."""
        return [
            key
            for key, letter in self.letters.items()
            if key.op_id == entry.op_id
            and letter.state != "settled"
            and (
                key.holder_id == sender.holder_id
                or (sender.van_id is not None and letter.van_id == sender.van_id)
            )
        ]

    def _keep(self, key: LetterKey, sender: Sender, entry: Entry, answer: Expected) -> Expected:
        """Keep a letter, if it is to be one; how its operation is answered then."""
        if answer.stands or answer.known or answer.code in NOTHING_TO_KEEP:
            return answer
        before = self.letters.get(key)
        if before is not None and before.state == "settled":
            return rejected(SETTLED, receipt=False)
        state, code = "waiting" if answer.result == "retry" else "open", str(answer.code)
        unreadable = entry.refusal == "malformed"
        self.letters[key] = before or Letter(
            state,
            code,
            None if key.op_id is None or entry.refusal == "unknown_kind" else entry.kind,
            None if unreadable else entry.entity_id,
            sender.van_id,
            None if unreadable else entry.said_at,
            (entry.refusal or "").startswith("sealed"),
        )
        self.letters[key] = replace(self.letters[key], state=state, code=code)
        return answer


MAKERS = frozenset(
    {
        "visit.open",
        "head_count.add",
        "sale.record",
        "sale.void",
        "note.write",
        "stamp.mark",
        "ticket.issue",
        "ticket.redeem",
        "hygiene.log",
    }
)
UNREAD = frozenset({"malformed", "sealed_unreadable", "sealed_for_another_key"})
"""Codes of what could not be compared with anything, because nobody could read it."""
SETTLED = "settled_by_office"
TAKEN_BACK = frozenset({"sale_was_voided"})
NOTHING_TO_KEEP = frozenset({SETTLED, *TAKEN_BACK})
NOT_UNMADE = frozenset({"id_taken", "id_reused", "already_exists", *NOTHING_TO_KEEP})
"""Refused, but the thing may be there."""


def legible(entry: Entry) -> uuid.UUID | None:
    """The id of an operation, as far as the server can read one."""
    return entry.op_id if isinstance(entry.item, dict) and "op_id" in entry.item else None


def _tallies(fact: Fact, voided: bool) -> Iterator[tuple[str, str, int]]:
    said = fact.payload
    match fact.kind:
        case "head_count.add":
            for band, n in said["counts"].items():
                yield "attendance", band, n
        case "sale.record" if not voided:
            yield "sales_count", said["payment"], 1
            if said["payment"] not in ("ticket", "free"):
                yield "sales_payment_yen", said["payment"], said["rush_yen"]
        case "note.write":
            yield "contacts", said.get("familiarity", "unknown"), 1
            yield "contact_depth", said["depth"], 1
        case "stamp.mark":
            yield "stamps", "", 1
        case "ticket.issue" | "ticket.redeem":
            event = "issued" if fact.kind == "ticket.issue" else "redeemed"
            yield "tickets", event, said["quantity"]
            yield "tickets_yen", event, said["quantity"] * said["face_yen"]


def missing_id(entry: Entry, answer: Expected) -> uuid.UUID | None:
    """What something that has to wait waits for, if that is one thing."""
    name = {"visit_unknown": "visit_id", "sale_unknown": "sale_id"}.get(answer.code or "")
    if answer.result != "retry" or name is None:
        return None
    return uuid.UUID(entry.payload[name]) if name in entry.payload else entry.entity_id
