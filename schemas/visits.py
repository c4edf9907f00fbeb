"""Visits, head counts and the hygiene log on the wire."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import SOURCE_DEFAULT, Out, PageQuery, WireSchema
from schemas.fields import (
    Coded,
    Day,
    Flag,
    Id,
    Instant,
    Many,
    Nested,
    Number,
    QueryFlag,
    Text,
    Week,
    Whole,
    Word,
)
from schemas.posts import PostOut
from schemas.vocabulary import Band, CancelReason, HygieneCheck, Source, VisitStatus


class VisitIn(WireSchema):
    """Arrival. A planned visit names its plan stop; an ad-hoc one its stop."""

    plan_stop_id = Id(load_default=None)
    stop_id = Id(load_default=None)
    van_id = Id(load_default=None, metadata={"description": "For coordinators; crew have one van."})
    local_day = Day(
        load_default=None,
        metadata={
            "description": "For an ad-hoc visit entered later, as from paper; else it follows from the time."
        },
    )
    opened_at = Instant(load_default=None, metadata={"description": "Default: when the operation occurred."})
    source = Word(Source, load_default=Source.APP)
    note = Text(200, load_default=None, metadata={"description": "About the site, never about a person."})

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if (data.get("plan_stop_id") is None) == (data.get("stop_id") is None):
            raise Coded("plan_stop_or_stop")

    example: ClassVar = {"plan_stop_id": "6d5a1f0e-7b3c-4d2e-8f10-a1b2c3d4e5f6"}


class CloseIn(WireSchema):
    """Departure. The first close received counts."""

    closed_at = Instant(load_default=None, metadata={"description": "Default: when the operation occurred."})
    early_reason = Word(
        CancelReason,
        load_default=None,
        allow_none=True,
        metadata={"description": "Why it ended before its time, as when rain came."},
    )

    example: ClassVar = {"closed_at": "2026-11-28T06:30:00Z"}


class CancelIn(WireSchema):
    """The visit does not take place. One that nobody opened yet is named by its plan stop."""

    reason = Word(CancelReason, required=True)
    note = Text(200, load_default=None)
    plan_stop_id = Id(load_default=None)

    example: ClassVar = {"reason": "rain", "plan_stop_id": "6d5a1f0e-7b3c-4d2e-8f10-a1b2c3d4e5f6"}


class CorrectIn(WireSchema):
    """A coordinator's correction of where or on which day it was; its facts follow."""

    local_day = Day()
    stop_id = Id()
    note = Text(200, allow_none=True)

    example: ClassVar = {"local_day": "2026-11-28"}


class MergeIn(WireSchema):
    """Two phones opened the same ad-hoc visit twice: this one's facts go to the other."""

    into = Id(required=True)

    example: ClassVar = {"into": "3f0d2c4b-1a59-5e68-b7c6-d5e4f3a2b1c0"}


def _bands() -> dict[str, Any]:
    return {band.value: Whole(-500, 500) for band in Band}


class Taps(WireSchema.from_dict(_bands(), name="Taps")):  # type: ignore[misc]
    """Increments by band; a mis-tap is taken back with a negative one."""


class HeadCountBody(WireSchema):
    counts = Nested(Taps, required=True)
    source = Word(Source, load_default=None, metadata={"description": SOURCE_DEFAULT})

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not any(data["counts"].values()):
            raise Coded("nothing_counted")

    example: ClassVar[Any] = {"counts": {"elem_low": 3, "guardian": 1}}


class HeadCountIn(HeadCountBody):
    visit_id = Id(required=True)

    example: ClassVar = {"visit_id": "3f0d2c4b-1a59-5e68-b7c6-d5e4f3a2b1c0", **HeadCountBody.example}


