"""Vans on the wire."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.base import Out, WireSchema
from schemas.fields import Coded, Day, Flag, Id, Instant, Many, Nested, Text, Whole, Word
from schemas.stops import Position
from schemas.vocabulary import OutageReason

_MOST_OUTAGES = 50


class Outage(WireSchema):
    """Days on which a van can't go out, the first and the last included."""

    from_day = Day(required=True)
    to_day = Day(required=True)
    reason = Word(OutageReason, load_default=OutageReason.OTHER)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["to_day"] < data["from_day"]:
            raise Coded("wrong_order")


class OutageOut(Out):
    from_day = Day()
    to_day = Day()
    reason = Word(OutageReason)


class VanFields(WireSchema):
    """What may be said about a van; VanIn says what must be."""

    width_cm = Whole(50, 400, allow_none=True, metadata={"description": "With its awning closed."})
    height_cm = Whole(50, 500, allow_none=True)
    needs_power = Flag(metadata={"description": "It needs the stop's electricity."})
    water_litres = Whole(
        1,
        2_000,
        allow_none=True,
        metadata={
            "description": "What its fresh water tank (給水タンク) holds. Without it nobody reckons with water."
        },
    )
    base = Nested(Position, allow_none=True, metadata={"description": "Where the day begins and ends."})
    inspection_until = Day(allow_none=True, metadata={"description": "Last day of the 車検."})
    insurance_until = Day(allow_none=True)
    food_permit_until = Day(allow_none=True)
    outages = Many(
        Nested(Outage), _MOST_OUTAGES, metadata={"description": "All of them: what is left out is over."}
    )


class VanIn(VanFields):
    code = Text(20, required=True, metadata={"description": "Short and unique: A."})
    name = Text(80, required=True)

    example: ClassVar = {
        "code": "A",
        "name": "くるくる1号",
        "width_cm": 148,
        "height_cm": 210,
        "water_litres": 80,
        "base": {"lat": 35.7877, "lon": 139.9032},
        "inspection_until": "2027-05-31",
        "insurance_until": "2027-03-31",
        "food_permit_until": "2029-08-31",
    }


class VanChange(VanFields):
    """Only what changes. An inactive van keeps its history."""

    code = Text(20)
    name = Text(80)
    active = Flag()

    example: ClassVar = {
        "inspection_until": "2029-05-31",
        "outages": [{"from_day": "2027-05-24", "to_day": "2027-05-28", "reason": "inspection"}],
    }


class VanOut(Out):
    id = Id()
    version = Whole(1)
    code = Text(20)
    name = Text(80)
    width_cm = Whole(1, allow_none=True)
    height_cm = Whole(1, allow_none=True)
    needs_power = Flag()
    water_litres = Whole(1, allow_none=True)
    base = Nested(Position, allow_none=True)
    inspection_until = Day(allow_none=True)
    insurance_until = Day(allow_none=True)
    food_permit_until = Day(allow_none=True)
    outages = Many(Nested(OutageOut), _MOST_OUTAGES)
    active = Flag()
    created_at = Instant()

    example: ClassVar = {
        "id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
        "version": 1,
        **VanIn.example,
        "needs_power": False,
        "outages": [{"from_day": "2027-05-24", "to_day": "2027-05-28", "reason": "inspection"}],
        "active": True,
        "created_at": "2026-04-01T00:00:00Z",
    }
