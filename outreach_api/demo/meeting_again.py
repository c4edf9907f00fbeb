"""How people are met again without a name: promises with a card word, and stamp cards with random numbers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping

from outreach_api.demo.scene import Scene
from outreach_api.demo.season import Season
from schemas.contact_fields import CARD_WORDS
from schemas.vocabulary import FollowUpResult, Promise

_MET, _SAID_NOT_MET = 0.68, 0.5
_OWN_CARD_AGAIN = 0.55
_CARD_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PROMISES = {Promise.BRING_INFO: 4, Promise.ASK_EXPERT: 2, Promise.MEET_AGAIN: 5, Promise.OTHER: 1}


class MeetingAgain:
    """Who is waited for at which stop, and which cards were seen there."""

    def __init__(self, season: Season, stop_ids: Mapping[str, uuid.UUID]) -> None:
        self._season = season
        self._stops = stop_ids
        self._cards: dict[str, list[str]] = defaultdict(list)
        self._waiting: dict[str, list[uuid.UUID]] = defaultdict(list)

    def promise(self, scene: Scene, note_id: uuid.UUID, at: dt.datetime) -> None:
        """Something for the van's next visit here."""
        chance, stay = scene.chance, scene.stay
        payload = {
            "promise": chance.pick(_PROMISES),
            "due_day": self._season.next_stay(stay).day.isoformat(),
            "due_stop_id": str(self._stops[stay.code]),
            "note_id": str(note_id),
            "card_word": f"{chance.choice(CARD_WORDS)}{chance.randrange(100):02d}",
        }
        self._waiting[stay.code].append(scene.keep("follow_up.promise", at, payload))

    def keep_promises(self, scene: Scene) -> None:
        """Of those waited for, most come; some don't, and of some nobody says anything."""
        chance, stay = scene.chance, scene.stay
        waiting, self._waiting[stay.code] = self._waiting[stay.code], []
        for follow_up_id in waiting:
            at = stay.opens + dt.timedelta(minutes=chance.randint(10, 120))
            if chance.happens(_MET):
                result = FollowUpResult.MET
            elif chance.happens(_SAID_NOT_MET):
                result = FollowUpResult.NOT_MET
            else:
                self._waiting[stay.code].append(follow_up_id)
                continue
            scene.keep("follow_up.report", at, {"follow_up_id": str(follow_up_id), "result": result})

    def stamp(self, scene: Scene, at: dt.datetime) -> None:
        """A card that was seen here before, or a new one. Shown twice at one visit it is one mark."""
        chance, known = scene.chance, self._cards[scene.stay.code]
        if known and chance.happens(_OWN_CARD_AGAIN):
            card = chance.choice(known)
        else:
            card = "".join(chance.choice(_CARD_DIGITS) for _ in range(6))
            known.append(card)
        scene.keep("stamp.mark", at, {"card": card})
