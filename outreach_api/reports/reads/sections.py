"""The parts of a report that follow from the sums of its visits alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from outreach_api.kernel.week import Period
from outreach_api.ledger import measures
from outreach_api.reports.reads.stays import Outings
from outreach_api.reports.reads.totals import Sums
from outreach_api.reports.rules.outcomes import ReferralCounts, share
from outreach_api.reports.rules.sentences import told
from schemas.vocabulary import (
    CHILD_BANDS,
    CONSULTATION_DEPTHS,
    CONVERSATION_DEPTHS,
    PROGRAMMES,
    Band,
    DestinationKind,
    Familiarity,
    ItemCategory,
    Payment,
    ReferralDirection,
    Role,
    Stage,
    TicketEvent,
    Topic,
)

# A week is often one stop, and what is said of violence is never counted by stop: safeguarding has its own list.
TOPICS = tuple(topic for topic in Topic if topic is not Topic.VIOLENCE)


def attendance(sums: Sums, *, held: int) -> dict[str, Any]:
    """`held`: how many visits the averages are over; of none there is no average."""
    by_band = {band.value: sums.at(measures.ATTENDANCE, band) for band in Band}
    total, children = sum(by_band.values()), sum(by_band[band] for band in CHILD_BANDS)
    adults = total - children - by_band[Band.UNKNOWN]
    return {
        "total": total,
        "children": children,
        "adults": adults,
        "per_visit": round(total / held, 1) if held else None,
        "children_per_visit": round(children / held, 1) if held else None,
        "adults_per_visit": round(adults / held, 1) if held else None,
        "by_band": by_band,
    }


def contacts(sums: Sums) -> dict[str, Any]:
    return {
        "total": sums.of(measures.CONTACTS),
        "conversations": _of_depths(sums, CONVERSATION_DEPTHS),
        "consultations": _of_depths(sums, CONSULTATION_DEPTHS),
        "informed": sums.of(measures.CONTACTS_INFORMED),
        "by_familiarity": {word.value: sums.at(measures.CONTACTS, word) for word in Familiarity},
        "by_stage": {stage.value: sums.at(measures.CONTACTS_BY_STAGE, stage) for stage in Stage},
        "by_topic": {topic.value: sums.at(measures.CONTACTS_BY_TOPIC, topic) for topic in TOPICS},
        "first_connection": {answer: sums.at(measures.FIRST_CONNECTIONS, answer) for answer in ("yes", "no")},
    }


def as_shown_to(role: Role, report: Mapping[str, Any]) -> dict[str, Any]:
    """Topics are for the inside, and so is where stops are (a private home is one): a reporter gets how many."""
    inside = role is not Role.REPORTER
    report = {**report, "what_changed": told(report["what_changed"], places=inside)}
    if inside:
        return report
    return {
        **report,
        "contacts": {**report["contacts"], "by_topic": None},
        "stops": {**report["stops"], "unvisited": None, "permissions_ending": None},
    }


def referrals(counted: Mapping[str, ReferralCounts]) -> dict[str, Any]:
    return {
        direction: {
            "offered": _by_destination(counts.offered),
            "accepted": _by_destination(counts.accepted),
            "connected": _by_destination(counts.connected),
        }
        for direction, counts in counted.items()
    }


def _by_destination(counts: Counter[str]) -> dict[str, int]:
    """The eight programmes always, others where there are any."""
    return {kind.value: counts[kind] for kind in DestinationKind if kind in PROGRAMMES or counts[kind]}


def funnel(contacts: Mapping[str, Any], counted: Mapping[str, ReferralCounts]) -> dict[str, int]:
    """From contact to connection, all destinations together: how many there were of each step in the period."""
    out = counted[ReferralDirection.OUT]
    return {
        "contacts": contacts["total"],
        "conversations": contacts["conversations"],
        "consultations": contacts["consultations"],
        "offered": out.offered.total(),
        "accepted": out.accepted.total(),
        "connected": out.connected.total(),
    }


def _of_depths(sums: Sums, depths: tuple[str, ...]) -> int:
    return sum(sums.at(measures.CONTACTS_BY_DEPTH, depth) for depth in depths)


def sales(sums: Sums) -> dict[str, Any]:
    tax = sums[measures.TAX_YEN]
    return {
        "total_yen": sums.of(measures.SALES_BY_PAYMENT_YEN),
        "by_category_yen": {
            word.value: sums.at(measures.SALES_BY_CATEGORY_YEN, word) for word in ItemCategory
        },
        "by_payment_yen": {
            word.value: sums.at(measures.SALES_BY_PAYMENT_YEN, word)
            for word in Payment
            if word is not Payment.MIXED
        },
        "receipts_by_payment": {word.value: sums.at(measures.SALES_COUNT, word) for word in Payment},
        "tax_by_rate_yen": {rate: tax[rate] for rate in sorted(tax, key=int) if tax[rate]},
        "till_difference_yen": sums.of(measures.TILL_DIFFERENCE_YEN),
    }


def tickets(sums: Sums, ever: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    owed = {}
    for measure, by_event in ever.items():
        paid = by_event[TicketEvent.ISSUED] + by_event[TicketEvent.SETTLED]
        owed[measure] = max(0, paid - by_event[TicketEvent.REDEEMED])
    return {
        **tickets_moved(sums),
        "owed": owed[measures.TICKETS],
        "owed_yen": owed[measures.TICKETS_YEN],
    }


def tickets_moved(sums: Sums) -> dict[str, int]:
    return {
        "issued": sums.at(measures.TICKETS, TicketEvent.ISSUED),
        "issued_yen": sums.at(measures.TICKETS_YEN, TicketEvent.ISSUED),
        "redeemed": sums.at(measures.TICKETS, TicketEvent.REDEEMED),
        "redeemed_yen": sums.at(measures.TICKETS_YEN, TicketEvent.REDEEMED),
    }


def stage_mix(by_stage: dict[str, int]) -> dict[str, float | None]:
    named = sum(by_stage.values())
    return {stage: share(count, named) for stage, count in by_stage.items()}


def first_contact_share(by_familiarity: dict[str, int]) -> float | None:
    """New among those of whom it is known: the unknown would hide behind the returning."""
    new, returning = by_familiarity[Familiarity.NEW], by_familiarity[Familiarity.RETURNING]
    return share(new, new + returning)


def trend_point(period: Period, sums: Sums, outings: Outings) -> dict[str, Any]:
    people = attendance(sums, held=outings.held)
    return {
        "period": str(period),
        "attendance": people["total"],
        "children": people["children"],
        "contacts": sums.of(measures.CONTACTS),
        "conversations": _of_depths(sums, CONVERSATION_DEPTHS),
        "consultations": _of_depths(sums, CONSULTATION_DEPTHS),
        "first_contacts": sums.at(measures.CONTACTS, Familiarity.NEW),
        "held": outings.held,
        "cancelled": outings.cancelled,
        "sales_yen": sums.of(measures.SALES_BY_PAYMENT_YEN),
        "tickets_redeemed": sums.at(measures.TICKETS, TicketEvent.REDEEMED),
    }
