"""Takes a wish for a suggestion, keeps it with a job that will answer it, and lets it be stopped."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.storage import jobs
from outreach_api.storage.base import Base
from outreach_api.storage.plans import Van
from outreach_api.storage.stops import Stop
from outreach_api.storage.suggestions import PlanSuggestion
from schemas.vocabulary import VAN_IS_BACK, VAN_LEAVES, SuggestionStatus

SUGGESTION = "suggestion"
_MOST_UNDER_WAY = 5
_UNDER_WAY = (SuggestionStatus.WAITING, SuggestionStatus.RUNNING)


def ask(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Keep what is asked with the settings of this moment, and have it answered by the background work."""
    given = accepted.values
    faults = (*_unknown(work, given, "van_ids", Van), *_unknown_stops(work, given))
    if faults:
        return Refusal("invalid", 422, {}, tuple(faults))
    waiting = sa.select(sa.func.count()).where(PlanSuggestion.status.in_(_UNDER_WAY))
    if (work.session.scalar(waiting) or 0) >= _MOST_UNDER_WAY:
        return Refusal("too_many_suggestions", 409, {"most": _MOST_UNDER_WAY})
    settings = work.settings
    asked = {
        "from_day": given["from_day"].isoformat(),
        "to_day": given["to_day"].isoformat(),
        "weekdays": given["weekdays"],
        **{name: given[name] for name in ("public_holidays", "school_holidays", "school_area")},
        **{name: _texts(given[name]) for name in ("van_ids", "stop_ids", "must", "never")},
        "leave_after": f"{given['leave_after'] or VAN_LEAVES:%H:%M}",
        "back_by": f"{given['back_by'] or VAN_IS_BACK:%H:%M}",
        "shift_minutes": min(given["shift_minutes"] or settings.shift_minutes, settings.shift_minutes),
        "apart_days": given["apart_days"] or settings.apart_days,
        **{name: given[name] for name in ("seconds", "iterations", "seed")},
    }
    row = PlanSuggestion(
        id=accepted.entity_id,
        version=1,
        change_no=accepted.change_no,
        created_at=work.now,
        asked=asked,
        asked_by=work.actor.holder_id,
        status=SuggestionStatus.WAITING,
    )
    work.session.add(row)
    work.session.flush()
    jobs.add(work.session, SUGGESTION, [(row.id, work.now)], work.now)
    return Applied(row.id)


def stop(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Stop one that waits or runs; who works on it sees that soon. One that has ended stays as it is."""
    row = work.session.get(PlanSuggestion, accepted.entity_id)
    if row is None:
        return Refusal("not_found", 404)
    if row.status in _UNDER_WAY:
        row.status = SuggestionStatus.CANCELLED
        row.finished_at = work.now
        row.version += 1
        row.change_no = accepted.change_no
    return Applied(row.id, row.version, created=False)


def _texts(ids: list[uuid.UUID] | None) -> list[str] | None:
    return None if ids is None else [str(one) for one in dict.fromkeys(ids)]


def _unknown_stops(work: Work, given: dict[str, Any]) -> Iterator[Problem]:
    for name in ("stop_ids", "must", "never"):
        yield from _unknown(work, given, name, Stop)
    if given["stop_ids"] is not None:
        candidates = set(given["stop_ids"])
        for number, stop_id in enumerate(given["must"]):
            if stop_id not in candidates:
                yield Problem(f"/must/{number}", "must_is_no_candidate")


def _unknown(work: Work, given: dict[str, Any], name: str, table: type[Base]) -> Iterator[Problem]:
    asked = given[name] or []
    ids: Any = table.__table__.c.id
    known = set(work.session.scalars(sa.select(ids).where(ids.in_(asked)))) if asked else set()
    for number, one in enumerate(asked):
        if one not in known:
            yield Problem(f"/{name}/{number}", "unknown_reference")
