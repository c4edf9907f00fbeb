"""The public timetable on the wire: entries that stand alone, without van, plan or order of the day."""

import datetime as dt
from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, Query
from schemas.fields import Coded, Day, Flag, Id, Instant, LocalTime, Many, Nested, Text, Whole, Word
from schemas.stops import Position
from schemas.vocabulary import CancelReason, TimetableStatus

SPAN_DAYS = 93
ENTRIES_MOST = 2_000
_STATUS = (
    "undecided: it is said later, at `decided_at`. on: it takes place. open, closed: the van has come, and is gone "
    "again; of a place of which only the area is announced nobody is told that, and `closed` follows the clock."
)


class TimetableQuery(Query):
    """Both days are included; without them it is today and the nine weeks after it."""

    from_day = Day(load_default=None)
    to_day = Day(load_default=None)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        first, last = data.get("from_day"), data.get("to_day")
        if first is not None and last is not None:
            if last < first:
                raise Coded("wrong_order")
            if last - first >= dt.timedelta(days=SPAN_DAYS):
                raise Coded("too_many_days", most=SPAN_DAYS)


class EntryOut(Out):
    id = Id(metadata={"description": "Stays the same while the stay is changed or cancelled."})
    local_day = Day()
    opens = LocalTime(allow_none=True)
    closes = LocalTime(allow_none=True)
    status = Word(TimetableStatus, metadata={"description": _STATUS})
    cancel_reason = Word(
        CancelReason, allow_none=True, metadata={"description": "Only when it was the weather."}
    )
    decided_at = Instant(
        allow_none=True,
        metadata={
            "description": "Until then the weather may call it off, or it is undecided; null afterwards."
        },
    )
    place = Text(120)
    place_kana = Text(120, allow_none=True, metadata={"description": "How the place is read."})
    place_en = Text(120, allow_none=True)
    area_only = Flag(metadata={"description": "Only the neighbourhood is announced: no point, no address."})
    position = Nested(Position, allow_none=True)
    mesh1000 = Whole(1, metadata={"description": "1 km cell of JIS X 0410."})
    updated_at = Instant(
        metadata={
            "description": "When something of this day was changed last, to the minute. It is the same for all "
            "of a day, so that nothing shows which stays belong together."
        }
    )

    example: ClassVar = {
        "id": "b0a71d2c-5e3f-4a91-8c6d-7e8f90a1b2c3",
        "local_day": "2026-11-28",
        "opens": "10:00",
        "closes": "13:00",
        "status": "on",
        "cancel_reason": None,
        "decided_at": "2026-11-27T22:30:00Z",
        "place": "常盤平団地 中央広場",
        "place_kana": "ときわだいらだんち ちゅうおうひろば",
        "place_en": "Tokiwadaira estate, central square",
        "area_only": False,
        "position": {"lat": 35.8041, "lon": 139.9523},
        "mesh1000": 53395766,
        "updated_at": "2026-11-26T07:02:00Z",
    }


class TimetableOut(Out):
    from_day = Day()
    to_day = Day()
    updated_at = Instant(
        allow_none=True, metadata={"description": "When any of these entries was changed last."}
    )
    timezone = fields.String(metadata={"enum": ["Asia/Tokyo"]})
    entries = Many(Nested(EntryOut), ENTRIES_MOST)

    example: ClassVar = {
        "from_day": "2026-11-28",
        "to_day": "2027-01-30",
        "updated_at": "2026-11-26T07:02:00Z",
        "timezone": "Asia/Tokyo",
        "entries": [EntryOut.example],
    }
