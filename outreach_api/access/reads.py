"""Finds who a token belongs to, and lists people, shifts and the audit."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.rules import same_secret, split_token
from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.access import Device, Person, Shift, ShiftMember, Token
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.plans import Van
from outreach_api.storage.session import Database
from schemas.vocabulary import Role

_NO_SECRET = bytes(32)


_T, _D, _P = Token.__table__.c, Device.__table__.c, Person.__table__.c
# Asked by every request: columns only, and the statement built once.
_HOLDER = (
    sa.select(
        _T.secret_hash,
        _T.revoked_at,
        _T.expires_at,
        _T.role,
        _T.van_id,
        _T.device_id,
        _T.person_id,
        _D.active.label("device_active"),
        _P.active.label("person_active"),
    )
    .select_from(Token.__table__)
    .outerjoin(Device.__table__, _D.id == _T.device_id)
    .outerjoin(Person.__table__, _P.id == _T.person_id)
    .where(_T.prefix == sa.bindparam("prefix"))
)


def find_actor(database: Database, text: str, now: dt.datetime) -> Actor | None:
    """The holder of a live token: not revoked, not expired, its device or person active."""
    parts = split_token(text)
    if parts is None:
        return None
    prefix, secret = parts
    with database.read() as session:
        row = session.execute(_HOLDER, {"prefix": prefix}).one_or_none()
    if not same_secret(secret, row.secret_hash if row else _NO_SECRET) or row is None:
        return None
    if row.revoked_at is not None or row.expires_at <= now or not (row.device_active or row.person_active):
        return None
    holder = row.device_id or row.person_id
    if holder is None:
        return None
    return Actor(holder, Role(row.role), row.van_id, row.person_id)


def me(session: Session, actor: Actor) -> dict[str, Any]:
    name = None
    if actor.person_id is not None:
        name = session.scalar(sa.select(Person.name).where(Person.id == actor.person_id))
    else:
        name = session.scalar(sa.select(Device.label).where(Device.id == actor.holder_id))
    return {
        "holder_id": actor.holder_id,
        "holder": "person" if actor.person_id else "device",
        "label": name,
        "role": actor.role,
        "van_id": actor.van_id,
    }


def person(session: Session, actor: Actor, person_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.get(Person, person_id)
    return Refusal("not_found", 404) if found is None else person_view(found)


def person_view(row: Person) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "name": row.name,
        "kana": row.kana,
        "role": row.role,
        "active": row.active,
    }


def shifts_in_scope(actor: Actor) -> sa.Select[Any]:
    select = sa.select(Shift)
    return select.where(Shift.van_id == actor.van_id) if actor.role is Role.CREW else select


def shift(session: Session, actor: Actor, shift_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.scalar(shifts_in_scope(actor).where(Shift.id == shift_id))
    return Refusal("not_found", 404) if found is None else shift_views(session, [found])[0]


def shift_views(session: Session, rows: Sequence[Shift]) -> list[dict[str, Any]]:
    members: dict[uuid.UUID, list[dict[str, Any]]] = {row.id: [] for row in rows}
    found = session.scalars(
        sa.select(ShiftMember).where(ShiftMember.shift_id.in_(members)).order_by(ShiftMember.person_id)
    )
    for member in found:
        members[member.shift_id].append({"person_id": member.person_id, "duty": member.duty})
    return [
        {
            "id": row.id,
            "version": row.version,
            "van_id": row.van_id,
            "local_day": row.local_day,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "members": members[row.id],
        }
        for row in rows
    ]


def audit_view(row: AuditEntry) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": row.at,
        "holder_id": row.holder_id,
        "role": row.role,
        "action": row.action,
        "entity_kind": row.entity_kind,
        "entity_id": row.entity_id,
        "purpose": row.purpose,
        "outcome": row.outcome,
    }


class TokenLine(NamedTuple):
    prefix: str
    role: str
    holder: str
    """The device's label or the person's name."""
    van: str | None
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
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
            bool(device_active or person_active),
        )
        for token, label, device_active, name, person_active, van in found
    ]
