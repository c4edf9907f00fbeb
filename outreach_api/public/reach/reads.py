"""Sums up what was released. Every figure is a sum of rounded figures, so that all periods and places add up."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.text import without_direction
from outreach_api.kernel.week import FiscalQuarter, FiscalYear, IsoWeek
from outreach_api.public.reach.periods import Span
from outreach_api.storage.published import (
    CITY_ONLY,
    VISITS,
    PublishedCensus,
    PublishedRare,
    PublishedReach,
    PublishedRelease,
    TimetableEntry,
)
from schemas.vocabulary import CHILD_GROUPS, AgeGroup, RareFigure, TimetableStatus

ROUNDED_TO = 5


class Released(NamedTuple):
    """Which weeks are out, and which census stands beside them."""

    first: IsoWeek
    through: IsoWeek
    released_on: dt.date
    census_label: str | None
    census_counts: str | None


def released(session: Session) -> Released | None:
    """None before the first release."""
    rows = session.scalars(sa.select(PublishedRelease).order_by(PublishedRelease.number)).all()
    if not rows:
        return None
    latest = rows[-1]
    return Released(
        IsoWeek.from_int(rows[0].from_week),
        IsoWeek.from_int(latest.iso_week),
        latest.released_on,
        latest.census_label,
        latest.census_counts,
    )


def usual(out: Released | None, today: dt.date) -> FiscalYear:
    """The fiscal year of the latest released day."""
    return FiscalYear.of(today if out is None else min(today, out.through.last_day))


def reach(session: Session, span: Span, out: Released | None) -> dict[str, Any]:
    """Everything that is told of a span."""
    cells = _sums(session, span)
    seen, census = _last_visits(session, span), _census(session)
    through = None if out is None else out.through
    places = _places(session, span.to_day if through is None else min(span.to_day, through.last_day))
    shown = sorted((cells.keys() | seen.keys() | census.keys()) - {CITY_ONLY})
    everywhere = _together(cells)
    counted_to = None if through is None else min(through, IsoWeek.of(span.to_day))
    return {
        "from_day": span.from_day,
        "to_day": span.to_day,
        "first_week": None if out is None else out.first,
        "released_through": through,
        "complete": through is not None and span.to_day <= through.last_day,
        "rounded_to": ROUNDED_TO,
        "attendance": _heads(everywhere),
        "visits": everywhere[VISITS],
        "not_on_map": _heads(cells[CITY_ONLY]),
        "quarters": _quarters(session, span),
        "census": None
        if out is None or out.census_label is None
        else {"label": out.census_label, "counts": out.census_counts},
        "cells": [
            {
                "mesh1000": cell,
                "places": list(places[cell]) if cell in seen else [],
                "places_en": list(places[cell].values()) if cell in seen else [],
                "visits": cells[cell][VISITS],
                "attendance": _heads(cells[cell]),
                "weeks_since_visit": _weeks(seen.get(cell), counted_to),
                "census": census.get(cell),
            }
            for cell in shown
        ],
    }


def city(session: Session, span: Span) -> dict[str, Any]:
    """Only what is told of the whole city."""
    everywhere = _together(_sums(session, span))
    return {"attendance": _heads(everywhere), "visits": everywhere[VISITS]}


def _together(cells: Mapping[int, Mapping[str, int]]) -> Counter[str]:
    everywhere: Counter[str] = Counter()
    for figures in cells.values():
        everywhere.update(figures)
    return everywhere


def _sums(session: Session, span: Span) -> dict[int, Counter[str]]:
    told = PublishedReach
    select = (
        sa.select(told.mesh_1km, told.figure, sa.func.sum(told.value))
        .where(told.from_day.between(span.from_day, span.to_day))
        .group_by(told.mesh_1km, told.figure)
    )
    cells: dict[int, Counter[str]] = defaultdict(Counter)
    for cell, figure, value in session.execute(select):
        cells[cell][figure] = int(value)
    return cells


def _heads(figures: Mapping[str, int]) -> dict[str, Any]:
    by_group = {group.value: figures.get(group, 0) for group in AgeGroup}
    return {
        "total": sum(by_group.values()),
        "children": sum(by_group[group] for group in CHILD_GROUPS),
        "by_group": by_group,
    }


def _last_visits(session: Session, span: Span) -> dict[int, IsoWeek]:
    """The week of the last visit in each cell, up to the end of the span; one that was taken back does not count."""
    told = PublishedReach
    stands = (
        sa.select(told.mesh_1km, told.from_day)
        .where(told.figure == VISITS, told.from_day <= span.to_day)
        .group_by(told.mesh_1km, told.from_day)
        .having(sa.func.sum(told.value) > 0)
        .subquery()
    )
    last = sa.select(stands.c.mesh_1km, sa.func.max(stands.c.from_day)).group_by(stands.c.mesh_1km)
    return {cell: IsoWeek.of(day) for cell, day in session.execute(last)}


def _weeks(last: IsoWeek | None, up_to: IsoWeek | None) -> int | None:
    if last is None or up_to is None:
        return None
    return max(0, (up_to.monday - last.monday).days // 7)


def _census(session: Session) -> dict[int, int]:
    return dict(session.execute(sa.select(PublishedCensus.mesh_1km, PublishedCensus.people)).all())


def _places(session: Session, up_to: dt.date) -> dict[int, dict[str, str]]:
    """What the timetable called the places of a cell, each with its English name or the same again.

    A host who withdrew is gone from it, and so from here.
    """
    entry = TimetableEntry
    english = sa.func.max(entry.place_en)
    said = sa.select(entry.mesh_1km, entry.place, english).group_by(entry.mesh_1km, entry.place)
    said = said.order_by(entry.mesh_1km, entry.place)
    held = said.where(entry.local_day <= up_to, entry.status != TimetableStatus.CANCELLED)
    places: dict[int, dict[str, str]] = defaultdict(dict)
    for cell, place, name in session.execute(held):
        places[cell][without_direction(place)] = without_direction(name or place)
    return places


def _quarters(session: Session, span: Span) -> list[dict[str, Any]]:
    """The released quarters that touch a span, each whole: nothing finer is told of them."""
    rare = PublishedRare
    select = (
        sa.select(rare.quarter_day, rare.figure, sa.func.sum(rare.value))
        .where(
            rare.quarter_day.between(FiscalQuarter.of(span.from_day).first_day, span.to_day),
        )
        .group_by(rare.quarter_day, rare.figure)
    )
    told: dict[dt.date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(RareFigure, 0))
    for day, figure, value in session.execute(select):
        told[day][figure] = int(value)
    return [{"quarter": str(FiscalQuarter.of(day)), **told[day]} for day in sorted(told)]


def rows(shown: Mapping[str, Any], span: Span) -> Iterable[tuple[Any, ...]]:
    """The same as tidy rows, one a figure: for the city, for each cell, for each quarter."""
    head = (str(span), shown["from_day"], shown["to_day"], str(shown["released_through"] or ""))
    for group, value in _figures(shown["attendance"]):
        yield *head, "city", "", "", group, value, ROUNDED_TO, ""
    for group, value in _figures(shown["not_on_map"]):
        yield *head, "not_on_map", "", "", group, value, ROUNDED_TO, ""
    for cell in shown["cells"]:
        where = (*head, "cell", cell["mesh1000"], " / ".join(cell["places"]))
        english = " / ".join(cell["places_en"])
        yield *where, VISITS, cell["visits"], 1, english
        if cell["visits"]:
            for group, value in _figures(cell["attendance"]):
                yield *where, group, value, ROUNDED_TO, english
        if cell["weeks_since_visit"] is not None:
            yield *where, "weeks_since_visit", cell["weeks_since_visit"], 1, english
        if cell["census"] is not None:
            yield *where, "census", cell["census"], 1, english
    for quarter in shown["quarters"]:
        for figure in RareFigure:
            yield *head, quarter["quarter"], "", "", figure.value, quarter[figure], ROUNDED_TO, ""


HEADER = (
    *("period", "from_day", "to_day", "released_through"),
    # A column that came later stands at the end: scripts count them.
    *("of", "mesh1000", "places", "figure", "value", "rounded_to", "places_en"),
)


def _figures(heads: Mapping[str, Any]) -> Iterable[tuple[str, int]]:
    yield "attendance", heads["total"]
    yield from heads["by_group"].items()
