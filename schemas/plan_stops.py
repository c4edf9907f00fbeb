"""One stay of a plan on the wire: when it opens and closes, what its host said, whether it is decided."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.base import Out, WireSchema
from schemas.fields import Coded, Flag, Id, LocalTime, Text, Whole, Word
from schemas.vocabulary import CancelReason, HostAnswer, HostChannel

PLAN_STOP = "6d5a1f0e-7b3c-4d2e-8f10-a1b2c3d4e5f6"
STOP = "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01"
_VISIT = "6f1c9b64-30fd-5d0a-9b0e-3a4a0f6a1d22"
_DAYS_BEFORE_MOST = 14
_UNDECIDED = (
    "Announced as not decided yet, until the time at which it is decided; then it takes place unless it was "
    "cancelled. Published stays say so at once."
)
_DECIDE_BY = (
    "When it is decided, local time, that morning or `decide_days_before` days before; null: as "
    "OUTREACH_WEATHER_DECIDED_AT says."
)


class PlanStopIn(WireSchema):
    """One stay. `arrive` and `depart` are when it opens and closes; set-up comes before, teardown after."""

    id = Id(
        metadata={
            "description": "Id of the plan stop. Give the one it has, to keep it (its visit's id follows "
            "from it); a new one may be made by the client, else the server makes one."
        }
    )
    stop_id = Id(required=True)
    arrive = LocalTime(required=True)
    depart = LocalTime(required=True)
    announce = Flag(metadata={"description": "Default: true, unless the stop is for members only."})
    undecided = Flag(load_default=False, metadata={"description": _UNDECIDED})
    decide_by = LocalTime(load_default=None, allow_none=True, metadata={"description": _DECIDE_BY})
    decide_days_before = Whole(0, _DAYS_BEFORE_MOST, load_default=0)
    host_asked = Flag(load_default=False)
    host_channel = Word(HostChannel, load_default=None)
    host_answer = Word(HostAnswer, load_default=None)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["depart"] <= data["arrive"]:
            raise Coded("wrong_order")
        if not data["host_asked"] and (data["host_channel"] is not None or data["host_answer"] is not None):
            raise Coded("host_answer_unasked")


class DecisionIn(WireSchema):
    """Whether one stay of a published plan is decided: it takes place, or it is said later."""

    undecided = Flag(required=True, metadata={"description": _UNDECIDED})
    decide_by = LocalTime(load_default=None, allow_none=True, metadata={"description": _DECIDE_BY})
    decide_days_before = Whole(0, _DAYS_BEFORE_MOST, load_default=0)

    example: ClassVar = {"undecided": True, "decide_by": "08:30"}


class HostSaidIn(WireSchema):
    """Whether the host of a stay was asked, and what they said; the last word counts, published or not."""

    host_asked = Flag(load_default=True)
    host_channel = Word(HostChannel, load_default=None)
    host_answer = Word(HostAnswer, load_default=None)

    example: ClassVar = {"host_channel": "line", "host_answer": "yes"}

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data["host_asked"] and (data["host_channel"] is not None or data["host_answer"] is not None):
            raise Coded("host_answer_unasked")


class PlanStopOut(Out):
    id = Id()
    visit_id = Id(metadata={"description": "Id of the visit that this stay leads to, also offline."})
    stop_id = Id()
    stop_code = Text(40)
    stop_name = Text(120)
    arrive = LocalTime()
    depart = LocalTime()
    announce = Flag()
    undecided = Flag()
    decide_by = LocalTime(allow_none=True)
    decide_days_before = Whole(0, _DAYS_BEFORE_MOST)
    host_asked = Flag()
    host_channel = Word(HostChannel, allow_none=True)
    host_answer = Word(HostAnswer, allow_none=True)
    cancel_reason = Word(CancelReason, allow_none=True)
    cancel_note = Text(200, allow_none=True)

    example: ClassVar = {
        "id": PLAN_STOP,
        "visit_id": _VISIT,
        "stop_id": STOP,
        "stop_code": "K07",
        "stop_name": "常盤平団地 中央広場",
        "arrive": "10:00",
        "depart": "13:00",
        "announce": True,
        "undecided": False,
        "decide_by": None,
        "decide_days_before": 0,
        "host_asked": True,
        "host_channel": "phone",
        "host_answer": "yes",
        "cancel_reason": None,
        "cancel_note": None,
    }
