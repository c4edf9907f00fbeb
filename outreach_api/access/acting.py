"""Who acts on a phone that several share: the member of the van's shift whose PIN was typed."""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from collections.abc import Collection, Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.pins import is_pin, pins_of
from outreach_api.kernel.week import local_day
from outreach_api.ledger.kinds import Actor
from outreach_api.storage import attempts
from outreach_api.storage.access import Person, Shift, ShiftMember
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database

MOST_WRONG = 10
"""Different wrong PINs from one phone in a day; of ten thousand more, none would be believed."""
_A_DAY = dt.timedelta(days=1)


class Typed(NamedTuple):
    """A PIN, and the day (in Tokyo) on which it was typed."""

    pin: str
    day: dt.date


def pins_of_day(session: Session, keyring: Keyring, van_id: uuid.UUID, day: dt.date) -> dict[uuid.UUID, str]:
    """The PIN of everybody on a van's shifts of a day, but for who has left; the others keep theirs."""
    members = session.execute(
        sa.select(ShiftMember.person_id, Person.active)
        .join(Shift, Shift.id == ShiftMember.shift_id)
        .join(Person, Person.id == ShiftMember.person_id)
        .where(Shift.van_id == van_id, Shift.local_day == day)
        .order_by(Shift.change_no, Shift.id, ShiftMember.person_id)
    ).all()
    pins = pins_of(keyring.secret("pins"), van_id, day, [row.person_id for row in members])
    return {row.person_id: pins[row.person_id] for row in members if row.active}


def who_acts(
    database: Database, keyring: Keyring, actor: Actor, typed: Collection[Typed], now: dt.datetime
) -> dict[Typed, uuid.UUID]:
    """The people whose PINs these are; whoever isn't there typed a wrong one, or too many wrong ones today.

    In transactions of its own: call it before the request's own one has begun. Raises SQLAlchemyError.
    """
    if not typed or actor.van_id is None:
        return {}
    bucket = _bucket(keyring, actor, "")
    tries = {one: _bucket(keyring, actor, f"{one.pin} {one.day}") for one in typed if is_pin(one.pin)}
    noted = attempts.noted(database, [bucket, *tries.values()], now, _A_DAY)
    if noted.get(bucket, 0) >= MOST_WRONG:
        return {}
    with database.read() as session:
        days = {day: pins_of_day(session, keyring, actor.van_id, day) for day in {one.day for one in tries}}
    found = {one: person for one in tries if (person := _whose(one.pin, days[one.day])) is not None}
    # A push that is sent again brings the same ones: those are no other guesses.
    new = {own: one not in found for one, own in tries.items() if own not in noted}
    # Nobody is told of a right one, either, before it is certain that it is not one too many of those sent at once.
    if new and not attempts.count_different(database, bucket, new, now, _A_DAY, MOST_WRONG):
        return {}
    return found


def acting_now(
    database: Database, keyring: Keyring, actor: Actor, pin: str, now: dt.datetime
) -> uuid.UUID | None:
    """Whose PIN of today this is; None for a wrong one, or after too many."""
    typed = Typed(pin, local_day(now))
    return who_acts(database, keyring, actor, [typed], now).get(typed)


def _whose(pin: str, pins: dict[uuid.UUID, str]) -> uuid.UUID | None:
    found: Iterable[uuid.UUID] = [
        person for person, own in pins.items() if hmac.compare_digest(own.encode(), pin.encode())
    ]
    return next(iter(found), None)


def _bucket(keyring: Keyring, actor: Actor, which: str) -> bytes:
    return attempts.bucket_of(keyring.secret("attempts"), "shift pin", actor.holder_id.bytes + which.encode())
