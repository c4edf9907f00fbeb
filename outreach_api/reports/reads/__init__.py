"""Puts a report together: a fixed number of queries, whatever the period and however many years are kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.week import Period
from outreach_api.ledger import counter, measures
from outreach_api.ledger.kinds import Actor
from outreach_api.messages import say
from outreach_api.reports.reads import people, places, stays, totals
from outreach_api.reports.reads.stays import Doings
from outreach_api.reports.reads.totals import Sums
from outreach_api.reports.rules import outcomes
from outreach_api.reports.rules.outcomes import share
from outreach_api.reports.rules.periods import Span, recapture_days
from outreach_api.settings import Settings
from schemas.vocabulary import (
    CHILD_BANDS,
    CONSULTATION_DEPTHS,
    CONVERSATION_DEPTHS,
    Band,
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
_NOTES = (
    "report_note_internal",
    "report_note_attendance",
    "report_note_week",
    "report_note_contacts",
    "report_note_topics",
    "report_note_referrals",
    "report_note_follow_ups",
    "report_note_visits",
    "report_note_places",
    "report_note_coverage",
    "report_note_money",
    "report_note_stamp_cards",
    "report_note_principles",
    "report_note_late",
)


def report(
    session: Session, actor: Actor, span: Span, *, now: dt.datetime, settings: Settings
) -> dict[str, Any]:
    """Every figure of one period, as the database knows it now."""
    period = span.period
    sums = totals.sums(session, span)
    doings = stays.doings(session, span)
    stories = people.referrals(session, period)
    referrals = outcomes.count_referrals(stories, period)
    follow_ups = outcomes.count_follow_ups(
        people.promises(session, period), today=span.today, recontact_days=settings.recontact_days
    )
    stops = places.known_stops(session, span)
    covered, gap_coverage = places.coverage(session, stops, span, settings)
    mine = sums[period]
    tickets = _tickets(mine, totals.tickets_until(session, period))
    first, split = recapture_days(span)
    hosts = {visit.stop_id for visit in doings.held(period)}
    raised, discussed, action = people.issues(session, period)
    contacts = _contacts(mine, actor)
    change_no, _ = counter.current(session)
    return {
        "period": period_view(span.kind, period),
        "as_of": now,
        "reference_day": span.reference_day,
        "change_no": change_no,
        "attendance": _attendance(mine),
        "contacts": contacts,
        "referrals": {
            direction: {
                "offered": dict(sorted(counts.offered.items())),
                "accepted": dict(sorted(counts.accepted.items())),
                "connected": dict(sorted(counts.connected.items())),
            }
            for direction, counts in referrals.items()
        },
        "follow_ups": {
            "due": follow_ups.due,
            "met": follow_ups.met,
            "not_met": follow_ups.not_met,
            "overdue": follow_ups.overdue,
            "recontacted": follow_ups.recontacted,
        },
        "visits": doings.figures(period),
        "stops": {
            "unvisited": places.unvisited_stops(stops, span.reference_day, settings),
            "permissions_ending": places.permissions_ending(session, span.reference_day, settings),
        },
        "coverage": covered,
        "tickets": tickets,
        "sales": {**_sales(mine), "tills_counted": doings.tills_counted(period)},
        "completeness": doings.completeness(period, span.today),
        "stamp_cards": people.stamp_cards(session, first=first, split=split, last=period.last_day),
        "trend": [_point(past, sums[past], doings) for past in span.trend],
        "principles": {
            "every_stage": {
                "stage_mix": _mix(contacts["by_stage"]),
                "informed_share": share(contacts["informed"], contacts["total"]),
            },
            "unconnected": {
                "first_contact_share": _first_contact_share(contacts["by_familiarity"]),
                "first_connection_share": share(
                    contacts["first_connection"]["yes"], sum(contacts["first_connection"].values())
                ),
                "gap_coverage": gap_coverage,
                "recontact_rate": share(follow_ups.recontacted, follow_ups.due),
                "connected_rate": outcomes.connected_rate(stories, period),
                "tickets_redeemed": tickets["redeemed"],
            },
            "around_families": {
                "partners_active": people.active_partners(
                    session, stops=hosts, destinations={story.destination_id for story in stories}
                ),
                "stop_hosts_active": len(hosts),
                "referrals_out": referrals[ReferralDirection.OUT].offered.total(),
                "referrals_in": referrals[ReferralDirection.IN].offered.total(),
                "issues_raised": raised,
                "issues_discussed": discussed,
                "issues_with_action": action,
            },
        },
        "method": method(settings),
    }


def trend(session: Session, span: Span) -> dict[str, Any]:
    """The trend alone, oldest period first."""
    sums, doings = totals.sums(session, span), stays.doings(session, span)
    return {"trend": [_point(period, sums[period], doings) for period in span.trend]}


def period_view(kind: str, period: Period) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": str(period),
        "from": period.first_day,
        "to": period.last_day,
        "timezone": "Asia/Tokyo",
    }


def method(settings: Settings) -> list[dict[str, str]]:
    """What the figures mean and what is not counted, in both languages, whoever reads the report later."""
    params = {
        "unvisited": settings.unvisited_days,
        "warning": settings.permission_warning_days,
        "recontact": settings.recontact_days,
        "window": settings.coverage_days,
        "full": settings.gap_full_days,
        "metres": f"{settings.catchment_m:g}",
    }
    return [
        {
            "code": code.removeprefix("report_note_"),
            "ja": say(code, "ja", params),
            "en": say(code, "en", params),
        }
        for code in _NOTES
    ]


def _attendance(sums: Sums) -> dict[str, Any]:
    by_band = {band.value: sums.at(measures.ATTENDANCE, band) for band in Band}
    return {
        "total": sum(by_band.values()),
        "children": sum(by_band[band] for band in CHILD_BANDS),
        "by_band": by_band,
    }


def _contacts(sums: Sums, actor: Actor) -> dict[str, Any]:
    """Topics are for the inside: what a reporter gets is made to be passed on."""
    topics = {topic.value: sums.at(measures.CONTACTS_BY_TOPIC, topic) for topic in TOPICS}
    return {
        "total": sums.of(measures.CONTACTS),
        "conversations": _of_depths(sums, CONVERSATION_DEPTHS),
        "consultations": _of_depths(sums, CONSULTATION_DEPTHS),
        "informed": sums.of(measures.CONTACTS_INFORMED),
        "by_familiarity": {word.value: sums.at(measures.CONTACTS, word) for word in Familiarity},
        "by_stage": {stage.value: sums.at(measures.CONTACTS_BY_STAGE, stage) for stage in Stage},
        "by_topic": None if actor.role is Role.REPORTER else topics,
        "first_connection": {answer: sums.at(measures.FIRST_CONNECTIONS, answer) for answer in ("yes", "no")},
    }


def _of_depths(sums: Sums, depths: tuple[str, ...]) -> int:
    return sum(sums.at(measures.CONTACTS_BY_DEPTH, depth) for depth in depths)


def _sales(sums: Sums) -> dict[str, Any]:
    tax = sums[measures.TAX_YEN]
    return {
        "total_yen": sums.of(measures.SALES_BY_PAYMENT_YEN),
        "by_category_yen": {
            word.value: sums.at(measures.SALES_BY_CATEGORY_YEN, word) for word in ItemCategory
        },
        "by_payment_yen": {word.value: sums.at(measures.SALES_BY_PAYMENT_YEN, word) for word in Payment},
        "receipts_by_payment": {word.value: sums.at(measures.SALES_COUNT, word) for word in Payment},
        "tax_by_rate_yen": {rate: tax[rate] for rate in sorted(tax, key=int) if tax[rate]},
        "till_difference_yen": sums.of(measures.TILL_DIFFERENCE_YEN),
    }


def _tickets(sums: Sums, ever: Any) -> dict[str, int]:
    owed = {}
    for measure, by_event in ever.items():
        owed[measure] = max(0, by_event[TicketEvent.ISSUED] - by_event[TicketEvent.REDEEMED])
    return {
        "issued": sums.at(measures.TICKETS, TicketEvent.ISSUED),
        "issued_yen": sums.at(measures.TICKETS_YEN, TicketEvent.ISSUED),
        "redeemed": sums.at(measures.TICKETS, TicketEvent.REDEEMED),
        "redeemed_yen": sums.at(measures.TICKETS_YEN, TicketEvent.REDEEMED),
        "owed": owed[measures.TICKETS],
        "owed_yen": owed[measures.TICKETS_YEN],
    }


def _mix(by_stage: dict[str, int]) -> dict[str, float | None]:
    named = sum(by_stage.values())
    return {stage: share(count, named) for stage, count in by_stage.items()}


def _first_contact_share(by_familiarity: dict[str, int]) -> float | None:
    """New among those of whom it is known: the unknown would hide behind the returning."""
    new, returning = by_familiarity[Familiarity.NEW], by_familiarity[Familiarity.RETURNING]
    return share(new, new + returning)


def _point(period: Period, sums: Sums, doings: Doings) -> dict[str, Any]:
    attendance = _attendance(sums)
    return {
        "period": str(period),
        "attendance": attendance["total"],
        "children": attendance["children"],
        "contacts": sums.of(measures.CONTACTS),
        "conversations": _of_depths(sums, CONVERSATION_DEPTHS),
        "consultations": _of_depths(sums, CONSULTATION_DEPTHS),
        "first_contacts": sums.at(measures.CONTACTS, Familiarity.NEW),
        "held": len(doings.held(period)),
        "cancelled": len(doings.cancelled(period)),
        "sales_yen": sums.of(measures.SALES_BY_PAYMENT_YEN),
        "tickets_redeemed": sums.at(measures.TICKETS, TicketEvent.REDEEMED),
    }
