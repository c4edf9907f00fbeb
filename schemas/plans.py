"""Vans, plans and what became of them on the wire."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, PageQuery, WireSchema
from schemas.fields import (
    Coded,
    Day,
    Flag,
    Id,
    Instant,
    LocalTime,
    Many,
    Nested,
    QueryFlag,
    Text,
    Week,
    Whole,
    Word,
)
from schemas.plan_stops import PLAN_STOP, STOP, PlanStopIn, PlanStopOut
from schemas.posts import PostOut
from schemas.visits import WarningOut
from schemas.vocabulary import (
    CancelReason,
    LegBasis,
    PlanStatus,
    Remedy,
    Severity,
)

_VAN = "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a"
_PLAN = "8c7b6a59-4838-4271-9605-f4e3d2c1b0a9"

_STAYS_MOST = 30


class Stays(WireSchema):
    """The stays of a plan, in the order in which they are driven."""

    stops = Many(Nested(PlanStopIn), _STAYS_MOST)

    @validates_schema
    def check_order(self, data: dict[str, Any], **kwargs: Any) -> None:
        stays = data.get("stops", [])
        given = [stay["id"] for stay in stays if "id" in stay]
        if len(set(given)) != len(given):
            raise Coded("repeated")
        arrivals = [stay["arrive"] for stay in stays]
        if arrivals != sorted(arrivals):
            raise Coded("stays_out_of_order")


class PlanIn(Stays):
    """A van's route on one day, as a draft."""

    van_id = Id(required=True)
    local_day = Day(required=True)
    title = Text(80, load_default=None, allow_none=True)
    stops = Many(Nested(PlanStopIn), _STAYS_MOST, load_default=list)

    example: ClassVar = {
        "van_id": _VAN,
        "local_day": "2026-11-28",
        "title": "第4土曜 小金方面",
        "stops": [
            {
                "stop_id": STOP,
                "arrive": "10:00",
                "depart": "13:00",
                "host_asked": True,
                "host_channel": "phone",
                "host_answer": "yes",
            }
        ],
    }


class PlanChange(Stays):
    """Only what changes. `stops` is the whole list anew: a plan stop that is left out is removed for good."""

    van_id = Id()
    local_day = Day()
    title = Text(80, allow_none=True)

    example: ClassVar = {"stops": [{"id": PLAN_STOP, "stop_id": STOP, "arrive": "10:30", "depart": "13:00"}]}


class PublishIn(WireSchema):
    """Nothing to say: what is published is the plan as it stands."""

    example: ClassVar[Any] = {}


class PlanCancelIn(WireSchema):
    reason = Word(CancelReason, required=True)
    note = Text(200, load_default=None, allow_none=True, metadata={"description": "Never made public."})

    example: ClassVar = {"reason": "wind", "note": None}


class PlanStopCancelIn(PlanCancelIn):
    """One stay does not take place, or ends for good, as when thunder comes."""

    example: ClassVar = {"reason": "thunder", "note": None}


class PlanOut(Out):
    id = Id()
    version = Whole(1)
    van_id = Id()
    local_day = Day()
    iso_week = Week()
    title = Text(80, allow_none=True)
    status = Word(PlanStatus)
    revision = Whole(0, metadata={"description": "Counts publications; 0 is a plan never published."})
    changed_since_published = Flag(metadata={"description": "Publish again, so that everybody sees it."})
    cancel_reason = Word(CancelReason, allow_none=True)
    cancel_note = Text(200, allow_none=True)
    stops = Many(Nested(PlanStopOut), _STAYS_MOST)
    created_at = Instant()

    example: ClassVar = {
        "id": _PLAN,
        "version": 1,
        "van_id": _VAN,
        "local_day": "2026-11-28",
        "iso_week": "2026-W48",
        "title": "第4土曜 小金方面",
        "status": "draft",
        "revision": 0,
        "changed_since_published": False,
        "cancel_reason": None,
        "cancel_note": None,
        "stops": [PlanStopOut.example],
        "created_at": "2026-11-20T04:05:06Z",
    }


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


class PlanProblemOut(Out):
    """What is wrong with a published plan, as it was when that was last looked at again."""

    code = fields.String()
    severity = Word(Severity)
    plan_stop_ids = Many(Id(), _STAYS_MOST)
    stop_names = Many(Text(120), _STAYS_MOST)
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


class PlanListedOut(PlanOut):
    """A plan with what broke since it was published; for those who plan, null for others."""

    checked_at = Instant(allow_none=True, metadata={"description": "When it was last looked at again."})
    broken_since = Instant(
        allow_none=True, metadata={"description": "Since when it could not be published as it stands."}
    )
    problems = Many(Nested(PlanProblemOut), 1_000, allow_none=True)

    example: ClassVar = {
        **PlanOut.example,
        "checked_at": "2026-11-25T18:00:03Z",
        "broken_since": "2026-11-25T18:00:03Z",
        "problems": [PlanProblemOut.example],
    }


class PlanWholeOut(PlanListedOut):
    """A plan with its drives."""

    legs = Many(Nested(LegOut), _STAYS_MOST + 1)

    example: ClassVar = {**PlanListedOut.example, "legs": [LegOut.example]}


class PlanDoneOut(PlanWholeOut):
    """A plan after a change of it; `warnings` are the soft violations that it was published with."""

    warnings = Many(Nested(WarningOut), 500)

    example: ClassVar = {**PlanWholeOut.example, "warnings": []}


class PlanCalledOffOut(PlanDoneOut):
    """A plan after it, or stays of it, were cancelled, with what to post for those who would have come."""

    posts = Many(Nested(PostOut), _STAYS_MOST)

    example: ClassVar = {**PlanDoneOut.example, "posts": [PostOut.example]}


class PlanQuery(PageQuery):
    week = Week(load_default=None)
    from_day = Day(load_default=None)
    to_day = Day(load_default=None)
    van_id = Id(load_default=None)
    status = Word(PlanStatus, load_default=None)
    broken = QueryFlag(
        load_default=None,
        metadata={"description": "true: published, and since then something broke. For those who plan."},
    )


class MendOut(Out):
    """One thing that would put it right; what is null stays as it is. Each of a violation's mends is enough by
    itself, but those of `break_missing`, which belong together."""

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
    plan_stop_ids = Many(Id(), _STAYS_MOST)
    stop_names = Many(Text(120), _STAYS_MOST, metadata={"description": "Of these stays, in the same order."})
    cause = fields.String(metadata={"description": "What is wrong, in the language that was asked for."})
    fix = fields.String(metadata={"description": "What would put it right."})
    numbers = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(),
        metadata={"description": "What the cause is made of: minutes, days, centimetres."},
    )
    mends = Many(Nested(MendOut), _STAYS_MOST, metadata={"description": "The fix, for machines."})

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
    violations = Many(Nested(ViolationOut), 1_000)
    legs = Many(Nested(LegOut), _STAYS_MOST + 1)
    estimated_legs = Whole(0, metadata={"description": "How many of the drives are estimates."})

    example: ClassVar = {
        "plan_id": _PLAN,
        "plan_version": 1,
        "publishable": False,
        "legs": [LegOut.example],
        "estimated_legs": 1,
        "violations": [ViolationOut.example],
    }
