"""Where each figure of the weekly report, and so each principle, comes from: the change and field that feed it."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_api.reports.rules.figures import FIGURES
from tests.api import Api

Sources = tuple[tuple[str, str], ...]

_HEADS: Sources = (("head_count.add", "counts"),)
_DEPTH: Sources = (("note.write", "depth"),)
_STAGES: Sources = (("note.write", "stages"),)
_FAMILIARITY: Sources = (("note.write", "familiarity"),)
_OPENED: Sources = (("referral.open", "direction"), ("referral.open", "destination_id"))
_OUTCOME: Sources = (*_OPENED, ("referral.report_outcome", "outcome"))
_DUE: Sources = (("follow_up.promise", "due_day"),)
_MET: Sources = (*_DUE, ("follow_up.report", "result"))
_PLANNED: Sources = (("plan.draft", "stops"), ("plan.publish", ""))
_HELD: Sources = (("visit.open", "plan_stop_id"), ("visit.open", "stop_id"))
_CANCELLED: Sources = (
    ("visit.cancel", "reason"),
    ("plan.cancel", "reason"),
    ("plan.cancel_stop", "reason"),
)
_PLACES: Sources = (("stop.add", "position"), ("visit.open", "stop_id"))
_ISSUED: Sources = (("ticket.issue", "quantity"), ("ticket.issue", "face_yen"))
_REDEEMED: Sources = (("ticket.redeem", "quantity"), ("sale.record", "ticket_count"))
_TICKETS: Sources = (*_ISSUED, *_REDEEMED)
_SOLD: Sources = (
    ("sale.record", "lines/unit_price_yen"),
    ("sale.record", "rush_yen"),
    ("sale.record", "discount_yen"),
    ("sale.void", "reason"),
    ("sale.refund", "lines"),
)
_TILL: Sources = (
    ("cash_up.count", "counts"),
    ("cash_up.count", "opening_float_yen"),
    ("cash_movement.record", "amount_yen"),
)
_CARDS: Sources = (("stamp.mark", "card"),)

_MAIN: dict[str, Sources] = {
    "attendance": _HEADS,
    "children": _HEADS,
    "contacts": _FAMILIARITY,
    "conversations": _DEPTH,
    "consultations": _DEPTH,
    "first_contacts": _FAMILIARITY,
    "held": _HELD,
    "cancelled": _CANCELLED,
    "sales_yen": _SOLD,
    "tickets_redeemed": _REDEEMED,
}
_PARTNERS: Sources = (("partner.add", "destination_id"), ("partner.change", "active"))
_LEAFLETS: Sources = (("destination.add", "leaflet_stock"), ("destination.change", "leaflet_stock"))
_CONSENT: Sources = (*_OPENED, ("referral.open", "consent/scope"), ("consent.give", "scope"))
_STEPS: Sources = (("issue.advance", "to"), ("issue.advance", "on_day"))
_PROGRAMMES: dict[str, Sources] = {
    "offered": _OPENED,
    "accepted": _OUTCOME,
    "connected": _OUTCOME,
    "referred_in": _OPENED,
    "partners": _PARTNERS,
    "leaflet_stock": _LEAFLETS,
}
_WORK: dict[str, Sources] = {
    "baby_stages": _STAGES,
    "kurukuru_visits": _HELD,
    "kurukuru_attendance": _HEADS,
    "round_table_raised": (("issue.raise", "raised_on"),),
    "round_table_discussed": _STEPS,
    "round_table_with_action": (*_STEPS, ("issue.advance", "action")),
    "round_table_open": (("issue.raise", "raised_on"), *_STEPS),
    "accompany_consented": (*_CONSENT, ("consent.withdraw", "referral_id")),
    "accompany_case_refs": (*_CONSENT, ("referral.open", "case_ref"), ("consent.give", "case_ref")),
}

FED_BY: dict[str, Sources] = {
    "attendance.total": _HEADS,
    "attendance.children": _HEADS,
    "attendance.by_band": _HEADS,
    "attendance.adults": _HEADS,
    "attendance.adults_per_visit": (*_HEADS, *_HELD),
    "attendance.per_visit": (*_HEADS, *_HELD),
    "attendance.children_per_visit": (*_HEADS, *_HELD),
    "contacts.total": _FAMILIARITY,
    "contacts.conversations": _DEPTH,
    "contacts.consultations": _DEPTH,
    "contacts.informed": (("note.write", "info_given"),),
    "contacts.by_familiarity": _FAMILIARITY,
    "contacts.by_stage": _STAGES,
    "contacts.by_topic": (("note.write", "topics"),),
    "contacts.first_connection": (("note.write", "first_connection"),),
    "funnel.contacts": _FAMILIARITY,
    "funnel.conversations": _DEPTH,
    "funnel.consultations": _DEPTH,
    "funnel.offered": _OPENED,
    "funnel.accepted": _OUTCOME,
    "funnel.connected": _OUTCOME,
    "referrals.out.offered": _OPENED,
    "referrals.out.accepted": _OUTCOME,
    "referrals.out.connected": _OUTCOME,
    "referrals.in.offered": _OPENED,
    "referrals.in.accepted": _OUTCOME,
    "referrals.in.connected": _OUTCOME,
    "follow_ups.due": _DUE,
    "follow_ups.met": _MET,
    "follow_ups.not_met": _MET,
    "follow_ups.overdue": _MET,
    "follow_ups.recontacted": (*_MET, ("follow_up.report", "visit_id")),
    "visits.planned": _PLANNED,
    "visits.held": _HELD,
    "visits.ad_hoc": (("visit.open", "stop_id"),),
    "visits.cancelled": _CANCELLED,
    "visits.cancelled_by_reason": _CANCELLED,
    "visits.ended_early_by_reason": (("visit.close", "early_reason"),),
    "visits.unrecorded": (*_PLANNED, ("visit.open", "plan_stop_id")),
    "stops.unvisited": (("stop.change", "status"), ("visit.open", "stop_id")),
    "stops.unvisited_count": (("stop.change", "status"), ("visit.open", "stop_id")),
    "stops.permissions_ending": (("permission.grant", "valid_to"), ("permission.withdraw", "on_day")),
    "stops.permissions_ending_count": (("permission.grant", "valid_to"), ("permission.withdraw", "on_day")),
    "coverage.share": _PLACES,
    "coverage.top_gaps": _PLACES,
    "tickets.issued": _ISSUED,
    "tickets.issued_yen": _ISSUED,
    "tickets.redeemed": _REDEEMED,
    "tickets.redeemed_yen": (*_REDEEMED, ("ticket.redeem", "face_yen"), ("sale.record", "ticket_face_yen")),
    "tickets.owed": _TICKETS,
    "tickets.owed_yen": _TICKETS,
    "sales.total_yen": _SOLD,
    "sales.by_category_yen": (("item.add", "category"), *_SOLD),
    "sales.by_payment_yen": (("sale.record", "payment"), ("sale.record", "payments"), *_SOLD),
    "sales.receipts_by_payment": (("sale.record", "payment"),),
    "sales.tax_by_rate_yen": (
        ("tax_rate.set", "percent"),
        ("item.add", "tax_category"),
        ("sale.record", "service_mode"),
    ),
    "sales.till_difference_yen": _TILL,
    "sales.tills_counted": _TILL,
    "completeness.held_without_head_count": (*_HELD, *_HEADS),
    "completeness.heads_below_zero": _HEADS,
    "completeness.held_without_close": (*_HELD, ("visit.close", "closed_at")),
    "completeness.clock_suspect": (
        ("POST /v1/sync/push", "operations/occurred_at"),
        ("POST /v1/sync/push", "sent_at"),
    ),
    "completeness.sold_without_cash_up": (("sale.record", "visit_id"), ("cash_up.count", "visit_id")),
    "completeness.told_twice": (("head_count.add", "source"), ("visit.choose_telling", "heads")),
    "completeness.plans_without_visits": (*_PLANNED, ("visit.open", "plan_stop_id")),
    "stamp_cards.first": _CARDS,
    "stamp_cards.second": _CARDS,
    "stamp_cards.both": _CARDS,
    "stamp_cards.low": _CARDS,
    "stamp_cards.high": _CARDS,
    **{
        f"{section}.{name}": fed for section in ("trend", "compared", "months") for name, fed in _MAIN.items()
    },
    **{f"programmes.{name}": fed for name, fed in _PROGRAMMES.items()},
    **{f"programme_work.{name}": fed for name, fed in _WORK.items()},
    # 1: connect early and at every stage
    "principles.every_stage.stage_mix": _STAGES,
    "principles.every_stage.informed_share": (("note.write", "info_given"),),
    # 2: reach those who do not connect by themselves
    "principles.unconnected.first_contact_share": _FAMILIARITY,
    "principles.unconnected.first_connection_share": (("note.write", "first_connection"),),
    "principles.unconnected.gap_coverage": _PLACES,
    "principles.unconnected.recontact_rate": (*_MET, ("follow_up.report", "visit_id")),
    "principles.unconnected.connected_rate": _OUTCOME,
    "principles.unconnected.tickets_redeemed": _REDEEMED,
    # 3: connect the people around families
    "principles.around_families.partners_active": (
        ("partner.add", "stop_id"),
        ("partner.add", "destination_id"),
        ("visit.open", "stop_id"),
        ("referral.open", "destination_id"),
    ),
    "principles.around_families.stop_hosts_active": _HELD,
    "principles.around_families.referrals_out": _OPENED,
    "principles.around_families.referrals_in": _OPENED,
    "principles.around_families.issues_raised": (("issue.raise", "raised_on"),),
    "principles.around_families.issues_discussed": (("issue.advance", "to"), ("issue.advance", "on_day")),
    "principles.around_families.issues_with_action": (("issue.advance", "to"), ("issue.advance", "action")),
}

# The domain's list of what a weekly report holds, in its order, and the figures that say it.
PROMISED: dict[str, tuple[str, ...]] = {
    "attendance_total": ("attendance.total", "attendance.children"),
    "by band": ("attendance.by_band",),
    "contacts": ("contacts.total",),
    "conversations (listening or deeper)": ("contacts.conversations",),
    "consultations": ("contacts.consultations",),
    "new / returning / unknown": ("contacts.by_familiarity",),
    "referrals by destination, out": (
        "referrals.out.offered",
        "referrals.out.accepted",
        "referrals.out.connected",
    ),
    "referrals by destination, in": (
        "referrals.in.offered",
        "referrals.in.accepted",
        "referrals.in.connected",
    ),
    "follow-ups due, met, overdue": ("follow_ups.due", "follow_ups.met", "follow_ups.overdue"),
    "re-contact": ("principles.unconnected.recontact_rate",),
    "visits planned / held / cancelled": ("visits.planned", "visits.held", "visits.cancelled"),
    "with reasons": ("visits.cancelled_by_reason",),
    "stops not visited": ("stops.unvisited",),
    "coverage and the top five gaps": ("coverage.share", "coverage.top_gaps"),
    "tickets issued / redeemed / still owed": ("tickets.issued", "tickets.redeemed", "tickets.owed"),
    "sales by category and payment": ("sales.by_category_yen", "sales.by_payment_yen"),
    "till difference": ("sales.till_difference_yen",),
    "permissions ending": ("stops.permissions_ending",),
    "data completeness": ("completeness.held_without_head_count", "completeness.plans_without_visits"),
    "four-week trend": ("trend.attendance", "trend.contacts"),
    "last week, the same week last year": ("compared.attendance", "compared.contacts"),
    "by the month, April to March": ("months.attendance", "months.held"),
    "延べ人数 child and adult, and averages": (
        *("attendance.children", "attendance.adults"),
        *("attendance.children_per_visit", "attendance.adults_per_visit"),
    ),
    "contact → connection": ("funnel.contacts", "funnel.consultations", "funnel.offered", "funnel.connected"),
    "the eight programmes": (
        *("programmes.offered", "programmes.connected", "programmes.referred_in", "programmes.leaflet_stock"),
        *("programme_work.baby_stages", "programme_work.round_table_open"),
        *("programme_work.accompany_consented", "programme_work.accompany_case_refs"),
    ),
    "unduplicated counts as an interval": ("stamp_cards.low", "stamp_cards.high"),
    "principle 1": (
        "principles.every_stage.stage_mix",
        "principles.every_stage.informed_share",
    ),
    "principle 2": (
        "principles.unconnected.first_contact_share",
        "principles.unconnected.first_connection_share",
        "principles.unconnected.gap_coverage",
        "principles.unconnected.connected_rate",
        "principles.unconnected.tickets_redeemed",
    ),
    "principle 3": (
        "principles.around_families.partners_active",
        "principles.around_families.stop_hosts_active",
        "principles.around_families.referrals_out",
        "principles.around_families.referrals_in",
        "principles.around_families.issues_raised",
        "principles.around_families.issues_discussed",
        "principles.around_families.issues_with_action",
    ),
}


def resolve(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without references, nullability and lists around it."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return resolve(spec, spec["components"]["schemas"][name])
    for several in ("allOf", "anyOf", "oneOf"):
        for one in schema.get(several, ()):
            if one.get("type") != "null":
                return resolve(spec, one)
    return resolve(spec, schema["items"]) if "items" in schema else schema


def has_field(spec: dict[str, Any], schema: dict[str, Any], path: list[str]) -> bool:
    if not path:
        return True
    properties = resolve(spec, schema).get("properties", {})
    return path[0] in properties and has_field(spec, properties[path[0]], path[1:])


def operations(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation by its kind of change, or by its method and address."""
    found = {}
    for address, methods in spec["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "responses" in operation:
                found[f"{method.upper()} {address}"] = operation
                if "x-kind" in operation:
                    found[operation["x-kind"]] = operation
    return found


def test_the_table_names_the_source_of_exactly_the_reports_figures() -> None:
    assert set(FED_BY) == {figure.name for figure in FIGURES}


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_every_source_is_a_field_that_clients_can_send(api: Api) -> None:
    spec = api.app.extensions["outreach_openapi"]
    known = operations(spec)
    missing = []
    for figure, sources in FED_BY.items():
        for source, field in sources:
            body = known.get(source, {}).get("requestBody", {})
            sent = body.get("content", {}).get("application/json", {}).get("schema")
            in_path = field and any(
                f"{{{field}}}" in address
                for address in spec["paths"]
                if spec["paths"][address]
                and any(o is known.get(source) for o in spec["paths"][address].values())
            )
            if sent is None or not (in_path or has_field(spec, sent, field.split("/") if field else [])):
                missing.append((figure, source, field))
    assert missing == []


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_every_figure_stands_in_the_described_answer_of_the_report(api: Api) -> None:
    spec = api.app.extensions["outreach_openapi"]
    answer = operations(spec)["GET /v1/reports/{kind}/{period}"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    absent = [figure.name for figure in FIGURES if not has_field(spec, schema, figure.name.split("."))]
    assert absent == []


def test_everything_that_the_domain_promises_is_a_figure() -> None:
    figures = {figure.name for figure in FIGURES}
    assert {phrase: set(said) - figures for phrase, said in PROMISED.items() if set(said) - figures} == {}
