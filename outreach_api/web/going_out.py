"""Says that a file goes out: its row in the audit comes first."""

from __future__ import annotations

from outreach_api.ledger import audit
from outreach_api.web.resource import actor, session
from outreach_api.web.services import services


def note_export(what: str, *, action: str, entity_kind: str) -> None:
    """In a transaction of its own, because this request only reads; it is over then, and making the file holds none."""
    here = services()
    session().rollback()  # a reader would keep a writer from committing where SQLite has no write-ahead log
    with here.database.write() as own:
        audit.record(
            own,
            actor(),
            here.now(),
            action=action,
            entity_kind=entity_kind,
            entity_id=None,
            purpose=what,
        )
