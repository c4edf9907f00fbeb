"""Tokens: made, rotated, ended. What has ended is noted in the cabinet, so that no restore brings it back to life."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.rules.tokens import make_token, prefix_of
from outreach_api.kernel.ids import new_id
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.ledger.kinds import Work
from outreach_api.storage.access import Device, Pairing, Person, Token
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.witness import EndedToken
from schemas.vocabulary import Role


def issue_token(
    session: Session,
    *,
    role: Role,
    label: str,
    now: dt.datetime,
    days: int,
    person_id: uuid.UUID | None = None,
    van_id: uuid.UUID | None = None,
    device_id: uuid.UUID | None = None,
    pairing_id: uuid.UUID | None = None,
) -> str:
    """A new token, shown once. Crew get one for a device of the van, others for a person; made when not there yet."""
    if role is Role.CREW:
        if van_id is None:
            raise ValueError("a crew token needs a van")
        device_id = device_id or new_id()
        if session.get(Device, device_id) is None:
            session.add(
                Device(
                    id=device_id,
                    version=1,
                    change_no=0,
                    created_at=now,
                    label=label,
                    van_id=van_id,
                    active=True,
                )
            )
    elif device_id is not None:
        raise ValueError("a device is for crew")
    elif person_id is None:
        person_id = new_id()
        session.add(
            Person(
                id=person_id,
                version=1,
                change_no=0,
                created_at=now,
                name=label,
                kana=None,
                role=role,
                active=True,
            )
        )
    session.flush()
    return _keep(
        session,
        role=role,
        person_id=None if device_id else person_id,
        device_id=device_id,
        van_id=van_id if device_id else None,
        label=label,
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
        pairing_id=pairing_id,
    )


def issue_page_token(session: Session, pairing: Pairing, now: dt.datetime, ends_at: dt.datetime) -> str:
    """A token for the page that an invitation names, with its maker's role; it opens what that page asks.

    Those that have ended by themselves are of no use to anybody any more, and go.
    """
    session.execute(sa.delete(Token).where(Token.only.is_not(None), Token.expires_at <= now))
    return _keep(
        session,
        role=pairing.role,
        person_id=pairing.person_id,
        device_id=pairing.device_id,
        van_id=pairing.van_id,
        label=pairing.label,
        created_at=now,
        expires_at=ends_at,
        pairing_id=pairing.id,
        only=pairing.only,
        made_with=pairing.made_with,
    )


def _keep(session: Session, **said: Any) -> str:
    token = make_token()
    session.add(Token(prefix=token.prefix, secret_hash=token.secret_hash, **said))
    session.flush()
    return token.text


class Issued(NamedTuple):
    """A token as its holder is told of it."""

    text: str
    holder_id: uuid.UUID
    label: str
    role: Role
    van_id: uuid.UUID | None
    expires_at: dt.datetime


def issued(session: Session, text: str) -> Issued:
    """What to tell with a token that was just made."""
    row = session.get_one(Token, prefix_of(text))
    holder_id = row.device_id or row.person_id
    if holder_id is None:
        raise RuntimeError("a token without a holder")
    return Issued(text, holder_id, row.label, Role(row.role), row.van_id, row.expires_at)


def rotate_token(session: Session, keyring: Keyring, prefix: str, now: dt.datetime, days: int) -> Issued:
    """A new token for the same holder. The old one ends when this one is used for the first time.

    Asked again because the answer was lost, it makes another one, and the one that nobody used has ended. The
    counter's lock must be held.
    """
    old = session.get_one(Token, prefix)
    nobody_used = sa.and_(Token.replaces == prefix, Token.last_used_day.is_(None))
    end_replaced(session, keyring, nobody_used, now)
    text = _keep(
        session,
        role=old.role,
        person_id=old.person_id,
        device_id=old.device_id,
        van_id=old.van_id,
        label=old.label,
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
        replaces=prefix,
    )
    return issued(session, text)


class RevokedToken(NamedTuple):
    role: Role
    was_revoked: bool
    """True when it had been revoked before."""


def revoke_token(session: Session, keyring: Keyring, *, prefix: str, now: dt.datetime) -> RevokedToken | None:
    """End one token, with what was or may be had for it; None if there is none with this prefix.

    What rotation gave for it, and what that was given for: whoever stole one of them may have another.
    """
    ChangeNumbers(session)  # first lock of every write; see ledger.standing
    token = session.get(Token, prefix)
    if token is None:
        return None
    line = _rotated_with(session, prefix)
    ended = _end(session, keyring, Token.prefix.in_(line), now, None)
    of_line = sa.select(Token.pairing_id).where(Token.prefix.in_(line), Token.pairing_id.is_not(None))
    # Nor may what a thief invited with it come in any more.
    invited = Pairing.made_by == (token.device_id or token.person_id)
    _end_pairings(session, sa.or_(Pairing.id.in_(of_line), invited), now)
    return RevokedToken(Role(token.role), ended == 0)


def _rotated_with(session: Session, prefix: str) -> list[str]:
    """A token, those that rotation gave for it, and those that it was given for."""
    replaces = Token.replaces
    later = sa.select(Token.prefix).where(Token.prefix == prefix).cte("later", recursive=True)
    later = later.union(sa.select(Token.prefix).where(replaces == later.c.prefix))
    earlier = sa.select(Token.prefix, replaces).where(Token.prefix == prefix).cte("earlier", recursive=True)
    earlier = earlier.union(sa.select(Token.prefix, replaces).where(Token.prefix == earlier.c.replaces))
    return list(session.scalars(sa.union(sa.select(later.c.prefix), sa.select(earlier.c.prefix))))


def end_tokens(work: Work, whose: Any, *, takes_until: dt.datetime | None = None) -> int:
    """End the tokens of somebody; returns how many that were.

    `takes_until`: so long what was entered before is still taken. The counter's lock must be held.
    """
    return _end(work.session, work.keyring, whose, work.now, takes_until)


def end_pairings(work: Work, whose: Any) -> None:
    """End invitations, also for who redeemed one and asks again because the answer was lost."""
    _end_pairings(work.session, whose, work.now)


def end_pairings_of_person(work: Work, person_id: uuid.UUID) -> None:
    """Those for a person, and those that the person made for others: a thief invites as quickly as they can."""
    end_pairings(work, sa.or_(Pairing.person_id == person_id, Pairing.made_by == person_id))


def _end_pairings(session: Session, whose: Any, now: dt.datetime) -> None:
    session.execute(
        sa.update(Pairing)
        .where(whose, Pairing.ended_at.is_(None))
        .values(ended_at=now, locator=None, code_hash=None, link_hash=None)
        .execution_options(synchronize_session=False)
    )


def end_page_token(session: Session, keyring: Keyring, prefix: str, now: dt.datetime) -> None:
    """Whoever used it signs out. The counter's lock must be held."""
    _end(session, keyring, Token.prefix == prefix, now, None)


