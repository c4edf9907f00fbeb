"""What the outreach person notes: contacts, promises and whether they were kept, referrals, stamp cards."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outreach_api.demo import texts
from outreach_api.demo.chance import Chance
from outreach_api.demo.crowd import Arrival
from outreach_api.demo.season import Season, Stay
from outreach_api.demo.wire import Phone
from outreach_api.kernel.clock import format_instant
from schemas.contact_fields import CARD_WORDS
from schemas.vocabulary import Band, Depth, Familiarity, InfoGiven, Promise, ReferralOutcome, Stage, Topic

_NOTED = 0.17
_CARD_SHOWN = 0.16
_CARD_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_DEPTHS = {Depth.GREETING: 30, Depth.CHAT: 41, Depth.LISTENING: 22, Depth.CONSULTATION: 7}
_STAGE_OF_BAND = {
    Band.INFANT: Stage.INFANT,
    Band.PRESCHOOL: Stage.PRESCHOOL,
    Band.ELEM_LOW: Stage.ELEMENTARY,
    Band.ELEM_HIGH: Stage.ELEMENTARY,
    Band.JUNIOR_HIGH: Stage.JUNIOR_HIGH,
    Band.HIGH_SCHOOL: Stage.HIGH_SCHOOL,
    Band.YOUNG_ADULT: Stage.PREGNANCY,
    Band.ADULT: Stage.OTHER,
    Band.SENIOR: Stage.OTHER,
}
_GUARDIANS = {Stage.INFANT: 4, Stage.PRESCHOOL: 5, Stage.ELEMENTARY: 3, Stage.PREGNANCY: 1}
_INFO = {
    InfoGiven.LEAFLET: 4,
    InfoGiven.QR_CARD: 4,
    InfoGiven.TIMETABLE: 6,
    InfoGiven.SPOKEN: 3,
    InfoGiven.FOOD_PARCEL: 1,
}
_PROMISES = {Promise.BRING_INFO: 4, Promise.ASK_EXPERT: 2, Promise.MEET_AGAIN: 5, Promise.OTHER: 1}
_ENDS = {
    ReferralOutcome.CONNECTED: 40,
    ReferralOutcome.NOT_CONNECTED: 15,
    ReferralOutcome.UNKNOWN: 20,
    ReferralOutcome.HANDED_OVER: 25,
}
_COMES_FROM = ("city_child_family", "health_center", "line", "other_npo")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a referral, to be entered on a day."""

    day: dt.date
    referral_id: uuid.UUID
    outcome: ReferralOutcome


