"""The sections of a report on the wire. Aggregates only: nothing here can hold a person, a note or a receipt."""

from typing import Any

from marshmallow import fields

from schemas.base import Out
from schemas.fields import Day, Id, Many, Nested, Number, Text, Whole, Word
from schemas.vocabulary import (
    Against,
    CancelReason,
    ChangeCause,
    DestinationKind,
    PermissionType,
    ReportPeriodKind,
)

_MOST_PLACES = 100_000
_NOT_FOR_REPORTERS = {"description": "Null for reporters: they get how many."}


def _counts(says: str) -> fields.Field[Any]:
    return fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": says})


def _signed(says: str) -> Whole:
    return Whole(-(2**53), 2**53, metadata={"description": says})


def _share(says: str) -> Number:
    return Number(0, 1, allow_none=True, metadata={"description": f"{says} Null of nothing."})


class PeriodOut(Out):
    kind = Word(ReportPeriodKind)
    name = Text(20)
    from_ = Day(data_key="from", attribute="from")
    to = Day()
    timezone = Text(20)


class AttendanceFiguresOut(Out):
    total = _signed("延べ人数: people counted, not different people.")
    children = _signed("Infants up to high school.")
    adults = _signed("All others of whom the age is known.")
    per_visit = Number(-1e9, 1e9, allow_none=True, metadata={"description": "A visit held, on average."})
    children_per_visit = Number(-1e9, 1e9, allow_none=True)
    adults_per_visit = Number(-1e9, 1e9, allow_none=True)
    by_band = _counts("By head count band.")


class ContactFiguresOut(Out):
    total = Whole(0)
    conversations = Whole(0, metadata={"description": "Listening or deeper."})
    consultations = Whole(0, metadata={"description": "Consultation or crisis."})
    informed = Whole(0, metadata={"description": "Given at least one piece of information."})
    by_familiarity = _counts("new, returning, unknown")
    by_stage = _counts("A contact with two stages counts in both.")
    by_topic = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        allow_none=True,
        metadata={"description": "Internal: null for reporters. Violence is not among them."},
    )
    first_connection = _counts("Voluntary answers: yes, no.")


class FunnelOut(Out):
    """From contact to connection: how many of each step there were in the period. They are not the same people."""

    contacts = Whole(0)
    conversations = Whole(0, metadata={"description": "Listening or deeper."})
    consultations = Whole(0)
    offered = Whole(0, metadata={"description": "Referrals to others, all destinations together."})
    accepted = Whole(0)
    connected = Whole(0)


class ReferralFiguresOut(Out):
    """By destination kind: the eight programmes always, others where there are any."""

    offered = _counts("Opened at a visit of the period, by destination kind.")
    accepted = _counts("Handed over in the period, by destination kind.")
    connected = _counts("Connected in the period, by destination kind.")


class BothWaysOut(Out):
    out = Nested(ReferralFiguresOut)
    in_ = Nested(ReferralFiguresOut, data_key="in", attribute="in")


class FollowUpFiguresOut(Out):
    due = Whole(0, metadata={"description": "Due on a day of the period."})
    met = Whole(0)
    not_met = Whole(0)
    overdue = Whole(0, metadata={"description": "The day is over and nobody reported."})
    recontacted = Whole(0, metadata={"description": "Met soon enough after the promise (setting: 60 days)."})


class VisitFiguresOut(Out):
    planned = Whole(0)
    held = Whole(0)
    ad_hoc = Whole(0, metadata={"description": "Held without being in a published plan."})
    cancelled = Whole(0)
    cancelled_by_reason = _counts("By reason.")
    ended_early_by_reason = _counts("Held, but closed before their time.")
    unrecorded = Whole(0, metadata={"description": "Planned; the day is over and nobody said anything."})


class NamedStopOut(Out):
    stop_id = Id()
    code = Text(40)
    name = Text(120)


class UnvisitedOut(NamedStopOut):
    last_visit_on = Day(allow_none=True)
    days = Whole(0)


class EndingOut(NamedStopOut):
    type = Word(PermissionType)
    ends_on = Day(metadata={"description": "The last day on which it holds."})
    days = Whole(0)


