"""Destinations, and referrals with what became of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.reads.notes import that_exist_for
from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.ledger.visit_facts import of_own_van
from outreach_api.storage.contacts import Consent, Destination, Referral, ReferralEvent
from schemas.vocabulary import PROGRAMMES, Role

# An opaque reference still points at one family: only who looks after the hand-over sees it.
SEES_CASE_REF = frozenset({Role.SAFEGUARDING})

_DESTINATION_FIELDS = (
    "id",
    "version",
    "kind",
    "name",
    "kana",
    "name_en",
    "how_to_join",
    "how_to_join_en",
    "address",
    "phone",
    "url",
    "qr_text",
    "hours",
    "leaflet_stock",
    "active",
)


def destination(session: Session, actor: Actor, destination_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.get(Destination, destination_id)
    return Refusal("not_found", 404) if found is None else destination_view(found)


def destinations(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """Several at once, for phones."""
    rows = session.scalars(sa.select(Destination).where(Destination.id.in_(ids)).order_by(Destination.id))
    return [destination_view(row) for row in rows]


def destination_view(row: Destination) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in _DESTINATION_FIELDS}
    return {**shown, "programme": row.kind in PROGRAMMES}


def _current_outcome() -> sa.ScalarSelect[Any]:
    """The outcome of the latest day; of one day, the last received: an old report that syncs late changes nothing."""
    return (
        sa.select(ReferralEvent.outcome)
        .where(ReferralEvent.referral_id == Referral.id)
        .order_by(ReferralEvent.local_day.desc(), ReferralEvent.change_no.desc())
        .limit(1)
        .correlate(Referral)
        .scalar_subquery()
    )


def in_scope(actor: Actor) -> sa.Select[Any]:
    return sa.select(Referral).where(of_own_van(actor, Referral.visit_id))


def matching(actor: Actor, wanted: dict[str, Any]) -> sa.Select[Any]:
    """Referrals in scope by day range, visit, destination, direction and current outcome."""
    select = in_scope(actor)
    if wanted["from_day"] is not None:
        select = select.where(Referral.local_day >= wanted["from_day"])
    if wanted["to_day"] is not None:
        select = select.where(Referral.local_day <= wanted["to_day"])
    for name in ("visit_id", "destination_id", "direction"):
        if wanted[name] is not None:
            select = select.where(getattr(Referral, name) == wanted[name])
    if wanted["outcome"] is not None:
        select = select.where(_current_outcome() == wanted["outcome"])
    return select


def referral(session: Session, actor: Actor, referral_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.scalar(in_scope(actor).where(Referral.id == referral_id))
    return Refusal("not_found", 404) if found is None else referral_views(session, actor, [found])[0]


def referral_of_outcome(session: Session, actor: Actor, event_id: uuid.UUID) -> dict[str, Any] | Refusal:
    return _referral_by(session, actor, ReferralEvent.referral_id, ReferralEvent.id == event_id)


def referral_of_consent(session: Session, actor: Actor, consent_id: uuid.UUID) -> dict[str, Any] | Refusal:
    return _referral_by(session, actor, Consent.referral_id, Consent.id == consent_id)


def _referral_by(
    session: Session, actor: Actor, column: Any, found_by: sa.ColumnElement[bool]
) -> dict[str, Any] | Refusal:
    referral_id = session.scalar(sa.select(column).where(found_by))
    return Refusal("not_found", 404) if referral_id is None else referral(session, actor, referral_id)


def standing_consents(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """For phones, by referral: who may be handed over by name. One that was withdrawn is gone there."""
    select = (
        sa.select(Referral, Consent)
        .join(Consent, Consent.referral_id == Referral.id)
        .where(Referral.id.in_(ids), Consent.withdrawn_at.is_(None), of_own_van(actor, Referral.visit_id))
        .order_by(Referral.id)
    )
    return [
        {
            "id": row.id,
            "visit_id": row.visit_id,
            "local_day": row.local_day,
            "destination_id": row.destination_id,
            "scope": consent.scope,
            "given_by": consent.given_by,
            "method": consent.method,
            "at": consent.given_at,
        }
        for row, consent in session.execute(select)
    ]


def consent_is_over(session: Session, referral_id: uuid.UUID) -> bool:
    """Whether it was withdrawn, and none came since."""
    stands = sa.exists().where(Consent.referral_id == Referral.id, Consent.withdrawn_at.is_(None))
    over = sa.select(Referral.id).where(
        Referral.id == referral_id, Referral.consent_withdrawn_at.is_not(None)
    )
    return session.scalar(over.where(sa.not_(stands))) is not None


def referral_views(session: Session, actor: Actor, rows: Sequence[Referral]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    notes = that_exist_for(session, actor, (row.note_id for row in rows))
    destination_ids = {row.destination_id for row in rows}
    found = session.execute(
        sa.select(Destination.id, Destination.kind).where(Destination.id.in_(destination_ids))
    )
    kinds = dict(found.all())
    outcomes: dict[uuid.UUID, list[dict[str, Any]]] = {row.id: [] for row in rows}
    for event in session.scalars(
        sa.select(ReferralEvent)
        .where(ReferralEvent.referral_id.in_(ids))
        .order_by(ReferralEvent.local_day, ReferralEvent.change_no)
    ):
        outcomes[event.referral_id].append(
            {"id": event.id, "outcome": event.outcome, "local_day": event.local_day}
        )
    consents = {
        row.referral_id: row
        for row in session.scalars(
            sa.select(Consent).where(Consent.referral_id.in_(ids)).order_by(Consent.change_no)
        )
    }
    return [
        {
            "id": row.id,
            "visit_id": row.visit_id,
            "local_day": row.local_day,
            "direction": row.direction,
            "destination_id": row.destination_id,
            "destination_kind": kinds[row.destination_id],
            "note_id": row.note_id if row.note_id in notes else None,
            "case_ref": row.case_ref if actor.role in SEES_CASE_REF else None,
            "consent": _consent_view(consents.get(row.id)),
            "outcome": outcomes[row.id][-1]["outcome"] if outcomes[row.id] else None,
            "outcomes": outcomes[row.id],
        }
        for row in rows
    ]


def _consent_view(row: Consent | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "scope": row.scope,
        "given_by": row.given_by,
        "method": row.method,
        "at": row.given_at,
        "withdrawn_at": row.withdrawn_at,
    }
