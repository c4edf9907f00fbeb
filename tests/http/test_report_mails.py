"""People are told of weeks by mail, with the report as a PDF: as a reporter sees it, each address once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa

from outreach_api.reports.deliveries import mails
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.report_deliveries import ReportDelivery
from tests.api import Api
from tests.delivering import PATH, Office
from tests.http.test_report_weeks import close, count, hold, restate
from tests.mailbox import Mailbox, Taken, mailbox
from tests.make import MADE_AT, make_stop

MAYOR, CLERK = "mayor@example.org", "clerk@example.org"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture
def office(api: Api, monkeypatch: pytest.MonkeyPatch, box: Mailbox) -> Office:
    return Office(api, monkeypatch, box)


def pdf(mail: Taken) -> tuple[str, str]:
    """Name and text of the PDF that it brings."""
    (part,) = mail.message.iter_attachments()
    assert part.get_content_type() == "application/pdf"
    read = pypdf.PdfReader(io.BytesIO(part.get_content()))
    return str(part.get_filename()), "\n".join(page.extract_text() for page in read.pages)


def test_a_closed_week_comes_with_its_report(office: Office, box: Mailbox, api: Api) -> None:
    made = office.subscribe(emails=[MAYOR, CLERK])
    assert (made["channel"], made["secret"]) == ("email", None)
    hold(api)
    close(api)
    assert office.work() == 2
    assert sorted(box.recipients) == [CLERK, MAYOR]
    mail = box.taken[0]
    assert "週報 2026-W47" in mail.text
    assert "https://" not in mail.text  # which would want a token
    assert mail.message["Importance"] is None
    name, text = pdf(mail)
    assert name == "report-2026-W47.pdf"
    assert "2026-W47" in text
    assert office.work(days=9) == 0
    assert {one["address"] for one in office.attempts(made)} == {CLERK, MAYOR}
    with api.database.read() as session:
        rows = (
            session.execute(sa.select(AuditEntry).where(AuditEntry.action == "exportReport")).scalars().all()
        )
    assert [(row.purpose, row.holder_id) for row in rows] == [("week 2026-W47 pdf 1", None)] * 2


def test_a_restated_week_brings_its_own_version_and_says_why(office: Office, box: Mailbox, api: Api) -> None:
    office.subscribe(emails=[MAYOR], events=["week.restated"], language="en")
    visit = hold(api)
    close(api)
    for more in (10, 100):
        count(api, visit, elem_low=more)
        restate(api, note="ZQNOTE")
    assert office.work() == 2
    told = {pdf(mail)[0]: (mail.text, pdf(mail)[1]) for mail in box.taken}
    assert set(told) == {"report-2026-W47-v2.pdf", "report-2026-W47-v3.pdf"}
    text, second = told["report-2026-W47-v2.pdf"]
    assert "version 2" in text
    assert "records came after it was closed" in text
    assert "ZQ" not in text + second
    assert "16" in second.split()
    assert "116" in told["report-2026-W47-v3.pdf"][1].split()


def test_the_pdf_is_a_reporters(office: Office, box: Mailbox, api: Api) -> None:
    """Which private home was left alone is nobody's business outside."""
    with api.database.write() as session:
        make_stop(session, code="K01", name="ZQ宅", kind="private_home", status="agreed", created_at=MADE_AT)
    office.subscribe(emails=[MAYOR])
    hold(api)
    close(api)
    office.work()
    inside: Any = api.get("/v1/reports/week/2026-W47").json["stops"]["unvisited"]
    assert [stop["name"] for stop in inside] == ["ZQ宅"]
    assert "ZQ" not in pdf(box.taken[0])[1]


def test_one_address_that_is_refused_keeps_no_other_from_being_told_once(
    office: Office, box: Mailbox, api: Api
) -> None:
    made = office.subscribe(emails=[MAYOR, CLERK])
    box.refused.add(MAYOR)
    hold(api)
    close(api)
    office.work()
    office.work(minutes=1)
    assert box.recipients == [CLERK]
    seen = office.see(made)
    assert (seen["waiting"], seen["last_delivered_at"] is not None) == (1, True)
    box.refused.clear()
    office.work(minutes=5)
    assert box.recipients == [CLERK, MAYOR]
    ids = {mail.message["Message-ID"] for mail in box.taken}
    assert len(ids) == 2


def test_who_is_taken_off_the_list_is_told_no_more_and_their_address_is_erased(
    office: Office, box: Mailbox, api: Api
) -> None:
    made = office.subscribe(emails=[MAYOR, CLERK])
    box.refused |= {MAYOR, CLERK}
    hold(api)
    close(api)
    office.work()
    api.patch(f"{PATH}/{made['id']}", {"emails": [CLERK]}, version=1)
    box.refused.clear()
    office.work(minutes=1)
    assert box.recipients == [CLERK]
    office.ask(made, "retry")
    assert office.work(days=9) == 0
    office.ask(made, "end")
    with api.database.read() as session:
        assert set(session.scalars(sa.select(ReportDelivery.address))) == {None}
    assert office.see(made)["emails"] == []


def test_a_release_and_a_trial_are_told_without_a_file(office: Office, box: Mailbox, api: Api) -> None:
    made = office.subscribe(emails=[MAYOR])
    hold(api)
    api.post("/v1/releases", {"week": "2026-W47"})
    office.ask(made, "ping")
    assert office.work() == 2
    assert [list(mail.message.iter_attachments()) for mail in box.taken] == [[], []]
    texts = "\n".join(mail.text for mail in box.taken)
    assert "https://api.example.org/reach" in texts
    assert "試し" in texts


def test_without_a_mail_server_it_waits_and_says_so(
    api: Api, monkeypatch: pytest.MonkeyPatch, box: Mailbox
) -> None:
    office = Office(api, monkeypatch)
    made = office.subscribe(emails=[MAYOR])
    hold(api)
    close(api)
    office.work()
    assert office.attempts(made)[0]["code"] == "mail_not_set_up"
    office = Office(api, monkeypatch, box)
    office.work(minutes=1)
    assert box.recipients == [MAYOR]


def test_a_fault_of_ours_is_an_attempt_that_comes_to_an_end(
    office: Office, box: Mailbox, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> bytes:
        raise RuntimeError

    made = office.subscribe(emails=[MAYOR])
    hold(api)
    close(api)
    with monkeypatch.context() as broken:
        broken.setattr(mails, "pdf", breaks)
        while office.work(days=1):
            pass
    assert {one["code"] for one in office.attempts(made)} == {"fault"}
    assert office.see(made)["failed"] == 1
    office.ask(made, "retry")
    office.work()
    assert box.recipients == [MAYOR]


def test_mail_has_no_secret(office: Office) -> None:
    made = office.subscribe(emails=[MAYOR])
    assert office.ask(made, "secret").code == "mail_has_no_secret"
