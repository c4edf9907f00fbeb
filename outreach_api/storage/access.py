"""Tables of access: who may come in, as what, for which van; and who was on the van."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Kept, van_ref


class Person(Kept, Base):
    """A member of the team. When somebody leaves, the name is erased and the id stays for the audit."""

    __tablename__ = "people"
    name: Mapped[str]
    kana: Mapped[str | None]
    role: Mapped[str]
    active: Mapped[bool]


class Device(Kept, Base):
    __tablename__ = "devices"
    label: Mapped[str]
    van_id: Mapped[uuid.UUID] = van_ref()
    active: Mapped[bool]


class Token(Base):
    """A bearer token: only its SHA-256 is kept (256 random bits need no slow hash), with a public prefix."""

    __tablename__ = "tokens"
    prefix: Mapped[str] = mapped_column(primary_key=True)
    secret_hash: Mapped[bytes]
    role: Mapped[str]
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    device_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("devices.id"))
    van_id: Mapped[uuid.UUID | None] = van_ref()
    label: Mapped[str]
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    last_used_day: Mapped[dt.date | None]
    __table_args__ = (
        sa.CheckConstraint("(person_id IS NULL) <> (device_id IS NULL)", name="one_holder"),
        sa.CheckConstraint("(role = 'crew') = (van_id IS NOT NULL)", name="crew_has_van"),
    )


class Shift(Kept, Base):
    """One van's working day (or part of it)."""

    __tablename__ = "shifts"
    van_id: Mapped[uuid.UUID] = van_ref(index=True)
    local_day: Mapped[dt.date] = mapped_column(index=True)
    starts_at: Mapped[dt.time]
    ends_at: Mapped[dt.time]


class ShiftMember(Base):
    __tablename__ = "shift_members"
    shift_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("shifts.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    duty: Mapped[str]
