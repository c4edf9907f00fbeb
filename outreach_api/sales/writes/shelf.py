"""Says what a van is out of today."""

from __future__ import annotations

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, frames
from outreach_api.sales.rules import sold_out_id
from outreach_api.storage.sales import Item, SoldOut


def mark_sold_out(work: Work, accepted: Accepted) -> Applied | Refusal:
    """That the visit's van has no more of something that day, or has some again. The last word that comes stands."""
    given = accepted.values
    frame = frames(work, [given["visit_id"]]).get(given["visit_id"])
    if frame is None:
        return VISIT_UNKNOWN
    if work.session.get(Item, given["item_id"]) is None:
        return Refusal("item_unknown", 404, {}, (Problem("/item_id", "item_unknown"),), passing=True)
    key = frame.van_id, frame.local_day, given["item_id"]
    row = work.session.get(SoldOut, key)
    if given["sold_out"] and row is None:
        work.session.add(SoldOut(van_id=key[0], local_day=key[1], item_id=key[2]))
    elif not given["sold_out"] and row is not None:
        work.session.delete(row)
    # Yesterday's is nobody's business any more.
    past = sa.delete(SoldOut).where(SoldOut.van_id == frame.van_id, SoldOut.local_day < frame.local_day)
    work.session.execute(past)
    work.session.flush()
    listed = sold_out_id(frame.van_id)
    return Applied(listed, created=False, announces=(Announce("sold_out", listed, frame.van_id),))
