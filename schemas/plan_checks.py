"""What a check of a plan says, on the wire: violations with what mends them, drives, and what broke since."""

from typing import ClassVar

from marshmallow import fields

from schemas.base import Out
from schemas.calendar import HolidayTold
from schemas.fields import (
    Day,
    Flag,
    Id,
    Instant,
    LocalTime,
    Many,
    Nested,
    Text,
    Whole,
    Word,
)
from schemas.plan_stops import PLAN_STOP
from schemas.vocabulary import (
    LegBasis,
    Remedy,
    Severity,
)

PLAN = "8c7b6a59-4838-4271-9605-f4e3d2c1b0a9"

STAYS_MOST = 30


class LegOut(Out):
    """A drive of the plan."""

    from_plan_stop_id = Id(allow_none=True, metadata={"description": "Null: the van's base."})
    to_plan_stop_id = Id(allow_none=True, metadata={"description": "Null: the van's base."})
    leave = LocalTime(
        allow_none=True,
        metadata={
            "description": "When everything is packed, or when the van must leave its base at the latest. "
            "Null: not on that day."
        },
    )
    minutes = Whole(0)
    basis = Word(
        LegBasis,
        metadata={
            "description": "road: the road server said so. estimate: nobody knows better yet. no_road: the "
            "road server knows no way there, and the minutes are an estimate."
        },
    )

    example: ClassVar = {
        "from_plan_stop_id": None,
        "to_plan_stop_id": PLAN_STOP,
        "leave": "09:18",
        "minutes": 12,
        "basis": "estimate",
    }


class MendOut(Out):
    """One thing that would put it right; what is null stays as it is. Each of a violation's mends is enough by
    itself, but those of `break_missing` and `day_needs_other_times`, which belong together."""

    what = Word(Remedy)
    plan_stop_id = Id(allow_none=True)
    arrive = LocalTime(allow_none=True)
    depart = LocalTime(allow_none=True)
    from_day = Day(allow_none=True, metadata={"description": "From this day on, or: must hold from then on."})
    to_day = Day(allow_none=True)
    minutes = fields.Integer(allow_none=True, metadata={"description": "Of move_plan; negative is earlier."})

    example: ClassVar = {
        "what": "move_stay",
        "plan_stop_id": PLAN_STOP,
        "arrive": "13:15",
        "depart": "15:15",
        "from_day": None,
        "to_day": None,
        "minutes": None,
    }


class ViolationOut(Out):
    code = fields.String()
    severity = Word(Severity)
    plan_stop_ids = Many(Id(), STAYS_MOST)
    stop_names = Many(Text(120), STAYS_MOST, metadata={"description": "Of these stays, in the same order."})
    cause = fields.String(metadata={"description": "What is wrong, in the language that was asked for."})
    fix = fields.String(metadata={"description": "What would put it right."})
    numbers = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(),
        metadata={"description": "What the cause is made of: minutes, days, centimetres."},
    )
    mends = Many(Nested(MendOut), STAYS_MOST, metadata={"description": "The fix, for machines."})

    example: ClassVar = {
        "code": "drive_too_short",
        "severity": "hard",
        "plan_stop_ids": [PLAN_STOP, "7e6b2a1f-8c4d-4e3f-9a21-b2c3d4e5f607"],
        "stop_names": ["常盤平団地 中央広場", "馬橋 ひだまり寺 境内"],
        "cause": "次の場所まで移動と片付け・準備に75分かかりますが、60分しかありません。",
        "fix": "前を11:45に終えるか、次を13:15に始めれば間に合います（あと15分）。",
        "numbers": {
            "needed_minutes": 75,
            "available_minutes": 60,
            "missing_minutes": 15,
            "drive_minutes": 15,
            "arrive": "13:15",
            "depart": "11:45",
        },
        "mends": [MendOut.example],
    }


class PlanCheckOut(Out):
    plan_id = Id()
    plan_version = Whole(1, metadata={"description": "The version that was checked."})
    publishable = Flag(metadata={"description": "True when no violation is hard."})
    holidays = Many(
        Nested(HolidayTold), 1_000, metadata={"description": "What holiday the plan's day is: no violation."}
    )
    violations = Many(Nested(ViolationOut), 1_000)
    legs = Many(Nested(LegOut), STAYS_MOST + 1)
    estimated_legs = Whole(0, metadata={"description": "How many of the drives are estimates."})

    example: ClassVar = {
        "plan_id": PLAN,
        "plan_version": 1,
        "publishable": False,
        "holidays": [],
        "legs": [LegOut.example],
        "estimated_legs": 1,
        "violations": [ViolationOut.example],
    }


class PlanProblemOut(Out):
    """What is wrong with a published plan, as it was when that was last looked at again."""

    code = fields.String()
    severity = Word(Severity)
    plan_stop_ids = Many(Id(), STAYS_MOST)
    stop_names = Many(Text(120), STAYS_MOST)
    since = Instant()
    cause = fields.String()
    fix = fields.String()

    example: ClassVar = {
        "code": "permission_ended",
        "severity": "hard",
        "plan_stop_ids": [PLAN_STOP],
        "stop_names": ["常盤平団地 中央広場"],
        "since": "2026-11-25T18:00:03Z",
        "cause": "使用許可・承諾が2026-11-27に終わり、この日は1日過ぎています。",
        "fix": "許可を更新して記録するか、2026-11-27までの日にしてください。",
    }
