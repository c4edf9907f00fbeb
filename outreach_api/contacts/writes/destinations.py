"""Adds and changes destinations; phones hold them offline."""

from __future__ import annotations

from typing import Any

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import links, versions
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.storage.contacts import Destination

_UNSAID: dict[str, Any] = {
    "kana": None,
    "name_en": None,
    "how_to_join_en": None,
    "address": None,
    "phone": None,
    "url": None,
    "qr_text": None,
    "hours": None,
    "leaflet_stock": 0,
    "active": True,
}


def add_destination(work: Work, accepted: Accepted) -> Applied | Refusal:
    work.session.add(
        row := Destination(
            id=accepted.entity_id,
            version=1,
            change_no=accepted.change_no,
            created_at=work.now,
            **{**_UNSAID, **accepted.values},
        )
    )
    links.follow(work, {row.kind})
    return Applied(accepted.entity_id, announces=(Announce("destination", accepted.entity_id),))


def change_destination(work: Work, accepted: Accepted) -> Applied | Refusal:
    row = versions.find(work, Destination, accepted)
    if isinstance(row, Refusal):
        return row
    kinds = {row.kind}
    for name, value in accepted.values.items():
        setattr(row, name, value)
    links.follow(work, kinds | {row.kind})
    return Applied(row.id, row.version, created=False, announces=(Announce("destination", row.id),))
