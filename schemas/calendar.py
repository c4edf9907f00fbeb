"""The calendar on the wire: school holidays as they are kept, and days with what they are."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, PageQuery, Query, WireSchema
from schemas.fields import Coded, Day, Flag, Id, Instant, Many, Nested, Text, Whole, Word
from schemas.vocabulary import DayKind

CALENDAR_MOST_DAYS = 400
AREA = 60
_AREA_SAID = "The area whose schools they are, in the team's own words; null is all schools."
_HOLIDAY = "3c9b5f27-6a84-4d0e-9b7e-1f2d3c4b5a69"


class SchoolHolidayIn(WireSchema):
    """Days without school, the first and the last included."""

    name = Text(80, required=True)
    name_en = Text(80, load_default=None)
    from_day = Day(required=True)
    to_day = Day(required=True)
    area = Text(AREA, load_default=None, metadata={"description": _AREA_SAID})

    example: ClassVar = {
        "name": "冬休み",
        "name_en": "Winter holidays",
        "from_day": "2026-12-24",
        "to_day": "2027-01-06",
        "area": None,
    }

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["to_day"] < data["from_day"]:
            raise Coded("wrong_order")


class SchoolHolidayChange(WireSchema):
    """Only what changes. What drafts were made by it is shown by their template, and changed when asked for."""

    name = Text(80)
    name_en = Text(80, allow_none=True)
    from_day = Day()
    to_day = Day()
    area = Text(AREA, allow_none=True)
    active = Flag(metadata={"description": "False takes it back."})

    example: ClassVar = {"to_day": "2027-01-07"}


class SchoolHolidayOut(Out):
    id = Id()
    version = Whole(1)
    name = Text(80)
    name_en = Text(80, allow_none=True)
    from_day = Day()
    to_day = Day()
    area = Text(AREA, allow_none=True)
    active = Flag()
    created_at = Instant()

    example: ClassVar = {
        "id": _HOLIDAY,
        "version": 1,
        **SchoolHolidayIn.example,
        "active": True,
        "created_at": "2026-11-20T04:05:06Z",
    }


class SchoolHolidayQuery(PageQuery):
    from_day = Day(load_default=None, metadata={"description": "Those that end on this day or later."})
    to_day = Day(load_default=None, metadata={"description": "Those that begin on this day or earlier."})
    area = Text(AREA, load_default=None, metadata={"description": "Of this area's schools, and of all."})


class CalendarQuery(Query):
    from_day = Day(required=True)
    to_day = Day(
        required=True, metadata={"description": f"At most {CALENDAR_MOST_DAYS} days, both included."}
    )
    area = Text(
        AREA,
        load_default=None,
        metadata={"description": "Of this area's schools; without it, of every area's."},
    )


class HolidayNameOut(Out):
    name = Text(80)
    name_en = Text(80)

    example: ClassVar = {"name": "元日", "name_en": "New Year's Day"}


class SchoolHolidayNameOut(Out):
    id = Id()
    name = Text(80)
    name_en = Text(80, allow_none=True)
    area = Text(AREA, allow_none=True)

    example: ClassVar = {"id": _HOLIDAY, "name": "冬休み", "name_en": "Winter holidays", "area": None}


class HolidayTold(Out):
    """A holiday that a planned day is: it is told, and nothing is judged or reckoned by it."""

    kind = Word(DayKind, metadata={"description": "public_holiday or school_holiday."})
    name = Text(80)
    name_en = Text(80, allow_none=True)
    area = Text(AREA, allow_none=True, metadata={"description": "Whose schools; null is all."})
    text = fields.String(metadata={"description": "What that means, in the language that was asked for."})

    example: ClassVar = {
        "kind": "school_holiday",
        "name": "冬休み",
        "name_en": "Winter holidays",
        "area": None,
        "text": "冬休み。学校は授業がなく、小・中学生は平日の昼間も来られます。",
    }


class CalendarDayOut(Out):
    day = Day()
    weekday = Whole(0, 6, metadata={"description": "0 is Monday."})
    kind = Word(
        DayKind,
        metadata={"description": "One word: a public holiday before a school holiday before a weekend."},
    )
    public_holiday = Nested(HolidayNameOut, allow_none=True)
    school_holidays = Many(Nested(SchoolHolidayNameOut), 1_000)

    example: ClassVar = {
        "day": "2027-01-01",
        "weekday": 4,
        "kind": "public_holiday",
        "public_holiday": HolidayNameOut.example,
        "school_holidays": [SchoolHolidayNameOut.example],
    }


class CalendarOut(Out):
    from_day = Day()
    to_day = Day()
    days = Many(Nested(CalendarDayOut), CALENDAR_MOST_DAYS)

    example: ClassVar = {"from_day": "2027-01-01", "to_day": "2027-01-01", "days": [CalendarDayOut.example]}
