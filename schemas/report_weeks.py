"""Weeks of reports on the wire: closing one, telling it anew, and what was kept of it."""

from typing import Any, ClassVar

from marshmallow import fields

from schemas.base import Out, PageQuery, WireSchema
from schemas.fields import Day, Id, Instant, Many, Nested, Number, Text, Week, Whole, Word
from schemas.problem import FaultOut
from schemas.vocabulary import LateMeasure, RestateReason, WeekState

_WEEK = {"description": "It must be over."}
_NOTE = {
    "description": "For the office, never for reporters. No person may stand in it: what looks like one is warned of."
}


class WeekCloseBody(WireSchema):
    """Nothing: the path says which week."""

    example: ClassVar[Any] = {}


class WeekCloseIn(WeekCloseBody):
    week = Week(required=True, metadata=_WEEK)

    example: ClassVar = {"week": "2026-W47"}


class RestateBody(WireSchema):
    reason = Word(RestateReason, required=True)
    note = Text(280, lines=True, load_default=None, allow_none=True, metadata=_NOTE)

    example: ClassVar = {"reason": "late_data", "note": "電話1台が金曜に届いた"}


class RestateIn(RestateBody):
    week = Week(required=True, metadata={"description": "A closed one."})

    example: ClassVar = {"week": "2026-W47", **RestateBody.example}


class KeptVersionOut(Out):
    version = Whole(1)
    made_at = Instant()
    made_by = Id()
    change_no = Whole(0, metadata={"description": "Of the closing or restatement itself."})
    reason = Word(RestateReason, allow_none=True, metadata={"description": "Null of version 1, the closing."})
    note = Text(280, allow_none=True, metadata={"description": "Null for reporters."})

    example: ClassVar[Any] = {
        "version": 1,
        "made_at": "2026-11-24T01:02:03Z",
        "made_by": "1f0b7a52-6c3d-4e8f-9a01-b2c3d4e5f607",
        "change_no": 4_102,
        "reason": None,
        "note": None,
    }


class ReportWeekOut(Out):
    week = Week()
    from_ = Day(data_key="from", attribute="from")
    to = Day()
    state = Word(WeekState)
    version = Whole(1, allow_none=True, metadata={"description": "The newest; null while it is not closed."})
    closed_at = Instant(allow_none=True)
    differs_from_live = fields.Boolean(
        metadata={
            "description": "Records came or were put right since the newest version: what is counted differs."
        }
    )
    due_for_release = fields.Boolean(metadata={"description": "It is over and not yet released."})
    versions = Many(Nested(KeptVersionOut), 1_000, metadata={"description": "Oldest first."})
    warnings = Many(Nested(FaultOut), 20, metadata={"description": "What is known to be missing."})

    example: ClassVar[Any] = {
        "week": "2026-W47",
        "from": "2026-11-16",
        "to": "2026-11-22",
        "state": "closed",
        "version": 1,
        "closed_at": "2026-11-24T01:02:03Z",
        "differs_from_live": False,
        "due_for_release": True,
        "versions": [KeptVersionOut.example],
        "warnings": [],
    }


class ReportWeekQuery(PageQuery):
    from_week = Week(
        data_key="from", load_default=None, metadata={"description": "Default: the first with a visit."}
    )
    to_week = Week(
        data_key="to", load_default=None, metadata={"description": "Default, and latest: the running one."}
    )
    state = Word(WeekState, load_default=None)
    changed_since = Instant(
        load_default=None,
        metadata={
            "description": "Weeks that were closed, told anew or came to their end since then, or in the minute before."
        },
    )


class ReportStateOut(Out):
    """What the figures of a report are: known now, or kept when its week was closed or told anew."""

    name = Word(
        WeekState, metadata={"description": "A longer period is closed once all weeks that it touches are."}
    )
    as_of = Instant()
    version = Whole(
        1, allow_none=True, metadata={"description": "The version shown; null of figures as known now."}
    )
    newest_version = Whole(1, allow_none=True)
    closed_at = Instant(allow_none=True)
    reason = Word(RestateReason, allow_none=True, metadata={"description": "Why this version was told anew."})
    note = Text(280, allow_none=True, metadata={"description": "Null for reporters."})
    differs_from_live = fields.Boolean(
        metadata={
            "description": "Records came or were put right since this version. Figures that move on by themselves (places, "
            "coverage, cards, what became of promises, the trend) are not compared."
        }
    )
    weeks_not_closed = Many(
        Week(), 60, metadata={"description": "Of the weeks of the period that have begun."}
    )
    weeks_with_late_data = Many(
        Week(), 60, metadata={"description": "Closed ones that are counted otherwise by now."}
    )

    example: ClassVar[Any] = {
        "name": "closed",
        "as_of": "2026-11-30T01:02:03Z",
        "version": 1,
        "newest_version": 1,
        "closed_at": "2026-11-30T01:02:03Z",
        "reason": None,
        "note": None,
        "differs_from_live": True,
        "weeks_not_closed": [],
        "weeks_with_late_data": ["2026-W48"],
    }


class LateOut(Out):
    """A visit that adds something else than in this version."""

    stop_code = Text(40, allow_none=True, metadata={"description": "Null for reporters."})
    local_day = Day()
    measure = Word(LateMeasure)
    change = Whole(-(2**53), 2**53, metadata={"description": "What it adds now less what it added then."})
    received_at = Instant(
        allow_none=True,
        metadata={
            "description": "When the last record of it came; null if none did: something was taken back, joined or put right."
        },
    )

    example: ClassVar[Any] = {
        "stop_code": "K07",
        "local_day": "2026-11-28",
        "measure": "sales_yen",
        "change": 330,
        "received_at": "2026-12-01T04:05:06Z",
    }


class ChangedFigureOut(Out):
    figure = Text(80)
    key = Text(40, shortest=0)
    kept = Number(-1e18, 1e18, allow_none=True)
    now = Number(-1e18, 1e18, allow_none=True)

    example: ClassVar[Any] = {"figure": "sales.total_yen", "key": "", "kept": 41_230, "now": 41_560}
