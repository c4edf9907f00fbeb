"""Puts a report together: a fixed number of queries, whatever the period and however many years are kept."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.week import Period
from outreach_api.ledger import counter
from outreach_api.messages import say
from outreach_api.reports.reads import beside, changed, people, places, programmes, sections, stays, totals
from outreach_api.reports.rules import outcomes
from outreach_api.reports.rules.outcomes import share
from outreach_api.reports.rules.periods import Span, recapture_days
from outreach_api.settings import Settings
from schemas.vocabulary import ReferralDirection

_NOTES = (
    "report_note_internal",
    "report_note_attendance",
    "report_note_week",
    "report_note_contacts",
    "report_note_topics",
    "report_note_funnel",
    "report_note_referrals",
    "report_note_follow_ups",
    "report_note_visits",
    "report_note_places",
    "report_note_coverage",
    "report_note_money",
    "report_note_stamp_cards",
    "report_note_principles",
    "report_note_compared",
    "report_note_late",
)


def report(session: Session, span: Span, *, now: dt.datetime, settings: Settings) -> dict[str, Any]:
    """Every figure of one period, as the database knows it now; what not every role may see is still in it."""
    period = span.period
    around = beside.beside(session, span)
    sums, doings = around.sums, stays.doings(session, period, span.today)
    stories = people.referrals(session, period)
    referrals = outcomes.count_referrals(stories, period)
    follow_ups = outcomes.count_follow_ups(
        people.promises(session, period), today=span.today, recontact_days=settings.recontact_days
    )
    stops = places.known_stops(session, span)
    unvisited = places.unvisited_stops(stops, span.reference_day, settings)
    ending = places.permissions_ending(session, span.reference_day, settings)
    covered, gap_coverage = places.coverage(session, stops, span, settings)
    mine = sums[period]
    tickets = sections.tickets(mine, totals.tickets_until(session, period))
    first, split = recapture_days(span)
    held = len(doings.held)
    hosts = {visit.stop_id for visit in doings.held}
    issues = people.issues(session, period)
    partners = people.partners(session)
    contacts = sections.contacts(mine)
    trend_points = [sections.trend_point(past, sums[past], around.outings[past]) for past in span.trend]
    change_no, _ = counter.current(session)
    return {
        "period": period_view(span.kind, period),
        "as_of": now,
        "reference_day": span.reference_day,
        "change_no": change_no,
        "attendance": sections.attendance(mine, held=held),
        "contacts": contacts,
        "funnel": sections.funnel(contacts, referrals),
        "referrals": sections.referrals(referrals),
        "follow_ups": {
            "due": follow_ups.due,
            "met": follow_ups.met,
            "not_met": follow_ups.not_met,
            "overdue": follow_ups.overdue,
            "recontacted": follow_ups.recontacted,
        },
        "visits": doings.figures(),
        "stops": {
            "unvisited_count": len(unvisited),
            "unvisited": unvisited,
            "permissions_ending_count": len(ending),
            "permissions_ending": ending,
        },
        "coverage": covered,
        "tickets": tickets,
        "sales": {**sections.sales(mine), "tills_counted": doings.tills_counted},
        "completeness": doings.completeness(span.today),
        "stamp_cards": people.stamp_cards(session, first=first, split=split, last=period.last_day),
        "trend": trend_points,
        "what_changed": changed.what_changed(session, span, doings, around.compared, trend_points[-1], stops),
        "compared": around.compared,
        "months": beside.months(session, span),
        "programmes": programmes.programmes(session, referrals, partners),
        "programme_work": programmes.work(session, period, mine, held=held, issues=issues),
        "principles": {
            "every_stage": {
                "stage_mix": sections.stage_mix(contacts["by_stage"]),
                "informed_share": share(contacts["informed"], contacts["total"]),
            },
            "unconnected": {
                "first_contact_share": sections.first_contact_share(contacts["by_familiarity"]),
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
                    partners, stops=hosts, destinations={story.destination_id for story in stories}
                ),
                "stop_hosts_active": len(hosts),
                "referrals_out": referrals[ReferralDirection.OUT].offered.total(),
                "referrals_in": referrals[ReferralDirection.IN].offered.total(),
                "issues_raised": issues.raised,
                "issues_discussed": issues.discussed,
                "issues_with_action": issues.with_action,
            },
        },
        "method": method(settings),
    }


def trend(session: Session, span: Span) -> dict[str, Any]:
    """The trend alone, oldest period first."""
    sums, outings = totals.sums(session, span), stays.outings(session, span)
    return {"trend": [sections.trend_point(past, sums[past], outings[past]) for past in span.trend]}


def period_view(kind: str, period: Period) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": str(period),
        "from": period.first_day,
        "to": period.last_day,
        "timezone": "Asia/Tokyo",
    }


@lru_cache(maxsize=4)
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
