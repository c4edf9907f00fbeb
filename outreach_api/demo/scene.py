"""One visit as somebody with a phone works at it: what all that is noted there has in common."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from outreach_api.demo.chance import Chance
from outreach_api.demo.season import Stay
from outreach_api.demo.wire import Phone


@dataclass(frozen=True, slots=True)
class Scene:
    phone: Phone
    chance: Chance
    visit_id: uuid.UUID
    stay: Stay

    def keep(self, kind: str, at: dt.datetime, payload: dict[str, Any]) -> uuid.UUID:
        """Remember on the phone something that belongs to this visit, under an id that shows no time."""
        return self.phone.keep(kind, self.chance.quiet_id(), at, {"visit_id": str(self.visit_id), **payload})
