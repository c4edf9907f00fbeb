"""Stops, permissions and opening windows on the wire."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.base import Out, PageQuery, WireSchema
from schemas.fields import (
    Box,
    Coded,
    Day,
    Flag,
    Id,
    Instant,
    LocalTime,
    Many,
    Nested,
    Number,
    QueryNumber,
    Text,
    Whole,
    Word,
)
from schemas.problem import FaultOut
from schemas.vocabulary import PermissionType, PositionSource, Precision, Publicity, StopKind, StopStatus


class Position(WireSchema):
    lat = Number(20, 46, required=True)
    lon = Number(122, 154, required=True)


class Nth(Whole):
    """Which of its weekdays in a month: 1 to 5, or -1 for the last."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(-1, 5, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        nth = super()._deserialize(value, attr, data, **kwargs)
        if nth == 0:
            raise Coded("not_in_list", words="1, 2, 3, 4, 5, -1")
        return nth


class Window(WireSchema):
    """On a weekday (0 is Monday), on its nth of each month, or on one date.

    What is said more exactly replaces what is said in general: a date its weekday, the third Saturday Saturdays.
    Without times the stop is shut on that date, or on that nth weekday.
    """

    weekday = Whole(0, 6, load_default=None, metadata={"description": "0 is Monday, 6 is Sunday."})
    nth = Nth(
        load_default=None,
        metadata={"description": "Of the weekday, in the month: 1 to 5, -1 is the last; null is every one."},
    )
    on_day = Day(load_default=None)
    opens = LocalTime(load_default=None)
    closes = LocalTime(load_default=None)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        weekday, nth = data.get("weekday"), data.get("nth")
        if (weekday is None) == (data.get("on_day") is None) or (weekday is None and nth is not None):
            raise Coded("weekday_or_day")
        opens, closes = data.get("opens"), data.get("closes")
        shut_every_week = weekday is not None and nth is None and opens is None
        if (opens is None) != (closes is None) or shut_every_week:
            raise Coded("both_times")
        if opens is not None and closes is not None and closes <= opens:
            raise Coded("wrong_order")


class StopFields(WireSchema):
    """What may be said about a stop; StopIn says what must be."""

    kana = Text(120, allow_none=True)
    name_en = Text(120, allow_none=True)
    status = Word(StopStatus)
    publicity = Word(Publicity)
    announced_area = Text(60, allow_none=True, metadata={"description": "Neighbourhood that is announced."})
    announced_area_kana = Text(
        120, allow_none=True, metadata={"description": "How that is read: on /when with furigana, in posts."}
    )
    address = Text(200, allow_none=True)
    seating_by_us = Flag(metadata={"description": "We provide the seats: eating there is eating in."})
    power = Flag()
    water = Flag()
    drain = Flag()
    toilet = Flag()
    shelter = Flag(metadata={"description": "Shade or rain cover."})
    idling_allowed = Flag()
    closed_on_holidays = Flag(
        metadata={"description": "Shut on public holidays, but for a window of that very date."}
    )
    van_count = Whole(1, 20)
    max_width_cm = Whole(50, 1_000, allow_none=True)
    max_height_cm = Whole(50, 1_000, allow_none=True)
    surface = Text(60, allow_none=True)
    noise_limit = Text(120, allow_none=True)
    rubbish_rule = Text(200, allow_none=True)
    neighbour_notes = Text(400, allow_none=True, lines=True)
    nearest_aed = Text(200, allow_none=True)
    emergency_contact = Text(120, allow_none=True)
    indoor_alternative = Text(200, allow_none=True)
    host_name = Text(120, allow_none=True)
    host_contact = Text(200, allow_none=True)
    weight = Whole(0, 10, metadata={"description": "The coordinator's own weight in planning."})
    min_days_between = Whole(
        1,
        366,
        allow_none=True,
        metadata={"description": "The host's condition: so many days from one visit to the next."},
    )
    max_days_between = Whole(
        1,
        366,
        allow_none=True,
        metadata={"description": "The longest gap wanted from one visit to the next."},
    )
    windows = Many(Nested(Window), 40)
    position_precision = Word(
        Precision,
        metadata={
            "description": "How well the position is known. A position that comes without it was set by hand: manual."
        },
    )
    position_source = Word(
        PositionSource,
        metadata={"description": "The `provider` of the candidate that was chosen; default: pin."},
    )


