"""The day itself on the wire: the run sheet, the re-plan of the rest of the day, and what stays at a stop were like."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, WireSchema
from schemas.briefs import StopBriefOut
from schemas.fields import Coded, Day, Flag, Id, Instant, LocalTime, Many, Nested, Text, Whole, Word
from schemas.plan_checks import LegOut, ViolationOut
from schemas.plans import PlanChange
from schemas.stops import HostOut, Position
from schemas.vocabulary import CancelReason, LegBasis, PlanStatus, StayState

_PLAN = "8c7b6a59-4838-4271-9605-f4e3d2c1b0a9"
_PLAN_STOP = "6d5a1f0e-7b3c-4d2e-8f10-a1b2c3d4e5f6"
_STOP = "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01"
_VAN = "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a"
_STAYS_MOST = 30


class SheetStayOut(Out):
    """One stay of the day, in the order of the plan. Times are local to Asia/Tokyo; null: not on that day."""

    plan_stop_id = Id()
    drive = Nested(LegOut, allow_none=True, metadata={"description": "The drive there."})
    set_up_from = LocalTime(allow_none=True)
    arrive = LocalTime(metadata={"description": "Opens to visitors."})
    depart = LocalTime(metadata={"description": "Closes."})
    packed_by = LocalTime(allow_none=True)
    leave_by = LocalTime(
        allow_none=True,
        metadata={"description": "The last minute to leave for the next stay, if that is to open in time."},
    )
    state = Word(StayState)
    cancel_reason = Word(CancelReason, allow_none=True)
    skipped = Flag(metadata={"description": "Nobody opened it, and a later stay was opened."})
    opened = LocalTime(allow_none=True)
    closed = LocalTime(allow_none=True)
    late_minutes = Whole(
        -10_000_000, allow_none=True, metadata={"description": "Opened so much after it was planned."}
    )
    overdue_minutes = Whole(0, metadata={"description": "It should be open since so many minutes."})
    expected_open = LocalTime(
        allow_none=True,
        metadata={
            "description": "When it can open at the earliest as things stand, if it is still ahead today."
        },
    )
    expected_late_minutes = Whole(0, allow_none=True)
    missed = Flag(metadata={"description": "As things stand it can't open before it closes: re-plan."})
    host = Nested(
        HostOut, allow_none=True, metadata={"description": "For those who arrange things with hosts."}
    )
    brief = Nested(StopBriefOut)

    example: ClassVar = {
        "plan_stop_id": _PLAN_STOP,
        "drive": LegOut.example,
        "set_up_from": "09:30",
        "arrive": "10:00",
        "depart": "13:00",
        "packed_by": "13:30",
        "leave_by": "13:52",
        "state": "planned",
        "cancel_reason": None,
        "skipped": False,
        "opened": None,
        "closed": None,
        "late_minutes": None,
        "overdue_minutes": 10,
        "expected_open": "10:10",
        "expected_late_minutes": 10,
        "missed": False,
        "host": None,
        "brief": StopBriefOut.example,
    }


class WorkBreakOut(Out):
    """The break that so long a day owes: in one piece between two stays, by the times at which visits really were."""

    owed_minutes = Whole(1)
    longest_minutes = Whole(0, metadata={"description": "The longest piece there is."})
    kept = Flag(metadata={"description": "False: that is too short. Somebody must take over at the counter."})
    begins = LocalTime(
        allow_none=True, metadata={"description": "Once everything is packed; the drive may come first."}
    )
    ends = LocalTime(allow_none=True)
    before_plan_stop_id = Id(allow_none=True, metadata={"description": "The stay that follows it."})

    example: ClassVar = {
        "owed_minutes": 45,
        "longest_minutes": 60,
        "kept": True,
        "begins": "13:30",
        "ends": "14:15",
        "before_plan_stop_id": _PLAN_STOP,
    }


class RunSheetOut(Out):
    """A day for the crew. No texts, no people: promises are coded."""

    plan_id = Id()
    plan_version = Whole(1)
    van_id = Id()
    van_name = Text(120)
    local_day = Day()
    title = Text(80, allow_none=True)
    status = Word(PlanStatus)
    revision = Whole(0)
    as_of = Instant()
    leave_base = LocalTime(
        allow_none=True, metadata={"description": "The last minute to leave the base. Null: it has none."}
    )
    back_at_base = LocalTime(allow_none=True)
    work_break = Nested(
        WorkBreakOut, allow_none=True, metadata={"description": "Null: so short a day owes none."}
    )
    stays = Many(Nested(SheetStayOut), _STAYS_MOST)
    violations = Many(
        Nested(ViolationOut),
        1_000,
        metadata={"description": "What check says of the rest of today, at the times to be expected."},
    )

    example: ClassVar = {
        "plan_id": _PLAN,
        "plan_version": 3,
        "van_id": _VAN,
        "van_name": "くるくる号",
        "local_day": "2026-11-28",
        "title": "第4土曜 小金方面",
        "status": "published",
        "revision": 1,
        "as_of": "2026-11-28T01:10:00Z",
        "leave_base": "09:18",
        "back_at_base": "15:45",
        "work_break": WorkBreakOut.example,
        "stays": [SheetStayOut.example],
        "violations": [],
    }


class StopStaysOut(Out):
    """What the last visits of a stop (six at most) were like, for whoever plans the next one. Closed ones only."""

    stop_id = Id()
    visits = Whole(0)
    first_day = Day(allow_none=True)
    last_day = Day(allow_none=True)
    median_open_minutes = Whole(0, allow_none=True)
    planned_visits = Whole(0, metadata={"description": "How many of them had been planned."})
    median_late_minutes = Whole(
        -10_000_000,
        allow_none=True,
        metadata={"description": "Of those: opened after plan; early is negative."},
    )
    usual_attendance = Whole(-1_000_000, allow_none=True, metadata={"description": "The median of 延べ人数."})
    next_stay_minutes = Whole(0, metadata={"description": "What suggestions plan for the next stay."})
    learned = Flag(metadata={"description": "False: too few visits tell; it is the setting's."})

    example: ClassVar = {
        "stop_id": _STOP,
        "visits": 6,
        "first_day": "2026-06-20",
        "last_day": "2026-11-21",
        "median_open_minutes": 118,
        "planned_visits": 5,
        "median_late_minutes": 7,
        "usual_attendance": 41,
        "next_stay_minutes": 120,
        "learned": True,
    }


class ReplanIn(WireSchema):
    """Where the van is and how long the day may still be. All may be left out: then it is where it last opened."""

    now = Instant(load_default=None, metadata={"description": "Default: the server's time."})
    position = Nested(Position, load_default=None, metadata={"description": "Where the van is, packed."})
    stop_id = Id(load_default=None, metadata={"description": "The same, as a stop."})
    until = LocalTime(
        load_default=None,
        metadata={"description": "Back at the base by then; packed by then, if the van has no base."},
    )
    breaks = Flag(
        load_default=True,
        metadata={
            "description": "False: people take turns at the counter, so no break need lie between two stays."
        },
    )
    shorter_by_minutes = Whole(
        0, 1_440, load_default=None, metadata={"description": "The day is to end so much before its plan."}
    )

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["position"] is not None and data["stop_id"] is not None:
            raise Coded("two_places")
        if data["until"] is not None and data["shorter_by_minutes"] is not None:
            raise Coded("two_ends")

    example: ClassVar = {"now": "2026-11-28T03:40:00Z", "until": "16:00"}


class OpenNowOut(Out):
    plan_stop_id = Id()
    stop_name = Text(120)
    depart = LocalTime(metadata={"description": "When it is to close."})
    shorter_minutes = Whole(0, metadata={"description": "So much before it was planned to."})

    example: ClassVar = {
        "plan_stop_id": "7e6b2a1f-8c4d-4e3f-9a21-b2c3d4e5f607",
        "stop_name": "馬橋 ひだまり寺 境内",
        "depart": "12:55",
        "shorter_minutes": 5,
    }


class RestStayOut(Out):
    """A stay that is still ahead."""

    plan_stop_id = Id()
    visit_id = Id()
    stop_id = Id()
    stop_name = Text(120)
    promises = Whole(0, metadata={"description": "Open ones that are due there by today."})
    announced = Flag()
    planned_arrive = LocalTime()
    planned_depart = LocalTime()


class KeptStayOut(RestStayOut):
    arrive = LocalTime()
    depart = LocalTime()
    moved = Flag(metadata={"description": "Its times are others than planned: tell the host."})
    leave_by = LocalTime(allow_none=True)
    drive_minutes = Whole(0, allow_none=True)
    basis = Word(LegBasis, allow_none=True)

    example: ClassVar = {
        "plan_stop_id": _PLAN_STOP,
        "visit_id": "6f1c9b64-30fd-5d0a-9b0e-3a4a0f6a1d22",
        "stop_id": _STOP,
        "stop_name": "常盤平団地 中央広場",
        "promises": 1,
        "announced": True,
        "planned_arrive": "14:00",
        "planned_depart": "15:30",
        "arrive": "14:10",
        "depart": "15:10",
        "moved": True,
        "leave_by": "13:25",
        "drive_minutes": 15,
        "basis": "estimate",
    }


class DroppedStayOut(RestStayOut):
    """Why it is not kept, in numbers; `fix` is what would let it in."""

    code = fields.String()
    cause = fields.String()
    fix = fields.String()
    numbers = fields.Dict(keys=fields.String(), values=fields.Raw())

    example: ClassVar = {
        "plan_stop_id": "5c4b3a29-1807-46f5-b4e3-d2c1b0a99887",
        "visit_id": "2b1c9b64-30fd-5d0a-9b0e-3a4a0f6a1d22",
        "stop_id": "1a0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a02",
        "stop_name": "小金原 たけのこ公園",
        "promises": 0,
        "announced": True,
        "planned_arrive": "16:30",
        "planned_depart": "17:30",
        "code": "rest_back_late",
        "cause": "ここへ行くと、終わりの時刻を40分すぎます（車が動けるのは13:25から）。",
        "fix": "終わりを40分遅くすれば行けます。",
        "numbers": {"missing_minutes": 40, "ready": "13:25"},
    }


class ReplanOut(Out):
    """The rest of the day anew. Nothing is changed by it: a planner sends `change` and publishes."""

    plan_id = Id()
    plan_version = Whole(1, metadata={"description": "What If-Match takes with `change`."})
    ready = LocalTime(allow_none=True, metadata={"description": "When the van is free to leave."})
    until = LocalTime(allow_none=True)
    under_way = Nested(OpenNowOut, allow_none=True, metadata={"description": "The stay that is open now."})
    keep = Many(Nested(KeptStayOut), _STAYS_MOST)
    drop = Many(Nested(DroppedStayOut), _STAYS_MOST)
    back_at_base = LocalTime(allow_none=True)
    work_break = Nested(
        WorkBreakOut, allow_none=True, metadata={"description": "Null: so short a day owes none."}
    )
    promises_due = Whole(0)
    promises_kept = Whole(0)
    violations = Many(
        Nested(ViolationOut), 1_000, metadata={"description": "What check says of the plan with the change."}
    )
    publishable = Flag()
    proven = Flag(metadata={"description": "Nothing better exists by these rules; false if time ran out."})
    change = Nested(
        PlanChange,
        allow_none=True,
        metadata={"description": "For PATCH /v1/plans/{plan_id}. Null: nothing is left; cancel the plan."},
    )

    example: ClassVar = {
        "plan_id": _PLAN,
        "plan_version": 3,
        "ready": "13:25",
        "until": "16:00",
        "under_way": OpenNowOut.example,
        "keep": [KeptStayOut.example],
        "drop": [DroppedStayOut.example],
        "back_at_base": "15:55",
        "work_break": None,
        "promises_due": 1,
        "promises_kept": 1,
        "violations": [],
        "publishable": True,
        "proven": True,
        "change": PlanChange.example,
    }