class StopFiguresOut(Out):
    unvisited_count = Whole(0)
    unvisited = Many(Nested(UnvisitedOut), _MOST_PLACES, allow_none=True, metadata=_NOT_FOR_REPORTERS)
    permissions_ending_count = Whole(0)
    permissions_ending = Many(Nested(EndingOut), _MOST_PLACES, allow_none=True, metadata=_NOT_FOR_REPORTERS)


class PopulationOut(Out):
    label = fields.String()
    target = fields.String()
    basis = fields.String(metadata={"enum": ["target", "total"]})


class GapFigureOut(Out):
    mesh = Text(11, metadata={"description": "JIS X 0410 code of a 500 m cell."})
    people = Number(0, 1e9)
    covered_share = Number(0, 1)
    days_since_last_visit = Whole(0, allow_none=True, metadata={"description": "Null: never."})
    gap = Number(0, 1e9)


class CoverageFiguresOut(Out):
    unknown_because = fields.String(allow_none=True, metadata={"enum": ["no_population", None]})
    population = Nested(PopulationOut, allow_none=True)
    share = _share("Of the people, those with a stop near enough lately.")
    top_gaps = Many(Nested(GapFigureOut), 5)


class TicketFiguresOut(Out):
    issued = _signed("In the period.")
    issued_yen = _signed("Their face value.")
    redeemed = _signed("In the period.")
    redeemed_yen = _signed("Their face value.")
    owed = Whole(0, metadata={"description": "Still owed to children at the period's end."})
    owed_yen = Whole(0)


class SalesFiguresOut(Out):
    total_yen = _signed("Money taken, tax included.")
    by_category_yen = _counts("By item category.")
    by_payment_yen = _counts("By payment; tickets and gifts bring none.")
    receipts_by_payment = _counts("Receipts, those taken back subtracted.")
    tax_by_rate_yen = _counts("Tax inside the sales, by rate in percent.")
    till_difference_yen = _signed("Counted minus expected, all tills together.")
    tills_counted = Whole(0)


class CompletenessOut(Out):
    held_without_head_count = Whole(0)
    heads_below_zero = Whole(0, metadata={"description": "Visits where a band's mis-taps outweigh its taps."})
    held_without_close = Whole(0)
    clock_suspect = Whole(0)
    sold_without_cash_up = Whole(0)
    told_twice = Whole(
        0,
        metadata={"description": "Visits told on paper and by phone of which nobody chose yet which counts."},
    )
    plans_without_visits = Whole(0)


class CardFiguresOut(Out):
    """Card holders by capture and recapture; the interval is null when too few cards were seen twice."""

    from_ = Day(data_key="from", attribute="from")
    split = Day(metadata={"description": "First day of the second sample."})
    to = Day()
    first = Whole(0)
    second = Whole(0)
    both = Whole(0)
    method = fields.String(metadata={"enum": ["chapman"]})
    unknown_because = fields.String(allow_none=True, metadata={"enum": ["too_few_seen_twice", None]})
    low = Number(0, 1e18, allow_none=True, metadata={"description": "95 % interval."})
    high = Number(0, 1e18, allow_none=True)


class TrendPointOut(Out):
    period = Text(20)
    attendance = _signed("延べ人数")
    children = _signed("延べ人数")
    contacts = Whole(0)
    conversations = Whole(0)
    consultations = Whole(0)
    first_contacts = Whole(0)
    held = Whole(0)
    cancelled = Whole(0)
    sales_yen = _signed("Money taken.")
    tickets_redeemed = _signed("Tickets.")


def _amount(says: str = "") -> Number:
    return Number(-(2**53), 2**53, allow_none=True, metadata={"description": says} if says else {})


class ComparedOut(Out):
    """What a period is held against. Null from before the first visit: nobody counted then."""

    against = Word(
        Against,
        metadata={
            "description": "The period before; of a week also the mean of the four before; the same period a year before "
            "(ISO week of the same number; of a week 53 that the year before lacks, the one 52 weeks earlier)."
        },
    )
    period = Text(20, metadata={"description": "Of a mean its first and last, with .. between them."})
    attendance = _amount("延べ人数")
    children = _amount("延べ人数")
    contacts = _amount()
    conversations = _amount()
    consultations = _amount()
    first_contacts = _amount()
    held = _amount()
    cancelled = _amount()
    sales_yen = _amount("Money taken.")
    tickets_redeemed = _amount("Tickets.")


