"""Adds head counts and hygiene entries in bulk, from any number of phones."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Tally, Warn, Work
from outreach_api.ledger.tellings import heads
from outreach_api.ledger.tellings.sources import Told, held_back
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, VisitFrame, fact_columns, frames
from outreach_api.storage import bulk
from outreach_api.storage.access import Person
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.visits import HeadCount, HygieneEntry
from schemas.vocabulary import Source


def add_head_counts(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    """Taps of the counters, as increments: they add up from any number of phones."""
    found = frames(work, (a.values["visit_id"] for a in batch))
    told = Told(work, found, batch)
    standing = _standing(work, told, found, batch)
    below_zero = _BelowZero(work, [a for a in batch if min(a.values["counts"].values()) < 0])
    answers: list[Applied | Refusal] = []
    rows: list[dict[str, Any]] = []
    for accepted in batch:
        frame = found.get(accepted.values["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        source, counted = Source.APP, True
        if told.in_sight:  # else nothing here was told on paper
            source = told.source(accepted.values["source"], frame)
            counted = standing.counts(frame.id, source)
            told.answered(frame, len(answers))
        counts = {band: n for band, n in accepted.values["counts"].items() if n}
        fact = fact_columns(work, accepted, frame)
        rows.append({**fact, "counts": counts, "source": source.value, "counted": counted})
        if counted:
            tallies = tuple(Tally(frame.id, measures.ATTENDANCE, band, n) for band, n in counts.items())
        else:
            tallies = (held_back(frame.id, heads.HEADS),)
        answers.append(
            Applied(
                accepted.entity_id,
                tallies=tallies,
                announces=(Announce("visit", frame.id, frame.van_id),),
                warnings=below_zero.after(frame.id, counts) if counted else (Warn("count_held_back"),),
            )
        )
    told.add_to(answers, standing.settle())
    bulk.append(work.session, HeadCount, rows)
    return answers


def _standing(
    work: Work, told: Told, found: Mapping[uuid.UUID, VisitFrame], batch: Sequence[Accepted]
) -> heads.Standing:
    """Which telling stands once the whole batch was told."""
    standing = heads.Standing(work.session, told.in_sight)
    if told.in_sight:
        for accepted in batch:
            frame = found.get(accepted.values["visit_id"])
            if frame is not None and frame.id in told.in_sight:
                source = told.source(accepted.values["source"], frame)
                standing.tell(frame.id, source, accepted.values["counts"])
    return standing


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


_SIGNERS = sa.select(Person.id).where(bulk.among(Person.id))
_SIGNER_UNKNOWN = Refusal(
    "unknown_reference", 422, {}, (Problem("/signed_by", "unknown_reference"),), passing=True
)


def log_hygiene(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    found = frames(work, (a.values["visit_id"] for a in batch))
    # Asked here: if the database has to refuse them, it costs two SELECTs and a savepoint for each.
    named = {accepted.values["signed_by"] for accepted in batch} - {None}
    signers = {None, *(row.id for row in bulk.find(work.session, _SIGNERS, named))}
    answers: list[Applied | Refusal] = []
    rows: list[dict[str, Any]] = []
    for accepted in batch:
        given = accepted.values
        frame = found.get(given["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        if given["signed_by"] not in signers:
            answers.append(_SIGNER_UNKNOWN)
            continue
        celsius = given["celsius"]
        rows.append(
            {
                **fact_columns(work, accepted, frame),
                "check": given["check"],
                "passed": given["passed"],
                "celsius_tenths": None if celsius is None else round(celsius * 10),
                "action": given["action"],
                "signed_by": given["signed_by"] or accepted.acting_id,
            }
        )
        answers.append(Applied(accepted.entity_id))
    if rows:
        bulk.append(work.session, HygieneEntry, rows)
    return answers
