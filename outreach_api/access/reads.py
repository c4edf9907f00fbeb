"""Finds who a token belongs to, and lists people, shifts and the audit."""

from __future__ import annotations

import datetime as dt
import uuid
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


def find_actor(database: Database, text: str, now: dt.datetime) -> Actor | None:
    """The holder of a live token: not revoked, not expired, its device or person active."""
    parts = split_token(text)
    if parts is None:
        return None
    prefix, secret = parts
    with database.read() as session:
        row = session.execute(
            sa.select(Token, Device.active, Person.active)
            .outerjoin(Device, Device.id == Token.device_id)
            .outerjoin(Person, Person.id == Token.person_id)
            .where(Token.prefix == prefix)
        ).one_or_none()
    token, device_active, person_active = row if row else (None, None, None)
    if not same_secret(secret, token.secret_hash if token else _NO_SECRET) or token is None:
        return None
    if token.revoked_at is not None or token.expires_at <= now or not (device_active or person_active):
        return None
    holder = token.device_id or token.person_id
    if holder is None:
        return None
    return Actor(holder, Role(token.role), token.van_id, token.person_id)


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


def shift(session: Session, actor: Actor, shift_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.get(Shift, shift_id)
    if found is None or not actor.may_touch(found.van_id):
        return Refusal("not_found", 404)
    return shift_views(session, [found])[0]


def shift_views(session: Session, rows: list[Shift]) -> list[dict[str, Any]]:
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
