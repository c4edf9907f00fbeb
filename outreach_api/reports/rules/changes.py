"""What changed against the period before, or a week against the four before it, and what the records know of why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from outreach_api.reports.rules.figures import MAIN
from outreach_api.reports.rules.places import Place
from schemas.vocabulary import Against, ChangeCause

MOST_CHANGES = 5
MOST_STOPS = 3
_SHARE = 0.2
_FEWEST = {"visits": 1, "yen": 1_000}
_FEW = 3
_OF_HEADS = ("attendance", "children")

Point = Mapping[str, int | float | None]


@dataclass(frozen=True, slots=True)
class Happened:
    """What is known of a period besides its figures. `attendance`: by the stops where a visit was held."""

    attendance: Mapping[Place, int]
    cancelled: Counter[str] = field(default_factory=Counter)
    ended_early: Counter[str] = field(default_factory=Counter)
    first_time: frozenset[Place] = frozenset()
    school_holidays: int = 0
    without_head_count: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """`count`: visits, days or stops; `before`: the same of the period before; `amount`: how much of attendance it is."""

    cause: ChangeCause
    count: int
    reason: str | None = None
    before: int | None = None
    amount: int | None = None
    stops: Sequence[Place] = ()


@dataclass(frozen=True, slots=True)
class Change:
    figure: str
    against: Against
    now: int | float
    then: int | float
    causes: Sequence[Cause]


def changes(
    now: Point, others: Mapping[Against, Point], happened: Happened, before: Happened
) -> list[Change]:
    """The largest differences first. A figure is held against the period before, else against the mean."""
    found = []
    for figure in MAIN:
        for against in (Against.BEFORE, Against.MEAN):
            here, there = now[figure], others.get(against, {}).get(figure)
            if here is None or there is None or not _noticeable(figure, here, there):
                continue
            earlier = before if against is Against.BEFORE else None
            causes = tuple(_causes(figure, here > there, happened, earlier))
            found.append(Change(figure, against, here, there, causes))
            break
    return sorted(found, key=lambda change: -_share(change.now, change.then))[:MOST_CHANGES]


def _noticeable(figure: str, here: float, there: float) -> bool:
    """A fifth of the larger one, and more than a few: what people would ask about."""
    few = _FEWEST.get(MAIN[figure], _FEW)
    return abs(here - there) >= few and _share(here, there) >= _SHARE


def _share(here: float, there: float) -> float:
    return abs(here - there) / max(abs(here), abs(there), 1)


def _causes(figure: str, rose: bool, now: Happened, before: Happened | None) -> Iterator[Cause]:
    """What may have raised, or lowered, a figure. Of a mean nothing is known but what happened in the period itself."""
    if figure == "cancelled":
        yield from _more(ChangeCause.CANCELLED, now.cancelled, before.cancelled if before else Counter())
        if before:
            yield from _more(ChangeCause.WAS_CANCELLED, before.cancelled, now.cancelled)
        return
    if rose:
        if before:
            yield from _more(ChangeCause.WAS_CANCELLED, before.cancelled, now.cancelled)
        yield from _stops(ChangeCause.FIRST_TIME, figure, now.attendance, now.first_time)
        if before:
            new = now.attendance.keys() - before.attendance.keys() - now.first_time
            yield from _stops(ChangeCause.HELD_HERE, figure, now.attendance, new)
    else:
        yield from _more(ChangeCause.CANCELLED, now.cancelled, before.cancelled if before else Counter())
        yield from _more(
            ChangeCause.ENDED_EARLY, now.ended_early, before.ended_early if before else Counter()
        )
        if before:
            gone = before.attendance.keys() - now.attendance.keys()
            yield from _stops(ChangeCause.NOT_HELD_HERE, figure, before.attendance, gone)
        if now.without_head_count and figure in _OF_HEADS:
            yield Cause(ChangeCause.NO_HEAD_COUNT, now.without_head_count)
    if before and now.school_holidays != before.school_holidays:
        yield Cause(ChangeCause.SCHOOL_HOLIDAY, now.school_holidays, before=before.school_holidays)


def _more(cause: ChangeCause, these: Counter[str], those: Counter[str]) -> Iterator[Cause]:
    """A cause for each reason that was given more often in these than in those."""
    for reason, count in sorted(these.items(), key=lambda pair: (-pair[1], pair[0])):
        if count > those[reason]:
            yield Cause(cause, count, reason=reason)


def _stops(
    cause: ChangeCause, figure: str, attendance: Mapping[Place, int], which: Iterable[Place]
) -> Iterator[Cause]:
    stops = sorted(which, key=lambda stop: (-attendance[stop], stop.code))
    if stops:
        people = sum(attendance[stop] for stop in stops) if figure == "attendance" else None
        yield Cause(cause, len(stops), amount=people, stops=stops[:MOST_STOPS])
