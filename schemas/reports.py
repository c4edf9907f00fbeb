"""Reports and trends on the wire."""

from typing import Any, ClassVar

from marshmallow import fields

from schemas import report_sections as sections
from schemas.base import Out, Query
from schemas.fields import Day, Instant, Many, Nested, QueryWhole, Week, Whole, Word
from schemas.report_example import A_WEEK, TREND_POINT
from schemas.vocabulary import ReportForm


class ReachReportOut(Out):
    """Every figure of one period. For use inside the organisation."""

    period = Nested(sections.PeriodOut)
    as_of = Instant()
    reference_day = Day(metadata={"description": "The day up to which stops and coverage are judged."})
    change_no = Whole(0, metadata={"description": "The last change that is in it."})
    attendance = Nested(sections.AttendanceFiguresOut)
    contacts = Nested(sections.ContactFiguresOut)
    referrals = Nested(sections.BothWaysOut)
    follow_ups = Nested(sections.FollowUpFiguresOut)
    visits = Nested(sections.VisitFiguresOut)
    stops = Nested(sections.StopFiguresOut)
    coverage = Nested(sections.CoverageFiguresOut)
    tickets = Nested(sections.TicketFiguresOut)
    sales = Nested(sections.SalesFiguresOut)
    completeness = Nested(sections.CompletenessOut)
    stamp_cards = Nested(sections.CardFiguresOut)
    trend = Many(Nested(sections.TrendPointOut), 60)
    principles = Nested(sections.PrinciplesOut)
    method = fields.List(Nested(sections.NoteOnMethodOut))

    example: ClassVar[Any] = A_WEEK


class TrendOut(Out):
    trend = Many(Nested(sections.TrendPointOut), 60)

    example: ClassVar[Any] = {"trend": [TREND_POINT]}


class ReachReportQuery(Query):
    format = Word(
        ReportForm,
        load_default=None,
        metadata={"description": "json, csv, xlsx; if left out, what Accept prefers."},
    )
    bom = QueryWhole(
        0, 1, load_default=1, metadata={"description": "0: a CSV without byte order mark, for scripts."}
    )


class TrendQuery(Query):
    week = Week(load_default=None, metadata={"description": "The last week; default: the running one."})
    weeks = QueryWhole(1, 53, load_default=4)
