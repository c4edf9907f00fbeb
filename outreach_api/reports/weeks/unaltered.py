"""Proves that kept versions say what was told: the audit, whose rows hang together, holds the hash of each."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import IsoWeek
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.report_versions import ReportVersion

ENTITY = "report_version"


def purpose(week: IsoWeek, number: int, figures: Any, visits: Any) -> str:
    """What the audit says of a version: its week and number, and a hash of what it holds."""
    told = hashlib.blake2b(orjson.dumps([figures, visits], option=orjson.OPT_SORT_KEYS), digest_size=16)
    return f"{week} {number} {told.hexdigest()}"


def altered(session: Session) -> list[str]:
    """Versions that are not what was kept, by week and number, also those that are gone; empty when all is well."""
    entry, version = AuditEntry, ReportVersion
    said = sa.select(entry.entity_id, entry.purpose).where(entry.entity_kind == ENTITY)
    told = {entity_id: str(purpose) for entity_id, purpose in session.execute(said)}
    kept = sa.select(version.id, version.iso_week, version.number, version.figures, version.visits)
    found: list[str] = []
    for version_id, week, number, figures, visits in session.execute(kept.execution_options(yield_per=20)):
        now = purpose(IsoWeek.from_int(week), number, figures, visits)
        if told.pop(version_id, None) != now:
            found.append(now.rpartition(" ")[0])
    return found + [one.rpartition(" ")[0] for one in told.values()]
