"""The two tellings of a visit's heads. One that adds up to nothing, as a tap and its mis-tap do, tells nothing."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Tally
from outreach_api.ledger.tellings.sources import OTHER, Turned, held_back, turned_by
from outreach_api.storage.visits import HeadCount

HEADS = "heads"


class Standing:
    """Which source's heads stand at visits where paper is in sight, while a batch is added to them."""

    def __init__(self, session: Session, visit_ids: Collection[uuid.UUID]) -> None:
        self._session = session
        self._sums: dict[tuple[uuid.UUID, str], Counter[str]] = defaultdict(Counter)
        self._before: dict[uuid.UUID, str] = {}
        if visit_ids:
            found = sa.select(HeadCount.visit_id, HeadCount.source, HeadCount.counts, HeadCount.counted)
            found = found.where(HeadCount.visit_id.in_(visit_ids)).order_by(HeadCount.change_no)
            for visit_id, source, counts, counted in session.execute(found):
                self._sums[visit_id, source].update(counts)
                if counted:
                    self._before.setdefault(visit_id, source)
        self._now = dict(self._before)

    def tell(self, visit_id: uuid.UUID, source: str, counts: Mapping[str, int]) -> None:
        """Add what is told. The first that tells stands, until it has taken everything back."""
        self._sums[visit_id, source].update(counts)
        standing = self._now.setdefault(visit_id, source)
        other = OTHER[standing]
        if not self.tells(visit_id, standing) and self.tells(visit_id, other):
            self._now[visit_id] = other

    def counts(self, visit_id: uuid.UUID, source: str) -> bool:
        return self._now.get(visit_id, source) == source

    def settle(self) -> dict[uuid.UUID, Turned]:
        """Turn what was there before, where another telling took over; what follows, by visit."""
        return {
            visit_id: let_stand(self._session, visit_id, self._now[visit_id])
            for visit_id, before in self._before.items()
            if self._now[visit_id] != before
        }

    def first(self, visit_ids: Iterable[uuid.UUID]) -> str | None:
        """What stands at the first of these visits where anything was told; None where nobody ever tapped."""
        standing = [self._before[visit_id] for visit_id in visit_ids if visit_id in self._before]
        telling = (
            source
            for visit_id in visit_ids
            for source in (self._before.get(visit_id, ""), *OTHER)
            if self.tells(visit_id, source)
        )
        return next(telling, standing[0] if standing else None)

    def tells(self, visit_id: uuid.UUID, source: str) -> bool:
        """Whether its heads add up to anything."""
        return any(self._sums[visit_id, source].values())


def let_stand(session: Session, visit_id: uuid.UUID, source: str) -> Turned:
    """Let the heads of this source count at a visit, and no others."""
    turned = turned_by(HeadCount, visit_id, source)
    sums: Counter[str] = Counter()
    held = 0
    for teller, counts in session.execute(sa.select(HeadCount.source, HeadCount.counts).where(turned)):
        sign = 1 if teller == source else -1
        held -= sign
        for band, n in counts.items():
            sums[band] += sign * n
    session.execute(sa.update(HeadCount).where(turned).values(counted=HeadCount.source == source))
    tallies = [Tally(visit_id, measures.ATTENDANCE, band, n) for band, n in sums.items()]
    return Turned((*tallies, held_back(visit_id, HEADS, held)))


def tellers(session: Session, visit_id: uuid.UUID) -> set[str]:
    """The sources that told any heads."""
    told = Standing(session, [visit_id])
    return {source for source in OTHER if told.tells(visit_id, source)}
