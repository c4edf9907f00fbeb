"""Who is a phone of the same van: only such a phone hears what became of what another one sent."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger.kinds import Actor
from outreach_api.storage.access import Device


def phones_of_the_van(session: Session, actor: Actor, holders: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of `holders` that are devices of the van that `actor` is on; none for an office.

    Devices that were switched off count too: a phone that was lost is why another one sends what it held.
    """
    if not holders or actor.van_id is None:
        return set()
    select = sa.select(Device.id).where(Device.id.in_(holders), Device.van_id == actor.van_id)
    return set(session.scalars(select))
