"""Asks the app in this process with a coordinator's token, as the map page does: compact, packed."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from werkzeug.test import EnvironBuilder

from outreach_api.access.writes.tokens import issue_token
from outreach_api.app import create_app
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.settings import Settings
from outreach_api.storage.keyring import load_keyring
from outreach_api.storage.session import Database
from schemas.columns import COLUMNS
from schemas.vocabulary import Role


class Answer(NamedTuple):
    status: str
    etag: str
    body: bytes
    """Packed, as it goes over the network."""


class Office:
    """One coordinator at the database in `path`, whose key is in `key`."""

    def __init__(self, path: Path, key: Path, now: Callable[[], dt.datetime] = utc_now) -> None:
        logging.getLogger("outreach.access").setLevel(logging.WARNING)
        database = Database(f"sqlite:///{path}")
        settings = Settings(home=path.parent, key_file=key)
        self._app = create_app(settings, database=database, keyring=load_keyring(settings), now=now)
        with database.write() as session:
            self._token = issue_token(session, role=Role.COORDINATOR, label="bench", now=now(), days=1)

    def get(self, path: str, accept: str = COLUMNS, etag: str | None = None, packing: str = "gzip") -> Answer:
        headers = [
            ("Authorization", f"Bearer {self._token}"),
            ("Accept", accept),
            ("Accept-Encoding", packing),
        ]
        if etag is not None:
            headers.append(("If-None-Match", etag))
        return self._answer(EnvironBuilder(path=path, headers=headers))

    def post(self, path: str) -> Answer:
        """Without a body."""
        headers = [("Authorization", f"Bearer {self._token}"), ("Idempotency-Key", str(new_id()))]
        return self._answer(EnvironBuilder(path=path, headers=headers, method="POST"))

    def _answer(self, asked: EnvironBuilder) -> Answer:
        seen: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            seen.update(status=status, headers=dict(headers))

        answer: Any = self._app(asked.get_environ(), start_response)
        body = b"".join(answer)
        answer.close()
        if seen["status"][:3] not in ("200", "201", "304"):
            raise SystemExit(f"{asked.path} answered {seen['status']}: {body[:300]!r}")
        return Answer(seen["status"], seen["headers"].get("ETag", ""), body)
