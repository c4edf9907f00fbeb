"""Performs operations: settles duplicates before any SQL, answers each one, writes receipts, totals and feed."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Sequence, Set
from typing import Any, NamedTuple

import msgspec
import orjson
from sqlalchemy.orm import Session

from outreach_api.kernel import clock
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import held_after_all, shown_with, totals
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.ledger.holders import phones_of_the_van
from outreach_api.ledger.kinds import (
    Accepted,
    Actor,
    Announce,
    Applied,
    Kind,
    Operation,
    Registry,
    Tally,
    Warn,
    Work,
)
from outreach_api.ledger.outcomes import CREATED, Ending, Outcome, refused
from outreach_api.ledger.receipts import keep_receipts
from outreach_api.ledger.standing import look_again
from outreach_api.ledger.upcasting import brought_up
from outreach_api.ledger.writing import write
from outreach_api.storage import bulk
from outreach_api.storage.ledger import Receipt

ID_TAKEN = Refusal("id_taken", 409)
ID_REUSED = Refusal("id_reused", 422)
SETTLED = "settled_by_office"
"""In whatever form it comes again: the office has dealt with it."""
_SETTLED = Refusal(SETTLED, 422, receipt=False)


class Ready(msgspec.Struct, eq=False):
    """One operation on its way: read and hashed before the lock, its outcome set once."""

    operation: Operation
    kind: Kind | None
    digest: bytes
    values: dict[str, Any] | Refusal
    outcome: Outcome | None = None
    repeats: Ready | None = None


def read(operations: Iterable[Operation], *, actor: Actor, kinds: Registry, hash_key: bytes) -> list[Ready]:
    """Check contracts and roles and hash contents: all that needs no database, so done before the lock."""
    ready = []
    keyed = hashlib.blake2b(key=hash_key, digest_size=16)
    for operation in operations:
        kind = kinds.get(operation.kind)
        ready.append(Ready(operation, kind, _digest(operation, keyed), _values(operation, kind, actor)))
    return ready


def perform(work: Work, ready: Sequence[Ready], *, sent_at: dt.datetime | None = None) -> list[Outcome]:
    """Perform in the transaction of `work.session`; the caller commits. One outcome each, in the order given."""
    session = work.session
    numbers = ChangeNumbers(session)
    look_again(session, work.actor)
    _settle_duplicates(session, work.actor, ready)
    told = clock.Correction(work.now, sent_at)
    # By step, and within it in the order sent: append-only kinds come together, however a phone interleaved them.
    waiting: dict[tuple[int, str], list[tuple[Kind, Ready, Accepted]]] = {}
    for item in ready:
        if item.outcome is not None or item.repeats is not None:
            continue
        if isinstance(item.values, Refusal):
            item.outcome = refused(item.operation.op_id, item.values, numbers.next())
        elif item.kind is not None:  # one without a kind was refused by `read`
            occurred_at, suspect = told.of(item.operation.occurred_at)
            accepted = Accepted(item.operation, item.values, numbers.next(), occurred_at, suspect)
            waiting.setdefault(item.kind.step, []).append((item.kind, item, accepted))
    applied: list[Applied] = []
    tallies: list[Tally] = []
    added_up = 0
    announces: list[Announce] = []
    for _, lines in sorted(waiting.items()):
        for batch in [lines] if lines[0][0].bulk else [[line] for line in lines]:
            kind = batch[0][0]
            if kind.sees_endings:
                work.ending.update(item.operation.op_id for item in ready if item.outcome is not None)
            if not kind.bulk and len(tallies) > added_up:
                # A cancellation asks what was counted and a merge moves it: also what came in this very push.
                called_off = totals.add_up(session, tallies[added_up:])
                announces += held_after_all.take_back(work, called_off, numbers)
                added_up = len(tallies)
            answers = write(work, kind, [accepted for _, _, accepted in batch])
            for (_, item, accepted), answer in zip(batch, answers, strict=True):
                item.outcome = _outcome(accepted, answer)
                if isinstance(answer, Applied):
                    applied.append(answer)
                    if answer.tallies:
                        tallies += answer.tallies
    called_off = totals.add_up(session, tallies[added_up:])
    announces += held_after_all.take_back(work, called_off, numbers)
    announces += [a for answer in applied if answer.announces for a in answer.announces]
    totals.announce(session, announces + shown_with.tills_after(session, tallies), numbers)
    keep_receipts(
        work, ((item.operation, item.digest, item.outcome) for item in ready if item.outcome is not None)
    )
    numbers.store()
    return [_ended(item) for item in ready]


def hold_back(work: Work, ready: Sequence[Ready], answer: Refusal) -> list[Outcome]:
    """Perform nothing: what is known is answered as ever, all the rest with this."""
    ChangeNumbers(work.session)
    look_again(work.session, work.actor)
    _settle_duplicates(work.session, work.actor, ready)
    for item in ready:
        if item.outcome is None and item.repeats is None:
            item.outcome = refused(item.operation.op_id, answer)
    return [_ended(item) for item in ready]


def _values(operation: Operation, kind: Kind | None, actor: Actor) -> dict[str, Any] | Refusal:
    if kind is None or operation.v > kind.v:
        # Before the role: who may send it is for that newer version to say.
        return Refusal("upgrade_needed", 503, {"kind": operation.kind}, passing=True)
    if actor.role not in kind.roles:
        return Refusal("forbidden", 403)
    if kind.needs_base and operation.base_version is None:
        return Refusal("precondition_required", 428, receipt=False)
    payload = operation.payload if operation.v == kind.v else brought_up(operation, kind)
    if isinstance(payload, Refusal):
        return payload
    values, faults = kind.schema.read(payload)
    if faults:
        return Refusal("invalid", 422, {}, tuple(Problem(f.path, f.code, f.params) for f in faults))
    return values


def _digest(operation: Operation, keyed: hashlib.blake2b) -> bytes:
    # Without the time: what was tried online and lost its answer comes again by push, where it has one.
    content = orjson.dumps(
        [operation.kind, operation.v, operation.entity_id, operation.base_version, operation.payload],
        option=orjson.OPT_SORT_KEYS,
    )
    hashed = keyed.copy()
    hashed.update(content)
    return hashed.digest()


class _Known(NamedTuple):
    """What a receipt says about an operation that comes again; the fields are its columns."""

    op_id: uuid.UUID
    holder_id: uuid.UUID
    digest: bytes
    status: str
    code: str | None
    detail: dict[str, Any] | None
    entity_id: uuid.UUID | None
    version: int | None
    change_no: int


def _settle_duplicates(session: Session, actor: Actor, ready: Sequence[Ready]) -> None:
    """Answer what has a receipt; of two equal ids inside one request, the second repeats the first."""
    ids = [item.operation.op_id for item in ready]
    rows = bulk.look_up(session, Receipt, _Known._fields, "op_id", ids)
    known = {row[0].int: _Known(*row) for row in rows}
    others = {receipt.holder_id for receipt in known.values()} - {actor.holder_id}
    mates = phones_of_the_van(session, actor, others)
    first: dict[int, Ready] = {}
    for item in ready:
        op_id = item.operation.op_id
        number = op_id.int
        receipt = known.get(number)
        if receipt is not None:
            item.outcome = _repeated(receipt, item, actor, mates)
        elif number in first:
            if first[number].digest == item.digest:
                item.repeats = first[number]
            else:
                item.outcome = refused(op_id, ID_REUSED)
        else:
            first[number] = item


def _ended(item: Ready) -> Outcome:
    """The outcome; of a repetition inside one request, its original's as a duplicate."""
    original = item if item.repeats is None else item.repeats
    outcome = original.outcome
    if outcome is None:
        raise RuntimeError(f"operation {item.operation.op_id} was not answered")
    if original is item or outcome.ending is Ending.RETRY:
        return outcome
    return msgspec.structs.replace(outcome, ending=Ending.DUPLICATE, original=outcome.ending)


