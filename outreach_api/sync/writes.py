"""The dead-letter list: what a push brought and could not be taken in is kept, sealed, until somebody settles it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.rules import purge_before
from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.ids import derived
from outreach_api.ledger import audit
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.ledger.kinds import Accepted, Actor, Applied, Operation, Work
from outreach_api.ledger.outcomes import Ending, Outcome, refused, stored_detail
from outreach_api.ledger.perform import ID_REUSED
from outreach_api.ledger.totals import CHUNK
from outreach_api.storage import bulk
from outreach_api.storage.ledger import Receipt, Rejection
from outreach_api.sync import rules
from schemas.vocabulary import RejectionState, Role


@dataclass(frozen=True, slots=True)
class Letter:
    """One item of a push that was refused or has to wait; `item` is what was sent."""

    item: Any
    digest: bytes
    outcome: Outcome
    op_id: uuid.UUID | None = None
    operation: Operation | None = None
    kind: str | None = None
    """Its name if it is a declared one."""


_UNSETTLED = sa.select(
    Rejection.id, Rejection.op_id, Rejection.digest, Rejection.code, Rejection.state
).where(Rejection.holder_id == sa.bindparam("holder"), Rejection.state != RejectionState.SETTLED.value)
_NEVER_READ = frozenset({"malformed", "sealed_unreadable", "sealed_for_another_key"})


def sort_in(work: Work, letters: Collection[Letter], now_in: Callable[[], Mapping[uuid.UUID, bytes]]) -> None:
    """Keep these letters, once each, and forget those that are in by now: `now_in` gives their digests by operation."""
    holder = work.actor.holder_id
    unsettled = {row.id: row for row in work.session.connection().execute(_UNSETTLED, {"holder": holder})}
    if not unsettled and not letters:
        return
    taken_in = now_in()
    told = [row for row in unsettled.values() if row.op_id in taken_in]
    # What nobody could read came again in a form that somebody could.
    arrived = {row.id for row in told if row.digest == taken_in[row.op_id] or row.code in _NEVER_READ}
    if arrived:
        work.session.execute(sa.delete(Rejection).where(Rejection.id.in_(arrived)))
    for row in told:
        if row.id not in arrived and row.state == RejectionState.WAITING:
            # Other words under that id: they were never taken in, and nothing that they wait for changes that.
            _tell_anew(work.session, row.id, refused(row.op_id, ID_REUSED))
    by_id = {derived("rejection", holder, str(one.op_id), one.digest.hex()): one for one in letters}
    standing = unsettled.keys() - arrived
    for letter_id in by_id.keys() & standing:
        _tell_anew(work.session, letter_id, by_id[letter_id].outcome)
    fresh = by_id.keys() - standing
    fresh -= _settled(work.session, fresh)
    bulk.append(work.session, Rejection, [_row(work, letter_id, by_id[letter_id]) for letter_id in fresh])


def _settled(session: Session, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    wanted = list(ids)
    found: set[uuid.UUID] = set()
    for start in range(0, len(wanted), CHUNK):
        found.update(
            session.scalars(sa.select(Rejection.id).where(Rejection.id.in_(wanted[start : start + CHUNK])))
        )
    return found


def _tell_anew(session: Session, letter_id: uuid.UUID, outcome: Outcome) -> None:
    """The same operation has another answer, perhaps: it waited for a visit, now it is refused."""
    session.execute(
        sa.update(Rejection)
        .where(Rejection.id == letter_id)
        .values(state=_state(outcome), code=outcome.code, detail=_detail(outcome))
    )


def _row(work: Work, letter_id: uuid.UUID, letter: Letter) -> dict[str, Any]:
    operation = letter.operation
    payload = letter.item.get("payload") if isinstance(letter.item, dict) else None
    # Nobody can tell what is in it: then it is treated as the worst that it may be.
    unopened = isinstance(letter.item, dict) and "sealed" in letter.item
    content = orjson.dumps(letter.item).decode()
    return {
        "id": letter_id,
        "state": _state(letter.outcome),
        "holder_id": work.actor.holder_id,
        "van_id": work.actor.van_id,
        "op_id": letter.op_id,
        "digest": letter.digest,
        "kind": letter.kind,
        "entity_id": None if operation is None else operation.entity_id,
        "code": letter.outcome.code,
        "detail": _detail(letter.outcome),
        "received_at": work.now,
        "said_at": None if operation is None else operation.occurred_at,
        "about_staff": unopened or rules.is_about_staff(payload),
        "urgent": unopened or rules.is_urgent(payload),
        "sealed": work.keyring.seal(content, **rules.SEALED_IN, row=letter_id),
    }


def _state(outcome: Outcome) -> str:
    return (RejectionState.WAITING if outcome.ending is Ending.RETRY else RejectionState.OPEN).value


def _detail(outcome: Outcome) -> dict[str, Any]:
    """As a receipt keeps it: no names that the sender made up."""
    return stored_detail(outcome) or {}


def refused_needs(
    session: Session, actor: Actor, entity_ids: Collection[uuid.UUID], kinds: Collection[str]
) -> dict[uuid.UUID, uuid.UUID]:
    """Of these things, those whose making was refused before, with the operation that it was."""
    wanted = list(entity_ids)
    found: dict[uuid.UUID, uuid.UUID] = {}
    for start in range(0, len(wanted), CHUNK):
        select = sa.select(Rejection.entity_id, Rejection.op_id).where(
            Rejection.entity_id.in_(wanted[start : start + CHUNK]),
            Rejection.state != RejectionState.WAITING,
            Rejection.kind.in_(kinds),
            sa.or_(Rejection.holder_id == actor.holder_id, Rejection.van_id == actor.van_id),
        )
        found.update((entity, op_id) for entity, op_id in session.execute(select) if entity and op_id)
    return found


def settle(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Say what became of a letter. Its operation can't be applied any more: it would count twice."""
    select = sa.select(Rejection).where(Rejection.id == accepted.entity_id)
    if work.actor.role is not Role.SAFEGUARDING:
        select = select.where(Rejection.about_staff.is_(False))
    row = work.session.scalar(select)
    if row is None:
        return Refusal("not_found", 404)
    if row.state == RejectionState.SETTLED:
        return Refusal("already_settled", 409)
    row.state, row.settlement = RejectionState.SETTLED.value, accepted.values["settlement"].value
    row.settled_at, row.settled_by = work.now, work.actor.holder_id
    work.session.flush()
    if row.op_id is not None and work.session.get(Receipt, row.op_id) is None:
        bulk.append(work.session, Receipt, [_settled_receipt(work, row, row.op_id, accepted.change_no)])
    return Applied(row.id, created=False)


