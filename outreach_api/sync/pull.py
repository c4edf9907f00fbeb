"""Pull: what changed for this device after a change number, each thing once in its latest state."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from outreach_api.ledger import counter
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.ledger import Change
from outreach_api.sync.feed import Feed
from schemas.vocabulary import Role


class Page(NamedTuple):
    items: list[dict[str, Any]]
    change_no: int
    """Up to where this page goes."""
    epoch: uuid.UUID
    last: int
    """The database's last change number."""
    more: bool


def scope_of(actor: Actor) -> str:
    """What a cursor is good for: another role or van sees other things and starts anew."""
    return f"{actor.role}/{actor.van_id}"


def page_after(session: Session, actor: Actor, after: int, limit: int, feeds: Mapping[str, Feed]) -> Page:
    last, epoch = counter.current(session)
    select = sa.select(Change).where(Change.change_no > after).order_by(Change.change_no).limit(limit + 1)
    if actor.role is Role.CREW:
        select = select.where(sa.or_(Change.van_id.is_(None), Change.van_id == actor.van_id))
    else:
        # Gone from one van to another: for those who see all vans it is not gone, and its other line stands.
        other = aliased(Change)
        same = (other.kind == Change.kind, other.entity_id == Change.entity_id, ~other.gone)
        select = select.where(sa.not_(sa.and_(Change.gone, sa.exists().where(*same))))
    kinds = [name for name, feed in feeds.items() if actor.role in feed.roles]
    for name in kinds:
        never_shown = feeds[name].never_shown(actor)
        if never_shown is not None:
            select = select.where(sa.not_(sa.and_(Change.kind == name, never_shown)))
    changes = list(session.scalars(select.where(Change.kind.in_(kinds))))
    more = len(changes) > limit
    changes = changes[:limit]
    shown = _shown(session, actor, changes, feeds)
    items = [
        {
            "kind": change.kind,
            "id": change.entity_id,
            "change_no": change.change_no,
            "gone": (change.kind, change.entity_id) not in shown,
            "data": shown.get((change.kind, change.entity_id)),
        }
        for change in changes
    ]
    return Page(items, changes[-1].change_no if more else last, epoch, last, more)


def _shown(
    session: Session, actor: Actor, changes: Iterable[Change], feeds: Mapping[str, Feed]
) -> dict[tuple[str, uuid.UUID], dict[str, Any]]:
    """What the device sees of each thing; what is out of its sight is left out, and so a tombstone."""
    wanted: dict[str, list[uuid.UUID]] = defaultdict(list)
    for change in changes:
        if not change.gone:
            wanted[change.kind].append(change.entity_id)
    return {
        (kind, view["id"]): feeds[kind].schema().dump(view)
        for kind, ids in wanted.items()
        for view in feeds[kind].read(session, actor, ids)
    }
