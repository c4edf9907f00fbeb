"""Invitations: made by the office, given codes that are shown once, redeemed by one phone."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.rules.codes import TRIES, Code, NewCodes, is_code_of, new_codes, read_code
from outreach_api.access.writes.tokens import Issued, end_replaced, issue_page_token, issue_token, issued
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import audit
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.ledger.kinds import Accepted, Actor, Applied, Work
from outreach_api.storage.access import Device, Pairing, Person, Token
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.plans import Van
from outreach_api.storage.session import Database
from schemas.vocabulary import Page, Role

LIVES = dt.timedelta(minutes=10)
_NOT_VALID = Refusal("code_not_valid", 422)
_MOST_DRAWS = 50  # three characters are taken by few invitations of ten minutes


def make_pairing(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Invite a phone or a person. Its codes come with `give_codes`."""
    given = accepted.values
    guest = _guest(work, given["van_id"], given["device_id"], given["person_id"])
    if isinstance(guest, Refusal):
        return guest
    work.session.add(
        Pairing(
            id=accepted.entity_id,
            version=1,
            change_no=accepted.change_no,
            created_at=work.now,
            role=guest.role.value,
            van_id=guest.van_id,
            device_id=given["device_id"],
            person_id=given["person_id"],
            label=given["label"] or guest.label,
            made_by=work.actor.holder_id,
            tries_left=TRIES,
            expires_at=work.now + LIVES,
        )
    )
    work.session.flush()
    audit.record(
        work.session, work.actor, work.now, action="pair", entity_kind="pairing", entity_id=accepted.entity_id
    )
    return Applied(accepted.entity_id)


class _Guest(NamedTuple):
    role: Role
    van_id: uuid.UUID | None
    label: str


def _guest(
    work: Work, van_id: uuid.UUID | None, device_id: uuid.UUID | None, person_id: uuid.UUID | None
) -> _Guest | Refusal:
    if person_id is not None:
        if work.actor.role is not Role.ADMIN:
            return Refusal("forbidden", 403)  # or a coordinator could become whoever opens texts
        person = work.session.get(Person, person_id)
        if person is None or not person.active:
            return _unknown("/person_id")
        if person.role == Role.CREW:
            return Refusal("invalid", 422, {}, (Problem("/person_id", "crew_uses_phones"),))
        return _Guest(Role(person.role), None, person.name)
    if device_id is not None:
        device = work.session.get(Device, device_id)
        return _unknown("/device_id") if device is None else _Guest(Role.CREW, device.van_id, device.label)
    van = work.session.get(Van, van_id)
    if van is None or not van.active:
        return _unknown("/van_id")
    return _Guest(Role.CREW, van.id, f"{van.name}の電話")


def _unknown(path: str) -> Refusal:
    return Refusal("invalid", 422, {}, (Problem(path, "unknown_reference"),))


def give_codes(session: Session, pairing_id: uuid.UUID, who: Actor, now: dt.datetime) -> NewCodes | None:
    """New codes for an open invitation, in place of those that were given before; None when it is not open.

    Nor to somebody who made it as an administrator and is none any more.
    """
    pairing = session.get_one(Pairing, pairing_id)
    if pairing.only is None and pairing.person_id is not None and who.role is not Role.ADMIN:
        return None
    if pairing.redeemed_at is not None or pairing.ended_at is not None or pairing.expires_at <= now:
        return None
    _give_back_locators(session, now)
    for _ in range(_MOST_DRAWS):
        codes = new_codes()
        taken = sa.select(Pairing.id).where(Pairing.locator == codes.locator, Pairing.id != pairing_id)
        if session.scalar(taken) is None:
            break
    else:
        raise RuntimeError("no code is free: far too many invitations are open")
    pairing.locator, pairing.tries_left = codes.locator, TRIES
    pairing.link_hash = codes.linked_hash
    pairing.code_hash = codes.typed_hash if pairing.only is None else None  # nobody is shown that of a page
    session.flush()
    return codes


def _give_back_locators(session: Session, now: dt.datetime) -> None:
    session.execute(
        sa.update(Pairing)
        .where(Pairing.expires_at <= now, Pairing.locator.is_not(None))
        .values(locator=None, code_hash=None, link_hash=None)
        .execution_options(synchronize_session=False)
    )


