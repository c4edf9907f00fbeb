"""What the crew does, each as one operation in the queue. No network is needed for any of it.

Every method returns only after what it keeps is on the disk.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from van_app import arriving, words
from van_app.checking import CannotKeep, check_note
from van_app.clock import Clock, tokyo_day
from van_app.ids import fact_id, private_id, visit_id_of
from van_app.kept import PRIVATE, REST, URGENT, WAITING
from van_app.pulling import Shelf
from van_app.queue import Queue
from van_app.sealing import seal


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces of one item on a receipt. `unit_price_yen` is what was taken."""

    item_id: str
    quantity: int = 1
    unit_price_yen: int | None = None


class Keeping:
    """The buttons."""

    def __init__(self, queue: Queue, clock: Clock) -> None:
        self.queue, self.shelf, self._clock = queue, Shelf(queue), clock

    def today(self) -> str:
        """The day in Tokyo, by the server's clock as far as it is known."""
        ahead = dt.timedelta(seconds=self.queue.get("skew_seconds") or 0)
        return tokyo_day(self._clock().wall + ahead)

    def open_visit(
        self, *, plan_stop_id: str | None = None, stop_id: str | None = None, note: str | None = None
    ) -> str:
        """Arrive, at a stay of the plan or at a stop without one. The visit's id; it is the current visit from now on.

        Where the other phone of this van has opened a visit at that stop today, that is joined instead.
        """
        if (plan_stop_id is None) == (stop_id is None):
            raise CannotKeep(
                "予定か場所のどちらか一つを選んでください。", "Name a stay of the plan or a stop."
            )
        said = {} if note is None else {"note": note}
        joined = self.joins(plan_stop_id=plan_stop_id, stop_id=stop_id)
        if joined is not None and joined.opened_here:
            self.queue.set(visit_id=joined.id)
            return joined.id
        payload: dict[str, Any]
        payload, instead = {"stop_id": str(stop_id), **said}, None
        visit_id = joined.id if joined is not None else fact_id(self._clock().wall)
        if plan_stop_id is not None:
            visit_id, payload = visit_id_of(plan_stop_id), {"plan_stop_id": plan_stop_id, **said}
            for plan, stay in self.shelf.stays():
                if stay["id"] == plan_stop_id:
                    instead = json.dumps({"stop_id": stay["stop_id"], "local_day": plan["local_day"], **said})
        elif joined is not None:
            # The other phone may be lost, and the server restored: then this opening is the only one.
            pulled = self.shelf.thing("visit", joined.id)
            if pulled is not None:
                payload, instead = arriving.opening_of(pulled, note)
        with self.queue.writing():
            self._keep("visit.open", payload, entity_id=visit_id, visit_id=visit_id, instead=instead)
            self.queue.set(visit_id=visit_id)
        return visit_id

    def joins(self, *, plan_stop_id: str | None = None, stop_id: str | None = None) -> arriving.Visit | None:
        """The visit that an arrival would go on with: the planned one once somebody opened it (a closed one too: the
        server opens none twice), or the one that is open at that stop today."""
        known = arriving.visits(self.queue, self.shelf)
        if plan_stop_id is not None:
            visit = known.get(visit_id_of(plan_stop_id))
            return visit if visit is not None and visit.status in (arriving.OPEN, arriving.CLOSED) else None
        here = [
            visit
            for visit in known.values()
            if (visit.stop_id, visit.day, visit.status) == (stop_id, self.today(), arriving.OPEN)
        ]
        return next(
            (visit for visit in here if visit.id == self.queue.get("visit_id")), here[0] if here else None
        )

    def current(self) -> arriving.Visit | None:
        """The visit to which this phone's taps go."""
        visit_id = self.queue.get("visit_id")
        known = arriving.visits(self.queue, self.shelf)
        return None if visit_id is None else known.get(visit_id, arriving.Visit(visit_id))

    def count(self, counts: Mapping[str, int], *, visit_id: str | None = None) -> str:
        """Taps since the last call, as increments: those of all phones add up. Negative ones take a mis-tap back."""
        unknown = sorted(counts.keys() - words.BANDS.keys())
        if unknown or not any(counts.values()):
            raise CannotKeep(
                "区分か人数が正しくありません。", f"Nothing to count: {', '.join(unknown) or 'all zero'}"
            )
        return self._keep_at_visit("head_count.add", {"counts": dict(counts)}, visit_id)

    def sell(
        self,
        lines: Sequence[Line] = (),
        *,
        payment: str = "cash",
        rush_yen: int | None = None,
        ticket_count: int | None = None,
        service_mode: str | None = None,
        visit_id: str | None = None,
    ) -> str:
        """One receipt: lines, or one amount for a rush of sweets."""
        if bool(lines) == (rush_yen is not None):
            raise CannotKeep("品目か金額のどちらか一方を入れてください。", "Give items, or one amount.")
        payload: dict[str, Any] = {"payment": payment}
        for name, value in (
            ("rush_yen", rush_yen),
            ("ticket_count", ticket_count),
            ("service_mode", service_mode),
        ):
            if value is not None:
                payload[name] = value
        if lines:
            # With the price: that is what was taken, whatever the price list says by the time it arrives.
            payload["lines"] = [
                {"item_id": line.item_id, "quantity": line.quantity}
                | ({} if line.unit_price_yen is None else {"unit_price_yen": line.unit_price_yen})
                for line in lines
            ]
        return self._keep_at_visit("sale.record", payload, visit_id)

    def void(self, sale_id: str, reason: str) -> str:
        """Take a receipt back: a new fact; the receipt stays."""
        found = self.queue.find("op_id = ?", sale_id)
        visit_id = found[0].visit_id if found else None
        return self.keep("sale.void", {"sale_id": sale_id, "reason": reason}, visit_id=visit_id)

    def note(
        self,
        *,
        depth: str,
        text: str | None = None,
        familiarity: str = "unknown",
        stages: Sequence[str] = (),
        topics: Sequence[str] = (),
        info_given: Sequence[str] = (),
        first_connection: bool | None = None,
        safety_concern: bool = False,
        about_staff: bool = False,
        sure: bool = False,
        visit_id: str | None = None,
    ) -> str:
        """One contact, sealed before it is written down. Raises LooksPersonal unless `sure`, and CannotKeep."""
        payload = {
            "familiarity": familiarity,
            "depth": depth,
            "stages": list(stages),
            "topics": list(topics),
            "info_given": list(info_given),
            "first_connection": first_connection,
            "text": text,
            "safety_concern": safety_concern,
            "about_staff": about_staff,
        }
        check_note(payload, self.queue.get("rules") or {}, sure=sure)
        # A concern about one of us travels like any note: whoever else holds this phone must not see that there is one.
        urgent = not about_staff and (safety_concern or depth == "crisis" or "violence" in topics)
        return self._keep_at_visit("note.write", payload, visit_id, urgent=urgent)

    def close(self, *, early_reason: str | None = None, visit_id: str | None = None) -> str:
        """Leave."""
        visit = visit_id or self._visit()
        payload = {} if early_reason is None else {"early_reason": early_reason}
        with self.queue.writing():
            op_id = self._keep("visit.close", payload, entity_id=visit, visit_id=visit)
            if self.queue.get("visit_id") == visit:
                self.queue.set(visit_id=None)
        return op_id

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
        """Any other kind of change. The op_id, which is also the id of what it makes unless `entity_id` says another.

        Raises CannotKeep.
        """
        with self.queue.writing():
            return self._keep(
                kind, payload, entity_id=entity_id, visit_id=visit_id, base_version=base_version, v=v
            )

    def _visit(self) -> str:
        visit: str | None = self.queue.get("visit_id")
        if visit is None:
            raise CannotKeep(
                "出店を始めていません。先に open してください。", "No visit is open: open one first."
            )
        return visit

    def _keep_at_visit(
        self, kind: str, payload: Mapping[str, Any], visit_id: str | None, *, urgent: bool = False
    ) -> str:
        visit = visit_id or self._visit()
        with self.queue.writing():
            return self._keep(kind, {"visit_id": visit, **payload}, visit_id=visit, urgent=urgent)

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
                sealed = seal(payload, self._key(), op_id=op_id, entity_id=entity)
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
