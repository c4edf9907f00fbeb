"""Consents from before phones were told of them: they come with the next pull, or that they were withdrawn."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_VISITS = sa.table("visits", sa.column("id", Id()), sa.column("van_id", Id()))
_REFERRALS = sa.table(
    "referrals",
    sa.column("id", Id()),
    sa.column("visit_id", Id()),
    sa.column("consent_withdrawn_at", Utc()),
)
_CONSENTS = sa.table("consents", sa.column("referral_id", Id()), sa.column("withdrawn_at", Utc()))
_COUNTER = sa.table("change_counter", sa.column("value", sa.BigInteger()))
_CHANGES = sa.table(
    "changes",
    sa.column("change_no", sa.BigInteger()),
    sa.column("kind", sa.Text()),
    sa.column("entity_id", Id()),
    sa.column("van_id", Id()),
    sa.column("gone", sa.Boolean()),
)


def upgrade() -> None:
    connection = op.get_bind()
    # First lock of every write: commit order stays number order beside a server that runs on.
    last = connection.execute(sa.select(_COUNTER.c.value).with_for_update()).scalar_one()
    withdrawn = (
        sa.select(sa.func.max(_CONSENTS.c.withdrawn_at))
        .where(_CONSENTS.c.referral_id == _REFERRALS.c.id)
        .scalar_subquery()
    )
    connection.execute(
        sa.update(_REFERRALS)
        .where(_REFERRALS.c.consent_withdrawn_at.is_(None))
        .values(consent_withdrawn_at=withdrawn)
    )
    told = sa.select(_CHANGES.c.entity_id).where(_CHANGES.c.kind == "consent")
    untold = connection.execute(
        sa.select(_REFERRALS.c.id, _VISITS.c.van_id)
        .join(_VISITS, _VISITS.c.id == _REFERRALS.c.visit_id)
        .where(
            _REFERRALS.c.id.in_(sa.select(_CONSENTS.c.referral_id)),
            _REFERRALS.c.id.not_in(told),
        )
        .order_by(_REFERRALS.c.id)
    ).all()
    if untold:
        # Not `gone`: whoever pulls is shown what stands, and that the rest is over.
        connection.execute(
            sa.insert(_CHANGES),
            [
                {
                    "change_no": last + number,
                    "kind": "consent",
                    "entity_id": row.id,
                    "van_id": row.van_id,
                    "gone": False,
                }
                for number, row in enumerate(untold, start=1)
            ],
        )
        connection.execute(sa.update(_COUNTER).values(value=last + len(untold)))


def downgrade() -> None:
    """What phones were told stays told."""
