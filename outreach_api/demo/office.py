"""What is done at the desk before the season: people, van, stops, items, and where people can be connected to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from outreach_api.contacts.rules import SAFETY_CARD_ID
from outreach_api.demo import destinations, directory, town
from outreach_api.demo.catalogue import Catalogue
from outreach_api.demo.chance import Chance
from outreach_api.demo.moments import at
from outreach_api.demo.season import Season
from outreach_api.demo.team import CONSOLE, Team
from outreach_api.demo.town import Place
from outreach_api.demo.wire import Phone, Server
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger.kinds import Operation
from schemas.vocabulary import Role

_VAN: dict[str, Any] = {
    "code": "A",
    "name": "くるくる1号",
    "width_cm": 169,
    "height_cm": 242,
    "needs_power": False,
    "base": {"lat": 35.7921, "lon": 139.9286},
}
_VAN_PAPERS = {"inspection_until": 200, "insurance_until": 150, "food_permit_until": 900}


class Office:
    """The coordinator's desk, and what it entered, by the codes that the demo knows it by."""

    def __init__(self, server: Server, season: Season, team: Team) -> None:
        self._server = server
        self._season = season
        self._team = team
        self._chance = Chance(season.seed, "office")
        self.desk = Phone(server, team.the(Role.COORDINATOR).actor, self._chance, dt.timedelta(0))
        self.lead = Phone(server, team.the(Role.SAFEGUARDING).actor, self._chance, dt.timedelta(0))
        self.places: dict[str, Place] = town.places(
            self._chance, prepared_on=season.prepared_on, until=season.until
        )
        self.catalogue = Catalogue(self._chance, season.prepared_on, _price_rise(season))
        self.destination_ids = {kind: self._chance.quiet_id() for kind in destinations.destinations()}
        self._issue_ids = [self._chance.quiet_id() for _ in directory.ISSUES]

    @property
    def stop_ids(self) -> dict[str, uuid.UUID]:
        return {code: place.id for code, place in self.places.items()}

    def prepare(self) -> None:
        """Enter everything that is there before the first week."""
        day = self._season.prepared_on
        self._add_people(at(day, "08:30"))
        self._add_van(at(day, "09:00"), day)
        self._add_places(at(day, "09:05"))
        self._add_items(at(day, "09:20"))
        self._add_directory(at(day, "09:30"), day)
        self.desk.send(at(day, "09:40"))
        ended = self.places[town.ENDED_CODE]
        payload = {"on_day": day.isoformat()}
        self.desk.keep("permission.withdraw", ended.permission_id, at(day, "09:45"), payload, creates=False)
        self.desk.send(at(day, "09:45"))

    def monday(self, day: dt.date) -> None:
        """What comes up in the season: prices that rise, leaflets that ran out, issues for the round table."""
        if day + dt.timedelta(days=7) == self.catalogue.rise:
            for item in self.catalogue.items.values():
                if item.risen_yen is not None:
                    payload = {"valid_from": self.catalogue.rise.isoformat(), "price_yen": item.risen_yen}
                    self.desk.keep("item.price", item.id, at(day, "09:10"), payload, creates=False)
        week = self._season.week_number(day)
        if week == self._season.weeks // 2:
            line = self.destination_ids["line"]
            self.desk.keep(
                "destination.change", line, at(day, "09:15"), {"leaflet_stock": 240}, creates=False
            )
        self._take_to_round_table(day, week)
        self.desk.send(at(day, "09:30"))
        self._tell_of_round_table(week, at(day, "09:35"))

    def close(self, week: IsoWeek, now: dt.datetime) -> None:
        """Last week's report is kept as it is known now."""
        made = self._chance.quiet_id()
        self._server.perform(
            self.desk.actor, [Operation(made, "week.close", 1, made, {"week": str(week)})], now
        )

    def release(self, week: IsoWeek, now: dt.datetime) -> None:
        """Last week's figures leave the house."""
        made = self._chance.quiet_id()
        release = Operation(made, "release.make", 1, made, {"week": str(week)})
        self._server.perform(self.desk.actor, [release], now)

    def _add_people(self, now: dt.datetime) -> None:
        operations = [
            Operation(
                person.id,
                "person.add",
                1,
                person.id,
                {"name": person.name, "kana": person.kana, "role": person.role},
            )
            for person in self._team.people
        ]
        self._server.perform(CONSOLE, operations, now)
        # A card that nobody has filled in is at version 0, which a push can't name.
        card = Operation(
            self._chance.quiet_id(), "safety_card.change", 1, SAFETY_CARD_ID, dict(directory.SAFETY_CARD), 0
        )
        self._server.perform(self.lead.actor, [card], now)

    def _add_van(self, now: dt.datetime, day: dt.date) -> None:
        papers = {
            name: (self._season.until + dt.timedelta(days=days)).isoformat()
            for name, days in _VAN_PAPERS.items()
        }
        self.desk.keep("van.add", self._team.van_id, now, {**_VAN, **papers})

    def _add_places(self, now: dt.datetime) -> None:
        for place in self.places.values():
            self.desk.keep("stop.add", place.id, now, dict(place.payload))
            if place.permission is not None:
                permission = {**place.permission, "stop_id": str(place.id)}
                self.desk.keep("permission.grant", place.permission_id, now, permission)

    def _add_items(self, now: dt.datetime) -> None:
        for item in self.catalogue.items.values():
            self.desk.keep("item.add", item.id, now, item.payload)

    def _add_directory(self, now: dt.datetime, day: dt.date) -> None:
        for kind, destination in destinations.destinations().items():
            self.desk.keep("destination.add", self.destination_ids[kind], now, destination)
        for partner in directory.PARTNERS:
            payload: dict[str, Any] = {
                "name": partner.name,
                "kana": partner.kana,
                "kind": partner.kind,
                "since": (day - dt.timedelta(weeks=partner.weeks_before)).isoformat(),
            }
            if partner.hosts is not None:
                payload["stop_id"] = str(self.places[partner.hosts].id)
            if partner.runs is not None:
                payload["destination_id"] = str(self.destination_ids[partner.runs])
            self.desk.keep("partner.add", self._chance.quiet_id(), now, payload)

    def _take_to_round_table(self, day: dt.date, week: int) -> None:
        now = at(day, "09:20")
        for issue_id, issue in zip(self._issue_ids, directory.ISSUES, strict=True):
            if issue.week == week:
                payload = {
                    "title": issue.title,
                    "topic": issue.topic,
                    "stage": issue.stage,
                    "raised_on": day.isoformat(),
                }
                self.desk.keep("issue.raise", issue_id, now, payload)
            for step in _steps(issue, week):
                moved: dict[str, Any] = {"to": step.to, "on_day": day.isoformat()}
                if step.action is not None:
                    moved["action"] = step.action
                self.desk.keep("issue.advance", issue_id, now, moved, creates=False)

    def _tell_of_round_table(self, week: int, now: dt.datetime) -> None:
        """What was taken a step further, in words for everybody."""
        for issue_id, issue in zip(self._issue_ids, directory.ISSUES, strict=True):
            said = {"raised": issue.told} if issue.week == week else {}
            for step, text in {**said, **{step.to: step.told for step in _steps(issue, week)}}.items():
                if text is not None:
                    made = self._chance.quiet_id()
                    told = Operation(made, "issue.publish", 1, issue_id, {"step": step, "text": text})
                    self._server.perform(self.desk.actor, [told], now)


def _steps(issue: directory.Issue, week: int) -> Iterable[directory.Step]:
    return (step for step in issue.steps if step.week == week)


def _price_rise(season: Season) -> dt.date:
    """The Monday in the middle of the season from which some things cost more."""
    return season.first_day + dt.timedelta(weeks=(season.weeks + 1) // 2)
