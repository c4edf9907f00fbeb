"""Small random histories for the attack: visits at overlapping places, late data and corrections over three releases."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from outreach_api.kernel.week import FiscalYear, IsoWeek, Month, Period, parse_period
from outreach_api.storage.stops import Stop
from schemas.vocabulary import CHILD_GROUPS, AgeGroup
from tests.api import Api
from tests.make import make_stop
from tests.releasing import count, hold, public, release
from tests.solving_attack import GROUPS, Atom, Counts, Known, Seen

BANDS = ("preschool", "elem_low", "junior_high", "young_adult", "guardian", "senior", "unknown")
"""One of each group, in their order."""
RELEASES = 3
ALL = frozenset(range(len(GROUPS)))
CHILDREN = frozenset(GROUPS.index(group) for group in CHILD_GROUPS)
ONE = {group.value: frozenset([n]) for n, group in enumerate(GROUPS)}
_FIRST = IsoWeek(2001, 2)
_APART = 9
_NOWHERE = 0

Answers = dict[tuple[str, int | None, frozenset[int]], int]
"""By period, cell (0: not on the map; None: the city) and groups: what was answered."""


@dataclass(frozen=True)
class Visit:
    """`known`: we told its exact head count ourselves. `since`: the release before which it was entered."""

    stop: int
    day: dt.date
    known: bool
    since: int


@dataclass
class Season:
    first: IsoWeek
    visits: list[Visit]
    counts: list[list[Counts]]
    """By release and visit; of one that was not entered yet, nobody."""

    def through(self, number: int) -> IsoWeek:
        """The week that a release goes up to."""
        return self.first.next(1 + 2 * number)

    def told(self, number: int) -> list[int]:
        last = self.through(number).last_day
        return [n for n, visit in enumerate(self.visits) if visit.since <= number and visit.day <= last]

    def small(self) -> list[Atom]:
        """Everything under 5 that was ever told."""
        return [
            Atom(number, visit, group)
            for number in range(RELEASES)
            for visit in self.told(number)
            for group, people in enumerate(self.counts[number][visit])
            if people < 5
        ]

    def periods(self) -> list[Period]:
        weeks = [self.first.next(n) for n in range(4)]
        months = dict.fromkeys(Month.of(visit.day) for visit in self.visits)
        return [*weeks, *months, FiscalYear.of(weeks[0].first_day)]


def season(chance: random.Random, number: int) -> Season:
    first = _FIRST.next(_APART * number)
    visits: list[Visit] = []
    for stop in range(4):
        # Two weeks are over by the first release, four by the second.
        week = first.next(chance.randrange(4))
        since = chance.choice((0, 0, 1, 2)) if stop else 0
        visits.append(Visit(stop, week.days[chance.randrange(7)], chance.random() < 0.7, since))
    now = [_crowd(chance) for _ in visits]
    counts = []
    for release_number in range(RELEASES):
        if release_number:
            now = [_corrected(chance, of_visit) for of_visit in now]
        nobody = (0,) * len(GROUPS)
        counts.append(
            [one if visit.since <= release_number else nobody for one, visit in zip(now, visits, strict=True)]
        )
    return Season(first, visits, counts)


def _crowd(chance: random.Random) -> Counts:
    most = chance.choice((2, 4, 6, 12))
    return tuple(chance.choice((0, chance.randint(0, most), chance.randint(1, most))) for _ in GROUPS)


def _corrected(chance: random.Random, counts: Counts) -> Counts:
    if chance.random() < 0.5:
        return counts
    changed = list(counts)
    group = chance.randrange(len(GROUPS))
    changed[group] = max(0, changed[group] + chance.randint(-3, 4))
    return tuple(changed)


class Town:
    """Four places: two in one cell, one elsewhere, one for members. Seasons follow each other there, far apart."""

    def __init__(self, api: Api) -> None:
        self.api = api
        with api.database.write() as session:
            self.stops: list[Stop] = [
                make_stop(session, name="けやきの広場", lat=35.8041, lon=139.9523),
                make_stop(session, name="つつじ公園", lat=35.8043, lon=139.9526),
                make_stop(session, name="本土寺", lat=35.83, lon=139.93),
                make_stop(session, name="佐藤さんの家", lat=35.79, lon=139.91, publicity="members"),
            ]
        self.cells = [stop.mesh // 100 for stop in self.stops[:3]] + [_NOWHERE]

    def live(self, season: Season) -> Known:
        """Enter everything, release three times, and gather every public answer in between."""
        known = Known(len(season.visits), RELEASES)
        before = self._answers(season)
        ids: dict[int, Any] = {}
        for number in range(RELEASES):
            for n, visit in enumerate(season.visits):
                people = season.counts[number][n]
                if visit.known or visit.since > number:
                    known.heads[n, number] = sum(people)
                if visit.since > number:
                    continue
                if n not in ids:
                    ids[n] = hold(self.api, day=visit.day, stop=self.stops[visit.stop], taps={})
                    was = (0,) * len(GROUPS)
                else:
                    was = season.counts[number - 1][n]
                taps = zip(BANDS, people, was, strict=True)
                count(self.api, ids[n], **{band: now - then for band, now, then in taps if now != then})
            made = release(self.api, str(season.through(number)))
            assert made.status == 201, made
            told = season.told(number)
            for (period, cell, groups), value in self._answers(season).items():
                days = parse_period(period)
                at = frozenset(
                    n
                    for n in told
                    if season.visits[n].day in days and cell in (None, self.cells[season.visits[n].stop])
                )
                value -= before.get((period, cell, groups), 0)
                assert at or value == 0
                known.seen.add(Seen(number, at, groups, value))
        return known

    def _answers(self, season: Season) -> Answers:
        found: Answers = {}
        periods = [str(period) for period in season.periods()]
        for name in periods:
            _take(found, name, public(self.api, f"?period={name}"))
        for row in self._csv(f"/v1/public/reach.csv?bom=0&period={periods[-1]}", role=None):
            if row["figure"] in ONE and row["of"] in ("city", "not_on_map", "cell"):
                cell = {"city": None, "not_on_map": _NOWHERE}.get(row["of"], int(row["mesh1000"] or 0))
                _keep(found, (periods[-1], cell, ONE[row["figure"]]), int(row["value"]))
        geo = self.api.get(f"/v1/public/reach.geojson?period={periods[4]}", role=None).json
        cells = [feature["properties"] for feature in geo["features"]]
        _take(found, periods[4], {**geo["summary"], "cells": cells})
        pack = self.api.get(f"/v1/packs/{periods[4]}", role="reporter").json
        _take(found, periods[4], pack)
        for figures in (*pack["compared"], *pack["trend"]):
            if figures["period"] in periods and figures["attendance"] is not None:
                _keep(found, (figures["period"], None, ALL), figures["attendance"])
                _keep(found, (figures["period"], None, CHILDREN), figures["children"])
        for row in self._csv(f"/v1/packs/{periods[0]}?format=csv&bom=0", role="reporter"):
            if row["section"] == "place" and row["figure"] in ONE:
                _keep(found, (periods[0], int(row["of"]), ONE[row["figure"]]), int(row["value"]))
        return found

    def _csv(self, path: str, *, role: str | None) -> Iterator[dict[str, str]]:
        answer = self.api.get(path, role=role)
        assert answer.status == 200, answer
        return csv.DictReader(io.StringIO(answer.text))


def _take(found: Answers, period: str, shown: dict[str, Any]) -> None:
    places = [(None, shown["attendance"]), (_NOWHERE, shown["not_on_map"])]
    for cell, heads in [*places, *((cell["mesh1000"], cell["attendance"]) for cell in shown["cells"])]:
        _keep(found, (period, cell, ALL), heads["total"])
        _keep(found, (period, cell, CHILDREN), heads["children"])
        for group in AgeGroup:
            _keep(found, (period, cell, ONE[group]), heads["by_group"][group])


def _keep(found: Answers, asked: tuple[str, int | None, frozenset[int]], value: int) -> None:
    """Whatever form it comes in, one question has one answer."""
    assert found.setdefault(asked, value) == value, asked
