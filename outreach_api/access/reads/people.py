"""People, shifts, who asks, and the audit."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.acting import pins_of_day
from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.access import Device, Person, Shift, ShiftMember, Token
from outreach_api.storage.keyring import Keyring
from schemas.vocabulary import Role

PINS = "readShiftPins"


def me(session: Session, actor: Actor) -> dict[str, Any]:
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
        "expires_at": session.scalar(sa.select(Token.expires_at).where(Token.prefix == actor.token)),
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


def shift_pins(
    session: Session, actor: Actor, keyring: Keyring, shift_id: uuid.UUID, now: dt.datetime
) -> dict[str, Any] | Refusal:
    """The PINs of a shift's members. The session must be a write transaction: who asked is in the audit."""
    audit.record(session, actor, now, action=PINS, entity_kind="shift", entity_id=shift_id)
    found = session.scalar(shifts_in_scope(actor).where(Shift.id == shift_id))
    if found is None:
        return Refusal("not_found", 404)
    pins = pins_of_day(session, keyring, found.van_id, found.local_day)
    members = session.execute(
        sa.select(ShiftMember.person_id, Person.name, ShiftMember.duty)
        .join(Person, Person.id == ShiftMember.person_id)
        .where(ShiftMember.shift_id == shift_id, Person.active.is_(True))
        .order_by(ShiftMember.person_id)
    )
    return {
        "shift_id": shift_id,
        "local_day": found.local_day,
        "members": [{**row._mapping, "pin": pins[row.person_id]} for row in members],
    }
