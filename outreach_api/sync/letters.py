"""Keeps what a push could not take in as letters, sealed, and forgets those whose operations came in after all."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.escalation import Audience, Subject
from outreach_api.contacts.writes.alarms import raise_alarms
from outreach_api.kernel.ids import derived
from outreach_api.ledger.kinds import Actor, Operation, Work
from outreach_api.ledger.outcomes import Ending, Outcome, refused, stored_detail
from outreach_api.ledger.perform import ID_REUSED
from outreach_api.storage import bulk
from outreach_api.storage.access import Device
from outreach_api.storage.ledger import Rejection
from outreach_api.sync import rules
from schemas.vocabulary import RejectionState


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


# A phone that was paired anew, or took over a lost one's queue, sends what its van's other phone sent before.
_OF_THE_VAN = sa.or_(
    Rejection.holder_id == sa.bindparam("holder"),
    Rejection.holder_id.in_(sa.select(Device.id).where(Device.van_id == sa.bindparam("van"))),
)
_NOT_SETTLED = Rejection.state.in_([RejectionState.OPEN.value, RejectionState.WAITING.value])
_ANY_UNSETTLED = sa.select(Rejection.id).where(_OF_THE_VAN, _NOT_SETTLED).limit(1)
_UNSETTLED = sa.select(
    Rejection.id,
    Rejection.holder_id,
    Rejection.op_id,
    Rejection.kind,
    Rejection.digest,
    Rejection.code,
    Rejection.state,
).where(_OF_THE_VAN, _NOT_SETTLED, bulk.among(Rejection.op_id))
_Answer = tuple[str, str, dict[str, Any]]
_ANSWER = ("state", "code", "detail")
"""What a letter was answered: the columns."""
_LETTERS = cast(sa.Table, Rejection.__table__)
_TELL_ANEW = sa.update(_LETTERS).where(_LETTERS.c.id == sa.bindparam("letter"))
_FORGET = sa.delete(Rejection).where(bulk.among(Rejection.id))
_NEVER_READ = frozenset({"malformed", "sealed_unreadable", "sealed_for_another_key"})


class TakenIn(NamedTuple):
    """An operation that is in the database now."""

    digest: bytes
    kind: str


def sort_in(
    work: Work,
    letters: Mapping[int, Letter],
    now_in: Callable[[], Mapping[uuid.UUID, TakenIn]],
    sent_at: dt.datetime,
) -> list[int]:
    """Keep these letters, once each, and forget those that are in by now, as `now_in` tells.

    Answers which of them somebody settled before.
    """
    holder = work.actor.holder_id
    session = work.session
    if session.connection().execute(_ANY_UNSETTLED, _whose(work.actor)).first() is not None:
        _forget(session, work.actor, now_in())
    ids = {
        index: derived("rejection", holder, str(one.op_id), one.digest.hex())
        for index, one in letters.items()
    }
    by_id = {letter_id: letters[index] for index, letter_id in ids.items()}
    kept = {row[0]: row[1:] for row in bulk.look_up(session, Rejection, ("id", *_ANSWER), "id", by_id)}
    settled = {letter_id for letter_id, (state, *_) in kept.items() if state == RejectionState.SETTLED}
    # Most that comes again waits as it did: what hundreds of them were told before is not written again.
    answers = {
        letter_id: _answer(by_id[letter_id].outcome, by_id[letter_id].kind)
        for letter_id in kept.keys() - settled
    }
    _tell_anew(session, {one: answer for one, answer in answers.items() if answer != kept[one]})
    fresh = by_id.keys() - kept.keys()
    rows = [_row(work, letter_id, by_id[letter_id], sent_at) for letter_id in fresh]
    bulk.append(session, Rejection, rows)
    urgent = ((row["id"], _audience(by_id[row["id"]], row)) for row in rows if row["urgent"])
    raise_alarms(session, Subject.LETTER, urgent, work.now)
    return [index for index, letter_id in ids.items() if letter_id in settled]


def _whose(actor: Actor) -> dict[str, uuid.UUID | None]:
    return {"holder": actor.holder_id, "van": actor.van_id}


def _forget(session: Session, actor: Actor, taken_in: Mapping[uuid.UUID, TakenIn]) -> None:
    """Letters go whose operations are in by now; another phone's only if it sent the very same."""
    arrived = []
    reused: dict[uuid.UUID, _Answer] = {}
    for row in bulk.find(session, _UNSETTLED, taken_in, **_whose(actor)):
        now = taken_in[row.op_id]
        if row.digest == now.digest:
            arrived.append(row.id)
        elif row.holder_id != actor.holder_id:
            continue
        elif row.code in _NEVER_READ and row.kind == now.kind:
            arrived.append(row.id)  # what nobody could read came again in a form that somebody could
        elif row.state == RejectionState.WAITING:
            # Other words under that id: they were never taken in, and nothing that they wait for changes that.
            reused[row.id] = _answer(refused(row.op_id, ID_REUSED), row.kind)
    _tell_anew(session, reused)
    for start in range(0, len(arrived), bulk.CHUNK):
        session.connection().execute(_FORGET, {"wanted": arrived[start : start + bulk.CHUNK]})


def _tell_anew(session: Session, answers: Mapping[uuid.UUID, _Answer]) -> None:
    """The same operations have other answers: they waited for a visit, now they are refused."""
    if answers:
        told = [{"letter": one, **dict(zip(_ANSWER, answer, strict=True))} for one, answer in answers.items()]
        session.connection().execute(_TELL_ANEW, told)


def _row(work: Work, letter_id: uuid.UUID, letter: Letter, sent_at: dt.datetime) -> dict[str, Any]:
    operation = letter.operation
    payload = letter.item.get("payload") if isinstance(letter.item, dict) else None
    unopened = isinstance(letter.item, dict) and "sealed" in letter.item
    doubt = unopened or rules.is_in_doubt(letter.kind, letter.outcome.code, payload)
    content = orjson.dumps(letter.item).decode()
    return {
        "id": letter_id,
        **dict(zip(_ANSWER, _answer(letter.outcome, letter.kind), strict=True)),
        "holder_id": work.actor.holder_id,
        "van_id": work.actor.van_id,
        "op_id": letter.op_id,
        "digest": letter.digest,
        "kind": letter.kind,
        "entity_id": None if operation is None else operation.entity_id,
        "received_at": work.now,
        "said_at": None if operation is None else operation.occurred_at,
        "sent_at": sent_at,
        "acting_id": None if operation is None else operation.acting_id,
        "about_staff": doubt or rules.is_about_staff(payload),
        "urgent": doubt or rules.is_urgent(payload),
        "sealed": work.keyring.seal(content, **rules.SEALED_IN, row=letter_id, at=work.now),
    }


def _audience(letter: Letter, row: dict[str, Any]) -> Audience:
    """What says that it is about one of us is the outside person's; what nobody can tell, everybody's."""
    payload = letter.item.get("payload") if isinstance(letter.item, dict) else None
    if rules.is_about_staff(payload):
        return Audience.OUTSIDE
    return Audience.ALL if row["about_staff"] else Audience.TEAM


def _answer(outcome: Outcome, kind: str | None) -> _Answer:
    """As a receipt keeps it: no names that the sender made up, and an undeclared kind's name is one."""
    state = RejectionState.WAITING if outcome.ending is Ending.RETRY else RejectionState.OPEN
    detail = stored_detail(outcome) if kind else None
    return state.value, outcome.code or "refused", detail or {"params": {}, "problems": []}


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
