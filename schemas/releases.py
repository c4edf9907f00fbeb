"""Releases on the wire: which weeks went out, and what each told. Rounded figures only."""

from typing import Any, ClassVar

from schemas.base import Out, PageQuery, WireSchema
from schemas.fields import INT64_MAX, Id, Instant, Many, Nested, Text, Week, Whole, Word
from schemas.problem import FaultOut
from schemas.vocabulary import RareFigure

_SIGNED = {"description": "What it adds to what was told before: below zero where something was taken back."}


class ReleaseIn(WireSchema):
    week = Week(
        required=True,
        metadata={
            "description": "The last week that is to be released. It must be over, and later than all that were. "
            "Weeks before it that were left out go along."
        },
    )

    example: ClassVar = {"week": "2026-W47"}


class ReleaseQuery(PageQuery):
    pass


class QuarterFigureOut(Out):
    quarter = Text(9, metadata={"description": "Of the fiscal year: Q1 is April to June."})
    figure = Word(RareFigure)
    value = Whole(-INT64_MAX, metadata=_SIGNED)

    example: ClassVar = {"quarter": "FY2026-Q2", "figure": "consultations", "value": 15}


class ReleaseOut(Out):
    id = Id()
    version = Whole(1)
    number = Whole(1)
    from_week = Week(metadata={"description": "The first week that is new in it."})
    week = Week(metadata={"description": "The last one."})
    made_at = Instant()
    made_by = Id()
    visits = Whole(
        -INT64_MAX,
        metadata={"description": "Of its own weeks: a stop on a day counts once, of any publicity."},
    )
    attendance = Whole(
        0, metadata={"description": "Of its own weeks, 延べ: a sum of counts rounded to base 5."}
    )
    late_visits = Whole(-INT64_MAX, metadata=_SIGNED)
    late_attendance = Whole(-INT64_MAX, metadata=_SIGNED)
    late_atoms = Whole(
        0, metadata={"description": "Counts of weeks told before that came out differently now."}
    )
    quarters = Many(
        Nested(QuarterFigureOut),
        1_000,
        metadata={"description": "What it adds to the rare figures of the city."},
    )
    warnings = Many(Nested(FaultOut), 10)

    example: ClassVar[Any] = {
        "id": "4e0d1c2b-3a49-4857-a665-748392a1b0c9",
        "version": 1,
        "number": 12,
        "from_week": "2026-W47",
        "week": "2026-W47",
        "made_at": "2026-11-24T01:02:03Z",
        "made_by": "1f0b7a52-6c3d-4e8f-9a01-b2c3d4e5f607",
        "visits": 2,
        "attendance": 115,
        "late_visits": 0,
        "late_attendance": -5,
        "late_atoms": 1,
        "quarters": [QuarterFigureOut.example],
        "warnings": [],
    }
