"""What belongs to whom, said once for the tests: which things are one van's, which everybody's who may ask.

An operation, a kind of change or a column that is stated nowhere here fails its test until somebody says whose it is.
"""

from __future__ import annotations

from schemas.vocabulary import Role

OF_A_VAN = frozenset(
    {
        "van",
        "device",
        "shift",
        "plan",
        "plan_stop",
        "visit",
        "head_count",
        "hygiene_entry",
        "sale",
        "sale_void",
        "sale_refund",
        "sold_out",
        "ticket",
        "cash_movement",
        "cash_up",
        "note",
        "referral",
        "referral_outcome",
        "follow_up",
        "follow_up_report",
        "stamp",
        "concern",
        "rejection",
    }
)
"""A crew reaches its own van's only; to another's crew these do not exist."""

FOR_ALL = frozenset(
    {
        "stop",
        "permission",
        "item",
        "destination",
        "partner",
        "issue",
        "safety_card",
        "alert_addresses",
        "person",
        "tax_rate",
        "tax_rule",
        "allotment",
        "ticket_return",
        "holder",
        "entity",
        "pairing",
        "erasure",
        "school_holiday",
        "plan_template",
        "materialisation",
        "suggestion",
        "release",
        "report_version",
        "subscription",
        "area_set",
    }
)
"""For every role that may ask, whatever its van. (holder, entity: the audit is asked by any id at all.)"""

ABOUT_STAFF = frozenset({"note", "rejection"})
"""If it is about one of us it exists for safeguarding alone."""

PEOPLE = frozenset({"counted_by", "approved_by", "signed_by", "raised_by"})
"""Fields that name a person without ending in person_id."""

MANY = {"van_ids": "van", "stop_ids": "stop", "must": "stop", "never": "stop"}
"""Fields that hold ids of many."""

_OTHER_NAMES = {
    **dict.fromkeys(PEOPLE, "person"),
    "into": "visit",
    "stops/id": "plan_stop",
    "set": "area_set",
    **MANY,
}


def entity_named(field: str) -> str | None:
    """The thing whose id stands in a field or parameter of this name, if it is stated above."""
    if field in _OTHER_NAMES:
        return _OTHER_NAMES[field]
    word = field.removesuffix("_id")
    fits = [entity for entity in OF_A_VAN | FOR_ALL if word == entity or word.endswith(f"_{entity}")]
    return max(fits, key=len) if fits and word != field else None


def is_hidden(entity: str, role: Role) -> bool:
    """Whether another van's is as if it did not exist."""
    return role is Role.CREW and entity in OF_A_VAN
