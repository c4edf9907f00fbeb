"""Lets in what came from a phone after it had left: performed as if it had come in time, once the office says so."""

from __future__ import annotations

import dataclasses
import itertools
import logging
import uuid
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
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
    waiting = in_scope(work.actor).where(
        Rejection.holder_id == holder_id,
        Rejection.code == QUARANTINED,
        Rejection.state == RejectionState.OPEN.value,
        Rejection.sealed.is_not(None),
    )
    first = waiting.with_only_columns(
        Rejection.id, Rejection.received_at, Rejection.sent_at, Rejection.sealed
    )
    rows = work.session.execute(
        first.order_by(Rejection.received_at, Rejection.sent_at, Rejection.id).limit(MOST_OPERATIONS)
    ).all()
    as_holder = dataclasses.replace(work, actor=holder)
    results: list[dict[str, Any]] = []
    for (received_at, sent_at), pushed in itertools.groupby(rows, lambda row: (row[1], row[2])):
        try:
            items = [orjson.loads(work.keyring.open(row.sealed, **SEALED_IN, row=row.id)) for row in pushed]
        except CannotOpen as fault:
            log.error("what is in quarantine can't be opened: %s", fault)
            return Refusal("content_unreadable", 503)
        # As far off as that phone's clock was then.
        as_if_sent = work.now - (received_at - (sent_at or received_at))
        answer = push(as_holder, items, as_if_sent, kinds=kinds, hash_key=hash_key, language=language)
        results += [{**line, "index": len(results) + line["index"]} for line in answer["results"]]
    left = work.session.scalar(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0
    return {"results": results, "left": left}


def _holder(session: Session, holder_id: uuid.UUID) -> Actor | None:
    """Who sent it, in the role that they had; it need not be theirs any more."""
    device = session.get(Device, holder_id)
    if device is not None:
        return Actor(device.id, Role.CREW, device.van_id)
    person = session.get(Person, holder_id)
    return None if person is None else Actor(person.id, Role(person.role), person_id=person.id)