class StopIn(StopFields):
    code = Text(40, required=True, metadata={"description": "Short and unique, as on paper: K07."})
    name = Text(120, required=True)
    kind = Word(StopKind, required=True)
    position = Nested(Position, required=True)

    example: ClassVar = {
        "code": "K07",
        "name": "常盤平団地 中央広場",
        "kana": "ときわだいらだんち ちゅうおうひろば",
        "name_en": "Tokiwadaira estate, central square",
        "kind": "housing_estate",
        "status": "agreed",
        "position": {"lat": 35.8041, "lon": 139.9523},
        "windows": [{"weekday": 5, "opens": "10:00", "closes": "16:00"}],
    }


class StopRequestIn(WireSchema):
    """A place that the crew was asked to come to, noted on the road."""

    name = Text(120, required=True)
    kind = Word(StopKind, required=True)
    position = Nested(Position, required=True)
    address = Text(200, load_default=None)

    example: ClassVar = {
        "name": "小金原 たけのこ公園",
        "kind": "park",
        "position": {"lat": 35.8256, "lon": 139.9614},
    }


class StopChange(StopFields):
    """Only what changes. The pin may be corrected; another place is another stop."""

    code = Text(40)
    name = Text(120)
    kind = Word(StopKind)
    position = Nested(Position)
    status_note = Text(
        200,
        allow_none=True,
        metadata={"description": "Kept in its history, such as who said so; nothing about families."},
    )

    example: ClassVar = {"status": "paused", "status_note": "自治会の役員交代まで", "host_contact": None}


class StopStepOut(Out):
    at = Instant()
    status = Word(StopStatus)
    note = Text(200, allow_none=True)
    holder_id = Id(allow_none=True, metadata={"description": "Whose token it was."})

    example: ClassVar = {
        "at": "2026-11-20T04:05:06Z",
        "status": "paused",
        "note": "自治会の役員交代まで",
        "holder_id": "2f6b0d9a-7c11-4c0f-8e54-5d1c4b7e93a2",
    }


class StopHistoryOut(Out):
    """The steps of a stop's life: requested, talking, agreed, paused, ended."""

    stop_id = Id()
    status = Word(StopStatus)
    possible = Many(Word(StopStatus), 5, metadata={"description": "What it may become from here."})
    items = Many(Nested(StopStepOut), 500, metadata={"description": "The latest first."})

    example: ClassVar = {
        "stop_id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
        "status": "paused",
        "possible": ["agreed", "ended", "talking"],
        "items": [StopStepOut.example],
    }


class PermissionFields(WireSchema):
    type = Word(PermissionType, required=True)
    number = Text(80, load_default=None)
    valid_from = Day(required=True)
    valid_to = Day(load_default=None, metadata={"description": "Last day; null has no end."})
    conditions = Text(400, load_default=None, lines=True)
    fee_yen = Whole(0, 10_000_000, load_default=0)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("valid_to") and data.get("valid_from") and data["valid_to"] < data["valid_from"]:
            raise Coded("wrong_order")


class PermissionBody(PermissionFields):
    example: ClassVar = {"type": "consent", "valid_from": "2026-04-01", "valid_to": "2027-03-31"}


class PermissionIn(PermissionFields):
    stop_id = Id(required=True)

    example: ClassVar = {**PermissionBody.example, "stop_id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01"}


class PermissionWithdrawIn(WireSchema):
    on_day = Day(required=True, metadata={"description": "First day without it."})

    example: ClassVar = {"on_day": "2026-12-01"}


class PermissionOut(Out):
    id = Id()
    version = Whole(1)
    stop_id = Id()
    type = Word(PermissionType)
    number = Text(80, allow_none=True)
    valid_from = Day()
    valid_to = Day(allow_none=True)
    conditions = Text(400, allow_none=True)
    fee_yen = Whole(0)
    withdrawn_on = Day(allow_none=True)

    example: ClassVar = {
        "id": "5d1c4b7e-93a2-4c0f-8e54-2f6b0d9a7c11",
        "version": 1,
        "stop_id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
        "type": "consent",
        "number": None,
        "valid_from": "2026-04-01",
        "valid_to": "2027-03-31",
        "conditions": None,
        "fee_yen": 0,
        "withdrawn_on": None,
    }


