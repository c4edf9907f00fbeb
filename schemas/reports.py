"""Reports and trends on the wire."""

from typing import Any, ClassVar

from marshmallow import fields

from schemas import report_sections as sections
from schemas.base import Out, Query
from schemas.fields import Day, Instant, Many, Nested, QueryWhole, Text, Week, Whole, Word
from schemas.report_example import A_WEEK, TREND_POINT
from schemas.report_weeks import ChangedFigureOut, LateOut, ReportStateOut
from schemas.vocabulary import ReportForm


class ReachReportOut(Out):
    """Every figure of one period. For use inside the organisation."""

    period = Nested(sections.PeriodOut)
    as_of = Instant()
    state = Nested(ReportStateOut)
    reference_day = Day(metadata={"description": "The day up to which stops and coverage are judged."})
    change_no = Whole(0, metadata={"description": "The last change that is in it."})
    attendance = Nested(sections.AttendanceFiguresOut)
    contacts = Nested(sections.ContactFiguresOut)
    funnel = Nested(sections.FunnelOut)
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
    compared = Many(Nested(sections.ComparedOut), 3)
    what_changed = Many(
        Nested(sections.FigureChangeOut), 20, metadata={"description": "Empty while the period goes on."}
    )
    months = Many(
        Nested(sections.TrendPointOut),
        12,
        metadata={"description": "Of a quarter or fiscal year: its months so far."},
    )
    programmes = Many(Nested(sections.ProgrammeFiguresOut), 8)
    programme_work = Nested(sections.ProgrammeWorkOut)
    principles = Nested(sections.PrinciplesOut)
    late = Many(
        Nested(LateOut),
        1_000_000,
        metadata={
            "description": "Of a version: visits that add something else by now. Sums only, of nobody."
        },
    )
    changed_figures = Many(
        Nested(ChangedFigureOut),
        10_000,
        metadata={"description": "Of a version: the figures that are counted otherwise by now."},
    )
    method = fields.List(Nested(sections.NoteOnMethodOut))

    example: ClassVar[Any] = {
        **A_WEEK,
        "state": ReportStateOut.example,
        "late": [LateOut.example],
        "changed_figures": [ChangedFigureOut.example],
    }


class TrendOut(Out):
    trend = Many(Nested(sections.TrendPointOut), 60)

    example: ClassVar[Any] = {"trend": [TREND_POINT]}


class ReachReportQuery(Query):
    format = Word(
        ReportForm,
        load_default=None,
        metadata={
            "description": "json, csv, visits (a CSV with a row for each visit held, as known now), xlsx, pdf, html; if left "
            "out, what Accept prefers."
        },
    )
    bom = QueryWhole(
        0,
        1,
        load_default=1,
        metadata={
            "description": "0: a CSV without byte order mark and, of visits, with codes for a header: for scripts."
        },
    )

    version = Text(
        9,
        form="live|[1-9][0-9]{0,8}",
        load_default=None,
        metadata={
            "description": "Of a closed week: one of its versions, or live for what is known now. Default: the newest version; "
            "what is known now of everything else."
        },
    )
    changed_since = Instant(
        load_default=None,
        metadata={
            "description": "304 if a kept version is asked for that was made then or earlier (by a minute, to be safe)."
        },
    )


class TrendQuery(Query):
    week = Week(load_default=None, metadata={"description": "The last week; default: the running one."})
    weeks = QueryWhole(1, 53, load_default=4)
