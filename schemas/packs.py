"""Packs on the wire: released figures of a period for the round table, funders and the city."""

from typing import Any, ClassVar

from marshmallow import fields

from schemas.base import Out, Query, WireSchema
from schemas.fields import Day, Flag, Id, Many, Nested, QueryWhole, Text, Week, Whole, Word
from schemas.problem import FaultOut
from schemas.public_reach import (
    MOST_CELLS,
    PERIOD_FORM,
    PERIODS,
    CensusNoteOut,
    RareFiguresOut,
    ReleasedCellOut,
    ReleasedHeadsOut,
)
from schemas.vocabulary import PackForm, ReportPeriodKind

_RELEASED_TO = "The last released week; null: none yet."


class PackIn(WireSchema):
    period = Text(
        9,
        form=PERIOD_FORM,
        required=True,
        metadata={"description": f"{PERIODS}. Its weeks that are over are released, and those before them."},
    )

    example: ClassVar = {"period": "2026-W47"}


class PackQuery(Query):
    format = Word(
        PackForm, load_default=None, metadata={"description": "Default: as Accept says, else json."}
    )
    bom = QueryWhole(
        0,
        1,
        load_default=1,
        metadata={"description": "Of a CSV. 0: without byte order mark, for scripts."},
    )


class PackWeeksOut(Out):
    from_week = Week()
    week = Week()

    example: ClassVar = {"from_week": "2026-W44", "week": "2026-W47"}


class PackLinksOut(Out):
    json = Text(200)
    csv = Text(200)
    pdf = Text(200)
    zip = Text(200)

    example: ClassVar = {form.value: f"/v1/packs/2026-11?format={form}" for form in PackForm}


class PackBuiltOut(Out):
    id = Id(metadata={"description": "The release that its figures were in by then."})
    period = Text(9)
    from_day = Day()
    to_day = Day()
    released = Nested(
        PackWeeksOut,
        allow_none=True,
        metadata={"description": "What this call released; null: nothing was due."},
    )
    released_through = Week()
    missing_weeks = Many(
        Week(),
        60,
        metadata={"description": "Weeks of the period that are not released, as they are not over."},
    )
    links = Nested(PackLinksOut)
    warnings = Many(Nested(FaultOut), 10)

    example: ClassVar[Any] = {
        "id": "4e0d1c2b-3a49-4857-a665-748392a1b0c9",
        "period": "2026-11",
        "from_day": "2026-11-01",
        "to_day": "2026-11-30",
        "released": PackWeeksOut.example,
        "released_through": "2026-W47",
        "missing_weeks": ["2026-W48", "2026-W49"],
        "links": PackLinksOut.example,
        "warnings": [],
    }


class PackFiguresOut(Out):
    """Released figures of one period; null where nothing of it was ever released."""

    period = Text(9)
    whole = Flag(
        metadata={"description": "Whether it lies in released weeks, so that others can be compared."}
    )
    attendance = Whole(0, allow_none=True)
    children = Whole(0, allow_none=True)
    visits = Whole(0, allow_none=True)

    example: ClassVar[Any] = {
        "period": "2026-W47",
        "whole": True,
        "attendance": 110,
        "children": 70,
        "visits": 2,
    }


class LargestCellOut(Out):
    mesh1000 = Whole(1)
    people = Whole(0)
    weeks_since_visit = Whole(0, allow_none=True)

    example: ClassVar[Any] = {"mesh1000": 53395743, "people": 512, "weeks_since_visit": None}


class PackNeedOut(Out):
    """Who lives in the 1 km cells of the census, by when the van was there: need that was met, and need that was not."""

    people = Whole(0)
    visited = Whole(0, metadata={"description": "In cells that were visited in the period."})
    recent = Whole(0, metadata={"description": "In cells with a visit in the six weeks up to its end."})
    ever = Whole(0, metadata={"description": "In cells that were visited in it or before."})
    largest_unvisited = Many(
        Nested(LargestCellOut), 5, metadata={"description": "Cells without a visit in these six weeks."}
    )

    example: ClassVar[Any] = {
        "people": 52_160,
        "visited": 873,
        "recent": 6_240,
        "ever": 9_310,
        "largest_unvisited": [LargestCellOut.example],
    }


