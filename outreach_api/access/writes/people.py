"""People and shifts; somebody who leaves loses name and tokens."""

from __future__ import annotations

import sqlalchemy as sa

from outreach_api.access.writes.tokens import end_pairings_of_person, end_replaced, end_tokens
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import audit, look_again, versions
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.storage.access import ERASED_NAME, Person, Shift, ShiftMember, Token
from outreach_api.storage.ended import NAME
from outreach_api.storage.plans import Van


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
    work.session.flush()
    _note(work, "addPerson", accepted, str(accepted.values["role"]))
    return Applied(accepted.entity_id)


def _note(work: Work, action: str, accepted: Accepted, what: str) -> None:
    audit.record(
        work.session,
        work.actor,
        work.now,
        action=action,
        entity_kind="person",
        entity_id=accepted.entity_id,
        outcome=what,
    )


def change_person(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Change a person. Somebody who leaves loses name, tokens and invitations at once; another role ends the old one's."""
    row = versions.find(work, Person, accepted)
    if isinstance(row, Refusal):
        return row
    if accepted.values.get("active") and not row.active:
        work.keyring.witness.unnote_erasure(NAME, row.id)
    for name, value in accepted.values.items():
        setattr(row, name, value)
    if accepted.values.get("active") is False:
        erase_name(work, row)
        end_tokens(work, Token.person_id == row.id)
    elif "role" in accepted.values:
        of_another_role = sa.and_(Token.person_id == row.id, Token.role != row.role)
        end_replaced(work.session, work.keyring, of_another_role, work.now)
    ended = accepted.values.get("active") is False or "role" in accepted.values
    if ended:
        end_pairings_of_person(work, row.id)  # an invitation gives the role that it was made for
    work.session.flush()
    what = "changed " + ", ".join(sorted(accepted.values))
    _note(work, "endAccess" if ended else "changePerson", accepted, what)
    return Applied(row.id, row.version, created=False)


def erase_name(work: Work, person: Person) -> None:
    """Somebody has left: the id stays for the audit. An older database that is put back has the name erased again."""
    work.keyring.witness.note_erasures(NAME, [person.id], work.now)
    person.active, person.name, person.kana = False, ERASED_NAME, None
    work.session.execute(sa.update(Token).where(Token.person_id == person.id).values(label=ERASED_NAME))


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
    look_again.on_day(work.session, given["local_day"], work.now)
    return Applied(accepted.entity_id, announces=(Announce("shift", accepted.entity_id, given["van_id"]),))
