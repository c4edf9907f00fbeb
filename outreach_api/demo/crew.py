"""The van's days: arrivals, taps on two phones, sales, talks, departures, and what weather makes of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from typing import Any

from outreach_api.demo import texts
from outreach_api.demo.chance import Chance
from outreach_api.demo.counter import Counter
from outreach_api.demo.crowd import Arrival, arrivals, people
from outreach_api.demo.moments import at
from outreach_api.demo.planning import Planning
from outreach_api.demo.scene import Scene
from outreach_api.demo.season import Season, Stay, Weather
from outreach_api.demo.talks import Talks, tell_concern
from outreach_api.demo.team import Team, behind
from outreach_api.demo.town import EVENT_CODE, Place
from outreach_api.demo.wire import Phone, Server
from outreach_api.kernel.ids import visit_id_of
from outreach_api.kernel.week import TOKYO
from schemas.vocabulary import CancelReason, Source, StopKind

_MISTAP = 0.02
_NO_RECEPTION = 0.15
"""How often the second phone finds no network before the next morning."""


class Crew:
    """The van with its two phones. The first counts, sells and closes; the second counts and notes."""

    def __init__(
        self,
        server: Server,
        season: Season,
        team: Team,
        planning: Planning,
        places: dict[str, Place],
        counter: Counter,
        talks: Talks,
        alarm: Callable[[uuid.UUID, dt.datetime], None],
    ) -> None:
        self._season = season
        self._team = team
        self._planning = planning
        self._places = places
        self._counter = counter
        self._talks = talks
        self._alarm = alarm
        self.chance = Chance(season.seed, "crew")
        self.phones = [Phone(server, team.phone(number), self.chance, behind(number)) for number in range(2)]
        self._concern_from = season.first_day + dt.timedelta(weeks=max(0, season.weeks - 3))
        self._concern_told = False
        self.visitors: Tally[dt.date] = Tally()
        self.till_ids: list[uuid.UUID] = []

    def find_reception(self, now: dt.datetime) -> None:
        """Send what is still on the second phone."""
        self.phones[1].send(now)

    def keep_day(self, stay: Stay) -> str | None:
        """Go to one planned stay. Answers why it did not take place, if so."""
        place = self._places[stay.code]
        chance = Chance(self._season.seed, "visit", stay.code, stay.day)
        weather = self._season.weather(stay.day)
        visit_id = visit_id_of(self._planning.plan_stop_ids[stay])
        plan_stop = {"plan_stop_id": str(self._planning.plan_stop_ids[stay])}
        reason = _called_off(chance, place, weather)
        if reason is not None:
            decided = stay.opens - dt.timedelta(minutes=chance.randint(60, 150))
            self.phones[0].keep(
                "visit.cancel", visit_id, decided, {"reason": reason, **plan_stop}, creates=False
            )
            self.phones[0].send(decided + dt.timedelta(minutes=1))
            return reason
        self._visit(chance, place, weather, stay, visit_id, plan_stop, returns=True)
        return None

    def go_to_event(self, day: dt.date) -> None:
        """A visit that nobody planned: the van was asked to come along to a children's market."""
        stay = Stay(EVENT_CODE, day, dt.time(15, 45), dt.time(18, 30))
        chance = Chance(self._season.seed, "event", day)
        visit_id = chance.fact_id(stay.opens)
        place = self._places[EVENT_CODE]
        arrival = {"stop_id": str(place.id), "note": "こども市に呼ばれた"}
        self._visit(chance, place, Weather.FINE, stay, visit_id, arrival, returns=False)

    def note_request(self, day: dt.date) -> None:
        """Somebody asks whether the van could come to their place too."""
        now = at(day, "17:45")
        payload = {
            "name": "幸谷 たんぽぽ公園（声をかけられた）",
            "kind": StopKind.PARK,
            "position": {"lat": 35.8238, "lon": 139.9262},
        }
        self.phones[0].keep("stop.request", self.chance.quiet_id(), now, payload)
        self.phones[0].send(now)

    def enter_from_paper(self, stay: Stay, desk: Phone) -> None:
        """Both phones were dead: the desk enters the paper sheet on the next morning, as totals."""
        chance = Chance(self._season.seed, "paper", stay.day)
        plan_stop_id = self._planning.plan_stop_ids[stay]
        visit_id = visit_id_of(plan_stop_id)
        came = arrivals(chance, self._places[stay.code], Weather.FINE, stay.opens, stay.closes)
        now = at(stay.day + dt.timedelta(days=1), "09:30")
        opened = {"plan_stop_id": str(plan_stop_id), "opened_at": _utc(stay.opens), "source": Source.PAPER}
        desk.keep("visit.open", visit_id, now, opened, creates=False)
        counts: Tally[str] = Tally()
        for arrival in came:
            counts.update(arrival.counts)
        payload: dict[str, Any] = {"visit_id": str(visit_id), "counts": dict(counts)}
        desk.keep("head_count.add", chance.fact_id(now), now, payload)
        cash_yen = 10 * chance.randint(400, 900)
        sale = {"visit_id": str(visit_id), "payment": "cash", "rush_yen": cash_yen, "source": Source.PAPER}
        desk.keep("sale.record", chance.fact_id(now), now, sale)
        counted_by = self._team.crew[0].id
        self.till_ids.append(
            self._counter.count_till(desk, chance, visit_id, now, cash_yen, counted_by, Source.PAPER)
        )
        desk.keep("visit.close", visit_id, now, {"closed_at": _utc(stay.closes)}, creates=False)
        desk.send(now)
        self.visitors[stay.day] += people(came)
        self._come_back(chance, visit_id, came[: len(came) // 3], now + dt.timedelta(hours=2))

    def _come_back(
        self, chance: Chance, visit_id: uuid.UUID, tapped: Sequence[Arrival], now: dt.datetime
    ) -> None:
        """A phone that was dead brings what it had counted: kept beside the paper, for the office to look at."""
        for arrival in tapped:
            taps = {"visit_id": str(visit_id), "counts": arrival.counts}
            self.phones[0].keep("head_count.add", chance.fact_id(arrival.at), arrival.at, taps)
        self.phones[0].send(now)

    def _visit(
        self,
        chance: Chance,
        place: Place,
        weather: Weather,
        stay: Stay,
        visit_id: uuid.UUID,
        arrival: dict[str, Any],
        *,
        returns: bool,
    ) -> None:
        first, second = self.phones
        opened = stay.opens - dt.timedelta(minutes=chance.randint(0, 9))
        closed = stay.closes + dt.timedelta(minutes=chance.randint(0, 12))
        closing: dict[str, Any] = {}
        if weather is Weather.THUNDER and not place.dry:
            closed = stay.opens + (stay.closes - stay.opens) / 2
            closing["early_reason"] = CancelReason.THUNDER
        note = {"note": chance.choice(texts.SITE_NOTES)} if chance.happens(0.2) else {}
        first.keep("visit.open", visit_id, opened, {**note, **arrival}, creates=False)
        self._check_hygiene(chance, visit_id, opened)
        first.send(opened + dt.timedelta(minutes=2))
        if returns:
            # The same visit by the same id: it follows from the plan stop, so neither phone waits for the other.
            second.keep("visit.open", visit_id, opened + dt.timedelta(seconds=50), arrival, creates=False)
        came = arrivals(chance, place, weather, opened, closed - dt.timedelta(minutes=10))
        if returns and not self._concern_told and stay.day >= self._concern_from:
            self._tell_concern(Scene(second, chance, visit_id, stay), came)
        self._count(chance, visit_id, came)
        cash_yen = self._counter.sell(first, chance, visit_id, stay.day, came)
        self._talks.note(Scene(second, chance, visit_id, stay), came, returns=returns)
        first.keep("visit.close", visit_id, closed, closing, creates=False)
        counted = closed + dt.timedelta(minutes=15)
        lead = chance.choice(self._team.crew[:2]).id
        self.till_ids.append(self._counter.count_till(first, chance, visit_id, counted, cash_yen, lead))
        first.send(closed + dt.timedelta(minutes=20))
        if stay.day == self._season.until or not chance.happens(_NO_RECEPTION):
            second.send(closed + dt.timedelta(minutes=25))
        self.visitors[stay.day] += people(came)

    def _count(self, chance: Chance, visit_id: uuid.UUID, came: Sequence[Arrival]) -> None:
        """Taps, on whichever phone is nearer; now and then one is taken back."""
        for arrival in came:
            phone = chance.choice(self.phones)
            taps: dict[str, Any] = {"visit_id": str(visit_id), "counts": arrival.counts}
            phone.keep("head_count.add", chance.fact_id(arrival.at), arrival.at, taps)
            if chance.happens(_MISTAP):
                band = arrival.bands[0].value
                for seconds, by in ((2, 1), (5, -1)):
                    now = arrival.at + dt.timedelta(seconds=seconds)
                    wrong = {"visit_id": str(visit_id), "counts": {band: by}}
                    phone.keep("head_count.add", chance.fact_id(now), now, wrong)

    def _check_hygiene(self, chance: Chance, visit_id: uuid.UUID, now: dt.datetime) -> None:
        signed_by = str(chance.choice(self._team.crew).id)
        warm = chance.happens(0.03)
        checks: list[dict[str, Any]] = [
            {"check": "staff_health"},
            {"check": "hand_washing"},
            {"check": "water"},
            {"check": "allergen_board"},
            {"check": "fridge", "celsius": round(12.5 if warm else chance.uniform(2.5, 7.5), 1)},
            {"check": "freezer", "celsius": round(chance.uniform(-22.0, -16.5), 1)},
        ]
        if warm:
            checks[4] |= {"passed": False, "action": "氷を足し、30分後に測り直した"}
        for check in checks:
            payload = {"passed": True, **check, "visit_id": str(visit_id), "signed_by": signed_by}
            self.phones[0].keep("hygiene.log", chance.fact_id(now), now, payload)

    def _tell_concern(self, scene: Scene, came: Sequence[Arrival]) -> None:
        """Sent at once, not with the evening's rest; the lead hears of it."""
        self._concern_told = True
        now = came[len(came) // 2].at
        note_id = tell_concern(scene, now)
        scene.phone.send(now + dt.timedelta(minutes=1))
        self._alarm(note_id, now + dt.timedelta(minutes=25))


def _called_off(chance: Chance, place: Place, weather: Weather) -> CancelReason | None:
    """What the weather of the morning makes of a stay."""
    if weather is Weather.STORM and not place.payload.get("indoor_alternative"):
        return CancelReason.WIND
    if weather is Weather.RAIN and not place.dry and chance.happens(0.7):
        return CancelReason.RAIN
    if weather is Weather.HEAT and not place.dry and chance.happens(0.5):
        return CancelReason.HEAT
    return None


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(TOKYO).isoformat()
