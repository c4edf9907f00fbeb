"""What a request needs of the application, handed over once by app.py."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app

from outreach_api.ledger.kinds import Actor, Registry
from outreach_api.settings import Settings
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from outreach_api.web.uploads import Uploads

FindActing = Callable[[Database, Keyring, Actor, str, dt.datetime], uuid.UUID | None]
FindActor = Callable[[Database, Keyring, str, dt.datetime, int], Actor | None]


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    database: Database
    published: Database
    """The same tables, or only those of storage.published: as whom the public side may read."""
    keyring: Keyring
    kinds: Registry
    find_actor: FindActor
    """Who a bearer token belongs to, at a time, if it was not idle for more than so many days; or None."""
    find_acting: FindActing
    """Whose PIN of the shift was typed on a shared phone, or None."""
    now: Callable[[], dt.datetime]
    hash_key: bytes
    cursor_key: bytes
    attempts_key: bytes
    uploads: Uploads


def services() -> Services:
    return cast(Services, current_app.extensions["outreach"])
