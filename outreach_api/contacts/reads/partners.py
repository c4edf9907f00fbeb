"""Partners and round-table issues."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.contacts import Partner, RoundTableIssue

_PARTNER_FIELDS = (
    "id",
    "version",
    "name",
    "kana",
    "name_en",
    "kind",
    "stop_id",
    "destination_id",
    "since",
    "active",
)
_ISSUE_FIELDS = (
    "id",
    "version",
    "title",
    "topic",
    "stage",
    "status",
    "raised_on",
    "discussed_on",
    "action_on",
    "action",
    "closed_on",
)


def partner(session: Session, actor: Actor, partner_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.get(Partner, partner_id)
    return Refusal("not_found", 404) if found is None else partner_view(found)


def partner_view(row: Partner) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _PARTNER_FIELDS}


def issue(session: Session, actor: Actor, issue_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.get(RoundTableIssue, issue_id)
    return Refusal("not_found", 404) if found is None else issue_view(found)


def issue_view(row: RoundTableIssue) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _ISSUE_FIELDS}