def _repeated(receipt: _Known, item: Ready, actor: Actor, mates: Set[uuid.UUID]) -> Outcome:
    op_id = item.operation.op_id
    if receipt.holder_id != actor.holder_id:
        same = receipt.digest == item.digest
        if same and receipt.code == SETTLED and receipt.holder_id in mates:
            return msgspec.structs.replace(refused(op_id, _SETTLED), known=True)
        elsewhere = Ending(receipt.status) if same and receipt.holder_id in mates else None
        return msgspec.structs.replace(refused(op_id, ID_TAKEN), known=same, elsewhere=elsewhere)
    if receipt.digest != item.digest and receipt.code != SETTLED:
        return refused(op_id, ID_REUSED)
    detail = receipt.detail or {}
    problems = tuple(Problem(*problem) for problem in detail.get("problems", ()))
    if isinstance(item.values, Refusal) and item.values.code == receipt.code:
        problems = item.values.problems  # in full: a receipt keeps some, and no names that the sender made up
    return Outcome(
        op_id=op_id,
        ending=Ending.DUPLICATE,
        status=detail.get("http", CREATED),
        entity_id=receipt.entity_id,
        version=receipt.version,
        change_no=receipt.change_no,
        code=receipt.code,
        params=detail.get("params", {}),
        problems=problems,
        warnings=tuple(Warn(code, path, params) for path, code, params in detail.get("warnings", ())),
        original=Ending(receipt.status),
    )


def _outcome(accepted: Accepted, answer: Applied | Refusal) -> Outcome:
    op_id = accepted.operation.op_id
    if isinstance(answer, Refusal):
        return refused(op_id, answer, accepted.change_no)
    return Outcome(
        op_id,
        Ending.APPLIED,
        CREATED if answer.created else 200,
        answer.entity_id,
        answer.version,
        accepted.change_no,
        warnings=answer.warnings,
    )
