"""Vans on the wire."""

from typing import ClassVar

from schemas.base import Out, WireSchema
from schemas.fields import Day, Flag, Id, Instant, Nested, Text, Whole
from schemas.stops import Position


class VanFields(WireSchema):
    """What may be said about a van; VanIn says what must be."""

    width_cm = Whole(50, 400, allow_none=True, metadata={"description": "With its awning closed."})
    height_cm = Whole(50, 500, allow_none=True)
    needs_power = Flag(metadata={"description": "It needs the stop's electricity."})
    base = Nested(Position, allow_none=True, metadata={"description": "Where the day begins and ends."})
    inspection_until = Day(allow_none=True, metadata={"description": "Last day of the 車検."})
    insurance_until = Day(allow_none=True)
    food_permit_until = Day(allow_none=True)


class VanIn(VanFields):
    code = Text(20, required=True, metadata={"description": "Short and unique: A."})
    name = Text(80, required=True)

    example: ClassVar = {
        "code": "A",
        "name": "くるくる1号",
        "width_cm": 148,
        "height_cm": 210,
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

    example: ClassVar = {"inspection_until": "2029-05-31"}


class VanOut(Out):
    id = Id()
    version = Whole(1)
    code = Text(20)
    name = Text(80)
    width_cm = Whole(1, allow_none=True)
    height_cm = Whole(1, allow_none=True)
    needs_power = Flag()
    base = Nested(Position, allow_none=True)
    inspection_until = Day(allow_none=True)
    insurance_until = Day(allow_none=True)
    food_permit_until = Day(allow_none=True)
    active = Flag()
    created_at = Instant()

    example: ClassVar = {
        "id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
        "version": 1,
        **VanIn.example,
        "needs_power": False,
        "active": True,
        "created_at": "2026-04-01T00:00:00Z",
    }
