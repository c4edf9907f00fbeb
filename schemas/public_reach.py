"""Released reach on the wire: rounded sums that everybody may see, by cell of 1 km and for the city."""

from typing import Any, ClassVar

from marshmallow import fields

from schemas.base import Out, Query
from schemas.fields import Day, Flag, Many, Nested, QueryWhole, Text, Week, Whole, Word
from schemas.vocabulary import CensusCounts

PERIOD_FORM = r"[0-9]{4}-W[0-9]{2}|[0-9]{4}-[0-9]{2}|FY[0-9]{4}(-Q[1-4])?"
PERIODS = (
    "A week (2026-W47), a month (2026-11), a quarter (FY2026-Q3) or a fiscal year (FY2026: April to March)"
)
MOST_CELLS = 100_000
_WHO = (
    "延べ人数 (attendance, not different people): a sum of counts that were each rounded to a multiple of 5."
)


class ReachQuery(Query):
    """Without a period it is the fiscal year of the latest released week."""

    period = Text(9, form=PERIOD_FORM, load_default=None, metadata={"description": f"{PERIODS}."})
    until = Text(
        9,
        form=PERIOD_FORM,
        load_default=None,
        metadata={"description": "Another one: everything from the first day of `period` to its last day."},
    )


class ReachCsvQuery(ReachQuery):
    bom = QueryWhole(
        0, 1, load_default=1, metadata={"description": "0: without byte order mark, for scripts."}
    )


def _people(said: str) -> Whole:
    return Whole(0, metadata={"description": said})


class HeadsByGroupOut(Out):
    """One disjoint partition of all heads."""

    preschoolers = _people("0 to 5 years.")
    elementary = _people("小学生, 6 to 12 years.")
    teens = _people("中学生 and 高校生.")
    young_adults = _people("18 to 24 years.")
    adults = _people("Guardians and other adults.")
    seniors = _people("Seniors.")
    not_said = _people("Age not known; and all of a visit that is shown without groups.")

    example: ClassVar = {
        "preschoolers": 15,
        "elementary": 45,
        "teens": 10,
        "young_adults": 0,
        "adults": 30,
        "seniors": 5,
        "not_said": 5,
    }


class ReleasedHeadsOut(Out):
    total = _people(_WHO)
    children = _people("preschoolers, elementary and teens together.")
    by_group = Nested(HeadsByGroupOut)

    example: ClassVar = {"total": 110, "children": 70, "by_group": HeadsByGroupOut.example}


class ReleasedCellOut(Out):
    """A cell where the van was, or where the census counts somebody."""

    mesh1000 = Whole(1, metadata={"description": "1 km cell of JIS X 0410."})
    places = Many(
        fields.String(),
        1_000,
        metadata={
            "description": "Places or neighbourhoods that were announced there, as the timetable says them."
        },
    )
    places_en = Many(
        fields.String(),
        1_000,
        metadata={
            "description": "The same in English and in the same order; as in `places` where it has no English name."
        },
    )
    visits = Whole(0, metadata={"description": "A place on a day counts once."})
    attendance = Nested(ReleasedHeadsOut)
    weeks_since_visit = Whole(
        0,
        allow_none=True,
        metadata={
            "description": "From the last visit, in or before the period, to its last released week; null: never."
        },
    )
    census = Whole(
        0, allow_none=True, metadata={"description": "Who lives there, by the census; null: not known."}
    )

    example: ClassVar = {
        "mesh1000": 53395766,
        "places": ["常盤平団地 中央広場"],
        "places_en": ["Tokiwadaira estate, central square"],
        "visits": 2,
        "attendance": ReleasedHeadsOut.example,
        "weeks_since_visit": 1,
        "census": 873,
    }


class RareFiguresOut(Out):
    quarter = Text(9, metadata={"description": "Of the fiscal year: Q1 is April to June."})
    consultations = Whole(0, metadata={"description": "Consultations in the whole city, rounded to 5."})
    connections = Whole(0, metadata={"description": "Families connected to a destination, rounded to 5."})

    example: ClassVar = {"quarter": "FY2026-Q2", "consultations": 15, "connections": 5}


class CensusNoteOut(Out):
    label = Text(200)
    counts = Word(CensusCounts, metadata={"description": "Whom it counts."})

    example: ClassVar = {"label": "国勢調査 地域メッシュ統計 2020", "counts": "children_0_14"}


class PublicReachOut(Out):
    """Everything here is a sum of figures that were released once, so it adds up and never changes behind one's back."""

    from_day = Day()
    to_day = Day()
    first_week = Week(allow_none=True, metadata={"description": "The first week that was ever released."})
    released_through = Week(allow_none=True, metadata={"description": "The last one; null: none yet."})
    complete = Flag(metadata={"description": "Whether all of the period is released."})
    rounded_to = Whole(1, metadata={"description": "The base of the rounding."})
    attendance = Nested(ReleasedHeadsOut)
    visits = Whole(
        0, metadata={"description": "At places that are announced; those for members are not counted."}
    )
    not_on_map = Nested(
        ReleasedHeadsOut,
        metadata={
            "description": "The part of the attendance that is shown for the city alone. Cells and it add up."
        },
    )
    quarters = Many(
        Nested(RareFiguresOut),
        1_000,
        metadata={
            "description": "Rare figures of the released fiscal quarters that touch the period, whole quarters."
        },
    )
    census = Nested(CensusNoteOut, allow_none=True)
    cells = Many(Nested(ReleasedCellOut), MOST_CELLS)

    example: ClassVar[Any] = {
        "from_day": "2026-04-01",
        "to_day": "2027-03-31",
        "first_week": "2026-W14",
        "released_through": "2026-W47",
        "complete": False,
        "rounded_to": 5,
        "attendance": ReleasedHeadsOut.example,
        "visits": 2,
        "not_on_map": {"total": 0, "children": 0, "by_group": dict.fromkeys(HeadsByGroupOut.example, 0)},
        "quarters": [RareFiguresOut.example],
        "census": CensusNoteOut.example,
        "cells": [ReleasedCellOut.example],
    }