class HostOut(Out):
    name = Text(120, allow_none=True)
    contact = Text(200, allow_none=True)


class StopOut(Out):
    id = Id()
    version = Whole(1)
    code = Text(40)
    name = Text(120)
    kana = Text(120, allow_none=True)
    name_en = Text(120, allow_none=True)
    kind = Word(StopKind)
    status = Word(StopStatus)
    publicity = Word(Publicity)
    announced_area = Text(60, allow_none=True)
    announced_area_kana = Text(120, allow_none=True)
    address = Text(200, allow_none=True)
    position = Nested(Position)
    position_precision = Word(
        Precision, allow_none=True, metadata={"description": "Null of stops from before it was asked."}
    )
    position_source = Word(PositionSource, allow_none=True)
    mesh250 = Whole(1)
    mesh500 = Whole(1)
    mesh1000 = Whole(1)
    seating_by_us = Flag()
    power = Flag()
    water = Flag()
    drain = Flag()
    toilet = Flag()
    shelter = Flag()
    idling_allowed = Flag()
    closed_on_holidays = Flag()
    van_count = Whole(1)
    max_width_cm = Whole(1, allow_none=True)
    max_height_cm = Whole(1, allow_none=True)
    surface = Text(60, allow_none=True)
    noise_limit = Text(120, allow_none=True)
    rubbish_rule = Text(200, allow_none=True)
    neighbour_notes = Text(400, allow_none=True)
    nearest_aed = Text(200, allow_none=True)
    emergency_contact = Text(120, allow_none=True)
    indoor_alternative = Text(200, allow_none=True)
    host = Nested(HostOut, allow_none=True, metadata={"description": "Null for roles that don't need it."})
    weight = Whole(0)
    min_days_between = Whole(1, 366, allow_none=True)
    max_days_between = Whole(1, 366, allow_none=True)
    windows = Many(Nested(Window), 40)
    permissions = Many(Nested(PermissionOut), 1_000)
    distance_m = Number(0, 1e9, allow_none=True, metadata={"description": "From ?near=, metres."})
    created_at = Instant()

    example: ClassVar = {
        "id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
        "version": 1,
        "code": "K07",
        "name": "常盤平団地 中央広場",
        "kana": "ときわだいらだんち ちゅうおうひろば",
        "name_en": "Tokiwadaira estate, central square",
        "kind": "housing_estate",
        "status": "agreed",
        "publicity": "public",
        "announced_area": None,
        "announced_area_kana": None,
        "address": None,
        "position": {"lat": 35.8041, "lon": 139.9523},
        "position_precision": "manual",
        "position_source": "pin",
        "mesh250": 5339576613,
        "mesh500": 533957661,
        "mesh1000": 53395766,
        "seating_by_us": False,
        "power": False,
        "water": False,
        "drain": False,
        "toilet": False,
        "shelter": False,
        "idling_allowed": False,
        "closed_on_holidays": False,
        "van_count": 1,
        "max_width_cm": None,
        "max_height_cm": None,
        "surface": None,
        "noise_limit": None,
        "rubbish_rule": None,
        "neighbour_notes": None,
        "nearest_aed": None,
        "emergency_contact": None,
        "indoor_alternative": None,
        "host": None,
        "weight": 0,
        "min_days_between": 21,
        "max_days_between": None,
        "windows": [{"weekday": 5, "nth": None, "on_day": None, "opens": "10:00", "closes": "16:00"}],
        "permissions": [],
        "distance_m": None,
        "created_at": "2026-11-23T04:05:06Z",
    }


class StopChangedOut(StopOut):
    """A stop after a change of it."""

    warnings = Many(
        Nested(FaultOut),
        10,
        metadata={"description": "Stops that may be the same place: told, never in the way."},
    )

    example: ClassVar = {**StopOut.example, "warnings": []}


class StopQuery(PageQuery):
    bbox = Box(load_default=None, metadata={"description": "west,south,east,north in degrees"})
    near = Text(60, load_default=None, metadata={"description": "lat,lon; sorts by distance"})
    radius_m = QueryNumber(1, 50_000, load_default=1_000.0)
    status = Word(StopStatus, load_default=None)
    kind = Word(StopKind, load_default=None)
    q = Text(60, load_default=None, metadata={"description": "Part of a name, kana, code or address."})
