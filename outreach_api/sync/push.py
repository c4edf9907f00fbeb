"""Push: many operations through the one write path, an answer for each, one transaction."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import orjson

from outreach_api.access.acting import Typed
from outreach_api.kernel import clock
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.week import local_day
from outreach_api.ledger import counter
from outreach_api.ledger.kinds import Operation, Registry, Warn, Work
from outreach_api.ledger.outcomes import Ending, Outcome, refused
from outreach_api.ledger.perform import Ready, hold_back, perform, read
from outreach_api.messages import Language, say
from outreach_api.messages.fixes import fix_of
from outreach_api.sync import rules
from outreach_api.sync.envelopes import legible_id, read_operation
from outreach_api.sync.letters import Letter, TakenIn, refused_makers, sort_in
from outreach_api.sync.sealed import Sealed, opened

_NOT_BY_PUSH = Refusal("not_by_push", 422)
_SETTLED = Refusal("settled_by_office", 422)
_QUARANTINED = Refusal("quarantined", 422, receipt=False)
_PIN_UNKNOWN = Warn("pin_unknown", "/pin")
_NOBODY = uuid.UUID(int=0)


class Line(msgspec.Struct, eq=False):
    """One item of a push: what was sent, what could be read of it, how it ended."""

    item: Any
    operation: Operation | None = None
    ready: Ready | None = None
    outcome: Outcome | None = None
    needs: uuid.UUID | None = None

    @property
    def ended(self) -> Outcome:
        if self.outcome is None:
            raise RuntimeError("an item of a push was not answered")
        return self.outcome


def push(
    work: Work,
    items: Sequence[Any],
    sent_at: datetime,
    *,
    kinds: Registry,
    hash_key: bytes,
    language: Language,
    acting: Mapping[Typed, uuid.UUID] | None = None,
) -> dict[str, Any]:
    """Perform what can be read; a malformed item gets its own answer and disturbs no other.

    `acting`: whose PINs were typed; None if nobody looked.
    """
    told = clock.Correction(work.now, sent_at)
    lines = [_line(work, item, kinds) for item in items]
    if acting:
        for line in lines:
            if line.operation is not None and (typed := typed_in(line.operation, told)) is not None:
                line.operation = msgspec.structs.replace(line.operation, acting_id=acting.get(typed))
    readable = [line for line in lines if line.operation is not None and line.outcome is None]
    ready = read(
        [line.operation for line in readable if line.operation is not None],
        actor=work.actor,
        kinds=kinds,
        hash_key=hash_key,
    )
    leaving = work.actor.leaving
    ended = hold_back(work, ready, _QUARANTINED) if leaving else perform(work, ready, sent_at=sent_at)
    for line, one, outcome in zip(readable, ready, ended, strict=True):
        line.ready, line.outcome = one, outcome
    _name_what_they_need(work, lines, kinds)
    _sort_in(work, lines, sent_at, kinds, hash_key)
    _, epoch = counter.current(work.session)
    return {
        "server_time": clock.format_instant(work.now),
        "epoch": str(epoch),
        "skew_seconds": told.skew / timedelta(seconds=1),
        "clock_suspect": told.far_off,
        "results": [
            _result(index, line, language, pin_unknown=acting is not None and _is_pin_unknown(line))
            for index, line in enumerate(lines)
        ],
    }


def all_typed_in(items: Sequence[Any], sent_at: datetime, now: datetime) -> set[Typed]:
    """The PINs in a push, each with its day. Most pushes have none."""
    told = clock.Correction(now, sent_at)
    found = set()
    for item in items:
        if isinstance(item, dict) and "pin" in item:
            operation = read_operation(item)
            if isinstance(operation, Operation) and (typed := typed_in(operation, told)) is not None:
                found.add(typed)
    return found


def typed_in(operation: Operation, told: clock.Correction) -> Typed | None:
    """The PIN of an operation and the day on which it was typed, by the server's clock."""
    if operation.pin is None:
        return None
    return Typed(operation.pin, local_day(told.of(operation.occurred_at)[0]))


def _is_pin_unknown(line: Line) -> bool:
    return line.operation is not None and line.operation.pin is not None and line.operation.acting_id is None


def _line(work: Work, item: Any, kinds: Registry) -> Line:
    """An item with its operation, or with the answer that it can't be read or doesn't come this way."""
    operation = read_operation(item)
    if isinstance(operation, Refusal):
        return Line(item, outcome=refused(legible_id(item) or _NOBODY, operation))
    if isinstance(operation.payload, Sealed):
        payload = opened(work.keyring, operation.payload, operation)
        if isinstance(payload, Refusal):
            return Line(item, operation, outcome=refused(operation.op_id, payload))
        operation = msgspec.structs.replace(operation, payload=payload)
        item = {name: value for name, value in item.items() if name != "sealed"} | {"payload": payload}
    kind = kinds.get(operation.kind)
    if kind is not None and not kind.pushed and operation.v <= kind.v:
        return Line(item, operation, outcome=refused(operation.op_id, _NOT_BY_PUSH))
    return Line(item, operation)


