"""Plan templates on the wire: a round that comes again, its days, and what making plans of it would do or did."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, PageQuery, Query, WireSchema
from schemas.fields import Coded, Day, Flag, Id, Instant, LocalTime, Many, Nested, Text, Whole, Word
from schemas.vocabulary import DayOutcome, HolidayRule, LeftAlone, PlanPart, PlanStatus

MOST_DAYS = 400
"""That are looked at at once."""
MOST_DAYS_MADE = 100
"""Plans are written in one transaction, and phones wait for it."""

_TEMPLATE = "5b8f3c1d-2e47-4a90-8c36-d7e9f0a1b2c3"
_MADE = "019ab1de-6f00-7c4e-8f6e-0f5e2b7a9c10"
_VAN = "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a"
_STOP = "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01"
_PLAN = "8c7b6a59-4838-4271-9605-f4e3d2c1b0a9"
_MOST_STAYS = 30
_RRULE = 200
_AREA = 60

_RULE_SAID = (
    "RFC 5545, as FREQ=MONTHLY;BYDAY=3SA (third Saturday) or FREQ=WEEKLY;INTERVAL=2;BYDAY=TU (every second Tuesday). "
    "DAILY, WEEKLY, MONTHLY, YEARLY with INTERVAL, COUNT or UNTIL (a day: 20270331), BYDAY, BYMONTHDAY, BYMONTH, "
    "BYSETPOS, WKST. Counted from `first_day`, which it does not name unless it fits."
)


class TemplateStayIn(WireSchema):
    """One stay; its plan asks the host anew each time."""

    stop_id = Id(required=True)
    arrive = LocalTime(required=True)
    depart = LocalTime(required=True)
    announce = Flag(metadata={"description": "Default: true, unless the stop is for members only."})

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["depart"] <= data["arrive"]:
            raise Coded("wrong_order")


class TemplateFields(WireSchema):
    """What may be said of a template; PlanTemplateIn says what must be."""

    rrule = Text(_RRULE, allow_none=True, metadata={"description": _RULE_SAID})
    more_days = Many(
        Day(), 100, unique=True, metadata={"description": "Further days that it is held on (RDATE)."}
    )
    except_days = Many(
        Day(), 200, unique=True, metadata={"description": "Days on which it is never held (EXDATE)."}
    )
    on_public_holiday = Word(HolidayRule, metadata={"description": "Default: hold."})
    on_school_holiday = Word(HolidayRule, metadata={"description": "Default: hold."})
    school_area = Text(
        _AREA,
        allow_none=True,
        metadata={"description": "Whose school holidays count besides those of all schools."},
    )
    stops = Many(Nested(TemplateStayIn), _MOST_STAYS, fewest=1)

    @validates_schema
    def check_order(self, data: dict[str, Any], **kwargs: Any) -> None:
        arrivals = [stay["arrive"] for stay in data.get("stops", [])]
        if arrivals != sorted(arrivals):
            raise Coded("stays_out_of_order")


class PlanTemplateIn(TemplateFields):
    """A van's stays on the days that a rule names. Its name becomes the plans' title."""

    name = Text(80, required=True)
    van_id = Id(required=True)
    first_day = Day(required=True, metadata={"description": "From where the rule counts (DTSTART)."})
    stops = Many(Nested(TemplateStayIn), _MOST_STAYS, fewest=1, required=True)

    example: ClassVar = {
        "name": "第3土曜 小金方面",
        "van_id": _VAN,
        "first_day": "2026-12-01",
        "rrule": "FREQ=MONTHLY;BYDAY=3SA",
        "except_days": ["2027-08-21"],
        "on_public_holiday": "hold",
        "on_school_holiday": "hold",
        "stops": [{"stop_id": _STOP, "arrive": "10:00", "depart": "13:00"}],
    }

    @validates_schema
    def check_days(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("rrule") is None and not data.get("more_days"):
            raise Coded("template_without_days")


class PlanTemplateChange(TemplateFields):
    """Only what changes. No plan changes by it, until plans are made again and the change is asked for."""

    name = Text(80)
    van_id = Id()
    first_day = Day()
    active = Flag(metadata={"description": "False: it names no days any more."})

    example: ClassVar = {"stops": [{"stop_id": _STOP, "arrive": "10:30", "depart": "13:30"}]}


class TemplateStayOut(Out):
    stop_id = Id()
    stop_code = Text(40)
    stop_name = Text(120)
    arrive = LocalTime()
    depart = LocalTime()
    announce = Flag(allow_none=True)

    example: ClassVar = {
        "stop_id": _STOP,
        "stop_code": "K07",
        "stop_name": "常盤平団地 中央広場",
        "arrive": "10:00",
        "depart": "13:00",
        "announce": None,
    }


class PlanTemplateOut(Out):
    id = Id()
    version = Whole(1)
    name = Text(80)
    van_id = Id()
    first_day = Day()
    rrule = Text(_RRULE, allow_none=True)
    more_days = Many(Day(), 100)
    except_days = Many(Day(), 200)
    on_public_holiday = Word(HolidayRule)
    on_school_holiday = Word(HolidayRule)
    school_area = Text(_AREA, allow_none=True)
    active = Flag()
    stops = Many(Nested(TemplateStayOut), _MOST_STAYS)
    created_at = Instant()

    example: ClassVar = {
        **PlanTemplateIn.example,
        "id": _TEMPLATE,
        "version": 1,
        "more_days": [],
        "school_area": None,
        "active": True,
        "stops": [TemplateStayOut.example],
        "created_at": "2026-11-20T04:05:06Z",
    }


class PlanTemplateQuery(PageQuery):
    van_id = Id(load_default=None)


class TemplatePeriodQuery(Query):
    from_day = Day(required=True)
    to_day = Day(required=True, metadata={"description": f"At most {MOST_DAYS} days, both included."})


class TemplateDayOut(Out):
    day = Day(metadata={"description": "The day that the template names."})
    outcome = Word(DayOutcome)
    planned_on = Day(allow_none=True, metadata={"description": "The day of its plan; null if it is skipped."})
    code = fields.String(allow_none=True, metadata={"description": "Why it is skipped or moved."})
    reason = fields.String(allow_none=True, metadata={"description": "The same in words."})

    example: ClassVar = {
        "day": "2027-03-22",
        "outcome": "moved",
        "planned_on": "2027-03-23",
        "code": "template_day_public_holiday_moved",
        "reason": "祝日（春分の日 振替休日）なので、2027-03-23に移します。",
    }


class TemplateDaysOut(Out):
    plan_template_id = Id()
    template_version = Whole(1)
    from_day = Day()
    to_day = Day()
    days = Many(Nested(TemplateDayOut), MOST_DAYS)

    example: ClassVar = {
        "plan_template_id": _TEMPLATE,
        "template_version": 1,
        "from_day": "2027-03-01",
        "to_day": "2027-03-31",
        "days": [TemplateDayOut.example],
    }


class TemplatePlanOut(Out):
    """A day of a template and its plan."""

    day = Day(metadata={"description": "The day that the template names or named."})
    planned_on = Day(
        allow_none=True, metadata={"description": "The day that its plan should have; null: none at all."}
    )
    plan_id = Id(metadata={"description": "Of the plan that is there, or that would be made."})
    status = Word(PlanStatus, allow_none=True, metadata={"description": "Null while there is no plan."})
    differs = Many(
        Word(PlanPart), 4, metadata={"description": "In what it is not as the template would make it."}
    )
    why = Word(LeftAlone, allow_none=True, metadata={"description": "Why the template leaves it as it is."})

    example: ClassVar = {
        "day": "2026-12-19",
        "planned_on": "2026-12-19",
        "plan_id": _PLAN,
        "status": "draft",
        "differs": ["stops"],
        "why": None,
    }


class TemplateChangesOut(Out):
    """What making plans of a period would do. Each day stands in one list."""

    plan_template_id = Id()
    template_version = Whole(1, metadata={"description": "Say it again when you make the plans."})
    from_day = Day()
    to_day = Day()
    added = Many(Nested(TemplatePlanOut), MOST_DAYS, metadata={"description": "Days without a plan yet."})
    changed = Many(
        Nested(TemplatePlanOut), MOST_DAYS, metadata={"description": "Drafts that nobody touched."}
    )
    removed = Many(
        Nested(TemplatePlanOut),
        MOST_DAYS,
        metadata={"description": "Drafts that nobody touched, of days that are no longer held."},
    )
    deleted = Many(
        Nested(TemplatePlanOut),
        MOST_DAYS,
        metadata={"description": "Drafts that somebody cancelled; they stay so, unless asked for."},
    )
    by_hand = Many(
        Nested(TemplatePlanOut),
        MOST_DAYS,
        metadata={"description": "Plans that somebody edited, published or visited: never touched."},
    )
    same = Many(Nested(TemplatePlanOut), MOST_DAYS, metadata={"description": "Nothing to do."})

    example: ClassVar = {
        "plan_template_id": _TEMPLATE,
        "template_version": 2,
        "from_day": "2026-12-01",
        "to_day": "2026-12-31",
        "added": [],
        "changed": [TemplatePlanOut.example],
        "removed": [],
        "deleted": [],
        "by_hand": [],
        "same": [],
    }


class MaterialiseFields(WireSchema):
    from_day = Day(required=True)
    to_day = Day(required=True, metadata={"description": f"At most {MOST_DAYS_MADE} days, both included."})
    template_version = Whole(
        1, required=True, metadata={"description": "The version whose changes were looked at."}
    )
    add = Many(
        Day(),
        MOST_DAYS,
        unique=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "Of the days under `added`, those to make; null is all of them."},
    )
    change = Many(
        Day(),
        MOST_DAYS,
        unique=True,
        load_default=list,
        metadata={"description": "Of the days under `changed`, those to change."},
    )
    remove = Many(
        Day(),
        MOST_DAYS,
        unique=True,
        load_default=list,
        metadata={"description": "Of the days under `removed`, those to remove."},
    )
    restore = Many(
        Day(),
        MOST_DAYS,
        unique=True,
        load_default=list,
        metadata={"description": "Of the days under `deleted`, those to make again."},
    )

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["to_day"] < data["from_day"]:
            raise Coded("wrong_order")
        if (data["to_day"] - data["from_day"]).days >= MOST_DAYS_MADE:
            raise Coded("too_many_days", most=MOST_DAYS_MADE)


class MaterialiseBody(MaterialiseFields):
    """Make drafts of a period. What is there changes only where a day is named; nobody's own work ever does."""

    example: ClassVar = {
        "from_day": "2026-12-01",
        "to_day": "2026-12-31",
        "template_version": 1,
        "change": ["2026-12-19"],
    }


class MaterialiseIn(MaterialiseFields):
    plan_template_id = Id(required=True)

    example: ClassVar = {**MaterialiseBody.example, "plan_template_id": _TEMPLATE}


class MaterialisationOut(Out):
    """What was done. Of a day that was named and could not be done, `left` says why."""

    id = Id()
    plan_template_id = Id()
    template_version = Whole(1)
    from_day = Day()
    to_day = Day()
    made_at = Instant()
    added = Many(Nested(TemplatePlanOut), MOST_DAYS)
    changed = Many(Nested(TemplatePlanOut), MOST_DAYS)
    removed = Many(Nested(TemplatePlanOut), MOST_DAYS)
    restored = Many(Nested(TemplatePlanOut), MOST_DAYS)
    left = Many(Nested(TemplatePlanOut), MOST_DAYS)

    example: ClassVar = {
        "id": _MADE,
        "plan_template_id": _TEMPLATE,
        "template_version": 1,
        "from_day": "2026-12-01",
        "to_day": "2026-12-31",
        "made_at": "2026-11-20T04:05:06Z",
        "added": [{**TemplatePlanOut.example, "differs": []}],
        "changed": [],
        "removed": [],
        "restored": [],
        "left": [],
    }
