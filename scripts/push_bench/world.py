"""A migrated database with one open visit, a small catalogue and a few phones: all that a push needs."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from outreach_api.access.writes.tokens import issue_token
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.kernel.mesh import mesh_code, micro
from outreach_api.kernel.week import IsoWeek, local_day
from outreach_api.settings import PREFIX, Settings
from outreach_api.stops.writes import UNSAID
from outreach_api.storage import migrate
from outreach_api.storage.keyring import make_keys
from outreach_api.storage.plans import Van
from outreach_api.storage.sales import Item, ItemPrice
from outreach_api.storage.session import Database
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Role

ITEMS = 20
CHEAPEST_YEN = 10  # item n costs n yen more


class World:
    """The database and its key in `folder`; one token for each of `phones`, all crew of the same van."""

    def __init__(self, folder: Path, *, phones: int = 1) -> None:
        folder.mkdir()
        self.folder = folder
        self.path, self.key = folder / "outreach.db", folder / "master.key"
        self.day = local_day(utc_now())
        self.week = IsoWeek.of(self.day).as_int
        self._lat, self._lon = micro(35.8041), micro(139.9523)
        self.mesh = mesh_code(self._lat, self._lon)
        self.van, self.stop, self.visit = new_id(), new_id(), new_id()
        self.items = [new_id() for _ in range(ITEMS)]
        make_keys(Settings(key_file=self.key)).close()
        database = Database(f"sqlite:///{self.path}")
        migrate.upgrade(database)
        self._fill(database)
        now = utc_now()
        with database.write() as session:
            self.tokens = [
                issue_token(session, role=Role.CREW, label=f"phone {n}", now=now, days=1, van_id=self.van)
                for n in range(phones)
            ]
        database.close()

    def _fill(self, database: Database) -> None:
        kept = {"version": 1, "change_no": 0, "created_at": utc_now()}
        place = {"lat_micro": self._lat, "lon_micro": self._lon, "mesh": self.mesh}
        named = {"id": self.stop, "code": "S", "name": "S", "kind": "temple", "publicity": "public"}
        with database.write() as session:
            session.add(Van(id=self.van, code="A", name="A", needs_power=False, active=True, **kept))
            session.add(Stop(**{**UNSAID, **kept, **place, **named}))
            session.flush()
            visit = {"id": self.visit, "van_id": self.van, "stop_id": self.stop, "mesh": self.mesh}
            dated = {"local_day": self.day, "iso_week": self.week, "clock_suspect": False}
            session.add(Visit(status="open", source="app", **visit, **dated, **kept))
            sold = {"category": "sweets", "tax_category": "food", "allergens": [], "active": True}
            for number, item in enumerate(self.items):
                session.add(Item(id=item, code=f"I{number}", name=f"品{number}", **sold, **kept))
            session.flush()
            since = dt.date(2015, 1, 1)
            for number, item in enumerate(self.items):
                session.add(ItemPrice(item_id=item, valid_from=since, price_yen=CHEAPEST_YEN + number))

    @property
    def environment(self) -> dict[str, str]:
        """For an `outreach` command on this world, whatever the shell that runs the benchmark has set."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return clean | {
            f"{PREFIX}HOME": str(self.folder),
            f"{PREFIX}DATABASE_URL": f"sqlite:///{self.path}",
            f"{PREFIX}KEY_FILE": str(self.key),
        }
