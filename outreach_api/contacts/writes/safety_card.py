"""Fills in the safety card: one row, made by its first change."""

from __future__ import annotations

from outreach_api.contacts.rules import DEFAULT_STEPS, DEFAULT_STEPS_EN, SAFETY_CARD_ID
from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import versions
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.storage.contacts import SafetyCard

_EMPTY = {"steps": DEFAULT_STEPS, "steps_en": DEFAULT_STEPS_EN, "city_desks": []}


def change_safety_card(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Change what the card says; what nobody has filled in yet is at version 0."""
    if accepted.entity_id != SAFETY_CARD_ID:
        return Refusal("not_found", 404)
    announces = (Announce("safety_card", SAFETY_CARD_ID),)
    row: SafetyCard | Refusal | None = work.session.get(SafetyCard, SAFETY_CARD_ID)
    if row is None:
        if accepted.operation.base_version != 0:
            return Refusal("not_written_yet", 412)
        work.session.add(
            SafetyCard(
                id=SAFETY_CARD_ID,
                version=1,
                change_no=accepted.change_no,
                created_at=work.now,
                **{**_EMPTY, **accepted.values},
            )
        )
        return Applied(SAFETY_CARD_ID, announces=announces)
    row = versions.find(work, SafetyCard, accepted)
    if isinstance(row, Refusal):
        return row
    for name, value in accepted.values.items():
        setattr(row, name, value)
    return Applied(row.id, row.version, created=False, announces=announces)
