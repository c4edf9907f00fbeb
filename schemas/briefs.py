"""The stop brief on the wire."""

from typing import ClassVar

from schemas.base import Out
from schemas.fields import Day, Flag, Id, LocalTime, Many, Nested, Text, Whole, Word
from schemas.stops import Position, Window
from schemas.vocabulary import (
    DestinationKind,
    PermissionType,
    Promise,
    Publicity,
    StopKind,
    StopStatus,
)


class BriefPermissionOut(Out):
    type = Word(PermissionType)
    number = Text(80, allow_none=True)
    valid_from = Day()
    last_day = Day(allow_none=True)
    conditions = Text(400, allow_none=True, lines=True)


class NextStayOut(Out):
    plan_stop_id = Id()
    visit_id = Id()
    van_id = Id()
    local_day = Day()
    arrive = LocalTime()
    depart = LocalTime()


class DuePromiseOut(Out):
    """A promise to somebody who is not named; the card word is how they are met again."""

    id = Id()
    promise = Word(Promise)
    due_day = Day()
    card_word = Text(40, allow_none=True)
    overdue = Flag()


class ProgrammeOut(Out):
    destination_id = Id()
    kind = Word(DestinationKind)
    name = Text(120)
    leaflet_stock = Whole(0)


class StopBriefOut(Out):
    """What the crew must know before they stand there. The host's contact is not in it."""

    stop_id = Id()
    code = Text(40)
    name = Text(120)
    kana = Text(120, allow_none=True)
    name_en = Text(120, allow_none=True)
    kind = Word(StopKind)
    status = Word(StopStatus)
    publicity = Word(Publicity)
    address = Text(200, allow_none=True)
    position = Nested(Position)
    van_count = Whole(1)
    max_width_cm = Whole(1, allow_none=True)
    max_height_cm = Whole(1, allow_none=True)
    surface = Text(60, allow_none=True)
    power = Flag()
    water = Flag()
    drain = Flag()
    toilet = Flag()
    shelter = Flag()
    idling_allowed = Flag()
    seating_by_us = Flag()
    noise_limit = Text(120, allow_none=True)
    rubbish_rule = Text(200, allow_none=True)
    neighbour_notes = Text(400, allow_none=True, lines=True)
    nearest_aed = Text(200, allow_none=True)
    emergency_contact = Text(120, allow_none=True)
    indoor_alternative = Text(200, allow_none=True)
    windows = Many(Nested(Window), 40)
    permissions = Many(Nested(BriefPermissionOut), 1_000)
    next_stay = Nested(NextStayOut, allow_none=True)
    follow_ups = Many(Nested(DuePromiseOut), 200)
    programmes = Many(Nested(ProgrammeOut), 200)

    example: ClassVar = {
        "stop_id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
        "code": "K07",
        "name": "常盤平団地 中央広場",
        "kana": "ときわだいらだんち ちゅうおうひろば",
        "name_en": "Tokiwadaira estate, central square",
        "kind": "housing_estate",
        "status": "agreed",
        "publicity": "public",
        "address": None,
        "position": {"lat": 35.8041, "lon": 139.9523},
        "van_count": 1,
        "max_width_cm": 200,
        "max_height_cm": None,
        "surface": "アスファルト",
        "power": False,
        "water": True,
        "drain": False,
        "toilet": True,
        "shelter": False,
        "idling_allowed": False,
        "seating_by_us": False,
        "noise_limit": "音楽は流さない",
        "rubbish_rule": "すべて持ち帰る",
        "neighbour_notes": None,
        "nearest_aed": "集会所の入口",
        "emergency_contact": "管理事務所",
        "indoor_alternative": "集会所",
        "windows": [{"weekday": 5, "nth": None, "on_day": None, "opens": "10:00", "closes": "16:00"}],
        "permissions": [
            {
                "type": "consent",
                "number": None,
                "valid_from": "2026-04-01",
                "last_day": "2027-03-31",
                "conditions": "15時までに片付ける",
            }
        ],
        "next_stay": {
            "plan_stop_id": "6d5a1f0e-7b3c-4d2e-8f10-a1b2c3d4e5f6",
            "visit_id": "6f1c9b64-30fd-5d0a-9b0e-3a4a0f6a1d22",
            "van_id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
            "local_day": "2026-11-28",
            "arrive": "10:00",
            "depart": "13:00",
        },
        "follow_ups": [
            {
                "id": "4c5d6e7f-8091-42a3-b4c5-d6e7f8091a2b",
                "promise": "bring_info",
                "due_day": "2026-11-28",
                "card_word": "もみじ",
                "overdue": False,
            }
        ],
        "programmes": [
            {
                "destination_id": "9a8b7c6d-5e4f-4032-a1b0-c9d8e7f60514",
                "kind": "link",
                "name": "つながるリンク",
                "leaflet_stock": 40,
            }
        ],
    }
