"""Years of one van as the write path would leave them, made straight in the tables, then counted again.

What happens on a day is drawn from that day alone, so that a short history is the end of a long one. A van goes to four
stops in turn for half a year, then to other four: in the last month of a short and of a long history the same stops
were visited, and the others lately in neither.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import uuid7
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import held_anew, recount, totals
from outreach_api.storage import migrate
from outreach_api.storage.session import Database
from report_bench import town
from report_bench.visits import Habits, Rows, Visits

LAST_WEEK = IsoWeek(2026, 48)
NOW = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)
"""The Monday after it."""
A_MONTH, TEN_YEARS = 4, 520
"""Weeks."""
HALF_YEAR = 26
AT_ONCE = 4
"""Stops that a van goes to in one half-year."""


class History:
    """The database at `url`: one van, 20 stops, visits, receipts, notes, promises, stamp cards of so many weeks."""

    def __init__(self, url: str, habits: Habits, *, weeks: int, towns: int = 1) -> None:
        self.url, self.habits = url, habits
        self.weeks = [LAST_WEEK.previous(n) for n in reversed(range(weeks))]
        self.counted: Counter[str] = Counter()
        self._dice = random.Random(11)  # noqa: S311
        self.van = self._id(NOW)
        database = Database(url)
        migrate.upgrade(database)
        with database.write() as session:
            self._town(session, towns)
            for week in self.weeks:
                self._insert(session, self._week(week))
            held_anew.fill(session)
            totals.fill_weeks(session)
        with database.read() as session:
            wrong = [
                *recount.differences(session),
                *recount.week_differences(session),
                *held_anew.differences(session),
            ]
        if wrong:
            raise SystemExit(f"{len(wrong)} totals do not follow from their facts, the first: {wrong[0]}")
        database.close()

    def size(self) -> str:
        return ", ".join(f"{count:,} {table}" for table, count in sorted(self.counted.items()))

    def _id(self, at: dt.datetime) -> uuid.UUID:
        # Its end is free for what a fleet is told apart by.
        return uuid7(at, self._dice.randbytes(7) + bytes(3))

    def _town(self, session: Session, towns: int) -> None:
        def make_id() -> uuid.UUID:
            return self._id(NOW)

        town.add_van(session, self.van)
        self._stops = town.add_stops(session, self._dice, make_id)
        destinations = town.add_destinations(session, make_id)
        self._visits = Visits(self.habits, self.van, destinations, dice=self._dice, make_id=self._id)
        town.add_people(session, self._dice, towns, NOW)
        # Last, because how many there are hangs on the years, and the dice are to fall alike up to here.
        first = self.weeks[0].monday
        years = range(first.year - (first.month < 4), LAST_WEEK.monday.year + 1)
        town.add_permissions(session, make_id, self._stops, years)

    def _week(self, week: IsoWeek) -> Rows:
        self._dice.seed(week.as_int)
        rows: Rows = {}
        ago = (LAST_WEEK.monday - week.monday).days // 7
        for nth, weekday in enumerate(self.habits.weekdays):
            turn = (ago * len(self.habits.weekdays) + nth) % AT_ONCE
            stop = self._stops[(ago // HALF_YEAR * AT_ONCE + turn) % town.STOPS]
            self._visits.add(rows, week.days[weekday], stop)
        return rows

    def _insert(self, session: Session, rows: Rows) -> None:
        for table, made in rows.items():
            session.execute(sa.insert(cast(sa.Table, table.__table__)), made)
            self.counted[table.__tablename__] += len(made)
