"""Who tells a fact, and at which visits of a batch paper is in sight. At all others nothing has to be asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Tally, Work
from outreach_api.ledger.visit_facts import VisitFrame
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Role, Source

OTHER = {Source.APP.value: Source.PAPER.value, Source.PAPER.value: Source.APP.value}


class Turned(NamedTuple):
    """What follows for totals and feed when facts begin or cease to count."""

    tallies: tuple[Tally, ...] = ()
    announces: tuple[Announce, ...] = ()


class Told:
    """By whom each fact of a batch is told; marks the visits of which it is the first to tell on paper.

    The mark is the visit's own `source`, which every fact's frame brings along: ordinary pushes ask nothing more.
    """

    def __init__(
        self, work: Work, found: Mapping[uuid.UUID, VisitFrame], batch: Sequence[Accepted] = ()
    ) -> None:
        """`batch` holds facts that may say their source; what takes others back says none."""
        self._by_office = work.actor.role is not Role.CREW
        self._answered: dict[uuid.UUID, tuple[VisitFrame, int]] = {}
        self.in_sight = {frame.id for frame in found.values() if frame.source == Source.PAPER}
        saying = {a.values["visit_id"] for a in batch if a.values["source"] is Source.PAPER}
        newly = {found[visit_id].id for visit_id in saying & found.keys()} - self.in_sight
        if newly:
            mark(work.session, newly)
            self.in_sight |= newly

    def source(self, said: Source | None, frame: VisitFrame) -> Source:
        """As the fact says; else what a phone tells is the app's, and the office fills in visits told on paper."""
        if said is not None:
            return said
        return Source.PAPER if self._by_office and frame.id in self.in_sight else Source.APP

    def answered(self, frame: VisitFrame, index: int) -> None:
        """Where the answer about a visit stands, if something may follow from it."""
        if self.in_sight and frame.id in self.in_sight:
            self._answered.setdefault(frame.id, (frame, index))

    def add_to(self, answers: list[Applied | Refusal], turned: Mapping[uuid.UUID, Turned]) -> None:
        """Add to the answers what turned at their visits; phones see what is held back at those in sight."""
        for frame, index in self._answered.values():
            answer, more = answers[index], turned.get(frame.id, Turned())
            if isinstance(answer, Applied):
                answers[index] = msgspec.structs.replace(
                    answer,
                    tallies=answer.tallies + more.tallies,
                    announces=(
                        *answer.announces,
                        *more.announces,
                        Announce("visit", frame.id, frame.van_id),
                    ),
                )


def held_back(visit_id: uuid.UUID, subject: str, facts: int = 1) -> Tally:
    """Facts that are kept beside those that count; fewer when negative."""
    return Tally(visit_id, measures.HELD_BACK, subject, facts)


def mark(session: Session, visit_ids: Iterable[uuid.UUID]) -> None:
    """From now on these visits are told on paper too."""
    session.execute(sa.update(Visit).where(Visit.id.in_(list(visit_ids))).values(source=Source.PAPER.value))


def turned_by(fact: Any, visit_id: uuid.UUID, source: str) -> sa.ColumnElement[bool]:
    """Facts of a visit (a table with source and counted) that begin or cease to count when this source is to stand."""
    wrong: sa.ColumnElement[bool] = fact.counted != (fact.source == source)
    return sa.and_(fact.visit_id == visit_id, wrong)