class Talks:
    """The outreach side of the season: who is known where, what was promised, what is being waited for."""

    def __init__(
        self, season: Season, destination_ids: Mapping[str, uuid.UUID], stop_ids: Mapping[str, uuid.UUID]
    ) -> None:
        self._season = season
        self._destinations = destination_ids
        self._stops = stop_ids
        self._cards: dict[str, list[str]] = defaultdict(list)
        self._due: dict[str, list[uuid.UUID]] = defaultdict(list)
        self._visits: dict[str, int] = defaultdict(int)
        self._cases = 0
        self.outcomes: list[Outcome] = []

    def note(
        self,
        phone: Phone,
        chance: Chance,
        visit_id: uuid.UUID,
        stay: Stay,
        came: Sequence[Arrival],
        *,
        round_: bool = True,
    ) -> None:
        """All that is noted at one visit. `round_`: the van will be back here, so that things can be promised."""
        self._keep_promises(phone, chance, visit_id, stay)
        for arrival in came:
            for band in arrival.bands:
                if band in _STAGE_OF_BAND or band is Band.GUARDIAN:
                    if chance.happens(_NOTED):
                        self._contact(phone, chance, visit_id, stay, arrival.at, band, promises=round_)
                    if chance.happens(_CARD_SHOWN):
                        self._stamp(phone, chance, visit_id, stay, arrival.at)
        self._visits[stay.code] += 1

    def concern(self, phone: Phone, chance: Chance, visit_id: uuid.UUID, at: dt.datetime) -> uuid.UUID:
        """The one note of the season that somebody has to look after at once."""
        return phone.keep(
            "note.write",
            chance.quiet_id(),
            at,
            {
                "visit_id": str(visit_id),
                "familiarity": Familiarity.RETURNING,
                "depth": Depth.LISTENING,
                "stages": [Stage.JUNIOR_HIGH],
                "topics": [Topic.FAMILY],
                "text": texts.CONCERN_TEXT,
                "safety_concern": True,
            },
        )

    def _contact(
        self,
        phone: Phone,
        chance: Chance,
        visit_id: uuid.UUID,
        stay: Stay,
        at: dt.datetime,
        band: Band,
        *,
        promises: bool,
    ) -> None:
        stage = chance.pick(_GUARDIANS) if band is Band.GUARDIAN else _STAGE_OF_BAND[band]
        familiarity = self._familiarity(chance, stay.code)
        depth = chance.pick(_DEPTHS)
        deep = depth in (Depth.LISTENING, Depth.CONSULTATION)
        said = [(topic, text) for of, topic, text in texts.TEXTS if of is stage]
        topic, text = chance.choice(said)
        payload: dict[str, Any] = {
            "visit_id": str(visit_id),
            "familiarity": familiarity,
            "depth": depth,
            "stages": [stage],
            "topics": [topic] if deep or chance.happens(0.3) else [],
            "info_given": sorted({chance.pick(_INFO) for _ in range(2)})
            if chance.happens(0.8 if deep else 0.45)
            else [],
        }
        if familiarity is Familiarity.NEW and chance.happens(0.45):
            payload["first_connection"] = chance.happens(0.4)
        if deep and chance.happens(0.7):
            payload["text"] = text
        note_id = phone.keep("note.write", chance.quiet_id(), at, payload)
        if deep and chance.happens(0.45):
            self._refer(phone, chance, visit_id, note_id, stay, at, topic)
        elif chance.happens(0.03):
            self._came_from(phone, chance, visit_id, note_id, stay, at)
        if deep and promises and chance.happens(0.45):
            self._promise(phone, chance, visit_id, note_id, stay, at)

    def _familiarity(self, chance: Chance, code: str) -> Familiarity:
        """The first time at a stop most faces are new; later fewer are."""
        new = (0.62, 0.42, 0.33)[min(self._visits[code], 2)]
        return chance.pick({Familiarity.NEW: new, Familiarity.RETURNING: 0.9 - new, Familiarity.UNKNOWN: 0.1})

    def _refer(
        self,
        phone: Phone,
        chance: Chance,
        visit_id: uuid.UUID,
        note_id: uuid.UUID,
        stay: Stay,
        at: dt.datetime,
        topic: Topic,
    ) -> None:
        kind = chance.choice(texts.TAKEN_TO[topic])
        payload: dict[str, Any] = {
            "visit_id": str(visit_id),
            "destination_id": str(self._destinations[kind]),
            "direction": "out",
            "note_id": str(note_id),
        }
        if kind == "accompany":
            self._cases += 1
            payload["case_ref"] = f"DEMO-{self._cases:04d}"
            payload["consent"] = {
                "scope": "hand_over",
                "given_by": "guardian",
                "method": "paper",
                "at": format_instant(at),
            }
        referral_id = phone.keep("referral.open", chance.quiet_id(), at, payload)
        self._report(phone, chance, at, Outcome(stay.day, referral_id, ReferralOutcome.OFFERED))
        if chance.happens(0.22):
            self._report(phone, chance, at, Outcome(stay.day, referral_id, ReferralOutcome.DECLINED))
            return
        day = stay.day + dt.timedelta(days=chance.randint(4, 20))
        self.outcomes.append(Outcome(day, referral_id, chance.pick(_ENDS)))

    def _came_from(
        self,
        phone: Phone,
        chance: Chance,
        visit_id: uuid.UUID,
        note_id: uuid.UUID,
        stay: Stay,
        at: dt.datetime,
    ) -> None:
        """Somebody was told of the van elsewhere, and came."""
        payload = {
            "visit_id": str(visit_id),
            "destination_id": str(self._destinations[chance.choice(_COMES_FROM)]),
            "direction": "in",
            "note_id": str(note_id),
        }
        referral_id = phone.keep("referral.open", chance.quiet_id(), at, payload)
        self._report(phone, chance, at, Outcome(stay.day, referral_id, ReferralOutcome.CONNECTED))

    def _report(self, phone: Phone, chance: Chance, at: dt.datetime, said: Outcome) -> None:
        payload = {
            "referral_id": str(said.referral_id),
            "outcome": said.outcome,
            "local_day": said.day.isoformat(),
        }
        phone.keep("referral.report_outcome", chance.quiet_id(), at, payload)

    def report_due(self, phone: Phone, chance: Chance, at: dt.datetime, today: dt.date) -> None:
        """Enter at the desk what became of referrals up to today."""
        for said in [outcome for outcome in self.outcomes if outcome.day <= today]:
            self._report(phone, chance, at, said)
        self.outcomes = [outcome for outcome in self.outcomes if outcome.day > today]

    def _promise(
        self,
        phone: Phone,
        chance: Chance,
        visit_id: uuid.UUID,
        note_id: uuid.UUID,
        stay: Stay,
        at: dt.datetime,
    ) -> None:
        payload = {
            "visit_id": str(visit_id),
            "promise": chance.pick(_PROMISES),
            "due_day": self._season.next_stay(stay).day.isoformat(),
            "due_stop_id": str(self._stops[stay.code]),
            "note_id": str(note_id),
            "card_word": f"{chance.choice(CARD_WORDS)}{chance.randrange(100):02d}",
        }
        follow_up_id = phone.keep("follow_up.promise", chance.quiet_id(), at, payload)
        self._due[stay.code].append(follow_up_id)

    def _keep_promises(self, phone: Phone, chance: Chance, visit_id: uuid.UUID, stay: Stay) -> None:
        """Of those waited for, most come; some don't, and of some nobody knows."""
        waiting, self._due[stay.code] = self._due[stay.code], []
        for follow_up_id in waiting:
            at = stay.opens + dt.timedelta(minutes=chance.randint(10, 120))
            if chance.happens(0.68):
                payload = {"follow_up_id": str(follow_up_id), "result": "met", "visit_id": str(visit_id)}
            elif chance.happens(0.5):
                payload = {"follow_up_id": str(follow_up_id), "result": "not_met", "visit_id": str(visit_id)}
            else:
                self._due[stay.code].append(follow_up_id)
                continue
            phone.keep("follow_up.report", chance.quiet_id(), at, payload)

    def _stamp(self, phone: Phone, chance: Chance, visit_id: uuid.UUID, stay: Stay, at: dt.datetime) -> None:
        known = self._cards[stay.code]
        if known and chance.happens(0.55):
            card = chance.choice(known)
        else:
            card = "".join(chance.choice(_CARD_DIGITS) for _ in range(6))
            known.append(card)
        # A card shown twice at one visit is one mark: the server says so.
        phone.keep("stamp.mark", chance.fact_id(at), at, {"visit_id": str(visit_id), "card": card})
