"""Leased jobs and alarms: somebody is told of each concern that is open, also of those from before."""

import datetime as dt
import uuid

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


_CONCERNS = sa.table(
    "safety_concerns",
    sa.column("id", Id()),
    sa.column("about_staff", sa.Boolean()),
    sa.column("created_at", Utc()),
    sa.column("closed_at", Utc()),
)
_LETTERS = sa.table(
    "rejections",
    sa.column("id", Id()),
    sa.column("kind", sa.Text()),
    sa.column("code", sa.Text()),
    sa.column("about_staff", sa.Boolean()),
    sa.column("received_at", Utc()),
    sa.column("urgent", sa.Boolean()),
    sa.column("state", sa.Text()),
)
_UNREAD = ("malformed", "upgrade_needed", "sealed_unreadable", "sealed_for_another_key")


def upgrade() -> None:
    alarms = op.create_table(
        "alarms",
        sa.Column("id", Id(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("raised_at", Utc(), nullable=False),
        sa.Column("rounds", sa.BigInteger(), nullable=False),
        sa.Column("last_round_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_table(
        "alert_addresses",
        sa.Column("lead_email", sa.Text(), nullable=True),
        sa.Column("deputy_email", sa.Text(), nullable=True),
        sa.Column("outside_email", sa.Text(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_addresses")),
    )
    jobs = op.create_table(
        "jobs",
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("leased_until", Utc(), nullable=True),
        sa.Column("lease", Id(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_jobs_kind_subject_id")),
    )
    op.create_index(op.f("ix_jobs_due_at"), "jobs", ["due_at"], unique=False)
    op.create_table(
        "alarm_calls",
        sa.Column("alarm_id", Id(), nullable=False),
        sa.Column("round", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name=op.f("fk_alarm_calls_alarm_id_alarms")),
        sa.PrimaryKeyConstraint("alarm_id", "round", "recipient", name=op.f("pk_alarm_calls")),
    )
    connection = op.get_bind()
    now = dt.datetime.now(dt.UTC)
    raised = [
        ("concern", "outside" if row.about_staff else "team", row.id, row.created_at)
        for row in connection.execute(sa.select(_CONCERNS).where(_CONCERNS.c.closed_at.is_(None)))
    ]
    urgent = sa.select(_LETTERS).where(_LETTERS.c.urgent, _LETTERS.c.state != "settled")
    for row in connection.execute(urgent):
        unread = row.kind is None or row.code in _UNREAD
        audience = ("all" if unread else "outside") if row.about_staff else "team"
        raised.append(("letter", audience, row.id, row.received_at))
    for subject, audience, subject_id, raised_at in raised:
        alarm = {"id": subject_id, "subject": subject, "audience": audience, "raised_at": raised_at}
        connection.execute(sa.insert(alarms).values(**alarm, rounds=0))
        job = {"id": uuid.uuid4(), "kind": "alarm", "subject_id": subject_id, "due_at": now}
        connection.execute(sa.insert(jobs).values(**job, attempts=0, created_at=now))


def downgrade() -> None:
    op.drop_table("alarm_calls")
    op.drop_index(op.f("ix_jobs_due_at"), table_name="jobs")
    op.drop_table("jobs")
    op.drop_table("alert_addresses")
    op.drop_table("alarms")
