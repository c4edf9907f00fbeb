"""Referrals of the season: where somebody was pointed to or came from, and what became of it days later."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outreach_api.demo import texts
from outreach_api.demo.chance import Chance
from outreach_api.demo.scene import Scene
from outreach_api.demo.wire import Phone
from outreach_api.kernel.clock import format_instant
from schemas.vocabulary import ReferralOutcome, Topic

_DECLINED = 0.22
_ENDS = {
    ReferralOutcome.CONNECTED: 40,
    ReferralOutcome.NOT_CONNECTED: 15,
    ReferralOutcome.UNKNOWN: 20,
    ReferralOutcome.HANDED_OVER: 25,
}
_COMES_FROM = ("city_child_family", "health_center", "line", "other_npo")


@dataclass(frozen=True, slots=True)
class _Outcome:
    day: dt.date
    referral_id: uuid.UUID
    outcome: ReferralOutcome


class Referring:
    """What was offered, and what the desk will hear of it."""

    def __init__(self, destination_ids: Mapping[str, uuid.UUID]) -> None:
        self._destinations = destination_ids
        self._cases = 0
        self._waiting: list[_Outcome] = []

    def offer(self, scene: Scene, note_id: uuid.UUID, at: dt.datetime, topic: Topic) -> None:
        """Point somebody to where this topic is taken. Most hear of it; some decline at once."""
        chance, day = scene.chance, scene.stay.day
        kind = chance.choice(texts.TAKEN_TO[topic])
        payload: dict[str, Any] = {
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
        referral_id = scene.keep("referral.open", at, payload)
        _report(scene.phone, chance, at, _Outcome(day, referral_id, ReferralOutcome.OFFERED))
        if chance.happens(_DECLINED):
            _report(scene.phone, chance, at, _Outcome(day, referral_id, ReferralOutcome.DECLINED))
            return
        later = day + dt.timedelta(days=chance.randint(4, 20))
        self._waiting.append(_Outcome(later, referral_id, chance.pick(_ENDS)))

    def welcome(self, scene: Scene, note_id: uuid.UUID, at: dt.datetime) -> None:
        """Somebody was told of the van elsewhere, and came."""
        payload = {
            "destination_id": str(self._destinations[scene.chance.choice(_COMES_FROM)]),
            "direction": "in",
            "note_id": str(note_id),
        }
        referral_id = scene.keep("referral.open", at, payload)
        connected = _Outcome(scene.stay.day, referral_id, ReferralOutcome.CONNECTED)
        _report(scene.phone, scene.chance, at, connected)

    def report_due(self, desk: Phone, chance: Chance, at: dt.datetime, today: dt.date) -> None:
        """Enter at the desk what was heard of up to today."""
        for said in self._waiting:
            if said.day <= today:
                _report(desk, chance, at, said)
        self._waiting = [said for said in self._waiting if said.day > today]


def _report(phone: Phone, chance: Chance, at: dt.datetime, said: _Outcome) -> None:
    payload = {
        "referral_id": str(said.referral_id),
        "outcome": said.outcome,
        "local_day": said.day.isoformat(),
    }
    phone.keep("referral.report_outcome", chance.quiet_id(), at, payload)
