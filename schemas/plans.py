"""Vans, plans and what became of them on the wire."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.base import Out, PageQuery, WireSchema
from schemas.fields import (
    Coded,
    Day,
    Flag,
    Id,
    Instant,
    Many,
    Nested,
    QueryFlag,
    Text,
    Week,
    Whole,
    Word,
)
from schemas.plan_checks import PLAN, STAYS_MOST, LegOut, PlanProblemOut
from schemas.plan_stops import PLAN_STOP, STOP, PlanStopIn, PlanStopOut
from schemas.posts import PostOut
from schemas.visits import WarningOut
from schemas.vocabulary import (
    CancelReason,
    PlanStatus,
)

_VAN = "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a"


class Stays(WireSchema):
    """The stays of a plan, in the order in which they are driven."""

    stops = Many(Nested(PlanStopIn), STAYS_MOST)

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
    stops = Many(Nested(PlanStopIn), STAYS_MOST, load_default=list)

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
    stops = Many(Nested(PlanStopOut), STAYS_MOST)
    created_at = Instant()

    example: ClassVar = {
        "id": PLAN,
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

    legs = Many(Nested(LegOut), STAYS_MOST + 1)

    example: ClassVar = {**PlanListedOut.example, "legs": [LegOut.example]}


class PlanDoneOut(PlanWholeOut):
    """A plan after a change of it; `warnings` are the soft violations that it was published with."""

    warnings = Many(Nested(WarningOut), 500)

    example: ClassVar = {**PlanWholeOut.example, "warnings": []}


class PlanCalledOffOut(PlanDoneOut):
    """A plan after it, or stays of it, were cancelled, with what to post for those who would have come."""

    posts = Many(Nested(PostOut), STAYS_MOST)

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
