"""The dead-letter list: what a push brought and could not be taken in is kept, sealed, until somebody settles it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

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
from schemas.vocabulary import RejectionState, Role, Settlement


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


_ANY_UNSETTLED = (
    sa.select(Rejection.id)
    .where(Rejection.holder_id == sa.bindparam("holder"), Rejection.state != RejectionState.SETTLED.value)
    .limit(1)
)
_UNSETTLED = sa.select(
    Rejection.id, Rejection.op_id, Rejection.kind, Rejection.digest, Rejection.code, Rejection.state
).where(
    Rejection.holder_id == sa.bindparam("holder"),
    Rejection.state != RejectionState.SETTLED.value,
    bulk.among(Rejection.op_id),
)
_FORGET = sa.delete(Rejection).where(bulk.among(Rejection.id))
_NEVER_READ = frozenset({"malformed", "sealed_unreadable", "sealed_for_another_key"})


class TakenIn(NamedTuple):
    """An operation that is in the database now."""

    digest: bytes
    kind: str


def sort_in(
    work: Work, letters: Mapping[int, Letter], now_in: Callable[[], Mapping[uuid.UUID, TakenIn]]
) -> list[int]:
    """Keep these letters, once each, and forget those that are in by now, as `now_in` tells.

    Answers which of them somebody settled before.
    """
    holder = work.actor.holder_id
    session = work.session
    if session.connection().execute(_ANY_UNSETTLED, {"holder": holder}).first() is not None:
        _forget(session, holder, now_in())
    ids = {
        index: derived("rejection", holder, str(one.op_id), one.digest.hex())
        for index, one in letters.items()
    }
    by_id = {letter_id: letters[index] for index, letter_id in ids.items()}
    states = dict(bulk.look_up(session, Rejection, ("id", "state"), "id", by_id))
    for letter_id, state in states.items():
        if state != RejectionState.SETTLED:
            _tell_anew(session, letter_id, by_id[letter_id].outcome)
    fresh = by_id.keys() - states.keys()
    bulk.append(session, Rejection, [_row(work, letter_id, by_id[letter_id]) for letter_id in fresh])
    return [index for index, letter_id in ids.items() if states.get(letter_id) == RejectionState.SETTLED]


def _forget(session: Session, holder: uuid.UUID, taken_in: Mapping[uuid.UUID, TakenIn]) -> None:
    """Letters go whose operations are in by now."""
    arrived = []
    for row in bulk.find(session, _UNSETTLED, taken_in, holder=holder):
        now = taken_in[row.op_id]
        # What nobody could read came again in a form that somebody could.
        if row.digest == now.digest or (row.code in _NEVER_READ and row.kind == now.kind):
            arrived.append(row.id)
        elif row.state == RejectionState.WAITING:
            # Other words under that id: they were never taken in, and nothing that they wait for changes that.
            _tell_anew(session, row.id, refused(row.op_id, ID_REUSED))
    for start in range(0, len(arrived), CHUNK):
        session.connection().execute(_FORGET, {"wanted": arrived[start : start + CHUNK]})


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
    unopened = isinstance(letter.item, dict) and "sealed" in letter.item
    doubt = unopened or rules.is_in_doubt(letter.kind, letter.outcome.code, payload)
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
        # An undeclared kind's name is the sender's word, and would stand in the clear.
        "detail": _detail(letter.outcome) if letter.kind else {"problems": [], "params": {}},
        "received_at": work.now,
        "said_at": None if operation is None else operation.occurred_at,
        "about_staff": doubt or rules.is_about_staff(payload),
        "urgent": doubt or rules.is_urgent(payload),
        "sealed": work.keyring.seal(content, **rules.SEALED_IN, row=letter_id),
    }


def _state(outcome: Outcome) -> str:
    return (RejectionState.WAITING if outcome.ending is Ending.RETRY else RejectionState.OPEN).value


def _detail(outcome: Outcome) -> dict[str, Any]:
    """As a receipt keeps it: no names that the sender made up."""
    return stored_detail(outcome) or {}


def refused_makers(
    session: Session, actor: Actor, entity_ids: Collection[uuid.UUID], kinds: Collection[str]
) -> dict[uuid.UUID, uuid.UUID]:
    """Of these things, those whose making was refused before and stands open, with the operation that it was.

    A phone hears of its own operations and of its van's, and of none that is about staff but its own.
    """
    mine = Rejection.holder_id == actor.holder_id
    if actor.van_id is not None:
        mine = sa.or_(mine, sa.and_(Rejection.van_id == actor.van_id, Rejection.about_staff.is_(False)))
    select = sa.select(Rejection.entity_id, Rejection.op_id).where(
        bulk.among(Rejection.entity_id),
        Rejection.state == RejectionState.OPEN.value,
        Rejection.kind.in_(kinds),
        Rejection.code.not_in(rules.NOT_UNMADE),
        mine,
    )
    found = bulk.find(session, select, entity_ids)
    return {row.entity_id: row.op_id for row in found if row.op_id is not None}


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
    in_already = _in_already(work, row)
    if in_already and accepted.values["settlement"] is not Settlement.KNOWN:
        return Refusal("letter_in_already", 409)
    row.state, row.settlement = RejectionState.SETTLED.value, accepted.values["settlement"].value
    row.settled_at, row.settled_by = work.now, work.actor.holder_id
    work.session.flush()
    if row.op_id is not None and not in_already:
        _write_off(work, row, row.op_id, accepted.change_no)
    return Applied(row.id, created=False)


def _in_already(work: Work, row: Rejection) -> bool:
    """Whether its operation was applied after all: online, by another phone, or in this very push."""
    if row.op_id is None:
        return False
    receipt = work.session.get(Receipt, row.op_id)
    if receipt is not None:
        return receipt.digest == row.digest and receipt.status == Ending.APPLIED.value
    return row.op_id in work.ending


def _write_off(work: Work, row: Rejection, op_id: uuid.UUID, change_no: int) -> None:
    """Let the receipt say so, whether the operation was refused or was still waiting and had none."""
    receipt = work.session.get(Receipt, op_id)
    if receipt is None:
        bulk.append(work.session, Receipt, [_settled_receipt(work, row, op_id, change_no)])
    elif receipt.digest == row.digest and receipt.status != Ending.APPLIED.value:
        receipt.status, receipt.code = Ending.REJECTED.value, rules.SETTLED_BY_OFFICE
        receipt.detail = {"http": 422, "params": {}, "problems": []}
        work.session.flush()


def _settled_receipt(work: Work, row: Rejection, op_id: uuid.UUID, change_no: int) -> dict[str, Any]:
    return {
        "op_id": op_id,
        "holder_id": row.holder_id,
        "kind": row.kind or "",
        "digest": row.digest,
        "status": Ending.REJECTED.value,
        "code": rules.SETTLED_BY_OFFICE,
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
