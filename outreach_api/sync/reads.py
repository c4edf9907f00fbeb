"""Shows the dead-letter list, opens a content after its row in the audit, and says what is held from a device."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.reads.referrals import consent_is_over
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.log_lines import tell
from outreach_api.kernel.week import day_bounds_utc, local_day
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Actor
from outreach_api.messages import Language, say
from outreach_api.messages.fixes import fix_of
from outreach_api.storage.access import Device, Person
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.ledger import ChangeCounter, Receipt, Rejection
from outreach_api.storage.master_key import CannotOpen
from outreach_api.sync.rules import SEALED_IN, as_id, payload_of
from schemas.vocabulary import ReadPurpose, Role, TextState

log = logging.getLogger(__name__)

ACTION = "readRejectionContent"


def in_scope(actor: Actor) -> sa.Select[Any]:
    """What was to be a note about staff exists for safeguarding only, like such a note itself."""
    select = sa.select(Rejection)
    return select if actor.role is Role.SAFEGUARDING else select.where(Rejection.about_staff.is_(False))


def rejection_views(session: Session, rows: Sequence[Rejection], language: Language) -> list[dict[str, Any]]:
    holders = {row.holder_id for row in rows}
    labels: dict[uuid.UUID, str] = {}
    for select in (
        sa.select(Device.id, Device.label).where(Device.id.in_(holders)),
        sa.select(Person.id, Person.name).where(Person.id.in_(holders)),
    ):
        labels.update((holder, label) for holder, label in session.execute(select))
    return [
        {
            "id": row.id,
            "state": row.state,
            "kind": row.kind,
            "code": row.code,
            "detail": say(row.code, language, row.detail.get("params")),
            "fix": fix_of(row.code, language),
            "op_id": row.op_id,
            "van_id": row.van_id,
            "sent_by": labels.get(row.holder_id),
            "received_at": row.received_at,
            "occurred_at": row.said_at,
            "urgent": row.urgent,
            "content_state": TextState.KEPT if row.purged_at is None else TextState.PURGED,
            "settled_at": row.settled_at,
            "settlement": row.settlement,
        }
        for row in rows
    ]


def rejection(
    session: Session, actor: Actor, rejection_id: uuid.UUID, language: Language
) -> dict[str, Any] | Refusal:
    row = session.scalar(in_scope(actor).where(Rejection.id == rejection_id))
    return Refusal("not_found", 404) if row is None else rejection_views(session, [row], language)[0]


def content(
    session: Session,
    actor: Actor,
    rejection_id: uuid.UUID,
    *,
    purpose: ReadPurpose | None,
    now: dt.datetime,
    keyring: Keyring,
) -> dict[str, Any] | Refusal:
    """The operation as it was sent. The session must be a write transaction: no row in the audit, no content."""
    known = session.scalar(sa.select(Rejection.id).where(Rejection.id == rejection_id))
    denied: Refusal | None = None
    if known is None:
        denied = Refusal("not_found", 404)
    elif purpose is None or purpose is ReadPurpose.READ_BACK:
        denied = Refusal("purpose_required", 422, {}, (Problem("?purpose", "purpose_required"),))
    audit.record(
        session,
        actor,
        now,
        action=ACTION,
        entity_kind="rejection",
        entity_id=rejection_id,
        purpose=None if purpose is None else purpose.value,
        outcome="allowed" if denied is None else f"denied: {denied.code}",
    )
    if denied is not None:
        return denied
    # Selected only now: the audit's lock is held, so a purge is either over or still to come.
    sealed = session.scalar(sa.select(Rejection.sealed).where(Rejection.id == rejection_id))
    if sealed is None:
        return Refusal("content_purged", 410)
    try:
        opened = keyring.open(sealed, **SEALED_IN, row=rejection_id)
    except CannotOpen as fault:
        tell(log, logging.ERROR, "rejection_not_opened", fault)
        return Refusal("content_unreadable", 503)
    content = orjson.loads(opened)
    _hide_withdrawn(session, content)
    visit_id = as_id((payload_of(content) or {}).get("visit_id"))
    if visit_id is not None:
        # Only now anybody knows of which visit it is: whoever asks who opened what of that visit finds it, too.
        audit.record(
            session,
            actor,
            now,
            action="readRejectionOfVisit",
            entity_kind="visit",
            entity_id=visit_id,
            purpose=None if purpose is None else purpose.value,
        )
    return {"rejection_id": rejection_id, "content": content, "purpose": purpose}


def _hide_withdrawn(session: Session, content: Any) -> None:
    """The reference of a consent that was withdrawn since: in the referral it is erased."""
    payload = payload_of(content) or {}
    if payload.get("case_ref") is not None:
        # A consent names its referral; one that came with the referral has its id.
        referral_id = as_id(payload["referral_id"] if "referral_id" in payload else content.get("entity_id"))
        if referral_id is not None and consent_is_over(session, referral_id):
            payload["case_ref"] = None


def held(session: Session, actor: Actor, from_day: dt.date, to_day: dt.date) -> list[dict[str, Any]]:
    """What is held of this sender's operations, by kind, day and result; the days are inclusive.

    The hash of a group is the SHA-256 of its op_ids (16 bytes each) in rising order.
    """
    since, until = day_bounds_utc(from_day)[0], day_bounds_utc(to_day)[1]
    said, received = Receipt.said_at, Receipt.received_at
    select = sa.select(Receipt.op_id, Receipt.kind, Receipt.status, Receipt.change_no, said, received).where(
        Receipt.holder_id == actor.holder_id,
        sa.or_(
            sa.and_(said >= since, said < until),
            sa.and_(said.is_(None), received >= since, received < until),
        ),
    )
    groups: dict[tuple[dt.date, str, str], list[tuple[bytes, int]]] = defaultdict(list)
    for op_id, kind, status, change_no, said_at, received_at in session.execute(select):
        groups[local_day(said_at or received_at), kind, status].append((op_id.bytes, change_no))
    return [
        {
            "kind": kind,
            "day": day,
            "result": status,
            "count": len(operations),
            "hash": hashlib.sha256(b"".join(sorted(op_id for op_id, _ in operations))).hexdigest(),
            "through": max(change_no for _, change_no in operations),
        }
        for (day, kind, status), operations in sorted(groups.items())
    ]


def backed_up(session: Session) -> dict[str, Any] | None:
    """Up to which change number a backup holds everything, if one was ever made."""
    row = session.execute(sa.select(ChangeCounter.backed_up_no, ChangeCounter.backed_up_at)).one()
    return None if row.backed_up_no is None else {"change_no": row.backed_up_no, "at": row.backed_up_at}
