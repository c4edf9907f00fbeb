"""What it means that a week is closed: which state it is in, how its figures are kept, and where two tellings differ."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from outreach_api.kernel.week import IsoWeek, Period
from outreach_api.reports.rules import figures
from schemas.vocabulary import WeekState

Tree = dict[str, Any]
"""Every figure of a report, as reports.reads.report makes it."""

_DAYS = frozenset({"from", "to", "split", "reference_day", "last_visit_on", "ends_on"})
_IDS = frozenset({"stop_id"})
_TOLD_APART = ("as_of", "change_no")
"""They stand in a version's own columns."""

COUNTED = (
    "attendance.",
    "contacts.",
    "referrals.",
    "follow_ups.due",
    "visits.",
    "tickets.issued",
    "tickets.redeemed",
    "sales.",
    "completeness.",
)
"""Figures that change only when a record of the week comes, goes or is put right.

All others move on by themselves (whom a promise was kept to by now, whose permission ends, what the weeks before
brought) or follow from these. A week whose trend looks different because the week before was told anew is the same week.
"""


def state_of(period: Period, today: dt.date, *, closed: bool) -> WeekState:
    if closed:
        return WeekState.CLOSED
    return WeekState.RUNNING if period.last_day >= today else WeekState.OPEN


def weeks_of(period: Period, today: dt.date) -> list[IsoWeek]:
    """The weeks that a period touches and that have begun, oldest first."""
    weeks = [IsoWeek.of(period.first_day)]
    while (following := weeks[-1].next()).first_day <= period.last_day:
        weeks.append(following)
    return [week for week in weeks if week.first_day <= today]


def to_keep(tree: Tree) -> Tree:
    """The figures as plain JSON."""
    plain: Tree = orjson.loads(
        orjson.dumps({name: part for name, part in tree.items() if name not in _TOLD_APART})
    )
    return plain


def as_it_was(kept: Any) -> Any:
    """Kept figures with their days and ids as `to_keep` was given them."""
    if isinstance(kept, list):
        return [as_it_was(one) for one in kept]
    if not isinstance(kept, dict):
        return kept
    return {name: _value(name, one) for name, one in kept.items()}


def _value(name: str, one: Any) -> Any:
    if isinstance(one, str) and name in _DAYS:
        return dt.date.fromisoformat(one)
    if isinstance(one, str) and name in _IDS:
        return uuid.UUID(one)
    return as_it_was(one)


def with_unknown(kept: Tree, now: Mapping[str, Any]) -> Tree:
    """Kept figures, and nothing for each that reports have got since: nobody reckoned it then. Changes what it is given."""
    kept.setdefault("what_changed", [])
    for figure in figures.FIGURES:
        *path, name = figure.name.split(".")
        if path[0] in figures.LISTED:
            for line in kept.setdefault(path[0], []):
                line.setdefault(name, None)
            continue
        here: Any = kept
        today: Any = now
        for step in path:
            here, today = here.setdefault(step, {}), today[step]
        if name not in here:
            here[name] = type(today[name])() if isinstance(today[name], dict | list) else None
    return kept


def differing(kept: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What is counted otherwise now, a line each figure and key. Of two tellings, one may lack a figure: it is passed
    over, because somebody who adds a figure to reports doesn't change what was told before."""
    for figure in figures.FIGURES:
        if not figure.name.startswith(COUNTED):
            continue
        try:
            then, today = dict(figures.entries(kept, figure)), dict(figures.entries(now, figure))
        except KeyError:
            continue
        for key in dict.fromkeys([*then, *today]):
            before, after = then.get(key, 0), today.get(key, 0)
            if before != after:
                yield {"figure": figure.name, "key": key, "kept": before, "now": after}
