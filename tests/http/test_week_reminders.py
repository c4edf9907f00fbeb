"""Weeks that nobody closed remind the office by mail, every Tuesday, and say nothing of what is in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from outreach_api import worker
from outreach_api.reports.weeks import reminding
from outreach_api.settings import Settings
from outreach_api.storage.jobs import Job
from tests.api import Api
from tests.http.test_report_weeks import WEEK, close, hold
from tests.mailbox import Mailbox, mailbox

OFFICE = ("office@example.org", "second@example.org")
MONDAY = dt.datetime(2026, 11, 30, 0, 0, tzinfo=dt.UTC)
TUESDAY_AT_NINE = dt.datetime(2026, 12, 1, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


def work(api: Api, box: Mailbox, *, at: dt.datetime, office: tuple[str, ...] = OFFICE) -> list[str]:
    """Whom a worker mails at a moment."""
    api.clock.now = at
    before = len(box.taken)
    chosen = Settings(
        smtp_url=box.url,
        mail_sender="alerts@example.org",
        office_emails=office,
        public_url="https://api.example.org",
    )
    worker.run_due(api.database, chosen, api.clock)
    return box.recipients[before:]


def due(api: Api) -> dt.datetime:
    with api.database.read() as session:
        return session.scalars(sa.select(Job.due_at).where(Job.kind == reminding.REMIND)).one()


def test_the_office_is_reminded_every_tuesday_until_all_weeks_are_closed(api: Api, box: Mailbox) -> None:
    hold(api, code="ZQSTOP")
    for _ in range(2):
        reminding.begin(api.database, api.clock())
    assert due(api) == TUESDAY_AT_NINE
    assert work(api, box, at=MONDAY) == []
    assert work(api, box, at=TUESDAY_AT_NINE) == list(OFFICE)
    told = box.taken[0].text
    assert "2026-W48, 2026-W47" in told
    assert "2 週" in told
    assert "https://api.example.org" in told
    assert "ZQSTOP" not in told
    assert work(api, box, at=TUESDAY_AT_NINE + dt.timedelta(days=1)) == []
    close(api, "2026-W48")
    assert work(api, box, at=TUESDAY_AT_NINE + dt.timedelta(days=7)) == list(OFFICE)
    assert "2026-W49, 2026-W47" in box.taken[-1].text
    for week in (WEEK, "2026-W49", "2026-W50"):
        api.clock.forward(days=7)
        assert close(api, week).status == 201
    api.clock.now = TUESDAY_AT_NINE + dt.timedelta(days=14)
    assert work(api, box, at=TUESDAY_AT_NINE + dt.timedelta(days=14)) == []
    assert due(api) == TUESDAY_AT_NINE + dt.timedelta(days=21)


def test_without_an_address_the_tuesdays_go_on_quietly(api: Api, box: Mailbox) -> None:
    hold(api)
    reminding.begin(api.database, api.clock())
    assert work(api, box, at=TUESDAY_AT_NINE, office=()) == []
    assert due(api) == TUESDAY_AT_NINE + dt.timedelta(days=7)


def test_a_refused_address_keeps_nobody_else_from_being_told_once(api: Api, box: Mailbox) -> None:
    hold(api)
    reminding.begin(api.database, api.clock())
    box.refused = {OFFICE[0]}
    assert work(api, box, at=TUESDAY_AT_NINE) == [OFFICE[1]]
    assert work(api, box, at=TUESDAY_AT_NINE + dt.timedelta(hours=1)) == []


def test_when_nobody_is_reached_it_is_tried_again(api: Api, box: Mailbox) -> None:
    hold(api)
    reminding.begin(api.database, api.clock())
    box.refused = set(OFFICE)
    assert work(api, box, at=TUESDAY_AT_NINE) == []
    box.refused = set()
    assert work(api, box, at=TUESDAY_AT_NINE + dt.timedelta(minutes=1)) == list(OFFICE)


def test_of_many_weeks_the_latest_are_named(api: Api, box: Mailbox) -> None:
    hold(api, "2026-06-06")
    reminding.begin(api.database, api.clock())
    work(api, box, at=TUESDAY_AT_NINE)
    assert "26 週" in box.taken[0].text
    assert "2026-W41 …" in box.taken[0].text
