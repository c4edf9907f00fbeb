"""Lets in what came from a phone after it had left: performed as if it had come in time, once the office says so."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import logging
import uuid
from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.log_lines import tell
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Actor, Registry, Work
from outreach_api.messages import Language
from outreach_api.storage.access import Device, Person
from outreach_api.storage.ledger import Rejection
from outreach_api.storage.master_key import CannotOpen
from outreach_api.sync.push import push
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
            for items, as_if_sent in _pushes(work, rows, MOST_OPERATIONS - len(answered)):
                answer = push(as_holder, items, as_if_sent, kinds=kinds, hash_key=hash_key, language=language)
                answered |= {line["op_id"]: line for line in answer["results"]}
    except CannotOpen as fault:
        tell(log, logging.ERROR, "quarantine_not_opened", fault)
        return Refusal("content_unreadable", 503)
    left = work.session.scalar(sa.select(sa.func.count()).select_from(kept.subquery())) or 0
    results = [{**line, "index": index} for index, line in enumerate(answered.values())]
    return {"results": results, "left": left}


def _pushes(work: Work, select: sa.Select[Any], most: int) -> Iterator[tuple[list[Any], dt.datetime]]:
    """What was sent, as it was sent together, with the time that it would be sent at now. Raises CannotOpen."""
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
        found = work.session.execute(sa.select(Rejection.id, Rejection.sealed).where(Rejection.id.in_(ids)))
        sealed = {row.id: row.sealed for row in found}
        items = [orjson.loads(work.keyring.open(sealed[one], **SEALED_IN, row=one)) for one in ids]
        # As far off as that phone's clock was then.
        yield items, work.now - (received_at - (sent_at or received_at))


def _holder(session: Session, holder_id: uuid.UUID) -> Actor | None:
    """Who sent it, in the role that they had; it need not be theirs any more."""
    device = session.get(Device, holder_id)
    if device is not None:
        return Actor(device.id, Role.CREW, device.van_id)
    person = session.get(Person, holder_id)
    return None if person is None else Actor(person.id, Role(person.role), person_id=person.id)