def _settled_receipt(work: Work, row: Rejection, op_id: uuid.UUID, change_no: int) -> dict[str, Any]:
    return {
        "op_id": op_id,
        "holder_id": row.holder_id,
        "kind": row.kind or "",
        "digest": row.digest,
        "status": Ending.REJECTED.value,
        "code": "settled_by_office",
        "detail": {"http": 422, "params": {}, "problems": []},
        "change_no": change_no,
        "received_at": work.now,
        "said_at": row.said_at,
    }


@dataclass(frozen=True, slots=True)
class Purged:
    """How many contents went, and how many were due but stay because they are urgent and unsettled."""

    purged: int
    kept_as_urgent: int


def purge_contents(session: Session, now: dt.datetime, note_text_days: int) -> Purged:
    """Erase the contents of letters that the server received `note_text_days` ago. The caller commits."""
    ChangeNumbers(session)  # first lock of every write
    due = sa.and_(Rejection.sealed.is_not(None), Rejection.received_at < purge_before(now, note_text_days)[1])
    stays = sa.and_(Rejection.urgent.is_(True), Rejection.state != RejectionState.SETTLED)
    kept = session.scalar(sa.select(sa.func.count()).select_from(Rejection).where(due, stays)) or 0
    ends = sa.and_(due, sa.not_(stays))
    purged = session.scalar(sa.select(sa.func.count()).select_from(Rejection).where(ends)) or 0
    if purged:
        session.execute(
            sa.update(Rejection)
            .where(ends)
            .values(sealed=None, purged_at=now)
            .execution_options(synchronize_session=False)
        )
        audit.record(
            session,
            None,
            now,
            action="purgeRejections",
            entity_kind="rejection",
            entity_id=None,
            outcome=f"purged {purged}",
        )
    return Purged(purged, kept)
