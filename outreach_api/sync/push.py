"""Push: many operations through the one write path, an answer for each, one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from outreach_api.kernel import clock
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import counter
from outreach_api.ledger.kinds import Operation, Registry, Work
from outreach_api.ledger.outcomes import Ending, Outcome, refused
from outreach_api.ledger.perform import perform, read
from outreach_api.messages import Language, say
from outreach_api.sync.envelopes import legible_id, read_operation

RETRY_AFTER_SECONDS = 30
_NOT_BY_PUSH = Refusal("not_by_push", 422)


def push(
    work: Work,
    items: Sequence[Any],
    sent_at: datetime,
    *,
    kinds: Registry,
    hash_key: bytes,
    language: Language,
) -> dict[str, Any]:
    """Perform what can be read; a malformed item gets its own answer and disturbs no other."""
    outcomes: dict[int, Outcome] = {}
    unreadable: dict[int, tuple[uuid.UUID | None, Refusal]] = {}
    readable: list[tuple[int, Operation]] = []
    for index, item in enumerate(items):
        operation = read_operation(item)
        if isinstance(operation, Refusal):
            unreadable[index] = legible_id(item), operation
            continue
        kind = kinds.get(operation.kind)
        if kind is not None and not kind.pushed:
            outcomes[index] = refused(operation.op_id, _NOT_BY_PUSH)
        else:
            readable.append((index, operation))
    ready = read([op for _, op in readable], actor=work.actor, kinds=kinds, hash_key=hash_key)
    done = perform(work, ready, sent_at=sent_at)
    outcomes.update((index, outcome) for (index, _), outcome in zip(readable, done, strict=True))
    skew = clock.skew(work.now, sent_at)
    _, epoch = counter.current(work.session)
    return {
        "server_time": clock.format_instant(work.now),
        "epoch": str(epoch),
        "skew_seconds": skew / timedelta(seconds=1),
        "clock_suspect": clock.implausible(work.now, work.now, skew),
        "results": [
            _result(index, outcomes[index], language)
            if index in outcomes
            else _unread(index, *unreadable[index], language)
            for index in range(len(items))
        ],
    }


def _result(index: int, outcome: Outcome, language: Language) -> dict[str, Any]:
    return {
        "index": index,
        "op_id": outcome.op_id,
        "result": outcome.ending.value,
        "original": outcome.original.value if outcome.original else None,
        "code": outcome.code,
        "detail": say(outcome.code, language, outcome.params) if outcome.code else None,
        "errors": _lines(outcome.problems, language),
        "entity_id": outcome.entity_id,
        "version": outcome.version,
        "change_no": outcome.change_no,
        "warnings": _lines(tuple(Problem(w.path, w.code, w.params) for w in outcome.warnings), language),
        "retry_after_seconds": RETRY_AFTER_SECONDS if outcome.ending is Ending.RETRY else None,
    }


def _unread(index: int, op_id: uuid.UUID | None, refusal: Refusal, language: Language) -> dict[str, Any]:
    return _result(index, refused(op_id or uuid.UUID(int=0), refusal), language) | {"op_id": op_id}


def _lines(problems: tuple[Problem, ...], language: Language) -> list[dict[str, Any]]:
    return [{"path": p.path, "code": p.code, "detail": say(p.code, language, p.params)} for p in problems]
