"""How an operation ended, in one shape for a route's answer and for a line of a push's answer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger.kinds import Warn


class Ending(StrEnum):
    APPLIED = "applied"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    RETRY = "retry"


class Outcome(msgspec.Struct, frozen=True):
    """`status` is the HTTP status that a route gives. A duplicate repeats how its original ended."""

    op_id: uuid.UUID
    ending: Ending
    status: int
    entity_id: uuid.UUID | None = None
    version: int | None = None
    change_no: int | None = None
    code: str | None = None
    params: Mapping[str, object] = msgspec.field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Warn, ...] = ()
    original: Ending | None = None
    receipt: bool = True
    """False when the same id may be sent again."""
    known: bool = False
    """Refused, but its very content is there already, from another device."""
    elsewhere: Ending | None = None
    """With `known`: how it ended there, if that device is on the sender's own van."""

    @property
    def leaves_receipt(self) -> bool:
        again = self.ending is Ending.RETRY or self.ending is Ending.DUPLICATE
        return self.receipt and self.change_no is not None and not again

    @property
    def stands(self) -> bool:
        """True when what was asked for is in the database."""
        return self.ending is Ending.APPLIED or self.original is Ending.APPLIED

    @property
    def refusal(self) -> Refusal | None:
        if self.stands:
            return None
        return Refusal(self.code or "refused", self.status, self.params, self.problems)


CREATED = 201
_CONFLICTS = {409, 412}
_MOST_KEPT = 20  # problems in one receipt


def refused(op_id: uuid.UUID, refusal: Refusal, change_no: int | None = None) -> Outcome:
    if refusal.passing or refusal.status >= 500:
        ending = Ending.RETRY
    elif refusal.status in _CONFLICTS:
        ending = Ending.CONFLICT
    else:
        ending = Ending.REJECTED
    return Outcome(
        op_id=op_id,
        ending=ending,
        status=refusal.status,
        change_no=None if ending is Ending.RETRY else change_no,
        code=refusal.code,
        params=_plain(refusal.params),
        problems=tuple(Problem(p.path, p.code, _plain(p.params)) for p in refusal.problems),
        receipt=refusal.receipt,
    )


def stored_detail(outcome: Outcome) -> dict[str, Any] | None:
    """What a receipt keeps besides the code, so that a resend gets the same answer. Never the payload."""
    if outcome.ending is Ending.APPLIED:
        if outcome.status == CREATED and not outcome.warnings:
            return None
        # A phone that lost the first answer must still be able to show its warnings.
        return {
            "http": outcome.status,
            "warnings": [[w.path, w.code, _plain(w.params)] for w in outcome.warnings],
        }
    return {
        "http": outcome.status,
        "params": _plain(outcome.params),
        "problems": [[_known_path(p), p.code, _plain(p.params)] for p in outcome.problems[:_MOST_KEPT]],
    }


def _known_path(problem: Problem) -> str:
    """The path up to what our contracts name: an unknown key is part of the payload."""
    return problem.path.rpartition("/")[0] if problem.code == "unknown_key" else problem.path


def _plain(params: Mapping[str, object]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in params.items()}


def _plain_value(value: object) -> Any:
    if isinstance(value, list | tuple):
        return [_plain_value(one) for one in value]
    return value if isinstance(value, int | float) else str(value)
