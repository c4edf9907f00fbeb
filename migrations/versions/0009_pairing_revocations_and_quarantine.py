"""Invitations of phones and people, revocations with their reasons, and when what is in quarantine was sent."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pairings",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("van_id", Id(), nullable=True),
        sa.Column("device_id", Id(), nullable=True),
        sa.Column("person_id", Id(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("made_by", Id(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.Text(), nullable=True),
        sa.Column("link_hash", sa.LargeBinary(), nullable=True),
        sa.Column("tries_left", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("redeemed_at", Utc(), nullable=True),
        sa.Column("redeemed_by", Id(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_pairings_device_id_devices")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pairings_person_id_people")),
        sa.ForeignKeyConstraint(["van_id"], ["vans.id"], name=op.f("fk_pairings_van_id_vans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairings")),
        sa.UniqueConstraint("locator", name=op.f("uq_pairings_locator")),
    )
    op.create_table(
        "revocations",
        sa.Column("device_id", Id(), nullable=True),
        sa.Column("person_id", Id(), nullable=True),
        sa.Column("van_id", Id(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", Id(), nullable=False),
        sa.Column("tokens_ended", sa.BigInteger(), nullable=False),
        sa.Column("takes_until", Utc(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_revocations_device_id_devices")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_revocations_person_id_people")),
        sa.ForeignKeyConstraint(["van_id"], ["vans.id"], name=op.f("fk_revocations_van_id_vans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocations")),
    )
    op.add_column("rejections", sa.Column("sent_at", Utc(), nullable=True))
    op.add_column("tokens", sa.Column("replaces", sa.Text(), nullable=True))
    op.add_column("tokens", sa.Column("pairing_id", Id(), nullable=True))
    op.add_column("tokens", sa.Column("takes_until", Utc(), nullable=True))


def downgrade() -> None:
    op.drop_column("tokens", "takes_until")
    op.drop_column("tokens", "pairing_id")
    op.drop_column("tokens", "replaces")
    op.drop_column("rejections", "sent_at")
    op.drop_table("revocations")
    op.drop_table("pairings")
