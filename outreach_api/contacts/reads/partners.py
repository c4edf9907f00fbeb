"""Partners and round-table issues."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.contacts import Partner, RoundTableIssue
from outreach_api.storage.published import PublishedIssue
from schemas.vocabulary import PublishedStep

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


def published(session: Session, actor: Actor, issue_id: uuid.UUID) -> dict[str, Any] | Refusal:
    """What everybody may read of an issue, in the order of its steps."""
    found = session.get(RoundTableIssue, issue_id)
    if found is None:
        return Refusal("not_found", 404)
    told = sa.select(PublishedIssue).where(PublishedIssue.id == found.published_id)
    steps = {row.step: row for row in session.scalars(told)}
    return {
        "id": found.id,
        "version": found.version,
        "published": [
            {name: getattr(steps[step], name) for name in ("step", "on_day", "text", "text_en")}
            for step in PublishedStep
            if step in steps
        ],
    }
