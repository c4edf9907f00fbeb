"""The rows that every database has: the change counter and the tax rates in force, announced to phones."""

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
_CHANGES = sa.table(
    "changes",
    sa.column("change_no", sa.BigInteger),
    sa.column("kind", sa.Text),
    sa.column("entity_id", Id()),
    sa.column("gone", sa.Boolean),
)
# As sales.rules derives it: phones take the rates together, as one thing.
_TAX_RATES_ID = uuid.UUID("869aca28-a73c-566a-97c4-29334cc08d54")

# As contacts.rules derives it: the national numbers are on it before anybody fills it in.
_SAFETY_CARD_ID = uuid.UUID("efe96eb1-59bc-5fa2-9f38-4c78071e18ee")


def upgrade() -> None:
    op.bulk_insert(_COUNTER, [{"id": 1, "value": 2, "epoch": uuid.uuid4()}])
    op.bulk_insert(
        _CHANGES,
        [
            {"change_no": 1, "kind": "tax_rates", "entity_id": _TAX_RATES_ID, "gone": False},
            {"change_no": 2, "kind": "safety_card", "entity_id": _SAFETY_CARD_ID, "gone": False},
        ],
    )
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
    op.execute(_CHANGES.delete())
    op.execute(_RATES.delete())
    op.execute(_COUNTER.delete())
