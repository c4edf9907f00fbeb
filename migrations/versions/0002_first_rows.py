"""The rows that every database has: the change counter and the tax rates in force."""

import datetime as dt
import uuid

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COUNTER = sa.table(
    "change_counter", sa.column("id", sa.Integer), sa.column("value", sa.BigInteger), sa.column("epoch", Id())
)
_RATES = sa.table(
    "tax_rates",
    sa.column("tax_class", sa.Text),
    sa.column("valid_from", sa.Date),
    sa.column("percent", sa.Integer),
)


def upgrade() -> None:
    op.bulk_insert(_COUNTER, [{"id": 1, "value": 0, "epoch": uuid.uuid4()}])
    # Consumption Tax Act as amended in 2019: 10 %, and 8 % for food that is taken away.
    since = dt.date(2019, 10, 1)
    op.bulk_insert(
        _RATES,
        [
            {"tax_class": "reduced", "valid_from": since, "percent": 8},
            {"tax_class": "standard", "valid_from": since, "percent": 10},
            {"tax_class": "exempt", "valid_from": since, "percent": 0},
        ],
    )


def downgrade() -> None:
    op.execute(_RATES.delete())
    op.execute(_COUNTER.delete())
