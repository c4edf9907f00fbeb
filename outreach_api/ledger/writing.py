"""Writes a batch of one kind so that no operation's answer hangs on its neighbours."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Accepted, Applied, Kind, Work
from outreach_api.storage import bulk

ALREADY_EXISTS = Refusal("already_exists", 409)


def write(work: Work, kind: Kind, batch: list[Accepted]) -> list[Applied | Refusal]:
    """One savepoint for the batch. If the database refuses it, what is there already is set aside, then halves
    find the culprit; neighbours stay."""
    if not batch:
        return []
    try:
        with work.session.begin_nested() as savepoint:
            answers = kind.write(work, batch)
            if len(batch) == 1 and isinstance(answers[0], Refusal):
                savepoint.rollback()
        return _named(work, kind, batch, answers) if kind.bulk else answers
    except (sa.exc.IntegrityError, sa.exc.DataError) as error:
        if error.connection_invalidated:
            raise  # the database went away while it said so, and the transaction with it
        refusal = _database_refusal(error)
    there = _there_already(work, kind, [a.entity_id for a in batch]) if kind.bulk else {}
    seen: set[uuid.UUID] = set()
    first: list[Accepted] = []
    again: list[Accepted] = []
    for accepted in batch:
        if accepted.entity_id not in there:
            (again if accepted.entity_id in seen else first).append(accepted)
            seen.add(accepted.entity_id)
    if there or again:
        left = {a.operation.op_id: answer for a, answer in zip(first, write(work, kind, first), strict=True)}
        # One entity told twice: what came first may itself have been refused, and then the second one stands.
        left |= {a.operation.op_id: answer for a, answer in zip(again, write(work, kind, again), strict=True)}
        return [there.get(a.entity_id) or left[a.operation.op_id] for a in batch]
    if len(batch) == 1:
        return [refusal]
    middle = len(batch) // 2
    return write(work, kind, batch[:middle]) + write(work, kind, batch[middle:])


def _named(
    work: Work, kind: Kind, batch: Sequence[Accepted], answers: list[Applied | Refusal]
) -> list[Applied | Refusal]:
    """What is there already is answered so whatever else is wrong with it, as it is when a neighbour collides."""
    written = {answer.entity_id for answer in answers if isinstance(answer, Applied) and answer.created}
    told = [accepted.entity_id for accepted in batch]
    if len(written) == len(batch):
        return answers
    there = _there_already(work, kind, [entity_id for entity_id in told if entity_id not in written])
    named: list[Applied | Refusal] = []
    for entity_id, answer in zip(told, answers, strict=True):
        named.append(there.get(entity_id, answer))
        if entity_id in written and isinstance(answer, Applied):
            there[entity_id] = ALREADY_EXISTS  # for whoever tells it again in this very batch
    return named


def _there_already(work: Work, kind: Kind, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Refusal]:
    """Of these entities, those that exist: one SELECT, where halving would try every single one of them."""
    table: Any = kind.table
    found = {row.id for row in bulk.find(work.session, sa.select(table.id).where(bulk.among(table.id)), ids)}
    gone = kind.gone(work, found) if kind.gone is not None and found else {}
    return {entity_id: gone.get(entity_id, ALREADY_EXISTS) for entity_id in found}


def _database_refusal(error: sa.exc.DBAPIError) -> Refusal:
    # PostgreSQL words its errors in the server's language: ask for the code. SQLite's are always English.
    cause = getattr(error.orig, "sqlstate", None) or str(error.orig).partition(" constraint")[0]
    if cause in ("23503", "FOREIGN KEY"):
        return Refusal("unknown_reference", 422, passing=True)
    if cause in ("23505", "UNIQUE"):
        return ALREADY_EXISTS
    return Refusal("invalid", 422)
