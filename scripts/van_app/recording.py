"""How one thing that the crew entered gets into the queue: with an id made now, both clocks, and sealed if it must be.

`keep` returns only after it is on the disk. No network is needed for any of it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from van_app import words
from van_app.checking import CannotKeep
from van_app.clock import Clock, tokyo_day
from van_app.ids import fact_id, private_id
from van_app.kept import PRIVATE, REST, URGENT, WAITING
from van_app.pins import is_pin
from van_app.pulling import Shelf
from van_app.queue import Queue
from van_app.sealing import seal


class Recording:
    """A queue, what was pulled, and a clock."""

    def __init__(self, queue: Queue, clock: Clock) -> None:
        self.queue, self.shelf, self._clock = queue, Shelf(queue), clock

    def today(self) -> str:
        """The day in Tokyo, by the server's clock as far as it is known."""
        ahead = dt.timedelta(seconds=self.queue.get("skew_seconds") or 0)
        return tokyo_day(self._clock().wall + ahead)

    def act_as(self, pin: str | None) -> None:
        """From now on until the day is over this phone is in these hands; None: nobody says whose.

        Raises CannotKeep for a slip of the finger. Whose PIN it is, the server knows.
        """
        if pin is not None and not is_pin(pin):
            raise CannotKeep("PIN が違うようです。もう一度打ってください。", "That is no PIN; type it again.")
        with self.queue.writing():
            self.queue.set(acting=None if pin is None else {"pin": pin, "day": self.today()})

    def acting(self) -> str | None:
        """The PIN of who holds this phone; a new day begins with nobody."""
        said: dict[str, str] | None = self.queue.get("acting")
        return said["pin"] if said is not None and said["day"] == self.today() else None

    def keep(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        entity_id: str | None = None,
        visit_id: str | None = None,
        base_version: int | None = None,
        v: int = 1,
    ) -> str:
        """Any kind of change. The op_id, which is also the id of what it makes unless `entity_id` says another.

        The buttons (see `arriving` and `keeping`) look at what they are given first; this looks at nothing.
        Raises CannotKeep for what can't be sealed, or can't travel as JSON.
        """
        with self.queue.writing():
            return self._keep(
                kind, payload, entity_id=entity_id, visit_id=visit_id, base_version=base_version, v=v
            )

    def _keep(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        entity_id: str | None = None,
        visit_id: str | None = None,
        base_version: int | None = None,
        v: int = 1,
        urgent: bool = False,
        instead: str | None = None,
    ) -> str:
        now = self._clock()
        private = kind.partition(".")[0] in words.PRIVATE_KINDS
        op_id = private_id() if private else fact_id(now.wall)
        entity = entity_id or op_id
        sealed = plain = None
        try:
            if private:
                sealed = seal(payload, self._key(), op_id=op_id, entity_id=entity, kind=kind)
            else:
                plain = json.dumps(payload, ensure_ascii=False, allow_nan=False)
                plain.encode()
        except ValueError:  # half a surrogate pair, or a number that is none: no push could carry it
            raise CannotKeep("使えない文字が入っています。", "It holds what JSON can't carry.") from None
        self.queue.add(
            op_id=op_id,
            kind=kind,
            v=v,
            entity_id=entity,
            base_version=base_version,
            payload=plain,
            sealed=sealed,
            visit_id=visit_id,
            pin=self.acting(),
            instead=instead,
            turn=URGENT if urgent else PRIVATE if private else REST,
            kept_at=now.wall.isoformat(),
            kept_boot=now.boot,
            kept_since=now.since_boot,
            state=WAITING,
        )
        return op_id

    def _key(self) -> dict[str, str]:
        key: dict[str, str] | None = (self.queue.get("rules") or {}).get("seal")
        if key is None:
            raise CannotKeep(
                "まだサーバーの鍵を受け取っていないので、封ができません。つながる所で一度 sync してください。",
                "There is no key to seal with yet: sync once where there is a network.",
            )
        return key