def _name_what_they_need(work: Work, lines: Sequence[Line], kinds: Registry) -> None:
    """What waits for something that was refused itself waits in vain, and is told so.

    It leaves no receipt either: once that is there, the same id may be sent again.
    """
    missing = {
        index: wanted
        for index, line in enumerate(lines)
        if line.ended.ending is Ending.RETRY
        and line.operation is not None
        and (wanted := rules.missing_id(line.ended.code, line.operation.payload, line.operation.entity_id))
    }
    if not missing:
        return
    makers = {kind.name for kind in kinds if kind.creates}
    refused_by = refused_makers(work.session, work.actor, set(missing.values()), makers)
    refused_by |= {
        line.operation.entity_id: line.operation.op_id
        for line in lines
        if line.operation is not None
        and line.operation.kind in makers
        and {line.ended.ending, line.ended.original} & {Ending.REJECTED, Ending.CONFLICT}
        and line.ended.code not in rules.NOT_UNMADE
    }
    for index, wanted in missing.items():
        line, needed = lines[index], refused_by.get(wanted)
        if needed is not None and needed != line.ended.op_id:
            no = Refusal("needs_rejected", 422, receipt=False)
            line.outcome, line.needs = refused(line.ended.op_id, no), needed


def _sort_in(work: Work, lines: Sequence[Line], sent_at: datetime, kinds: Registry, hash_key: bytes) -> None:
    letters = {
        index: Letter(
            item=line.item,
            digest=line.ready.digest if line.ready is not None else _digest(line.item, hash_key),
            outcome=line.ended,
            op_id=line.ended.op_id if line.ended.op_id is not _NOBODY else None,
            operation=line.operation,
            kind=_declared(line.item, kinds),
        )
        for index, line in enumerate(lines)
        if not line.ended.stands and not line.ended.known and line.ended.code not in rules.NOTHING_TO_KEEP
    }

    def now_in() -> dict[uuid.UUID, TakenIn]:
        return {
            line.ended.op_id: TakenIn(line.ready.digest, line.ready.operation.kind)
            for line in lines
            # What was taken back must not wait in the list for ever either, if it stood there before.
            if (line.ended.stands or line.ended.code in rules.TAKEN_BACK) and line.ready is not None
        }

    for index in sort_in(work, letters, now_in, sent_at):
        lines[index].outcome, lines[index].needs = refused(lines[index].ended.op_id, _SETTLED), None


def _declared(item: Any, kinds: Registry) -> str | None:
    """The kind that an item names, if it is one of ours: what else stands there is part of what was sent."""
    name = item.get("kind") if isinstance(item, dict) else None
    return name if isinstance(name, str) and kinds.get(name) is not None else None


def _digest(item: Any, key: bytes) -> bytes:
    content = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(content, key=key, digest_size=16).digest()


def _result(index: int, line: Line, language: Language, *, pin_unknown: bool) -> dict[str, Any]:
    """As schemas.sync.ResultOut describes it."""
    outcome = line.ended
    if pin_unknown and outcome.stands:
        outcome = msgspec.structs.replace(outcome, warnings=(*outcome.warnings, _PIN_UNKNOWN))
    code = outcome.code
    return {
        "index": index,
        "op_id": outcome.op_id if outcome.op_id is not _NOBODY else None,
        "result": outcome.ending,
        "original": outcome.original,
        "elsewhere": outcome.elsewhere,
        "code": code,
        "detail": say(code, language, outcome.params) if code else None,
        "fix": fix_of(code, language) if code else None,
        "needs": line.needs,
        "errors": _lines(outcome.problems, language) if outcome.problems else (),
        "entity_id": outcome.entity_id,
        "version": outcome.version,
        "change_no": outcome.change_no,
        "warnings": _warnings(outcome, language) if outcome.warnings else (),
        "retry_after_seconds": rules.retry_after_seconds(code) if outcome.ending is Ending.RETRY else None,
    }


def _warnings(outcome: Outcome, language: Language) -> list[dict[str, Any]]:
    return _lines(tuple(Problem(w.path, w.code, w.params) for w in outcome.warnings), language)


def _lines(problems: tuple[Problem, ...], language: Language) -> list[dict[str, Any]]:
    return [{"path": p.path, "code": p.code, "detail": say(p.code, language, p.params)} for p in problems]
