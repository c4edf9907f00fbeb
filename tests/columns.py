"""Every column that holds words of people, with the roles that see it: the tests fill each with marks and look for them.

A new column of text must be named here: among those that are seen, or among the coded words.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.storage.tables import METADATA
from schemas.vocabulary import Role

CREW, COORDINATOR, SAFEGUARDING, REPORTER, ADMIN = (
    Role.CREW,
    Role.COORDINATOR,
    Role.SAFEGUARDING,
    Role.REPORTER,
    Role.ADMIN,
)
NOBODY: frozenset[Role] = frozenset()
ALL = frozenset(Role)
OFFICE = frozenset({COORDINATOR, ADMIN})
ON_THE_ROAD = frozenset({CREW, COORDINATOR, SAFEGUARDING, ADMIN})
COUNTER = frozenset({CREW, COORDINATOR, ADMIN})
WRITERS = frozenset({CREW, COORDINATOR, SAFEGUARDING})
KEEPERS = frozenset({COORDINATOR, SAFEGUARDING, ADMIN})
EVERYBODY = "everybody"
PUBLISHED = frozenset({*Role, EVERYBODY})

SEEN_BY: dict[str, frozenset[Any]] = {
    # A host is somebody at home: for those who arrange things with them.
    "stops.host_name": OFFICE,
    "stops.host_contact": OFFICE,
    "stop_steps.note": OFFICE,
    # Who stands there must know; reporters never see the list of doors.
    "stops.address": ON_THE_ROAD,
    "stops.announced_area": ON_THE_ROAD,
    "stops.announced_area_kana": ON_THE_ROAD,
    "stops.surface": ON_THE_ROAD,
    "stops.noise_limit": ON_THE_ROAD,
    "stops.rubbish_rule": ON_THE_ROAD,
    "stops.neighbour_notes": ON_THE_ROAD,
    "stops.nearest_aed": ON_THE_ROAD,
    "stops.emergency_contact": ON_THE_ROAD,
    "stops.indoor_alternative": ON_THE_ROAD,
    "stops.code": ON_THE_ROAD,
    # The marked stop is a public one; what is announced of others, tests/http/test_public.py asks.
    "stops.kana": PUBLISHED,
    "stops.name": PUBLISHED,
    "stops.name_en": PUBLISHED,
    "permissions.number": ON_THE_ROAD,
    "permissions.conditions": ON_THE_ROAD,
    # What was said of a family.
    "contact_notes.text_sealed": frozenset({CREW, SAFEGUARDING}),
    "contact_notes.text_sealed of a concern": frozenset({SAFEGUARDING}),
    "what is about staff": frozenset({SAFEGUARDING}),
    "rejections.sealed": frozenset({SAFEGUARDING}),
    "referrals.case_ref": frozenset({SAFEGUARDING}),
    "follow_ups.card_word": WRITERS,
    "stamp_marks.card": NOBODY,
    "concern_notifications.notified_to": frozenset({SAFEGUARDING}),
    "concern_notifications.receipt_no": frozenset({SAFEGUARDING}),
    # Of us.
    "people.name": KEEPERS,
    "people.kana": OFFICE,
    "devices.label": KEEPERS | {CREW},  # a crew that of the phone in its hand
    "tokens.label": NOBODY,
    "pairings.label": frozenset({COORDINATOR, ADMIN}),
    "safety_card.steps": ALL,
    "safety_card.steps_en": ALL,
    "safety_card.city_desks": ALL,
    "safety_card.lead_name": ALL,
    "safety_card.lead_phone": ALL,
    "safety_card.deputy_name": ALL,
    "safety_card.deputy_phone": ALL,
    "safety_card.outside_name": ALL,
    "safety_card.outside_phone": ALL,
    # Phones hold the safety card, and never these.
    "alert_addresses.lead_email": frozenset({SAFEGUARDING, ADMIN}),
    "alert_addresses.deputy_email": frozenset({SAFEGUARDING, ADMIN}),
    "alert_addresses.outside_email": frozenset({SAFEGUARDING, ADMIN}),
    # A day's work of a van.
    "visits.note": ON_THE_ROAD,
    "hygiene_entries.action": ON_THE_ROAD,
    "plans.title": ON_THE_ROAD,
    "plans.cancel_note": ON_THE_ROAD,
    "plan_stops.cancel_note": ON_THE_ROAD,
    "plan_revisions.body": NOBODY,
    "plan_templates.name": OFFICE,
    "plan_templates.school_area": OFFICE,
    "cash_movements.note": COUNTER,
    "cash_ups.difference_reason": COUNTER,
    "ticket_entries.donor_nickname": COUNTER,
    "ticket_entries.message": COUNTER,
    "sale_voids.reason": COUNTER,
    "sale_refunds.reason": COUNTER,
    "sales.free_rule": COUNTER,
    "vans.code": ALL,
    "vans.name": ALL,
    # The people around families.
    "partners.name": KEEPERS,
    "partners.kana": KEEPERS,
    "partners.name_en": KEEPERS,
    "round_table_issues.title": KEEPERS | {REPORTER},
    "round_table_issues.action": KEEPERS | {REPORTER},
    "report_versions.note": KEEPERS,
    # Where the office has figures told; whoever reads them there needs no token.
    "report_subscriptions.label": OFFICE,
    "report_subscriptions.url": OFFICE,
    "report_subscriptions.emails": OFFICE,
    "report_deliveries.address": OFFICE,
    # Leaflets and price tags.
    "destinations.name": ALL,
    "destinations.kana": ALL,
    "destinations.name_en": ALL,
    "destinations.how_to_join": ALL,
    "destinations.how_to_join_en": ALL,
    "destinations.address": ALL,
    "destinations.phone": ALL,
    "destinations.url": ALL,
    "destinations.qr_text": ALL,
    "destinations.hours": ALL,
    "items.code": ALL,
    "items.name": ALL,
    "items.kana": ALL,
    "items.name_en": ALL,
    # The calendar hangs on every wall.
    "school_holidays.name": ALL,
    "school_holidays.name_en": ALL,
    "school_holidays.area": ALL,
    # The area.
    "area_sets.name": ALL - {CREW},
    "area_sets.file_name": NOBODY,
    "areas.name": ALL - {CREW},
    "boundaries.name": ALL,
    "boundaries.file_name": NOBODY,
    "population_imports.label": ALL - {CREW},
    "population_imports.file_name": NOBODY,
    "population_imports.targets": ALL - {CREW},
    # What was announced.
    "published_timetable.place": PUBLISHED,
    "published_timetable.place_en": PUBLISHED,
    "published_timetable.place_kana": PUBLISHED,
    "published_releases.census_label": PUBLISHED,
    "published_links.url": ALL,  # in posts and packs; the page /when, which is no operation, shows it to everybody
    "published_issues.text": ALL - {CREW},  # in packs
    "published_issues.text_en": ALL - {CREW},
}

_CODED = {
    "alarm_calls": "error recipient",
    "alarms": "audience subject",
    "area_sets": "file_sha256 kind within",
    "areas": "cells code geometry places",
    "attempts": "bucket",
    "audit": "action entity_kind hash outcome purpose role",
    "boundaries": "code file_sha256 geometry",
    "cash_movements": "direction reason source",
    "cash_ups": "counts source",
    "changes": "kind",
    "consents": "given_by method scope",
    "contact_notes": "depth familiarity info_given stages topics",
    "destinations": "kind",
    "follow_up_events": "result",
    "follow_ups": "promise",
    # A published list of places, as it was published.
    "gazetteer_imports": "cities credit file_name file_sha256 form",
    "gazetteer_places": "area_key block city numbered prefecture town town_key unit",
    "geocode_answers": "question sealed",
    "geocoder_turns": "provider",
    "head_counts": "counts source",
    "hygiene_entries": "check",
    "items": "allergens category icon parts tax_category",
    "jobs": "kind last_error",
    "pairings": "code_hash link_hash locator made_with only role",
    "partners": "kind",
    "people": "role",
    "permissions": "type",
    "plan_problems": "code numbers plan_stop_ids severity way",
    "plan_stops": "cancel_reason host_answer host_channel",
    "materialisations": "done",
    "plan_templates": "except_days more_days on_public_holiday on_school_holiday rrule",
    "plan_suggestions": "asked error progress result status",
    "plans": "cancel_reason status",
    "population_imports": "boundary_code file_sha256",
    "published_issues": "step",
    "published_links": "kind",
    "published_rare": "figure",
    "published_reach": "figure",
    "published_releases": "census_counts",
    "published_timetable": "cancel_reason status",
    "receipts": "code detail digest kind status",
    "referral_events": "outcome",
    "referrals": "direction",
    "released_atoms": "figure",
    "released_rare": "figure",
    "releases": "key_check",
    "report_deliveries": "body event status",
    "report_delivery_attempts": "code",
    "report_subscriptions": "channel events language",
    "report_versions": "figures reason visits",
    "rejections": "code detail digest kind settlement state",
    "revocations": "reason",
    "round_table_issues": "stage status topic",
    "sale_lines": "category",
    "sale_refunds": "payments taxes",
    "sales": "free_reason payment payments service_mode source taxes",
    "shift_members": "duty",
    "stops": "kind position_precision position_source publicity status",
    "week_totals": "key measure",
    "stop_steps": "status",
    "tax_rates": "tax_class",
    "tax_rules": "service_mode tax_category tax_class",
    "ticket_entries": "event payment settled_by source",
    "ticket_numbers": "number",
    "text_erasures": "reason",
    "tokens": "made_with only prefix replaces role secret_hash",
    "travel_legs": "source",
    "vans": "outages",
    "visit_totals": "key measure",
    "visits": "cancel_reason source status",
}
CODED = frozenset(f"{table}.{column}" for table, columns in _CODED.items() for column in columns.split())
"""Words of a vocabulary, codes, hashes and numbers: nobody's own words stand there."""

