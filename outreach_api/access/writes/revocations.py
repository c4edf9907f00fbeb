"""One call ends a phone, a person or all phones of a van; nothing that they send afterwards is committed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from outreach_api.access.writes.people import erase_name
from outreach_api.access.writes.tokens import end_pairings, end_pairings_of_person, end_tokens
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.storage.access import Device, Pairing, Person, Revocation, Token
from outreach_api.storage.plans import Van
from schemas.vocabulary import RevocationReason, Role

LEAVES_IN = dt.timedelta(hours=72)
"""So long what was entered before is still taken from who left: a weekend without a signal, and a day."""


def revoke(work: Work, accepted: Accepted) -> Applied | Refusal:
    given = accepted.values
    left = given["reason"] is RevocationReason.LEFT
    takes_until = work.now + LEAVES_IN if left else None
    fault = _end_holder(work, given, left=left)
    if fault is not None:
        return fault
    name = next(name for name in ("device_id", "person_id", "van_id") if given[name] is not None)
    ended = end_tokens(work, getattr(Token, name) == given[name], takes_until=takes_until)
    if name == "person_id":
        end_pairings_of_person(work, given[name])
    else:
        end_pairings(work, getattr(Pairing, name) == given[name])
    work.session.add(
        Revocation(
            id=accepted.entity_id,
            version=1,
            change_no=accepted.change_no,
            created_at=work.now,
            made_by=work.actor.holder_id,
            tokens_ended=ended,
            takes_until=takes_until,
            **{**given, "reason": given["reason"].value},
        )
    )
    audit.record(
        work.session,
        work.actor,
        work.now,
        action="revoke",
        entity_kind=name.removesuffix("_id"),
        entity_id=given[name],
        purpose=given["reason"].value,
    )
    return Applied(accepted.entity_id)


def _end_holder(work: Work, given: dict[str, Any], *, left: bool) -> Refusal | None:
    session = work.session
    if given["person_id"] is not None:
        if work.actor.role is not Role.ADMIN:
            return Refusal("forbidden", 403)
        person = session.get(Person, given["person_id"])
        if person is None:
            return _unknown("/person_id")
        # Whose token was stolen is still one of us, and is paired anew.
        if left:
            erase_name(work, person)
            person.version += 1
        return None
    if given["device_id"] is not None:
        which = Device.id == given["device_id"]
        if session.get(Device, given["device_id"]) is None:
            return _unknown("/device_id")
    else:
        which = Device.van_id == given["van_id"]
        if session.get(Van, given["van_id"]) is None:
            return _unknown("/van_id")
    session.execute(
        sa.update(Device)
        .where(which)
        .values(active=False, version=Device.version + 1)
        .execution_options(synchronize_session=False)
    )
    return None


def _unknown(path: str) -> Refusal:
    return Refusal("invalid", 422, {}, (Problem(path, "unknown_reference"),))
