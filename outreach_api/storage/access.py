"""Tables of access: who may come in, as what, for which van; and who was on the van."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Kept, van_ref

ERASED_NAME = "—"


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
    """In Tokyo; none while nobody used it."""
    replaces: Mapped[str | None]
    """The prefix of the token that ends when this one is used for the first time."""
    pairing_id: Mapped[uuid.UUID | None]
    """The invitation that it was given for."""
    takes_until: Mapped[dt.datetime | None]
    """Of a token that was revoked because its holder left: until then what was entered before is still taken."""
    only: Mapped[str | None]
    """The page that it was given to, and whose questions are all that it opens; none opens what its role may."""
    made_with: Mapped[str | None]
    """The prefix of the token that asked for it, and with which it ends."""
    __table_args__ = (
        sa.CheckConstraint("(person_id IS NULL) <> (device_id IS NULL)", name="one_holder"),
        sa.CheckConstraint("(role = 'crew') = (van_id IS NOT NULL)", name="crew_has_van"),
    )


class Pairing(Kept, Base):
    """An invitation for one phone or person. Its codes are shown once; only their hashes are kept."""

    __tablename__ = "pairings"
    role: Mapped[str]
    van_id: Mapped[uuid.UUID | None] = van_ref()
    device_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("devices.id"))
    """The phone that is paired anew, and once it was redeemed the one that it made."""
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    label: Mapped[str]
    made_by: Mapped[uuid.UUID]
    locator: Mapped[str | None] = mapped_column(unique=True)
    """The public part of both codes; gone when they have ended, so that another pairing can have it."""
    code_hash: Mapped[str | None]
    """Of what a person types: argon2id."""
    link_hash: Mapped[bytes | None]
    """Of what the QR code holds: SHA-256 of 130 random bits."""
    tries_left: Mapped[int]
    expires_at: Mapped[dt.datetime]
    redeemed_at: Mapped[dt.datetime | None]
    redeemed_by: Mapped[uuid.UUID | None]
    """The key that the redeeming phone made: with it alone the same code may be sent again."""
    ended_at: Mapped[dt.datetime | None]
    only: Mapped[str | None]
    made_with: Mapped[str | None]
    """As of the token that it will give."""


class Revocation(Kept, Base):
    """Somebody ended a phone, a person or a whole van's phones; it stands for ever."""

    __tablename__ = "revocations"
    device_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("devices.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    van_id: Mapped[uuid.UUID | None] = van_ref()
    reason: Mapped[str]
    made_by: Mapped[uuid.UUID]
    tokens_ended: Mapped[int]
    takes_until: Mapped[dt.datetime | None]


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
