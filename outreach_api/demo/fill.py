"""Fills an empty database with one season, day by day, at the times at which it would have happened."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from outreach_api.demo import need
from outreach_api.demo.chance import Chance
from outreach_api.demo.counter import Counter
from outreach_api.demo.crew import Crew
from outreach_api.demo.moments import at
from outreach_api.demo.office import Office
from outreach_api.demo.planning import Planning
from outreach_api.demo.season import Season
from outreach_api.demo.talks import Talks
from outreach_api.demo.team import Team, team
from outreach_api.demo.wire import DemoRefused, Server
from outreach_api.kernel.week import IsoWeek
from outreach_api.outreach_map.imports import Source, keep_population
from outreach_api.outreach_map.population_file import read_population
from outreach_api.settings import Settings
from outreach_api.storage.contacts import SafetyConcern

Tell = Callable[[str], None]
_MONDAY, _WEDNESDAY, _THURSDAY, _FRIDAY, _SUNDAY = 0, 2, 3, 4, 6


@dataclass(slots=True)
class Filled:
    """What the season came to."""

    team: Team
    visitors: Tally[dt.date] = field(default_factory=Tally)
    held: int = 0
    cancelled: Tally[str] = field(default_factory=Tally)


class Story:
    """One season as it goes on. The same seed and days give the same data."""

    def __init__(self, server: Server, season: Season, population: tuple[str, bytes] | None = None) -> None:
        """`population` is a file's name and content; without one, an invented population is imported."""
        self._server = server
        self._season = season
        self._population = population
        self._team = team(season.seed)
        self._office = Office(server, season, self._team)
        self._planning = Planning(season, self._team, self._office.places, self._office.desk)
        self._talks = Talks(season, self._office.destination_ids, self._office.stop_ids)
        self._crew = Crew(
            server,
            season,
            self._team,
            self._planning,
            self._office.places,
            Counter(self._office.catalogue),
            self._talks,
            self._acknowledge,
        )
        self._filled = Filled(self._team, self._crew.visitors)
        weeks = season.weeks
        # Days on which something else than weather happens, as (week, weekday).
        self._breakdown = round(weeks * 0.7), _WEDNESDAY
        self._infection = round(weeks * 0.3), _FRIDAY
        self._paper = round(weeks * 0.5), _FRIDAY
        self._event = max(0, weeks - 2), _SUNDAY
        self._request = weeks // 2, _WEDNESDAY

    def tell(self, tell: Tell) -> Filled:
        """Raises DemoRefused when the house refuses anything."""
        self._office.prepare()
        self._import_population(at(self._season.prepared_on, "09:50"))
        for day in self._season.days():
            self._live(day)
            if day >= self._season.first_day and (day.weekday() == _SUNDAY or day == self._season.until):
                tell(self._week_line(day))
        self._planning.draft_a_faulty_one()
        return self._filled

    def _import_population(self, now: dt.datetime) -> None:
        """As `outreach import-population` does it: an import is no operation of a phone."""
        label, name, data = need.LABEL, need.FILE_NAME, b""
        if self._population is None:
            data = need.population_csv(Chance(self._season.seed, "need"), self._office.places.values())
        else:
            name, data = self._population
            label = name
        table = read_population([(name, data)], Settings().max_import_bytes)
        if table.errors:
            raise DemoRefused(f"{name} has faults: {table.errors[:3]}")
        if self._population is None:
            table = replace(table, targets=need.TARGET_LABELS)
        with self._server.database.write() as session:
            source = Source.of([(name, data)])
            keep_population(session, table, label=label, source=source, boundary_code=None, now=now)

    def _live(self, day: dt.date) -> None:
        self._crew.find_reception(at(day, "08:10"))
        if day.weekday() == _MONDAY:
            self._monday(day)
        if day.weekday() == _THURSDAY:
            self._planning.publish_next_week(day)
        when = self._season.week_number(day), day.weekday()
        if self._season.stays(day):
            self._drive(day, when)
        if when == self._event:
            self._crew.go_to_event(day)
            self._filled.held += 1
        if when == self._request:
            self._crew.note_request(day)

    def _monday(self, day: dt.date) -> None:
        self._office.monday(day)
        desk, chance = self._office.desk, self._crew.chance
        for till_id in self._crew.till_ids:
            desk.keep("cash_up.approve", till_id, at(day, "09:35"), {}, creates=False)
        self._crew.till_ids.clear()
        self._talks.referring.report_due(desk, chance, at(day, "09:50"), day)
        desk.send(at(day, "09:55"))
        self._planning.draft_next_week(day)
        if day > self._season.first_day:
            self._office.close(IsoWeek.of(day).previous(), at(day, "10:20"))
            self._office.release(IsoWeek.of(day).previous(), at(day, "10:30"))

    def _drive(self, day: dt.date, when: tuple[int, int]) -> None:
        stays = self._season.stays(day)
        for special, reason, note in (
            (self._breakdown, "vehicle", "発電機の不調"),
            (self._infection, "infection", "スタッフに発熱があった"),
        ):
            if when == special:
                self._planning.cancel_day(day, at(day, "08:30"), reason, note)
                self._filled.cancelled[reason] += len(stays)
                return
        if when == self._paper and day < self._season.until:
            for stay in stays:
                self._crew.enter_from_paper(stay, self._office.desk)
                self._filled.held += 1
            return
        for stay in stays:
            cancelled = self._crew.keep_day(stay)
            if cancelled is None:
                self._filled.held += 1
            else:
                self._filled.cancelled[cancelled] += 1

    def _acknowledge(self, note_id: uuid.UUID, now: dt.datetime) -> None:
        """The lead sees the concern in the list and takes it on."""
        with self._server.database.read() as session:
            concern_id = session.scalar(sa.select(SafetyConcern.id).where(SafetyConcern.note_id == note_id))
        if concern_id is None:
            raise DemoRefused("a note with a safety concern opened none")
        self._office.lead.keep("concern.acknowledge", concern_id, now, {}, creates=False)
        self._office.lead.send(now)

    def _week_line(self, day: dt.date) -> str:
        week = IsoWeek.of(day)
        visitors = sum(number for on, number in self._filled.visitors.items() if on in week)
        days = sum(on in week for on in self._filled.visitors)
        return f"{week}  {days} 日 · days  {visitors:4d} 人 · visitors"
