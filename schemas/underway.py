"""The day itself on the wire: the run sheet, the re-plan of the rest of the day, and what stays at a stop were like."""

from typing import ClassVar

from schemas.base import Out
from schemas.briefs import StopBriefOut
from schemas.fields import Day, Flag, Id, Instant, LocalTime, Many, Nested, Text, Whole, Word
from schemas.plan_checks import LegOut, ViolationOut
from schemas.stops import HostOut
from schemas.vocabulary import CancelReason, PlanStatus, StayState

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