def redeem(
    database: Database,
    keyring: Keyring,
    text: str,
    key: uuid.UUID,
    now: dt.datetime,
    lives: dt.timedelta,
    only: Page | None = None,
) -> Issued | Refusal:
    """A token for whoever has the code: that of a phone or person, or `only` that of a page.

    One answer for all that is wrong: it says nothing about which codes exist.
    With the key that it was redeemed with, the same code gives another token for as long as nobody used the first
    one, which then ends: an answer was lost. Raises SQLAlchemyError.
    """
    code = read_code(text)
    if code is None:
        return _NOT_VALID
    found = _try(database, code, only, now)
    # Slow on purpose, so outside of any transaction; of none it takes as long.
    right = is_code_of(code, found.code_hash if found else None, found.link_hash if found else None)
    if found is None or not right:
        return _NOT_VALID
    with database.write() as session:
        ChangeNumbers(session)  # whoever revokes holds it, too: see ledger.standing
        pairing = session.scalar(sa.select(Pairing).where(Pairing.id == found.id))
        if pairing is None or pairing.locator != code.locator or not _may_redeem(session, pairing, key, now):
            return _NOT_VALID
        give = _for_phone_or_person if only is None else _for_page
        token = give(session, keyring, pairing, now, lives)
        return _NOT_VALID if token is None else _redeemed(session, pairing, token, key, now)


class _Found(NamedTuple):
    id: uuid.UUID
    code_hash: str | None
    link_hash: bytes | None


def _try(database: Database, code: Code, only: Page | None, now: dt.datetime) -> _Found | None:
    """The invitation that a code names, with one try less: counted before anybody knows whether it is right."""
    there = Pairing.__table__.c
    with database.write() as session:
        row = session.execute(
            sa.update(Pairing)
            .where(
                there.locator == code.locator,
                there.only.is_(None) if only is None else there.only == only.value,
                there.expires_at > now,
                there.ended_at.is_(None),
                there.tries_left > 0,
            )
            .values(tries_left=there.tries_left - 1)
            .returning(there.id, there.code_hash, there.link_hash)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    return None if row is None else _Found(*row)


def _may_redeem(session: Session, pairing: Pairing, key: uuid.UUID, now: dt.datetime) -> bool:
    if pairing.ended_at is not None or pairing.expires_at <= now:
        return False
    if pairing.redeemed_at is None:
        return True
    used = sa.select(Token.prefix).where(
        Token.pairing_id == pairing.id,
        sa.or_(Token.last_used_day.is_not(None), Token.takes_until.is_not(None)),
    )
    return pairing.redeemed_by == key and session.scalar(used.limit(1)) is None


def _for_page(
    session: Session, keyring: Keyring, pairing: Pairing, now: dt.datetime, lives: dt.timedelta
) -> str | None:
    """None when the token that it was asked for with has ended by now."""
    maker = session.get(Token, pairing.made_with)
    if maker is None or maker.revoked_at is not None or maker.expires_at <= now:
        return None
    end_replaced(session, keyring, Token.pairing_id == pairing.id, now)
    return issue_page_token(session, pairing, now, min(now + lives, maker.expires_at))


def _for_phone_or_person(
    session: Session, keyring: Keyring, pairing: Pairing, now: dt.datetime, lives: dt.timedelta
) -> str:
    # What this invitation gave before was used by nobody; and a phone that is paired anew has lost what it had.
    before = Token.pairing_id == pairing.id
    if pairing.device_id is not None:
        before = sa.or_(before, Token.device_id == pairing.device_id)
        device = session.get_one(Device, pairing.device_id)
        device.active = True
    end_replaced(session, keyring, before, now)
    return issue_token(
        session,
        role=Role(pairing.role),
        label=pairing.label,
        now=now,
        days=lives.days,
        person_id=pairing.person_id,
        van_id=pairing.van_id,
        device_id=pairing.device_id,
        pairing_id=pairing.id,
    )


def _redeemed(session: Session, pairing: Pairing, text: str, key: uuid.UUID, now: dt.datetime) -> Issued:
    made = issued(session, text)
    if made.role is Role.CREW:
        pairing.device_id = made.holder_id
    pairing.tries_left = TRIES
    pairing.redeemed_at, pairing.redeemed_by = pairing.redeemed_at or now, key
    session.flush()
    audit.record(
        session,
        Actor(made.holder_id, made.role, pairing.van_id),
        now,
        action="redeem",
        entity_kind="pairing",
        entity_id=pairing.id,
    )
    return made
