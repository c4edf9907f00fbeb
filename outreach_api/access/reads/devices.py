"""Phones as the office sees them, with what their tokens still open; and tokens as the console lists them."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.storage.access import Device, Person, Token
from outreach_api.storage.ledger import Rejection
from outreach_api.storage.plans import Van
from schemas.vocabulary import QUARANTINED, DeviceState, RejectionState


def device_views(session: Session, rows: list[Device], now: dt.datetime) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    newest: dict[Any, Token] = {}
    own = (Token.device_id.in_(ids), Token.only.is_(None))
    tokens = sa.select(Token).where(*own).order_by(Token.created_at, Token.prefix)
    for token in session.scalars(tokens):
        known = newest.get(token.device_id)
        # One that nobody used yet must not hide the one in use.
        if known is None or token.last_used_day is not None or known.revoked_at is not None:
            newest[token.device_id] = token
    kept = session.execute(
        sa.select(Rejection.holder_id, sa.func.count())
        .where(
            Rejection.holder_id.in_(ids),
            Rejection.code == QUARANTINED,
            Rejection.state == RejectionState.OPEN.value,
            Rejection.about_staff.is_(False),
        )
        .group_by(Rejection.holder_id)
    )
    quarantined = dict(kept.all())
    return [_view(row, newest.get(row.id), quarantined.get(row.id, 0), now) for row in rows]


def _view(row: Device, token: Token | None, quarantined: int, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "label": row.label,
        "van_id": row.van_id,
        "active": row.active,
        "state": _state(token, now),
        "paired_at": row.created_at,
        "last_used_day": token.last_used_day if token else None,
        "expires_at": token.expires_at if token else None,
        "takes_until": token.takes_until if token else None,
        "quarantined": quarantined,
    }


def _state(token: Token | None, now: dt.datetime) -> DeviceState:
    if token is None or token.expires_at <= now:
        return DeviceState.ENDED
    if token.revoked_at is not None:
        leaving = token.takes_until is not None and token.takes_until > now
        return DeviceState.LEAVING if leaving else DeviceState.ENDED
    return DeviceState.NEW if token.last_used_day is None else DeviceState.PAIRED


class TokenLine(NamedTuple):
    prefix: str
    role: str
    holder: str
    """The device's label or the person's name."""
    van: str | None
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    takes_until: dt.datetime | None
    holder_active: bool


def tokens(session: Session) -> list[TokenLine]:
    """Every token, the newest first."""
    found = session.execute(
        sa.select(Token, Device.label, Device.active, Person.name, Person.active, Van.code)
        .outerjoin(Device, Device.id == Token.device_id)
        .outerjoin(Person, Person.id == Token.person_id)
        .outerjoin(Van, Van.id == Token.van_id)
        .order_by(Token.created_at.desc(), Token.prefix)
    )
    return [
        TokenLine(
            token.prefix,
            token.role,
            label or name or "",
            van,
            token.expires_at,
            token.revoked_at,
            token.takes_until,
            bool(device_active or person_active),
        )
        for token, label, device_active, name, person_active, van in found
    ]
