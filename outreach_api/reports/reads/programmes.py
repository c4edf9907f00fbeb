"""The eight programmes of まつどでつながるプロジェクト: what went to and came from each, and what was done for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import Period
from outreach_api.ledger import measures
from outreach_api.reports.reads.people import Issues, PartnerLine
from outreach_api.reports.reads.totals import Sums
from outreach_api.reports.rules.outcomes import ReferralCounts
from outreach_api.storage.contacts import Consent, Destination, Referral
from outreach_api.storage.visits import Visit
from schemas.vocabulary import PROGRAMMES, DestinationKind, ReferralDirection, Stage

_R, _D, _V, _C = (table.__table__.c for table in (Referral, Destination, Visit, Consent))
_LEAFLETS = (
    sa.select(_D.kind, sa.func.sum(_D.leaflet_stock))
    .where(_D.kind.in_(PROGRAMMES), _D.active)
    .group_by(_D.kind)
)
_STANDS = sa.exists(sa.select(sa.literal(1)).where(_C.referral_id == _R.id, _C.withdrawn_at.is_(None)))
_ACCOMPANIED = (
    sa.select(
        sa.func.coalesce(sa.func.sum(sa.case((_STANDS, 1), else_=0)), 0),
        sa.func.count(_R.case_ref),
    )
    .select_from(Visit.__table__)
    .join(Referral.__table__, _R.visit_id == _V.id)
    .join(Destination.__table__, _D.id == _R.destination_id)
    .where(
        _V.local_day.between(sa.bindparam("first", type_=sa.Date()), sa.bindparam("last", type_=sa.Date())),
        _R.direction == ReferralDirection.OUT,
        _D.kind == DestinationKind.ACCOMPANY,
    )
)


def programmes(
    session: Session, counted: Mapping[str, ReferralCounts], partners: Iterable[PartnerLine]
) -> list[dict[str, Any]]:
    """A line each, also of one that nothing happened with. Partners and leaflets are those of today."""
    leaflets = {kind: int(stock) for kind, stock in session.execute(_LEAFLETS)}
    run = Counter(partner.destination_kind for partner in partners if partner.active)
    out, into = counted[ReferralDirection.OUT], counted[ReferralDirection.IN]
    return [
        {
            "programme": kind.value,
            "offered": out.offered[kind],
            "accepted": out.accepted[kind],
            "connected": out.connected[kind],
            "referred_in": into.offered[kind],
            "partners": run[kind],
            "leaflet_stock": leaflets.get(kind),
        }
        for kind in PROGRAMMES
    ]


def work(session: Session, period: Period, sums: Sums, *, held: int, issues: Issues) -> dict[str, int]:
    """What only one of the programmes has, as far as this project's own records say it."""
    consented, case_refs = session.execute(
        _ACCOMPANIED, {"first": period.first_day, "last": period.last_day}
    ).one()
    young = (Stage.PREGNANCY, Stage.INFANT)
    return {
        "baby_stages": sum(sums.at(measures.CONTACTS_BY_STAGE, stage) for stage in young),
        "kurukuru_visits": held,
        "kurukuru_attendance": sums.of(measures.ATTENDANCE),
        "round_table_raised": issues.raised,
        "round_table_discussed": issues.discussed,
        "round_table_with_action": issues.with_action,
        "round_table_open": issues.open,
        "accompany_consented": int(consented),
        "accompany_case_refs": int(case_refs),
    }
