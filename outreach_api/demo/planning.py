"""Plans of the season: drafted on Monday for the week to come, hosts asked, published on Thursday; one left faulty."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from outreach_api.demo.chance import Chance
from outreach_api.demo.moments import at
from outreach_api.demo.season import Season, Stay
from outreach_api.demo.team import Team
from outreach_api.demo.town import FAULTY_CODE, Place
from outreach_api.demo.wire import Phone

_CHANNELS = {"phone": 4, "line": 5, "visit": 2}
_DUTIES = ("lead", "driver", "outreach", "counter")
_SETUP = dt.timedelta(minutes=30)
_TUESDAY = 1


class Planning:
    """The plans, and the plan stops that visits come from."""

    def __init__(self, season: Season, team: Team, places: Mapping[str, Place], desk: Phone) -> None:
        self._season = season
        self._team = team
        self._places = places
        self._desk = desk
        self._chance = Chance(season.seed, "planning")
        self._drafts: dict[dt.date, tuple[uuid.UUID, dict[str, Any]]] = {}
        self.plan_stop_ids: dict[Stay, uuid.UUID] = {}
        self.plan_ids: dict[dt.date, uuid.UUID] = {}

    def draft_next_week(self, monday: dt.date) -> None:
        """Put the round's stays of the next week into drafts, and ask the hosts."""
        now = at(monday, "10:00")
        for day in _days_of_week(monday + dt.timedelta(days=7)):
            stays = self._season.stays(day)
            if not stays:
                continue
            plan_id = self._chance.quiet_id()
            payload = {
                "van_id": str(self._team.van_id),
                "local_day": day.isoformat(),
                "title": "・".join(str(self._places[stay.code].payload["name"]).split()[0] for stay in stays),
                "stops": [self._plan_stop(stay) for stay in stays],
            }
            self._desk.keep("plan.draft", plan_id, now, payload)
            self._drafts[day] = plan_id, payload
        self._desk.send(now)

    def publish_next_week(self, thursday: dt.date) -> None:
        """Enter the hosts' last answers, publish the next week, and say who is on the van."""
        now = at(thursday, "16:00")
        days = [day for day in _days_of_week(thursday + dt.timedelta(days=4)) if day in self._drafts]
        for day in days:
            plan_id, payload = self._drafts[day]
            answered = [{**stay, "host_answer": "yes"} for stay in payload["stops"]]
            if answered != payload["stops"]:
                self._desk.keep("plan.change", plan_id, now, {"stops": answered}, creates=False)
        self._desk.send(now)
        for day in days:
            self.plan_ids[day] = self._drafts[day][0]
            self._desk.keep("plan.publish", self.plan_ids[day], now, {}, creates=False)
            self._desk.keep("shift.plan", self._chance.quiet_id(), now, self._shift(day))
        self._desk.send(now)

    def cancel_day(self, day: dt.date, now: dt.datetime, reason: str, note: str) -> None:
        """Call off a whole day."""
        payload = {"reason": reason, "note": note}
        self._desk.keep("plan.cancel", self.plan_ids[day], now, payload, creates=False)
        self._desk.send(now)

    def draft_a_faulty_one(self) -> None:
        """A draft for a day that is free, with a stop whose permission has ended: for `check` to say what is wrong."""
        until = self._season.until
        day = until + dt.timedelta(days=(_TUESDAY - until.weekday() - 1) % 7 + 1)
        stays = (
            (FAULTY_CODE, "10:00", "13:00", True),
            ("K10", "13:20", "15:30", True),  # across the town in twenty minutes
            ("K23", "17:00", "18:30", True),  # for members only, and yet announced
        )
        payload = {
            "van_id": str(self._team.van_id),
            "local_day": day.isoformat(),
            "title": "火曜の案（まだ公表できない）",
            "stops": [
                {
                    "stop_id": str(self._places[code].id),
                    "arrive": arrive,
                    "depart": depart,
                    "announce": announce,
                }
                for code, arrive, depart, announce in stays
            ],
        }
        now = at(until, "21:30")
        self._desk.keep("plan.draft", self._chance.quiet_id(), now, payload)
        self._desk.send(now)

    def _plan_stop(self, stay: Stay) -> dict[str, Any]:
        plan_stop_id = self.plan_stop_ids[stay] = self._chance.quiet_id()
        return {
            "id": str(plan_stop_id),
            "stop_id": str(self._places[stay.code].id),
            "arrive": f"{stay.arrive:%H:%M}",
            "depart": f"{stay.depart:%H:%M}",
            "host_asked": True,
            "host_channel": self._chance.pick(_CHANNELS),
            "host_answer": "waiting" if self._chance.happens(0.3) else "yes",
        }

    def _shift(self, day: dt.date) -> dict[str, Any]:
        stays = self._season.stays(day)
        crew = self._team.crew
        chosen = self._chance.sample(crew, k=self._chance.choice((3, 4)))
        return {
            "van_id": str(self._team.van_id),
            "local_day": day.isoformat(),
            "starts_at": f"{stays[0].opens - _SETUP:%H:%M}",
            "ends_at": f"{stays[-1].closes + _SETUP:%H:%M}",
            "members": [
                {"person_id": str(person.id), "duty": duty}
                for person, duty in zip(chosen, _DUTIES, strict=False)
            ],
        }


def _days_of_week(monday: dt.date) -> list[dt.date]:
    return [monday + dt.timedelta(days=n) for n in range(7)]
