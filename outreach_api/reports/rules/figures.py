"""Every figure of a report by name: where it stands in the JSON, its unit, and its rows in a CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HEADER = (
    *("period", "figure", "key", "value", "unit"),
    *("section", "label_ja", "label_en", "key_ja", "key_en", "unit_ja", "unit_en"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """`name` is its path in the JSON. A mapping gives one row a key; of a list, `key` and `value` name fields.

    A key of two fields is written "code/type". `words` are those that its keys are called by (messages), the last
    part of a key if it has several; `says` names the field of a list's line that says what its key is.
    """

    name: str
    unit: str
    key: str = ""
    value: str = ""
    words: str = ""
    says: str = ""

    @property
    def section(self) -> str:
        """Which of the report's sections it stands in."""
        first, second, *_ = self.name.split(".")
        return f"{first}.{second}" if first in ("principles", "referrals") else first


# 延べ: times that somebody was counted, not different people.
_PEOPLE, _CONTACTS, _YEN, _SHARE, _NUMBER = "延べ人", "contacts", "yen", "share", "number"

MAIN = {
    "attendance": _PEOPLE,
    "children": _PEOPLE,
    "contacts": _CONTACTS,
    "conversations": _CONTACTS,
    "consultations": _CONTACTS,
    "first_contacts": _CONTACTS,
    "held": "visits",
    "cancelled": "visits",
    "sales_yen": _YEN,
    "tickets_redeemed": "tickets",
}
"""What is told of each of several periods, with its unit."""

FIGURES = (
    Figure("attendance.total", _PEOPLE),
    Figure("attendance.children", _PEOPLE),
    Figure("attendance.adults", _PEOPLE),
    Figure("attendance.per_visit", _PEOPLE),
    Figure("attendance.children_per_visit", _PEOPLE),
    Figure("attendance.adults_per_visit", _PEOPLE),
    Figure("attendance.by_band", _PEOPLE, words="band"),
    Figure("contacts.total", _CONTACTS),
    Figure("contacts.conversations", _CONTACTS),
    Figure("contacts.consultations", _CONTACTS),
    Figure("contacts.informed", _CONTACTS),
    Figure("contacts.by_familiarity", _CONTACTS, words="familiarity"),
    Figure("contacts.by_stage", _CONTACTS, words="stage"),
    Figure("contacts.by_topic", _CONTACTS, words="topic"),
    Figure("contacts.first_connection", _CONTACTS, words="answer"),
    *(Figure(f"funnel.{step}", _CONTACTS) for step in ("contacts", "conversations", "consultations")),
    *(Figure(f"funnel.{step}", "referrals") for step in ("offered", "accepted", "connected")),
    *(
        Figure(f"referrals.{direction}.{step}", "referrals", words="destination")
        for direction in ("out", "in")
        for step in ("offered", "accepted", "connected")
    ),
    *(
        Figure(f"follow_ups.{name}", "follow-ups")
        for name in ("due", "met", "not_met", "overdue", "recontacted")
    ),
    *(Figure(f"visits.{name}", "visits") for name in ("planned", "held", "ad_hoc", "cancelled")),
    Figure("visits.cancelled_by_reason", "visits", words="reason"),
    Figure("visits.ended_early_by_reason", "visits", words="reason"),
    Figure("visits.unrecorded", "visits"),
    Figure("stops.unvisited_count", "stops"),
    Figure("stops.unvisited", "days", "code", "days", says="name"),
    Figure("stops.permissions_ending_count", "permissions"),
    Figure("stops.permissions_ending", "days", "code/type", "days", words="permission", says="name"),
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
    Figure("sales.by_category_yen", _YEN, words="category"),
    Figure("sales.by_payment_yen", _YEN, words="payment"),
    Figure("sales.receipts_by_payment", "receipts", words="payment"),
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
    *(Figure(f"trend.{name}", unit, "period", name) for name, unit in MAIN.items()),
    *(
        Figure(f"compared.{name}", unit, "period/against", name, words="against")
        for name, unit in MAIN.items()
    ),
    *(Figure(f"months.{name}", unit, "period", name) for name, unit in MAIN.items()),
    *(
        Figure(f"programmes.{name}", unit, "programme", name, words="destination")
        for name, unit in (
            ("offered", "referrals"),
            ("accepted", "referrals"),
            ("connected", "referrals"),
            ("referred_in", "referrals"),
            ("partners", _NUMBER),
            ("leaflet_stock", "leaflets"),
        )
    ),
    Figure("programme_work.baby_stages", _CONTACTS),
    Figure("programme_work.kurukuru_visits", "visits"),
    Figure("programme_work.kurukuru_attendance", _PEOPLE),
    *(
        Figure(f"programme_work.round_table_{name}", _NUMBER)
        for name in ("raised", "discussed", "with_action", "open")
    ),
    *(Figure(f"programme_work.accompany_{name}", "referrals") for name in ("consented", "case_refs")),
    Figure("principles.every_stage.informed_share", _SHARE),
    Figure("principles.every_stage.stage_mix", _SHARE, words="stage"),
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


HEADLINES = (
    *("attendance.total", "attendance.children", "visits.held"),
    *("contacts.total", "principles.unconnected.first_contact_share", "attendance.per_visit"),
)
"""What is told first, and large."""
LISTED = ("trend", "compared", "months", "programmes")
"""Sections that are lists: each line has all the section's figures."""
CHARTED = ("trend.attendance", "trend.children")
"""What the chart draws: the second is part of the first."""


def entries(report: Mapping[str, Any], figure: Figure) -> Iterator[tuple[str, Any]]:
    """Each key of a figure with its value; "" where it has no keys."""
    for key, value, _ in described(report, figure):
        yield key, value


def described(report: Mapping[str, Any], figure: Figure) -> Iterator[tuple[str, Any, str]]:
    """The same with what a list says of the key: the name of a stop."""
    path = figure.name.split(".")
    if path[0] in LISTED:
        path = path[:1]
    found: Any = report
    for name in path:
        found = found[name]
    if isinstance(found, Mapping):
        yield from ((key, value, "") for key, value in found.items())
    elif isinstance(found, list):
        for line in found:
            key = "/".join(str(line[name]) for name in figure.key.split("/"))
            yield key, line[figure.value], line[figure.says] if figure.says else ""
    else:
        yield "", found, ""
