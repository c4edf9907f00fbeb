"""Lets in what came from a phone after it had left: performed as if it had come in time, once the office says so."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import logging
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.acting import Typed
from outreach_api.kernel import clock
from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.log_lines import tell
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Actor, Operation, Registry, Work
from outreach_api.messages import Language
from outreach_api.storage.access import Device, Person, Token
from outreach_api.storage.ledger import Rejection
from outreach_api.storage.master_key import CannotOpen
from outreach_api.sync.envelopes import read_operation
from outreach_api.sync.push import push, typed_in
from outreach_api.sync.reads import in_scope
from outreach_api.sync.rules import SEALED_IN
from schemas.sync import MOST_OPERATIONS
from schemas.vocabulary import QUARANTINED, RejectionState, Role

log = logging.getLogger(__name__)


def accept(
    work: Work, holder_id: uuid.UUID, *, kinds: Registry, hash_key: bytes, language: Language
) -> dict[str, Any] | Refusal:
    """Perform what a holder sent after leaving, with the times that it would have had. The caller commits.

    What is about staff is let in by safeguarding alone: to others it does not exist.
    """
    # The counter's lock, before anything is read: whoever accepts at the same time finds nothing left.
    audit.record(
        work.session,
        work.actor,
        work.now,
        action="acceptQuarantine",
        entity_kind="holder",
        entity_id=holder_id,
    )
    holder = _holder(work.session, holder_id)
    if holder is None:
        return Refusal("not_found", 404)
    sent = in_scope(work.actor).where(Rejection.holder_id == holder_id, Rejection.sealed.is_not(None))
    kept = sent.where(Rejection.code == QUARANTINED, Rejection.state == RejectionState.OPEN.value)
    as_holder = dataclasses.replace(work, actor=holder)
    answered: dict[str | None, dict[str, Any]] = {}
    try:
        # Twice: what was sent before the visit that it belongs to waits for it, and its phone sends nothing again.
        for rows in (kept, sent.where(Rejection.state == RejectionState.WAITING.value)):
            for one in _pushes(work, rows, MOST_OPERATIONS - len(answered)):
                answer = push(
                    as_holder,
                    one.items,
                    one.as_if_sent,
                    kinds=kinds,
                    hash_key=hash_key,
                    language=language,
                    acting=one.acting,
                )
                answered |= {line["op_id"]: line for line in answer["results"]}
    except CannotOpen as fault:
        tell(log, logging.ERROR, "quarantine_not_opened", fault)
        return Refusal("content_unreadable", 503)
    left = work.session.scalar(sa.select(sa.func.count()).select_from(kept.subquery())) or 0
    results = [{**line, "index": index} for index, line in enumerate(answered.values())]
    return {"results": results, "left": left}


class _Push(NamedTuple):
    """What was sent together, as it was sent."""

    items: list[Any]
    as_if_sent: dt.datetime
    """When it would be sent now, by that phone's clock."""
    acting: dict[Typed, uuid.UUID]
    """Whose PINs these were when it came."""


def _pushes(work: Work, select: sa.Select[Any], most: int) -> Iterator[_Push]:
    """Raises CannotOpen."""
    size = sa.func.length(Rejection.sealed)
    listed = select.with_only_columns(Rejection.id, Rejection.received_at, Rejection.sent_at, size)
    in_order = listed.order_by(Rejection.received_at, Rejection.sent_at, Rejection.id).limit(most)
    room = work.settings.max_unpacked_bytes
    rows: list[Any] = []
    for row in work.session.execute(in_order).all():
        room -= row[3]
        if rows and room < 0:
            break  # one that is larger than all the room comes alone
        rows.append(row)
    for (received_at, sent_at), together in itertools.groupby(rows, lambda row: (row[1], row[2])):
        ids = [row[0] for row in together]
        found = work.session.execute(
            sa.select(Rejection.id, Rejection.sealed, Rejection.acting_id).where(Rejection.id.in_(ids))
        )
        kept = {row.id: row for row in found}
        items = [orjson.loads(work.keyring.open(kept[one].sealed, **SEALED_IN, row=one)) for one in ids]
        # As far off as that phone's clock was then.
        as_if_sent = work.now - (received_at - (sent_at or received_at))
        told = clock.Correction(work.now, as_if_sent)
        acting = {
            typed: person_id
            for one, item in zip(ids, items, strict=True)
            if (person_id := kept[one].acting_id) is not None
            and isinstance(operation := read_operation(item), Operation)
            and (typed := typed_in(operation, told)) is not None
        }
        yield _Push(items, as_if_sent, acting)


def _holder(session: Session, holder_id: uuid.UUID) -> Actor | None:
    """Who sent it, in the role that they had; it need not be theirs any more."""
    device = session.get(Device, holder_id)
    if device is not None:
        return Actor(device.id, Role.CREW, device.van_id)
    person = session.get(Person, holder_id)
    if person is None:
        return None
    left_as = sa.select(Token.role).where(Token.person_id == holder_id, Token.takes_until.is_not(None))
    role = session.scalar(left_as.order_by(Token.created_at.desc()).limit(1))
    return Actor(person.id, Role(role or person.role), person_id=person.id)
