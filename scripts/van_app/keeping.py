"""What the crew does at a visit, each as one operation in the queue: count, sell, void, note.

Every method returns only after what it keeps is on the disk, and refuses first what the server would refuse: on the
van somebody can still put it right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from van_app.arriving import Arriving
from van_app.checking import CannotKeep, check_counts, check_id, check_note, check_sale


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces of one item on a receipt. `unit_price_yen` is what was taken."""

    item_id: str
    quantity: int = 1
    unit_price_yen: int | None = None


class Keeping(Arriving):
    """The buttons."""

    def count(self, counts: Mapping[str, int], *, visit_id: str | None = None) -> str:
        """Taps since the last call, as increments: those of all phones add up. Negative ones take a mis-tap back.

        Raises CannotKeep.
        """
        check_counts(counts)
        return self._keep_at_visit("head_count.add", {"counts": dict(counts)}, visit_id)

    def sell(
        self,
        lines: Sequence[Line] = (),
        *,
        payment: str = "cash",
        rush_yen: int | None = None,
        ticket_count: int | None = None,
        service_mode: str | None = None,
        discount_yen: int | None = None,
        payments: Sequence[Mapping[str, Any]] | None = None,
        visit_id: str | None = None,
    ) -> str:
        """One receipt: lines, or one amount for a rush of sweets. `payments` are the ways of a mixed one.

        Raises CannotKeep.
        """
        payload: dict[str, Any] = {"payment": payment}
        for name, value in (
            ("rush_yen", rush_yen),
            ("ticket_count", ticket_count),
            ("service_mode", service_mode),
            ("discount_yen", discount_yen),
            ("payments", payments),
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
        check_sale(payload)
        # As old a version as says it: a server that is not upgraded yet takes the day's plain sales all the same.
        newer = discount_yen is not None or payments is not None
        return self._keep_at_visit("sale.record", payload, visit_id, v=2 if newer else 1)

    def refund(self, sale_id: str, lines: Mapping[int, int], reason: str) -> str:
        """Give pieces of a receipt's lines back, by their numbers. Raises CannotKeep."""
        check_id(sale_id)
        if not lines or any(pieces < 1 for pieces in lines.values()):
            raise CannotKeep("返す数は 1 以上です。", "Give back one piece or more.")
        found = self.queue.find("op_id = ?", sale_id)
        visit_id = found[0].visit_id if found else None
        back = [{"line": line, "quantity": pieces} for line, pieces in lines.items()]
        payload = {"sale_id": sale_id, "lines": back, "reason": reason}
        return self.keep("sale.refund", payload, visit_id=visit_id)

    def void(self, sale_id: str, reason: str) -> str:
        """Take a receipt back: a new fact; the receipt stays. It may be another phone's. Raises CannotKeep."""
        check_id(sale_id)
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

    def _keep_at_visit(
        self, kind: str, payload: Mapping[str, Any], visit_id: str | None, *, urgent: bool = False, v: int = 1
    ) -> str:
        visit = visit_id or self._visit()
        with self.queue.writing():
            return self._keep(kind, {"visit_id": visit, **payload}, visit_id=visit, urgent=urgent, v=v)
