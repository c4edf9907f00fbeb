"""Partners and what is taken to the round table (円卓会議) on the wire."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, PageQuery, WireSchema
from schemas.fields import Coded, Day, Flag, Id, Many, Nested, QueryFlag, Text, Whole, Word
from schemas.problem import FaultOut
from schemas.vocabulary import IssueStatus, PartnerKind, PublishedStep, Stage, Topic

_PARTNER_ID = "1f0e9d8c-7b6a-4594-8372-615f4e3d2c1b"
_ISSUE_ID = "8a7b6c5d-4e3f-4210-9f8e-7d6c5b4a3928"


class PartnerFields(WireSchema):
    kana = Text(120, allow_none=True)
    name_en = Text(120, allow_none=True)
    stop_id = Id(allow_none=True, metadata={"description": "The stop that this partner hosts."})
    destination_id = Id(allow_none=True, metadata={"description": "The destination that this partner runs."})


class PartnerIn(PartnerFields):
    """An organisation or a host that works with us."""

    name = Text(120, required=True)
    kind = Word(PartnerKind, required=True)
    since = Day(required=True)

    example: ClassVar = {"name": "小金原地区社会福祉協議会", "kind": "residents", "since": "2026-04-01"}


class PartnerChange(PartnerFields):
    """Only what changes."""

    name = Text(120)
    kind = Word(PartnerKind)
    since = Day()
    active = Flag()

    example: ClassVar = {"active": False}

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data:
            raise Coded("nothing_to_change")


class PartnerOut(Out):
    id = Id()
    version = Whole(1)
    name = Text(120)
    kana = Text(120, allow_none=True)
    name_en = Text(120, allow_none=True)
    kind = Word(PartnerKind)
    stop_id = Id(allow_none=True)
    destination_id = Id(allow_none=True)
    since = Day()
    active = Flag()

    example: ClassVar = {
        **PartnerIn.example,
        "id": _PARTNER_ID,
        "version": 1,
        "kana": None,
        "name_en": None,
        "stop_id": None,
        "destination_id": None,
        "active": True,
    }


class PartnerQuery(PageQuery):
    kind = Word(PartnerKind, load_default=None)
    active = QueryFlag(load_default=None)


class IssueIn(WireSchema):
    """What many contacts have in common. No person is in it."""

    title = Text(120, required=True)
    topic = Word(Topic, required=True)
    stage = Word(Stage, required=True)
    raised_on = Day(required=True)

    example: ClassVar = {
        "title": "夏休みの昼食を一人で食べる小学生が多い",
        "topic": "food",
        "stage": "elementary",
        "raised_on": "2026-11-28",
    }


class IssueAdvanceIn(WireSchema):
    """The next step; steps may be left out, but never taken back."""

    to = Word(IssueStatus, required=True)
    on_day = Day(required=True)
    action = Text(400, lines=True, load_default=None, allow_none=True)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("to") is IssueStatus.ACTION and data.get("action") is None:
            raise Coded("action_missing")

    example: ClassVar = {
        "to": "action",
        "on_day": "2027-01-20",
        "action": "長期休みに昼の出店を月2回に増やす",
    }


class IssueOut(Out):
    id = Id()
    version = Whole(1)
    title = Text(120)
    topic = Word(Topic)
    stage = Word(Stage)
    status = Word(IssueStatus)
    raised_on = Day()
    discussed_on = Day(allow_none=True)
    action_on = Day(allow_none=True)
    action = Text(400, lines=True, allow_none=True)
    closed_on = Day(allow_none=True)

    example: ClassVar[Any] = {
        **IssueIn.example,
        "id": _ISSUE_ID,
        "version": 1,
        "status": "raised",
        "discussed_on": None,
        "action_on": None,
        "action": None,
        "closed_on": None,
    }


class IssueWrittenOut(IssueOut):
    warnings = fields.List(Nested(FaultOut))

    example: ClassVar[Any] = {**IssueOut.example, "warnings": []}


class IssuePublishIn(WireSchema):
    """A step of an issue in words for everybody. They are told once, and neither changed nor taken back."""

    step = Word(PublishedStep, required=True)
    text = Text(
        200,
        required=True,
        metadata={
            "description": "Written for this; title and action are never shown. What looks like a person is refused."
        },
    )
    text_en = Text(300, load_default=None, allow_none=True)

    example: ClassVar = {
        "step": "raised",
        "text": "夏休みの昼食を一人で食べる小学生がいる",
        "text_en": "Some pupils eat lunch alone in the summer holidays",
    }


class PublishedStepOut(Out):
    step = Word(PublishedStep)
    on_day = Day()
    text = Text(200)
    text_en = Text(300, allow_none=True)

    example: ClassVar[Any] = {"on_day": IssueIn.example["raised_on"], **IssuePublishIn.example}


class IssuePublishedOut(Out):
    id = Id()
    version = Whole(1)
    published = Many(Nested(PublishedStepOut), 3)
    warnings = fields.List(Nested(FaultOut))

    example: ClassVar[Any] = {
        "id": _ISSUE_ID,
        "version": 1,
        "published": [PublishedStepOut.example],
        "warnings": [],
    }


class IssueQuery(PageQuery):
    status = Word(IssueStatus, load_default=None)
    topic = Word(Topic, load_default=None)
