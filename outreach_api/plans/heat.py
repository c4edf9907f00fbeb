"""Takes down how hot it is expected to be, and says what stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import look_again
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.storage.heat import HeatExpected

_DAYS_MOST = 980


def expect_heat(work: Work, accepted: Accepted) -> Applied:
    """Keep what was said; nothing that was said before is lost."""
    given = accepted.values
    work.session.add(
        HeatExpected(
            id=accepted.entity_id,
            change_no=accepted.change_no,
            created_at=work.now,
            on_day=given["on_day"],
            month=given["month"],
            wbgt_tenths=None if given["wbgt"] is None else round(given["wbgt"] * 10),
        )
    )
    if given["on_day"] is not None:
        look_again.on_day(work.session, given["on_day"], work.now)
    else:
        look_again.all_to_come(work.session, work.now)
    return Applied(accepted.entity_id)


def expected(session: Session, *, today: dt.date) -> dict[str, Any]:
    """What stands: of each month, and of each day from today on."""
    last = sa.func.max(HeatExpected.change_no)
    newest = sa.union_all(
        sa.select(last).where(HeatExpected.month.is_not(None)).group_by(HeatExpected.month),
        sa.select(last).where(HeatExpected.on_day >= today).group_by(HeatExpected.on_day),
    )
    rows = session.scalars(
        sa.select(HeatExpected)
        .where(HeatExpected.change_no.in_(newest), HeatExpected.wbgt_tenths.is_not(None))
        .order_by(
            HeatExpected.month.is_(None), HeatExpected.month, HeatExpected.on_day, HeatExpected.change_no
        )
        .limit(_DAYS_MOST)
    )
    return {
        "items": [
            {"on_day": row.on_day, "month": row.month, "wbgt": row.wbgt_tenths / 10}
            for row in rows
            if row.wbgt_tenths is not None
        ]
    }
