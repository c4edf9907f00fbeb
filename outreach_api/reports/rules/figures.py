"""Every figure of a report by name: where it stands in the JSON, its unit, and its rows in a CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HEADER = ("period", "figure", "key", "value", "unit")


@dataclass(frozen=True, slots=True)
class Figure:
    """`name` is its path in the JSON. A mapping gives one row a key; of a list, `key` and `value` name fields.

    A key of two fields is written "code/type".
    """

    name: str
    unit: str
    key: str = ""
    value: str = ""


# 延べ: times that somebody was counted, not different people.
_PEOPLE, _CONTACTS, _YEN, _SHARE, _NUMBER = "延べ人", "contacts", "yen", "share", "number"

FIGURES = (
    Figure("attendance.total", _PEOPLE),
    Figure("attendance.children", _PEOPLE),
    Figure("attendance.by_band", _PEOPLE),
    Figure("contacts.total", _CONTACTS),
    Figure("contacts.conversations", _CONTACTS),
    Figure("contacts.consultations", _CONTACTS),
    Figure("contacts.informed", _CONTACTS),
    Figure("contacts.by_familiarity", _CONTACTS),
    Figure("contacts.by_stage", _CONTACTS),
    Figure("contacts.by_topic", _CONTACTS),
    Figure("contacts.first_connection", _CONTACTS),
    *(
        Figure(f"referrals.{direction}.{step}", "referrals")
        for direction in ("out", "in")
        for step in ("offered", "accepted", "connected")
    ),
    *(
        Figure(f"follow_ups.{name}", "follow-ups")
        for name in ("due", "met", "not_met", "overdue", "recontacted")
    ),
    *(
        Figure(f"visits.{name}", "visits")
        for name in ("planned", "held", "ad_hoc", "cancelled", "cancelled_by_reason", "ended_early_by_reason")
    ),
    Figure("visits.unrecorded", "visits"),
    Figure("stops.unvisited", "days", "code", "days"),
    Figure("stops.permissions_ending", "days", "code/type", "days"),
    Figure("coverage.share", _SHARE),
    # Residents or children, as coverage.population.basis says.
    Figure("coverage.top_gaps", "people", "mesh", "gap"),
    Figure("tickets.issued", "tickets"),
    Figure("tickets.issued_yen", _YEN),
    Figure("tickets.redeemed", "tickets"),
    Figure("tickets.redeemed_yen", _YEN),
    Figure("tickets.owed", "tickets"),
    Figure("tickets.owed_yen", _YEN),
    Figure("sales.total_yen", _YEN),
    Figure("sales.by_category_yen", _YEN),
    Figure("sales.by_payment_yen", _YEN),
    Figure("sales.receipts_by_payment", "receipts"),
    Figure("sales.tax_by_rate_yen", _YEN),
    Figure("sales.till_difference_yen", _YEN),
    Figure("sales.tills_counted", "tills"),
    *(
        Figure(f"completeness.{name}", "visits")
        for name in (
            "held_without_head_count",
            "heads_below_zero",
            "held_without_close",
            "clock_suspect",
            "sold_without_cash_up",
            "told_twice",
        )
    ),
    Figure("completeness.plans_without_visits", "plans"),
    *(
        Figure(f"stamp_cards.{name}", unit)
        for name, unit in (
            ("first", "cards"),
            ("second", "cards"),
            ("both", "cards"),
            ("low", "people"),
            ("high", "people"),
        )
    ),
    *(
        Figure(f"trend.{name}", unit, "period", name)
        for name, unit in (
            ("attendance", _PEOPLE),
            ("children", _PEOPLE),
            ("contacts", _CONTACTS),
            ("conversations", _CONTACTS),
            ("consultations", _CONTACTS),
            ("first_contacts", _CONTACTS),
            ("held", "visits"),
            ("cancelled", "visits"),
            ("sales_yen", _YEN),
            ("tickets_redeemed", "tickets"),
        )
    ),
    *(Figure(f"principles.every_stage.{name}", _SHARE) for name in ("stage_mix", "informed_share")),
    *(
        Figure(f"principles.unconnected.{name}", _SHARE)
        for name in (
            "first_contact_share",
            "first_connection_share",
            "gap_coverage",
            "recontact_rate",
            "connected_rate",
        )
    ),
    Figure("principles.unconnected.tickets_redeemed", "tickets"),
    *(
        Figure(f"principles.around_families.{name}", _NUMBER)
        for name in (
            "partners_active",
            "stop_hosts_active",
            "referrals_out",
            "referrals_in",
            "issues_raised",
            "issues_discussed",
            "issues_with_action",
        )
    ),
)


def rows(report: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any, str]]:
    """One row a figure and key: period, figure, key, value, unit. A figure that is unknown has an empty value."""
    period = report["period"]["name"]
    for figure in FIGURES:
        for key, value in _entries(report, figure):
            yield period, figure.name, key, value, figure.unit
    for note in report["method"]:
        for language in ("ja", "en"):
            yield period, "method", note["code"], note[language], language


def _entries(report: Mapping[str, Any], figure: Figure) -> Iterator[tuple[str, Any]]:
    path = figure.name.split(".")
    if path[0] == "trend":  # a figure of each of its periods
        path = path[:1]
    found: Any = report
    for name in path:
        found = found[name]
    if isinstance(found, Mapping):
        yield from found.items()
    elif isinstance(found, list):
        for line in found:
            yield "/".join(str(line[name]) for name in figure.key.split("/")), line[figure.value]
    else:
        yield "", found
