"""Follow-ups and stamp cards on the wire: how somebody is met again without a name."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, PageQuery, Query, WireSchema
from schemas.contact_fields import CardNumber, CardWord
from schemas.fields import Coded, Day, Id, Nested, Number, Whole, Word
from schemas.vocabulary import FollowUpResult, FollowUpState, Promise

_FOLLOW_UP_ID = "4c3b2a19-8f7e-4d6c-9b5a-493827160f1e"
_VISIT_ID = "019ab1de-6f00-7c4e-8f6e-0f5e2b7a9c10"
_STOP_ID = "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01"


class FollowUpIn(WireSchema):
    """A promise, and the stop and day at which it is due."""

    visit_id = Id(required=True)
    promise = Word(Promise, required=True)
    due_day = Day(required=True)
    due_stop_id = Id(required=True)
    note_id = Id(load_default=None, allow_none=True)
    card_word = CardWord(
        load_default=None,
        allow_none=True,
        metadata={"description": "The random word on the card that was given, such as つばめ27."},
    )

    example: ClassVar = {
        "visit_id": _VISIT_ID,
        "promise": "bring_info",
        "due_day": "2026-12-26",
        "due_stop_id": _STOP_ID,
        "card_word": "つばめ27",
    }


class ReportFields(WireSchema):
    result = Word(FollowUpResult, required=True)
    visit_id = Id(load_default=None, allow_none=True, metadata={"description": "Where; needed for met."})
    local_day = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "Without a visit: the day; default the day on which it was reported."},
    )

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("result") is FollowUpResult.MET and data.get("visit_id") is None:
            raise Coded("met_where")


class ReportBody(ReportFields):
    example: ClassVar = {"result": "met", "visit_id": _VISIT_ID}


class ReportIn(ReportFields):
    follow_up_id = Id(required=True)

    example: ClassVar = {**ReportBody.example, "follow_up_id": _FOLLOW_UP_ID}


class ReportOut(Out):
    id = Id()
    result = Word(FollowUpResult)
    visit_id = Id(allow_none=True)
    local_day = Day()


class FollowUpOut(Out):
    id = Id()
    visit_id = Id()
    local_day = Day(metadata={"description": "When it was promised."})
    promise = Word(Promise)
    due_day = Day()
    due_stop_id = Id()
    note_id = Id(allow_none=True)
    card_word = CardWord(allow_none=True)
    result = Word(FollowUpResult, allow_none=True, metadata={"description": "The last one reported."})
    reports = fields.List(Nested(ReportOut))

    example: ClassVar = {
        "id": _FOLLOW_UP_ID,
        "visit_id": _VISIT_ID,
        "local_day": "2026-11-28",
        "promise": "bring_info",
        "due_day": "2026-12-26",
        "due_stop_id": _STOP_ID,
        "note_id": None,
        "card_word": "つばめ27",
        "result": None,
        "reports": [],
    }


class FollowUpQuery(PageQuery):
    due_from = Day(load_default=None)
    due_to = Day(load_default=None)
    due_stop_id = Id(load_default=None)
    state = Word(
        FollowUpState,
        load_default=None,
        metadata={"description": "due: not reported yet; overdue: and its day has passed in Tokyo."},
    )


class StampIn(WireSchema):
    """A stamp card seen at a visit. The number is random and belongs to nobody's name."""

    visit_id = Id(required=True)
    card = CardNumber(required=True)

    example: ClassVar = {"visit_id": _VISIT_ID, "card": "7K3QX9"}


class StampOut(Out):
    id = Id()
    visit_id = Id()
    local_day = Day()
    card = CardNumber()

    example: ClassVar = {
        "id": "7b6a5948-3726-4150-8f4e-3d2c1b0a9f8e",
        "visit_id": _VISIT_ID,
        "local_day": "2026-11-28",
        "card": "7K3QX9",
    }


class CardsQuery(Query):
    from_day = Day(required=True, metadata={"description": "First day of the first period."})
    split_day = Day(required=True, metadata={"description": "First day of the second period."})
    to_day = Day(required=True, metadata={"description": "Last day of the second period."})


class CardsOut(Out):
    """How many different card holders there are, by capture and recapture; no card is named."""

    first = Whole(0, metadata={"description": "n1: different cards in the first period."})
    second = Whole(0, metadata={"description": "n2: different cards in the second period."})
    both = Whole(0, metadata={"description": "m: cards seen in both."})
    method = fields.String(metadata={"enum": ["chapman"]})
    estimate = Number(0, 1e18, allow_none=True, metadata={"description": "Null when m < 7: too few to say."})
    standard_error = Number(0, 1e18, allow_none=True)
    low = Number(0, 1e18, allow_none=True, metadata={"description": "95 % interval, never below n1+n2−m."})
    high = Number(0, 1e18, allow_none=True)

    example: ClassVar = {
        "first": 40,
        "second": 35,
        "both": 12,
        "method": "chapman",
        "estimate": 112.5,
        "standard_error": 20.0,
        "low": 73.3,
        "high": 151.8,
    }