def end_replaced(session: Session, keyring: Keyring, which: Any, now: dt.datetime) -> None:
    """End tokens that another one, or none of that role, comes after. What left may still be handed in.

    The counter's lock must be held.
    """
    _end(session, keyring, sa.and_(which, Token.revoked_at.is_(None)), now, None)


def _end(
    session: Session, keyring: Keyring, whose: Any, now: dt.datetime, takes_until: dt.datetime | None
) -> int:
    # Of those that still hand in what they hold, a theft ends that, too; another leaving does not prolong it.
    live: Any = Token.revoked_at.is_(None)
    if takes_until is None:
        live = sa.or_(live, Token.takes_until.is_not(None))
    which = sa.select(Token.prefix).where(whose)
    with_pages = sa.or_(Token.prefix.in_(which), Token.made_with.in_(which))
    ends = list(session.scalars(sa.select(Token.prefix).where(with_pages, live)))
    # Noted first: should we be cut off between the two, they end with the next restore, and not never.
    keyring.witness.note_tokens([EndedToken(prefix, now, takes_until) for prefix in ends])
    session.execute(
        sa.update(Token)
        .where(Token.prefix.in_(ends))
        .values(revoked_at=sa.func.coalesce(Token.revoked_at, now), takes_until=takes_until)
        .execution_options(synchronize_session=False)
    )
    return len(ends)