class HygieneBody(WireSchema):
    check = Word(HygieneCheck, required=True)
    passed = Flag(required=True)
    celsius = Number(-60, 120, load_default=None, metadata={"description": "To a tenth of a degree."})
    action = Text(200, load_default=None, metadata={"description": "What was done when it did not pass."})
    signed_by = Id(load_default=None)

    @validates_schema
    def check_action(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data["passed"] and data.get("action") is None:
            raise Coded("action_needed")
        if data["check"] in (HygieneCheck.FRIDGE, HygieneCheck.FREEZER) and data.get("celsius") is None:
            raise Coded("temperature_needed")

    example: ClassVar = {"check": "fridge", "passed": True, "celsius": 4.5}


class HygieneIn(HygieneBody):
    visit_id = Id(required=True)

    example: ClassVar = {"visit_id": "3f0d2c4b-1a59-5e68-b7c6-d5e4f3a2b1c0", **HygieneBody.example}


class HygieneOut(Out):
    id = Id()
    visit_id = Id()
    check = Word(HygieneCheck)
    passed = Flag()
    celsius = Number(-60, 120, allow_none=True)
    action = Text(200, allow_none=True)
    signed_by = Id(allow_none=True)
    occurred_at = Instant()

    example: ClassVar = {
        "id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "visit_id": "3f0d2c4b-1a59-5e68-b7c6-d5e4f3a2b1c0",
        "check": "fridge",
        "passed": True,
        "celsius": 4.5,
        "action": None,
        "signed_by": None,
        "occurred_at": "2026-11-28T01:00:00Z",
    }


class WarningOut(Out):
    """Something to look at, though the change stands."""

    path = fields.String()
    code = fields.String()
    detail = fields.String()


class AttendanceOut(Out):
    total = Whole(-1_000_000, metadata={"description": "延べ人数: people counted, not different people."})
    children = Whole(-1_000_000)
    by_band = fields.Dict(keys=fields.String(), values=fields.Integer())
    held_back = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={
            "description": "Of a visit told by the app and on paper: the telling that does not stand, not counted."
        },
    )


class VisitOut(Out):
    id = Id()
    version = Whole(1)
    van_id = Id()
    stop_id = Id()
    stop_name = Text(120)
    plan_id = Id(allow_none=True)
    plan_stop_id = Id(allow_none=True)
    plan_revision = Whole(0, allow_none=True)
    status = Word(VisitStatus)
    source = Word(Source, metadata={"description": "paper once anything of it was told on paper; else app."})
    local_day = Day()
    iso_week = Week()
    opened_at = Instant(allow_none=True)
    closed_at = Instant(allow_none=True)
    cancel_reason = Word(CancelReason, allow_none=True)
    note = Text(2_000, allow_none=True, metadata={"description": "What each phone remarked, a line each."})
    clock_suspect = Flag(metadata={"description": "The phone's clock was implausible; check the day."})
    merged_into = Id(allow_none=True)
    attendance = Nested(AttendanceOut)
    receipts_held_back = Whole(
        0, metadata={"description": "Receipts of the telling that does not stand, not counted."}
    )
    telling_chosen_at = Instant(
        allow_none=True, metadata={"description": "When a coordinator chose which telling stands."}
    )

    example: ClassVar = {
        "id": "3f0d2c4b-1a59-5e68-b7c6-d5e4f3a2b1c0",
        "version": 1,
        "van_id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
        "stop_id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
        "stop_name": "常盤平団地 中央広場",
        "plan_id": "8c7b6a59-4838-4271-9605-f4e3d2c1b0a9",
        "plan_stop_id": "6d5a1f0e-7b3c-4d2e-8f10-a1b2c3d4e5f6",
        "plan_revision": 1,
        "status": "open",
        "source": "app",
        "local_day": "2026-11-28",
        "iso_week": "2026-W48",
        "opened_at": "2026-11-28T01:05:00Z",
        "closed_at": None,
        "cancel_reason": None,
        "note": None,
        "clock_suspect": False,
        "merged_into": None,
        "attendance": {"total": 4, "children": 3, "by_band": {"elem_low": 3, "guardian": 1}, "held_back": {}},
        "receipts_held_back": 0,
        "telling_chosen_at": None,
    }


class VisitDoneOut(VisitOut):
    """A visit after a change of it, with what the sender should look at."""

    warnings = Many(Nested(WarningOut), 100)

    example: ClassVar = {**VisitOut.example, "warnings": []}


class VisitCalledOffOut(VisitDoneOut):
    """A visit after it was cancelled, with what to post for those who would have come."""

    post = Nested(PostOut, allow_none=True, metadata={"description": "Null for one that was not planned."})

    example: ClassVar = {**VisitDoneOut.example, "post": PostOut.example}


class VisitQuery(PageQuery):
    from_day = Day(load_default=None)
    to_day = Day(load_default=None)
    van_id = Id(load_default=None)
    stop_id = Id(load_default=None)
    status = Word(VisitStatus, load_default=None)
    told_twice = QueryFlag(
        load_default=None,
        metadata={"description": "true: only visits of which something is held back beside what counts."},
    )
