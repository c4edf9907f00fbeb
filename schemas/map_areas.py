"""Named areas on the wire: sets of districts, and figures of each district, as GeoJSON and compact."""

from marshmallow import fields

from schemas import map_examples
from schemas.base import Out
from schemas.columns import columns_of
from schemas.fields import Day, Id, Instant, Nested, Number, QueryNumber, Text, Whole, Word
from schemas.geojson import MultiPolygonOut, collection_of
from schemas.outreach_map import MOST_PEOPLE, Basis, PeopleOut, PeriodQuery, PeriodSummaryOut
from schemas.vocabulary import AreaKind


class AreasQuery(PeriodQuery):
    set = Id(required=True, metadata={"description": "A set of /v1/map/area-sets."})
    on = Day(
        load_default=None,
        metadata={"description": "Covered as it was on that day; the period's end unless given."},
    )
    radius_m = QueryNumber(50, 5_000, load_default=None)


class AreaSetOut(Out):
    id = Id()
    name = Text(80)
    kind = Word(AreaKind)
    within = Text(
        80, allow_none=True, metadata={"description": "The city's code that its areas were chosen by."}
    )
    areas = Whole(0)
    corners = Whole(0, metadata={"description": "Of all outlines together: how much there is to draw."})
    imported_at = Instant()


class AreaSetsOut(Out):
    """Of each name the newest import."""

    items = fields.List(Nested(AreaSetOut))
    example = {"items": [map_examples.AREA_SET]}


class AreaOut(Out):
    code = Text(40)
    name = Text(120)
    visits = Whole(0)
    stops = Whole(0, metadata={"description": "At which visits were ever held up to the period's end."})
    hours_open = Number(0, 1e9)
    last_visit_day = Day(allow_none=True, metadata={"description": "Up to the period's end."})
    days_since_last_visit = Whole(0, allow_none=True)
    attendance = Nested(PeopleOut)
    population = Number(
        0, MOST_PEOPLE, allow_none=True, metadata={"description": "Residents; null where none are known."}
    )
    target = Number(0, MOST_PEOPLE, allow_none=True, metadata={"description": "null where it is not known."})
    covered_share = Number(
        0, 1, allow_none=True, metadata={"description": "Of the people of `population_basis`; null for none."}
    )
    gap = Number(
        0,
        MOST_PEOPLE,
        allow_none=True,
        metadata={
            "description": "people × (1 - covered_share) × min(1, days since a visit's catchment reached it / 84)"
        },
    )


class AreasSummaryOut(PeriodSummaryOut):
    """Visits and attendance count each stop once, also where areas overlap."""

    set = Text(80)
    kind = Word(AreaKind)
    areas = Whole(0)
    on = Day()
    level = Whole(250, 250, metadata={"description": "Cells that people of areas are reckoned from."})
    radius_m = Number(50, 5_000)
    window_days = Whole(1)
    population_basis = Word(Basis, allow_none=True, metadata={"description": "null before any import."})
    import_label = Text(120, allow_none=True)
    target_label = Text(200, shortest=0, allow_none=True)


AreasMapOut = collection_of("Areas", MultiPolygonOut, AreaOut, AreasSummaryOut, map_examples.AREAS)
AreasCompactOut = columns_of("Areas", "area", AreaOut, AreasSummaryOut, map_examples.AREAS)