class TextOnDayOut(Out):
    on_day = Day()
    text = Text(200)
    text_en = Text(300, allow_none=True)

    example: ClassVar[Any] = {
        "on_day": "2026-11-21",
        "text": "夏休みの昼食を一人で食べる小学生がいる",
        "text_en": None,
    }


class PackIssueOut(Out):
    """An issue of the round table in the words that were published, as far as it had come by the end of the period."""

    id = Id()
    raised = Nested(TextOnDayOut, allow_none=True)
    discussed = Nested(TextOnDayOut, allow_none=True)
    action = Nested(TextOnDayOut, allow_none=True)

    example: ClassVar[Any] = {
        "id": "0f8b4f5e-6c3d-4e8f-9a01-b2c3d4e5f607",
        "raised": TextOnDayOut.example,
        "discussed": None,
        "action": None,
    }


class PackLinkOut(Out):
    kind = Text(20)
    url = Text(300)

    example: ClassVar = {"kind": "line", "url": "https://example.org/line"}


class MethodNoteOut(Out):
    code = Text(40)
    ja = fields.String()
    en = fields.String()

    example: ClassVar = {
        "code": "total",
        "ja": "延べ人数：同じ人が2回来ると2人と数えます。",
        "en": "Attendance: a person who comes twice counts twice.",
    }


class PackOut(Out):
    """Everything in it is a sum of figures that were released once."""

    kind = Word(ReportPeriodKind)
    period = Text(9)
    from_day = Day()
    to_day = Day()
    first_week = Week(allow_none=True, metadata={"description": "The first week that was ever released."})
    released_through = Week(allow_none=True, metadata={"description": _RELEASED_TO})
    released_on = Day(allow_none=True)
    complete = Flag(metadata={"description": "Whether all of the period is released."})
    missing_weeks = Many(Week(), 60)
    rounded_to = Whole(1)
    attendance = Nested(ReleasedHeadsOut)
    visits = Whole(0, metadata={"description": "At places that are announced."})
    not_on_map = Nested(ReleasedHeadsOut)
    compared = Many(
        Nested(PackFiguresOut),
        3,
        metadata={
            "description": "The period, the one before it, and the same a year before (of a fiscal year one)."
        },
    )
    trend = Many(
        Nested(PackFiguresOut), 60, metadata={"description": "Oldest first; of a fiscal year, its months."}
    )
    need = Nested(PackNeedOut, allow_none=True, metadata={"description": "Null: no census is imported."})
    census = Nested(CensusNoteOut, allow_none=True)
    cells = Many(Nested(ReleasedCellOut), MOST_CELLS)
    quarters = Many(Nested(RareFiguresOut), 8)
    issues = Many(Nested(PackIssueOut), 1_000)
    links = Many(Nested(PackLinkOut), 2)
    method = Many(Nested(MethodNoteOut), 20)

    example: ClassVar[Any] = {
        "kind": "week",
        "period": "2026-W47",
        "from_day": "2026-11-16",
        "to_day": "2026-11-22",
        "first_week": "2026-W14",
        "released_through": "2026-W47",
        "released_on": "2026-11-24",
        "complete": True,
        "missing_weeks": [],
        "rounded_to": 5,
        "attendance": ReleasedHeadsOut.example,
        "visits": 2,
        "not_on_map": {
            "total": 0,
            "children": 0,
            "by_group": dict.fromkeys(ReleasedHeadsOut.example["by_group"], 0),
        },
        "compared": [PackFiguresOut.example],
        "trend": [PackFiguresOut.example],
        "need": PackNeedOut.example,
        "census": CensusNoteOut.example,
        "cells": [ReleasedCellOut.example],
        "quarters": [RareFiguresOut.example],
        "issues": [PackIssueOut.example],
        "links": [PackLinkOut.example],
        "method": [MethodNoteOut.example],
    }
