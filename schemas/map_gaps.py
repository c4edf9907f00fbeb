"""Gaps on the wire: the cells where most people are missed, and where to stop for them."""

from marshmallow import fields

from schemas import map_examples
from schemas.base import Out
from schemas.columns import columns_of
from schemas.fields import Id, Nested, Number, QueryWhole, Text, Whole, Word
from schemas.geojson import PolygonOut, collection_of
from schemas.outreach_map import MOST_PEOPLE, NeedQuery, NeedSummaryOut
from schemas.vocabulary import StopStatus

MOST_GAPS = 200
MOST_PLACES = 3


class GapsQuery(NeedQuery):
    limit = QueryWhole(1, MOST_GAPS, load_default=20)


class NearStopOut(Out):
    id = Id()
    name = Text(120)
    status = Word(StopStatus)
    distance_m = Number(0, 1e6, metadata={"description": "To the cell's middle."})
    share_of_cell = Number(0, 1, metadata={"description": "Part of the cell within its catchment."})


_ADDS = {
    "description": "People in its catchment who are missed that day, as `gap` counts them, 250 m cell by 250 m cell: "
    "nobody whom a stop covers already, and those who were visited lately count less."
}
_ADDS_HERE = {"description": "Those of them who live in this cell."}


class PlaceOut(NearStopOut):
    adds = Number(0, MOST_PEOPLE, metadata=_ADDS)
    adds_here = Number(0, MOST_PEOPLE, metadata=_ADDS_HERE)


class GroundOut(Out):
    """A point by arithmetic alone. Nobody has looked whether one can, or may, stop there."""

    lat = Number(20, 46)
    lon = Number(122, 154)
    adds = Number(0, MOST_PEOPLE, metadata=_ADDS)
    adds_here = Number(0, MOST_PEOPLE, metadata=_ADDS_HERE)


class GapCellOut(Out):
    rank = Whole(1, MOST_GAPS)
    people = Number(0, MOST_PEOPLE)
    covered_share = Number(0, 1)
    days_since_last_visit = Whole(
        0, allow_none=True, metadata={"description": "null: no visit's catchment ever reached it."}
    )
    gap = Number(
        0,
        MOST_PEOPLE,
        metadata={"description": "people × (1 - covered_share) × min(1, days since last visit / 84)"},
    )
    best_stop = Nested(
        NearStopOut,
        allow_none=True,
        metadata={"description": "The known stop, not ended, whose catchment holds most of the cell."},
    )
    places = fields.List(
        Nested(PlaceOut),
        metadata={
            "maxItems": MOST_PLACES,
            "description": "The known stops, not ended, from which most people would be added, the best first. One that "
            "closes less than half as much of this gap as another does comes after those. Empty: from no known "
            "stop would anybody be reached who is missed here.",
        },
    )
    same_place_as = fields.List(
        Whole(1, MOST_GAPS),
        metadata={
            "maxItems": MOST_GAPS,
            "description": "The ranks of the other gaps of this answer whose best place is the same. Its `adds` are people of "
            "all of them, to be counted once.",
        },
    )
    ground = Nested(
        GroundOut,
        allow_none=True,
        metadata={
            "description": "Where `places` is empty: the point of the cell where a stop would add most people. Ground to "
            "look for a place on, not a place; else null."
        },
    )


class GapsSummaryOut(NeedSummaryOut):
    full_after_days = Whole(1)


GapsMapOut = collection_of("Gaps", PolygonOut, GapCellOut, GapsSummaryOut, map_examples.GAPS)
GapsCompactOut = columns_of("Gaps", "cell", GapCellOut, GapsSummaryOut, map_examples.GAPS)
