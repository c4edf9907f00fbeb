"""How a push as a whole must be answered: what came before, in which order, what waits in vain, what becomes a letter."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence

from tests.proofs.book import MAKERS, NOT_UNMADE, Book, missing_id
from tests.proofs.handsets import Entry, Sender
from tests.proofs.records import Expected, Receipt, rejected, retry
from tests.proofs.rules_again import Writing

STEPS = {"visit.open": 0, "visit.merge": 2, "sale.void": 3, "visit.cancel": 4, "visit.close": 4}
"""A push is performed in these steps; facts, which have no line here, are 1. Inside a step as it was sent."""
_BEFORE_RECEIPTS = {
    "malformed": rejected("malformed", receipt=False),
    "not_by_push": rejected("not_by_push", receipt=False),
    "sealed_unreadable": rejected("sealed_unreadable", receipt=False),
    "sealed_for_another_key": retry("sealed_for_another_key"),
}
"""Mistakes that are answered without a look at what is held."""


def answers(
    book: Book, sender: Sender, entries: Sequence[Entry], now: dt.datetime, sent_at: dt.datetime
) -> list[Expected]:
    """Enter a push into the book, and say how each of its operations must be answered."""
    found: dict[int, Expected] = {}
    first: dict[uuid.UUID, int] = {}
    repeats: dict[int, int] = {}
    for index, entry in enumerate(entries):
        if entry.refusal in _BEFORE_RECEIPTS:
            found[index] = _BEFORE_RECEIPTS[entry.refusal]
        elif (known := book.known(sender, entry)) is not None:
            found[index] = known
        elif entry.op_id not in first:
            first[entry.op_id] = index
        elif entries[first[entry.op_id]].content == entry.content:
            repeats[index] = first[entry.op_id]
        else:
            found[index] = rejected("id_reused", receipt=False)
    for index in sorted(first.values(), key=lambda index: (STEPS.get(entries[index].kind, 1), index)):
        entry = entries[index]
        found[index] = answer = Writing(book, sender, entry, now - sent_at).answer()
        if answer.receipt:
            book.receipts[entry.op_id] = Receipt(
                sender.holder_id, entry.content, entry.kind, entry.said_at, answer, sender.van_id
            )
    for index, original in repeats.items():
        said = found[original]
        found[index] = said if said.result == "retry" else Expected("duplicate", said.code, said.result)
    ended = list(_what_they_need(book, sender, entries, [found[index] for index in range(len(entries))]))
    return book.sort_letters(sender, entries, ended)


def _what_they_need(
    book: Book, sender: Sender, entries: Sequence[Entry], found: Sequence[Expected]
) -> Iterator[Expected]:
    refused = book.refused_makers(sender)
    for entry, answer in zip(entries, found, strict=True):
        unmade = {answer.result, answer.original} & {"rejected", "conflict"} and answer.code not in NOT_UNMADE
        if unmade and entry.refusal != "malformed" and entry.kind in MAKERS:
            refused[entry.entity_id] = entry.op_id
    for entry, answer in zip(entries, found, strict=True):
        missing = missing_id(entry, answer)
        needed = None if missing is None else refused.get(missing)
        yield answer if needed in (None, entry.op_id) else rejected("needs_rejected", receipt=False)
