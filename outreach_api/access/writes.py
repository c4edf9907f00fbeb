"""People, shifts, and the tokens that the console makes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.rules import make_token
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.ids import new_id
from outreach_api.ledger import versions
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.storage.access import Device, Person, Shift, ShiftMember, Token
from outreach_api.storage.plans import Van
from schemas.vocabulary import Role

ERASED_NAME = "—"


def add_person(work: Work, accepted: Accepted) -> Applied | Refusal:
    work.session.add(
        Person(
            id=accepted.entity_id,
            version=1,
            change_no=accepted.change_no,
            created_at=work.now,
            active=True,
            **accepted.values,
        )
    )
    return Applied(accepted.entity_id)


def change_person(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Change a person. Somebody who leaves loses name and tokens at once; another role ends the old one's."""
    row = versions.find(work, Person, accepted)
    if isinstance(row, Refusal):
        return row
    for name, value in accepted.values.items():
        setattr(row, name, value)
    ended = sa.update(Token).where(Token.person_id == row.id, Token.revoked_at.is_(None))
    if accepted.values.get("active") is False:
        row.name, row.kana = ERASED_NAME, None
    elif "role" in accepted.values:
        ended = ended.where(Token.role != row.role)
    else:
        return Applied(row.id, row.version, created=False)
    work.session.execute(ended.values(revoked_at=work.now))
    return Applied(row.id, row.version, created=False)


def plan_shift(work: Work, accepted: Accepted) -> Applied | Refusal:
    given = dict(accepted.values)
    members = given.pop("members")
    if work.session.get(Van, given["van_id"]) is None:
        return Refusal("invalid", 422, {}, (Problem("/van_id", "unknown_reference"),))
    ids = [member["person_id"] for member in members]
    known = set(work.session.scalars(sa.select(Person.id).where(Person.id.in_(ids), Person.active.is_(True))))
    faults = tuple(
        Problem(f"/members/{i}/person_id", "unknown_reference") for i, p in enumerate(ids) if p not in known
    )
    if faults:
        return Refusal("invalid", 422, {}, faults)
    work.session.add(
        Shift(id=accepted.entity_id, version=1, change_no=accepted.change_no, created_at=work.now, **given)
    )
    work.session.flush()
    if members:
        work.session.execute(
            sa.insert(ShiftMember), [{"shift_id": accepted.entity_id, **member} for member in members]
        )
    return Applied(accepted.entity_id, announces=(Announce("shift", accepted.entity_id, given["van_id"]),))


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
    token = make_token()
    session.add(
        Token(
            prefix=token.prefix,
            secret_hash=token.secret_hash,
            role=role,
            person_id=None if device_id else person_id,
            device_id=device_id,
            van_id=van_id if device_id else None,
            label=label,
            created_at=now,
            expires_at=now + dt.timedelta(days=days),
            revoked_at=None,
            last_used_day=None,
        )
    )
    session.flush()
    return token.text


class RevokedToken(NamedTuple):
    role: Role
    was_revoked: bool
    """True when it had been revoked before."""


def revoke_token(session: Session, *, prefix: str, now: dt.datetime) -> RevokedToken | None:
    """End a token; None if there is none with this prefix."""
    token = session.get(Token, prefix)
    if token is None:
        return None
    was_revoked = token.revoked_at is not None
    if not was_revoked:
        token.revoked_at = now
        session.flush()
    return RevokedToken(Role(token.role), was_revoked)
