"""Invitations and revocations, as the office sees them. Codes are not among what is kept."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.access import Pairing, Revocation
from schemas.vocabulary import PairingState


def pairing(session: Session, pairing_id: uuid.UUID, now: dt.datetime) -> dict[str, Any] | Refusal:
    row = session.get(Pairing, pairing_id)
    if row is None or row.only is not None:
        return Refusal("not_found", 404)
    return {
        "id": row.id,
        "version": row.version,
        "state": _state(row, now),
        "role": row.role,
        "van_id": row.van_id,
        "device_id": row.device_id,
        "person_id": row.person_id,
        "label": row.label,
        "expires_at": row.expires_at,
        "code": None,
        "link": None,
        "qr_svg": None,
    }


def map_link(session: Session, pairing_id: uuid.UUID, now: dt.datetime) -> dict[str, Any]:
    row = session.get_one(Pairing, pairing_id)
    return {
        "id": row.id,
        "version": row.version,
        "state": _state(row, now),
        "expires_at": row.expires_at,
        "link": None,
        "qr_svg": None,
    }


def _state(row: Pairing, now: dt.datetime) -> PairingState:
    if row.redeemed_at is not None:
        return PairingState.REDEEMED
    if row.ended_at is not None or row.tries_left < 1:
        return PairingState.ENDED
    return PairingState.EXPIRED if row.expires_at <= now else PairingState.OPEN


def revocation(session: Session, actor: Actor, revocation_id: uuid.UUID) -> dict[str, Any] | Refusal:
    row = session.get(Revocation, revocation_id)
    if row is None:
        return Refusal("not_found", 404)
    return {
        "id": row.id,
        "version": row.version,
        "device_id": row.device_id,
        "van_id": row.van_id,
        "person_id": row.person_id,
        "reason": row.reason,
        "at": row.created_at,
        "tokens_ended": row.tokens_ended,
        "takes_until": row.takes_until,
    }