SEALED = frozenset(name for name in SEEN_BY if "sealed" in name or " " in name)
_NUMBERS = {name: number for number, name in enumerate(SEEN_BY)}
_MARK = re.compile(r"MK(\d+)([AB])x")


def sealed_mark(name: str, whose: str) -> str:
    return f"MK{_NUMBERS[name]}{whose}x0"


def marks_in(text: str) -> set[tuple[str, str]]:
    """(column, A or B) of every mark that stands in a text."""
    names = list(SEEN_BY)
    return {(names[int(number)], whose) for number, whose in _MARK.findall(text)}


def mark_rows(session: Session, whose: str, van_id: uuid.UUID) -> None:
    """Put marks into every listed column of every row that has none yet, but into no other van."""
    for table in METADATA.sorted_tables:
        key = list(table.primary_key)
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if name not in SEEN_BY or name in SEALED:
                continue
            rows = session.execute(sa.select(column, *key)).all()
            for number, (value, *found) in enumerate(rows):
                if "MK" in str(value) or (table.name == "vans" and found != [van_id]):
                    continue
                mark = f"MK{_NUMBERS[name]}{whose}x{number}"
                here = sa.and_(*(one == is_ for one, is_ in zip(key, found, strict=True)))
                session.execute(table.update().where(here).values({column: _filled(value, mark)}))


def _filled(value: Any, mark: str) -> Any:
    """A mark in place of a text; in a list of what belongs together, in place of each of its texts."""
    if isinstance(value, list):
        return [_filled(one, mark) for one in value]
    if isinstance(value, dict):
        return {
            name: _filled(one, mark) if isinstance(one, str | list | dict) else one
            for name, one in value.items()
        }
    return mark


def texts() -> set[str]:
    """Every column that could hold words: texts, lists of them, and what is sealed."""
    kinds = (sa.String, sa.JSON, sa.LargeBinary)
    return {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if isinstance(column.type, kinds) or type(column.type).__name__ == "Json"
    }


def marked_columns(session: Session) -> set[str]:
    """The columns that hold a mark in at least one row."""
    found = set()
    for name in SEEN_BY.keys() - SEALED:
        table, _, column = name.partition(".")
        wanted = METADATA.tables[table].columns[column]
        if any("MK" in str(value) for value in session.scalars(sa.select(wanted))):
            found.add(name)
    return found
