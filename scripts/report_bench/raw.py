"""What a report is measured against: plain SQL over facts by their own indexes, through the bare driver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outreach_api.kernel.week import IsoWeek
from outreach_api.storage.session import sqlite_driver
from schemas.vocabulary import CHILD_BANDS, CONSULTATION_DEPTHS, CONVERSATION_DEPTHS, Familiarity, VisitStatus

_RECEIPTS = (
    "SELECT iso_week, COUNT(*), SUM(total_yen) FROM sales INDEXED BY ix_sales_iso_week_total_yen"
    " WHERE iso_week BETWEEN ? AND ? GROUP BY iso_week"
)
# The facts of some weeks are found by their visits: no phone's fact table has an index by week but that of receipts.
_HEADS = (
    "SELECT v.iso_week, b.key, SUM(b.value) FROM visits v JOIN head_counts h ON h.visit_id = v.id"
    " JOIN json_each(h.counts) b WHERE v.iso_week BETWEEN ? AND ? AND h.counted GROUP BY v.iso_week, b.key"
)
_NOTES = (
    "SELECT v.iso_week, n.familiarity, n.depth, COUNT(*) FROM visits v JOIN contact_notes n ON n.visit_id = v.id"
    " WHERE v.iso_week BETWEEN ? AND ? AND NOT n.about_staff GROUP BY v.iso_week, n.familiarity, n.depth"
)
_TICKETS = (
    "SELECT v.iso_week, SUM(t.quantity) FROM visits v JOIN ticket_entries t ON t.visit_id = v.id"
    " WHERE v.iso_week BETWEEN ? AND ? AND t.counted AND t.event = 'redeemed' GROUP BY v.iso_week"
)
_VISITS = (
    "SELECT iso_week, status, COUNT(*) FROM visits WHERE iso_week BETWEEN ? AND ? AND merged_into IS NULL"
    " GROUP BY iso_week, status"
)
_HELD = (VisitStatus.OPEN, VisitStatus.CLOSED)


class Raw:
    """The file of a history, asked without anything that was kept along the way."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite_driver().connect(str(path))

    def close(self) -> None:
        self._connection.close()

    def receipts(self, first: IsoWeek, last: IsoWeek) -> dict[str, tuple[int, int]]:
        """Receipts and yen by week, from a covering index."""
        rows = self._ask(_RECEIPTS, first, last)
        return {str(IsoWeek.from_int(week)): (count, yen) for week, count, yen in rows}

    def trend(self, first: IsoWeek, last: IsoWeek) -> dict[str, Mapping[str, int]]:
        """Every figure of GET /v1/reports/trend, by week."""
        found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for week, _, yen in self._ask(_RECEIPTS, first, last):
            found[week]["sales_yen"] += yen
        for week, band, people in self._ask(_HEADS, first, last):
            found[week]["attendance"] += people
            found[week]["children"] += people * (band in CHILD_BANDS)
        for week, familiarity, depth, count in self._ask(_NOTES, first, last):
            found[week]["contacts"] += count
            found[week]["conversations"] += count * (depth in CONVERSATION_DEPTHS)
            found[week]["consultations"] += count * (depth in CONSULTATION_DEPTHS)
            found[week]["first_contacts"] += count * (familiarity == Familiarity.NEW)
        for week, quantity in self._ask(_TICKETS, first, last):
            found[week]["tickets_redeemed"] += quantity
        for week, status, count in self._ask(_VISITS, first, last):
            found[week]["held" if status in _HELD else "cancelled"] += count
        return {str(IsoWeek.from_int(week)): figures for week, figures in found.items()}

    def _ask(self, statement: str, first: IsoWeek, last: IsoWeek) -> list[Any]:
        rows: list[Any] = self._connection.execute(statement, (first.as_int, last.as_int)).fetchall()
        return rows
