"""`outreach` with a fault: it answers first and commits later. What a kill loses of it, the proof must find."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.cli.entry import main
from outreach_api.settings import Settings
from outreach_api.storage.session import Database

PROGRAM = ("-m", "tests.proofs.careless")
LATER = 5.0
"""Seconds: by then killed_server.py has long killed a server that answered."""

_careful = Database.write


@contextlib.contextmanager
def _write(self: Database) -> Iterator[Session]:
    with contextlib.ExitStack() as writing:
        yield writing.enter_context(_careful(self))
        if self.url == sa.make_url(Settings.from_environment().database_url):  # not the keys
            threading.Timer(LATER, writing.pop_all().close).start()


if __name__ == "__main__":
    Database.write = _write  # type: ignore[method-assign]
    sys.exit(main())
