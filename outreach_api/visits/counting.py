"""Adds head counts and hygiene entries in bulk, from any number of phones."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import measures, paper
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Tally, Warn, Work
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, VisitFrame, fact_columns, frames
from outreach_api.storage import bulk
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.visits import HeadCount, HygieneEntry
from schemas.vocabulary import Source


def add_head_counts(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    """Taps of the counters, as increments: they add up from any number of phones."""
    found = frames(work, (a.values["visit_id"] for a in batch))
    standing = _standing_sources(work, found.values())
    below_zero = _BelowZero(work, [a for a in batch if min(a.values["counts"].values()) < 0])
    answers: list[Applied | Refusal] = []
    rows: list[dict[str, Any]] = []
    for accepted in batch:
        frame = found.get(accepted.values["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        source = paper.source_of(accepted.values["source"], frame.source, work.actor.role)
        counted = paper.counts(frame.source, source, standing.setdefault(frame.id, source))
        counts = {band: n for band, n in accepted.values["counts"].items() if n}
        fact = fact_columns(work, accepted, frame)
        rows.append({**fact, "counts": counts, "source": source, "counted": counted})
        tallies = tuple(
            Tally(frame.id, measures.ATTENDANCE, band, n) for band, n in counts.items() if counted
        )
        answers.append(
            Applied(
                accepted.entity_id,
                tallies=tallies,
                announces=(Announce("visit", frame.id, frame.van_id),),
                warnings=below_zero.after(frame.id, counts) if counted else (Warn("count_held_back"),),
            )
        )
    if rows:
        bulk.append(work.session, HeadCount, rows)
    return answers


class _BelowZero:
    """Notices a mis-tap that takes off more than was counted; asks nothing when nobody took anything off."""

    def __init__(self, work: Work, taking_off: Sequence[Accepted]) -> None:
        self._sums: dict[tuple[uuid.UUID, str], int] = defaultdict(int)
        self._looks = bool(taking_off)
        if taking_off:
            found = sa.select(VisitTotal.visit_id, VisitTotal.key, VisitTotal.value).where(
                VisitTotal.visit_id.in_({a.values["visit_id"] for a in taking_off}),
                VisitTotal.measure == measures.ATTENDANCE,
            )
            self._sums.update({(row.visit_id, row.key): row.value for row in work.session.execute(found)})

    def after(self, visit_id: uuid.UUID, counts: Mapping[str, int]) -> tuple[Warn, ...]:
        if not self._looks:
            return ()
        warnings = []
        for band, n in counts.items():
            self._sums[visit_id, band] += n
            if n < 0 and self._sums[visit_id, band] < 0:
                warnings.append(
                    Warn("count_below_zero", f"/counts/{band}", {"sum": self._sums[visit_id, band]})
                )
        return tuple(warnings)


def _standing_sources(work: Work, visits: Iterable[VisitFrame]) -> dict[uuid.UUID, str]:
    """Which telling counts at each visit that was entered from paper."""
    told_twice = {frame.id for frame in visits if frame.source == Source.PAPER}
    if not told_twice:
        return {}
    found = sa.select(HeadCount.visit_id, HeadCount.source).distinct()
    found = found.where(HeadCount.visit_id.in_(told_twice), HeadCount.counted)
    return {row.visit_id: row.source for row in work.session.execute(found)}


def log_hygiene(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    found = frames(work, (a.values["visit_id"] for a in batch))
    answers: list[Applied | Refusal] = []
    rows: list[dict[str, Any]] = []
    for accepted in batch:
        given = accepted.values
        frame = found.get(given["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        celsius = given["celsius"]
        rows.append(
            {
                **fact_columns(work, accepted, frame),
                "check": given["check"],
                "passed": given["passed"],
                "celsius_tenths": None if celsius is None else round(celsius * 10),
                "action": given["action"],
                "signed_by": given["signed_by"],
            }
        )
        answers.append(Applied(accepted.entity_id))
    if rows:
        bulk.append(work.session, HygieneEntry, rows)
    return answers
