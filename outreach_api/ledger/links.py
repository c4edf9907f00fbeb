"""Publishes where families may turn to besides the van: the public page does not read the destinations themselves."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from outreach_api.ledger.kinds import Work
from outreach_api.storage.contacts import Destination
from outreach_api.storage.published import PublishedLink
from schemas.vocabulary import DestinationKind

PUBLIC = frozenset({DestinationKind.LINK, DestinationKind.LINE})


def follow(work: Work, kinds: Iterable[str]) -> None:
    """After destinations of these kinds changed: of each public kind the first active address is published."""
    work.session.flush()
    for kind in PUBLIC.intersection(kinds):
        active = sa.select(Destination.url).where(
            Destination.kind == kind, Destination.active.is_(True), Destination.url.is_not(None)
        )
        url = work.session.scalar(active.order_by(Destination.created_at, Destination.id).limit(1))
        row = work.session.get(PublishedLink, kind)
        if url is None:
            if row is not None:
                work.session.delete(row)
        elif row is None:
            work.session.add(PublishedLink(kind=kind, url=url))
        else:
            row.url = url
    work.session.flush()
