"""The outreach map on the wire: stops, visits, reach, coverage, gaps, outlines, as GeoJSON (RFC 7946) and compact.

Every collection says in `summary`, a foreign member, what it is about and what its features come to.
"""

from enum import StrEnum

from marshmallow import fields

from schemas import map_examples
from schemas.base import Out, Query
from schemas.columns import columns_of
from schemas.fields import Box, Day, Id, Nested, Number, QueryNumber, Text, Whole, Word
from schemas.geojson import MultiPolygonOut, PointOut, PolygonOut, collection_of
from schemas.vocabulary import Publicity, StopKind, StopStatus, VisitStatus

MOST_PEOPLE = 1e12


class Level(StrEnum):
    """Width of mesh cells (JIS X 0410) in metres."""

    QUARTER = "250"
    HALF = "500"
    WHOLE = "1000"


class Basis(StrEnum):
    """Whom coverage counts: target people (such as children), or all residents where only those are known."""

    TARGET = "target"
    TOTAL = "total"


class Catchment(StrEnum):
    """Whose way to a stop is meant: how far it reaches stands in the settings."""

    EVERYBODY = "everybody"
    INFANTS = "infants"


class BoxQuery(Query):
    bbox = Box(load_default=None, metadata={"description": "Only what lies in west,south,east,north."})

    columns = Text(
        400,
        form="[a-z_.]+(?:,[a-z_.]+)*",
        load_default=None,
        metadata={"description": "Only these of the compact form, such as visits,attendance.children."},
    )


class PeriodQuery(BoxQuery):
    """Local days, both included. Without them it is the 84 days (setting) up to today."""

    from_day = Day(load_default=None)
    to_day = Day(load_default=None)


class StopsMapQuery(PeriodQuery):
    status = Word(StopStatus, load_default=None)
    kind = Word(StopKind, load_default=None)


class VisitsMapQuery(PeriodQuery):
    stop_id = Id(load_default=None)


class NeedQuery(BoxQuery):
    level = Word(Level, load_default=Level.HALF)
    on = Day(load_default=None, metadata={"description": "As it was on that day; today unless given."})
    radius_m = QueryNumber(
        50,
        5_000,
        load_default=None,
        metadata={"description": "How far a stop reaches; that of the catchment unless given."},
    )
    catchment = Word(
        Catchment,
        load_default=None,
        metadata={"description": "500 m for everybody (unless said), 300 m with infants; both are settings."},
    )


class CoverageQuery(NeedQuery):
    against_on = Day(
        load_default=None,
        metadata={
            "description": "Another day to compare with: its covered share, and the change since then."
        },
    )


class PeopleOut(Out):
    """延べ人数: people counted, not different people."""

    total = Whole(-1_000_000)
    children = Whole(-1_000_000)
    by_band = fields.Dict(keys=fields.String(), values=fields.Integer())


class StopPlaceOut(Out):
    code = Text(40)
    name = Text(120)
    kana = Text(120, allow_none=True)
    name_en = Text(120, allow_none=True)
    kind = Word(StopKind)
    status = Word(StopStatus)
    publicity = Word(Publicity)
    visits = Whole(0)
    last_visit_day = Day(
        allow_none=True, metadata={"description": "Up to the period's end, however long ago."}
    )
    days_since_last_visit = Whole(0, allow_none=True)
    attendance = Nested(PeopleOut)


class VisitPlaceOut(Out):
    stop_id = Id()
    stop_name = Text(120)
    van_id = Id()
    local_day = Day()
    status = Word(VisitStatus)
    hours_open = Number(0, 1e6, allow_none=True, metadata={"description": "null until it is closed."})
    attendance = Nested(PeopleOut)


class AgainstOut(Out):
    """The same on another day, and by how much it has changed from then to `on`."""

    covered_share = Number(0, 1, allow_none=True)
    change = Number(-1, 1, allow_none=True, metadata={"description": "covered_share less that of then."})


class AgainstSummaryOut(AgainstOut):
    on = Day()
    covered = Number(0, MOST_PEOPLE)


class CoverageCellOut(Out):
    population = Number(
        0,
        MOST_PEOPLE,
        allow_none=True,
        metadata={"description": "Residents; null where the import has no cell."},
    )
    target = Number(0, MOST_PEOPLE, allow_none=True, metadata={"description": "null where it is not known."})
    covered_share = Number(
        0, 1, allow_none=True, metadata={"description": "Of the people of `population_basis`; null for none."}
    )
    against = Nested(
        AgainstOut,
        allow_none=True,
        metadata={"description": "The day of `against_on`; null unless asked for."},
    )
    attendance = Whole(0, metadata={"description": "延べ人数 in the window at stops that stand in the cell."})
    reach_rate = Number(
        0,
        MOST_PEOPLE,
        allow_none=True,
        metadata={"description": "That attendance per 100 people (of the basis) in those stops' catchments."},
    )


class OutlineOut(Out):
    code = Text(40)
    name = Text(120)


class PeriodSummaryOut(Out):
    from_day = Day()
    to_day = Day()
    visits = Whole(0)
    attendance = Nested(PeopleOut)


class NeedSummaryOut(Out):
    on = Day()
    level = Whole(250, 1000)
    radius_m = Number(50, 5_000)
    window_days = Whole(1)
    population_basis = Word(Basis)
    import_label = Text(120)
    target_label = Text(
        200, shortest=0, metadata={"description": "Empty where only all residents are known."}
    )


class CoverageSummaryOut(NeedSummaryOut):
    population = Number(0, MOST_PEOPLE)
    target = Number(0, MOST_PEOPLE, allow_none=True)
    covered = Number(0, MOST_PEOPLE, metadata={"description": "People of `population_basis`."})
    covered_share = Number(0, 1, allow_none=True)
    against = Nested(
        AgainstSummaryOut,
        allow_none=True,
        metadata={"description": "The day of `against_on`, of the same people; null unless asked for."},
    )
    attendance = Whole(0)
    reach_rate = Number(0, MOST_PEOPLE, allow_none=True)


class OutlinesSummaryOut(Out):
    outlines = Whole(0)


StopsMapOut = collection_of("Stops", PointOut, StopPlaceOut, PeriodSummaryOut, map_examples.STOPS)
VisitsMapOut = collection_of("Visits", PointOut, VisitPlaceOut, PeriodSummaryOut, map_examples.VISITS)
CoverageMapOut = collection_of(
    "Coverage", PolygonOut, CoverageCellOut, CoverageSummaryOut, map_examples.COVERAGE
)
OutlinesMapOut = collection_of(
    "Outlines", MultiPolygonOut, OutlineOut, OutlinesSummaryOut, map_examples.OUTLINES
)

StopsCompactOut = columns_of("Stops", "point", StopPlaceOut, PeriodSummaryOut, map_examples.STOPS)
VisitsCompactOut = columns_of("Visits", "point", VisitPlaceOut, PeriodSummaryOut, map_examples.VISITS)
CoverageCompactOut = columns_of(
    "Coverage", "cell", CoverageCellOut, CoverageSummaryOut, map_examples.COVERAGE
)
OutlinesCompactOut = columns_of("Outlines", "area", OutlineOut, OutlinesSummaryOut, map_examples.OUTLINES)
