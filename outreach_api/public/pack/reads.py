"""Reads a pack from what was released and published, and from nothing else."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import Period, weeks_of, year_before
from outreach_api.messages import TEXTS
from outreach_api.public import reads as published
from outreach_api.public.pack.periods import kind_of, trend
from outreach_api.public.reach.drawing import RECENT_WEEKS
from outreach_api.public.reach.periods import Span
from outreach_api.public.reach.reads import Released, city, reach, released
from outreach_api.storage.published import PublishedIssue
from schemas.vocabulary import DestinationKind, PublishedStep

METHOD = ("total", "once", "round", "small", "places", "rare", "need", "people", "issues")
_LARGEST = 5
_LINKED = (DestinationKind.LINK, DestinationKind.LINE)


def pack(session: Session, period: Period) -> dict[str, Any]:
    """Everything that a pack tells, in words of no language but those that were published."""
    out = released(session)
    shown = reach(session, Span(period, period), out)
    beside = dict.fromkeys((period, period.previous(), year_before(period)))
    links = published.links(session)
    return {
        "kind": kind_of(period),
        "period": str(period),
        **shown,
        "released_on": None if out is None else out.released_on,
        "missing_weeks": [week for week in weeks_of(period) if out is None or week > out.through],
        "compared": [_figures(session, one, out) for one in beside],
        "trend": [_figures(session, one, out) for one in trend(period)],
        "need": _need(shown["cells"]) if shown["census"] else None,
        "issues": _issues(session, period),
        "links": [{"kind": kind.value, "url": links[kind]} for kind in _LINKED if kind in links],
        "method": [_note(code) for code in METHOD],
    }


def _note(code: str) -> dict[str, str]:
    text = TEXTS[f"pack_method.{code}"]
    return {"code": code, "ja": text.ja, "en": text.en}


def _figures(session: Session, period: Period, out: Released | None) -> dict[str, Any]:
    """Of a period of which nothing was released yet, or that was before everything, nothing is known."""
    known = (
        out is not None
        and out.first.first_day <= period.last_day
        and period.first_day <= out.through.last_day
    )
    told = city(session, Span(period, period)) if known else None
    return {
        "period": str(period),
        "whole": out is not None
        and out.first.first_day <= period.first_day
        and period.last_day <= out.through.last_day,
        "attendance": None if told is None else told["attendance"]["total"],
        "children": None if told is None else told["attendance"]["children"],
        "visits": None if told is None else told["visits"],
    }


def _need(cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    known = [cell for cell in cells if cell["census"] is not None]
    recent = [cell for cell in known if _is_recent(cell)]
    others = sorted(
        (cell for cell in known if not _is_recent(cell) and cell["census"]),
        key=lambda cell: (-cell["census"], cell["mesh1000"]),
    )

    def people(found: Sequence[dict[str, Any]]) -> int:
        return sum(cell["census"] for cell in found)

    return {
        "people": people(known),
        "visited": people([cell for cell in known if cell["visits"] > 0]),
        "recent": people(recent),
        "ever": people([cell for cell in known if cell["weeks_since_visit"] is not None]),
        "largest_unvisited": [
            {
                "mesh1000": cell["mesh1000"],
                "people": cell["census"],
                "weeks_since_visit": cell["weeks_since_visit"],
            }
            for cell in others[:_LARGEST]
        ],
    }


def _is_recent(cell: dict[str, Any]) -> bool:
    return cell["weeks_since_visit"] is not None and cell["weeks_since_visit"] <= RECENT_WEEKS


def _issues(session: Session, period: Period) -> list[dict[str, Any]]:
    """Those with a step in the period, and those that still wait for an action; as they stood at its end."""
    told = sa.select(PublishedIssue).where(PublishedIssue.on_day <= period.last_day)
    steps: dict[uuid.UUID, dict[str, PublishedIssue]] = defaultdict(dict)
    for row in session.scalars(told):
        steps[row.id][row.step] = row
    shown = [
        (issue_id, of_issue)
        for issue_id, of_issue in steps.items()
        if PublishedStep.ACTION not in of_issue or _last_day(of_issue) >= period.first_day
    ]
    shown.sort(key=lambda one: (min(row.on_day for row in one[1].values()), one[0].bytes))
    return [
        {"id": issue_id, **{step.value: _said(of_issue.get(step)) for step in PublishedStep}}
        for issue_id, of_issue in shown
    ]


def _last_day(of_issue: dict[str, PublishedIssue]) -> dt.date:
    return max(row.on_day for row in of_issue.values())


def _said(row: PublishedIssue | None) -> dict[str, Any] | None:
    return None if row is None else {"on_day": row.on_day, "text": row.text, "text_en": row.text_en}