class FigureCauseOut(Out):
    """Why a figure may be another one, by what the records know; of nobody."""

    cause = Word(ChangeCause)
    count = Whole(0, allow_none=True, metadata={"description": "Visits, stops or days."})
    before = Whole(0, allow_none=True, metadata={"description": "As many in the period before."})
    reason = Word(CancelReason, allow_none=True)
    amount = Whole(
        -(2**53), 2**53, allow_none=True, metadata={"description": "People (延べ) of these stops."}
    )
    stops = Many(
        Nested(NamedStopOut),
        3,
        allow_none=True,
        metadata={"description": "The largest of them. Null for reporters."},
    )


class FigureChangeOut(Out):
    """A main figure that differs by a fifth or more; largest difference first."""

    figure = Text(40, metadata={"description": "Its name in trend."})
    against = Word(
        Against,
        metadata={
            "description": "The period before; else the mean; live: what is known now, of a kept version."
        },
    )
    now = _amount("Of this period.")
    then = _amount("Of what it is held against.")
    causes = Many(Nested(FigureCauseOut), 40)
    ja = fields.String()
    en = fields.String()


class ProgrammeFiguresOut(Out):
    """One of the eight programmes of まつどでつながるプロジェクト."""

    programme = Word(DestinationKind)
    offered = Whole(0, metadata={"description": "Referrals to it; accepted and connected as in referrals."})
    accepted = Whole(0)
    connected = Whole(0)
    referred_in = Whole(0, metadata={"description": "Referrals from it to us."})
    partners = Whole(0, metadata={"description": "Active partners that run it, as of today."})
    leaflet_stock = Whole(
        0, allow_none=True, metadata={"description": "As of today; null: not entered as a destination."}
    )


class ProgrammeWorkOut(Out):
    """What only one of the programmes has."""

    baby_stages = Whole(0, metadata={"description": "Contacts with pregnancy, and with infants."})
    kurukuru_visits = Whole(0)
    kurukuru_attendance = _signed("延べ人数")
    round_table_raised = Whole(0)
    round_table_discussed = Whole(0)
    round_table_with_action = Whole(0)
    round_table_open = Whole(
        0, metadata={"description": "Raised, and without an action at the period's end."}
    )
    accompany_consented = Whole(
        0, metadata={"description": "Referrals to 伴走支援 of the period with a consent that stands."}
    )
    accompany_case_refs = Whole(
        0, metadata={"description": "Of them, those with a reference into its casework."}
    )


class EveryStageOut(Out):
    """Principle 1: connect early and at every stage."""

    stage_mix = fields.Dict(
        keys=fields.String(),
        values=fields.Float(allow_none=True),
        metadata={"description": "Share of each stage among all that were named."},
    )
    informed_share = _share("Of contacts, those given at least one piece of information.")


class UnconnectedOut(Out):
    """Principle 2: reach those who do not connect by themselves."""

    first_contact_share = _share("New among new and returning.")
    first_connection_share = _share("Yes among the voluntary answers.")
    gap_coverage = _share("Of people in cells that nothing covered before the period, those covered now.")
    recontact_rate = _share("Recontacted of due.")
    connected_rate = _share("Of referrals opened in the period, those connected by now.")
    tickets_redeemed = _signed("Tickets.")


class AroundFamiliesOut(Out):
    """Principle 3: connect the people around families."""

    partners_active = Whole(0, metadata={"description": "Whose stop was visited, or with a referral."})
    stop_hosts_active = Whole(0, metadata={"description": "Different stops at which a visit was held."})
    referrals_out = Whole(0)
    referrals_in = Whole(0)
    issues_raised = Whole(0)
    issues_discussed = Whole(0)
    issues_with_action = Whole(0)


class PrinciplesOut(Out):
    every_stage = Nested(EveryStageOut)
    unconnected = Nested(UnconnectedOut)
    around_families = Nested(AroundFamiliesOut)


class NoteOnMethodOut(Out):
    code = fields.String()
    ja = fields.String()
    en = fields.String()
