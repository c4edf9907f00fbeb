"""Reach on the wire: cells in one period or two side by side, and week by week."""

from typing import Any, ClassVar

from marshmallow import fields

from schemas import map_examples
from schemas.base import Out
from schemas.columns import columns_of, numbers
from schemas.fields import Day, Nested, Number, Week, Whole, Word
from schemas.geojson import PolygonOut, collection_of
from schemas.outreach_map import Level, PeopleOut, PeriodQuery, PeriodSummaryOut

_HOURS = {"description": "Of visits whose opening and closing are known."}
_LEAST = -1_000_000


class CellsQuery(PeriodQuery):
    level = Word(Level, load_default=Level.HALF)


class ReachQuery(CellsQuery):
    against_from = Day(
        load_default=None, metadata={"description": "Another period to compare with: its first day."}
    )
    against_to = Day(load_default=None, metadata={"description": "Its last day."})


class WeeksQuery(CellsQuery):
    class Meta(CellsQuery.Meta):
        exclude = ("columns",)


class ChangeOut(Out):
    """By how much it is more than in the other period; less is negative."""

    visits = Whole(_LEAST)
    stops = Whole(_LEAST)
    hours_open = Number(-1e9, 1e9)
    attendance = Nested(PeopleOut)


class ThenOut(Out):
    visits = Whole(0)
    stops = Whole(0)
    hours_open = Number(0, 1e9, metadata=_HOURS)
    last_visit_day = Day(allow_none=True)
    attendance = Nested(PeopleOut)
    change = Nested(ChangeOut)


class ReachCellOut(Out):
    visits = Whole(0)
    stops = Whole(0)
    hours_open = Number(0, 1e9, metadata=_HOURS)
    last_visit_day = Day(allow_none=True, metadata={"description": "null: only in the other period."})
    days_since_last_visit = Whole(0, allow_none=True, metadata={"description": "Up to the period's end."})
    attendance = Nested(PeopleOut)
    against = Nested(
        ThenOut,
        allow_none=True,
        metadata={"description": "The period of `against_from` and `against_to`; null unless asked for."},
    )


class ChangeSummaryOut(Out):
    visits = Whole(_LEAST)
    hours_open = Number(-1e12, 1e12)
    attendance = Nested(PeopleOut)


class ThenSummaryOut(PeriodSummaryOut):
    hours_open = Number(0, 1e12)
    change = Nested(ChangeSummaryOut)


class ReachSummaryOut(PeriodSummaryOut):
    level = Whole(250, 1000)
    hours_open = Number(0, 1e12)
    against = Nested(ThenSummaryOut, allow_none=True)


class WeeksSummaryOut(Out):
    from_day = Day()
    to_day = Day()
    level = Whole(250, 1000)
    visits = Whole(0)
    attendance = Whole(_LEAST)
    children = Whole(_LEAST)


def _rows(inner: fields.Field[Any], what: str) -> fields.List[Any]:
    return fields.List(inner, metadata={"description": what})


class WeeksColumnsOut(Out):
    """`last_day_before` by cell; of the others one row for each week and cell with held visits."""

    last_day_before = _rows(Day(allow_none=True), "By cell: the last day with a visit before the period.")
    week = _rows(Whole(0), "The row's week: its place in `weeks`.")
    cell = _rows(Whole(0), "The row's cell: its place in `cells`.")
    visits = _rows(Whole(1), "Held then and there.")
    attendance = _rows(Whole(_LEAST), "延べ人数")
    children = _rows(Whole(_LEAST), "Of these.")


class WeeksOut(Out):
    form = fields.Integer(metadata={"enum": [1]})
    level = Whole(250, 1000)
    cells = numbers("mesh codes (JIS X 0410) of all that were ever visited up to the period's end.")
    weeks = _rows(Week(), "All weeks of the period; of the first and the last, its days alone.")
    columns = Nested(WeeksColumnsOut)
    summary = Nested(WeeksSummaryOut)

    example: ClassVar = {
        "form": 1,
        "level": 500,
        "cells": [533957423, 1, 337],
        "weeks": ["2026-W47", "2026-W48"],
        "columns": {
            "last_day_before": ["2026-08-15", None, None],
            "week": [0, 0, 1],
            "cell": [0, 2, 2],
            "visits": [1, 1, 2],
            "attendance": [41, 12, 30],
            "children": [29, 10, 21],
        },
        "summary": {
            "from_day": "2026-11-16",
            "to_day": "2026-11-29",
            "level": 500,
            "visits": 4,
            "attendance": 83,
            "children": 60,
        },
    }


ReachMapOut = collection_of("Reach", PolygonOut, ReachCellOut, ReachSummaryOut, map_examples.REACH)
ReachCompactOut = columns_of("Reach", "cell", ReachCellOut, ReachSummaryOut, map_examples.REACH)
