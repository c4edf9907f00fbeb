"""What the outreach person takes down at a visit: contacts in coded words, some with a text, and what follows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from typing import Any

from outreach_api.demo import texts
from outreach_api.demo.chance import Chance
from outreach_api.demo.crowd import Arrival
from outreach_api.demo.meeting_again import MeetingAgain
from outreach_api.demo.referring import Referring
from outreach_api.demo.scene import Scene
from outreach_api.demo.season import Season
from schemas.vocabulary import Band, Depth, Familiarity, InfoGiven, Stage, Topic

_NOTED = 0.17
_CARD_SHOWN = 0.16
_REFERRED, _CAME_FROM, _PROMISED = 0.45, 0.03, 0.45
_NEW_BY_VISIT = (0.62, 0.42, 0.33)  # the first time at a stop most faces are new; later fewer are
_UNKNOWN = 0.1

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


class Talks:
    """The outreach side of the season: how often the van was where, and what is being waited for."""

    def __init__(
        self, season: Season, destination_ids: Mapping[str, uuid.UUID], stop_ids: Mapping[str, uuid.UUID]
    ) -> None:
        self.referring = Referring(destination_ids)
        self._again = MeetingAgain(season, stop_ids)
        self._visits: Tally[str] = Tally()

    def note(self, scene: Scene, came: Sequence[Arrival], *, returns: bool) -> None:
        """All that is noted at one visit. `returns`: the van will be back here, so that things can be promised."""
        self._again.keep_promises(scene)
        for arrival in came:
            for band in arrival.bands:
                if band not in _STAGE_OF_BAND and band is not Band.GUARDIAN:
                    continue
                if scene.chance.happens(_NOTED):
                    self._contact(scene, arrival.at, band, returns=returns)
                if scene.chance.happens(_CARD_SHOWN):
                    self._again.stamp(scene, arrival.at)
        self._visits[scene.stay.code] += 1

    def _contact(self, scene: Scene, at: dt.datetime, band: Band, *, returns: bool) -> None:
        chance = scene.chance
        stage = chance.pick(_GUARDIANS) if band is Band.GUARDIAN else _STAGE_OF_BAND[band]
        familiarity = self._familiarity(chance, scene.stay.code)
        depth = chance.pick(_DEPTHS)
        deep = depth in (Depth.LISTENING, Depth.CONSULTATION)
        topic, text = chance.choice([(topic, text) for of, topic, text in texts.TEXTS if of is stage])
        payload: dict[str, Any] = {
            "familiarity": familiarity,
            "depth": depth,
            "stages": [stage],
            "topics": [topic] if deep or chance.happens(0.3) else [],
        }
        if chance.happens(0.8 if deep else 0.45):
            payload["info_given"] = sorted({chance.pick(_INFO) for _ in range(2)})
        if familiarity is Familiarity.NEW and chance.happens(0.45):
            payload["first_connection"] = chance.happens(0.4)
        if deep and chance.happens(0.7):
            payload["text"] = text
        note_id = scene.keep("note.write", at, payload)
        if deep and chance.happens(_REFERRED):
            self.referring.offer(scene, note_id, at, topic)
        elif chance.happens(_CAME_FROM):
            self.referring.welcome(scene, note_id, at)
        if deep and returns and chance.happens(_PROMISED):
            self._again.promise(scene, note_id, at)

    def _familiarity(self, chance: Chance, code: str) -> Familiarity:
        new = _NEW_BY_VISIT[min(self._visits[code], len(_NEW_BY_VISIT) - 1)]
        return chance.pick(
            {
                Familiarity.NEW: new,
                Familiarity.RETURNING: 1 - _UNKNOWN - new,
                Familiarity.UNKNOWN: _UNKNOWN,
            }
        )


def tell_concern(scene: Scene, at: dt.datetime) -> uuid.UUID:
    """The one note of the season that somebody has to look after at once."""
    return scene.keep(
        "note.write",
        at,
        {
            "familiarity": Familiarity.RETURNING,
            "depth": Depth.LISTENING,
            "stages": [Stage.JUNIOR_HIGH],
            "topics": [Topic.FAMILY],
            "text": texts.CONCERN_TEXT,
            "safety_concern": True,
        },
    )
