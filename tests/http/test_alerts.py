"""Somebody is told of every concern until it is taken care of, and the mail that tells it says nothing of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api import mail, worker
from outreach_api.contacts.reads import alarms as reads
from outreach_api.kernel.ids import new_id
from outreach_api.kernel.log_lines import Lines
from outreach_api.settings import Settings
from outreach_api.storage.alarms import Alarm
from outreach_api.storage.jobs import LEASE, Job
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.session import Database
from tests.api import Api
from tests.http.test_contact_notes import note_for, visit_of, write_note
from tests.http.test_safety import concerns
from tests.http.test_sync import operation, push, results
from tests.mailbox import Mailbox, mailbox
from tests.make import make_stop, make_visit
from tests.ports import free_port

LEAD, DEPUTY, OUTSIDE = "lead@example.org", "deputy@example.org", "outside@example.com"
ADDRESSES = {"lead_email": LEAD, "deputy_email": DEPUTY, "outside_email": OUTSIDE}


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


def settings(box: Mailbox) -> Settings:
    return Settings(smtp_url=box.url, mail_sender="alerts@example.org", public_url="https://api.example.org")


def configure(api: Api, **addresses: str | None) -> None:
    version = api.get("/v1/alert-addresses", role="admin").json["version"]
    given = addresses or ADDRESSES
    answer = api.patch("/v1/alert-addresses", given, version=version, role="safeguarding")
    assert answer.status == 200, answer


def work(api: Api, box: Mailbox, *, minutes: float = 0, chosen: Settings | None = None) -> list[str]:
    """Whom a worker mails, so many minutes later."""
    api.clock.forward(minutes=minutes)
    before = len(box.taken)
    worker.run_due(api.database, chosen or settings(box), api.clock)
    return box.recipients[before:]


def the_concern(api: Api) -> dict[str, Any]:
    (concern,) = concerns(api)
    return concern


@pytest.mark.parametrize("pushed", [False, True])
@pytest.mark.parametrize("fields", [{"safety_concern": True}, {"topics": ["violence"]}, {"depth": "crisis"}])
def test_the_lead_is_told_at_once_of_what_was_flagged_or_is_grave(
    api: Api, box: Mailbox, fields: dict[str, Any], pushed: bool
) -> None:
    configure(api)
    if pushed:
        sent = operation("note.write", note_for(visit_of(api), **fields))
        push(api, sent)
        push(api, sent)
    else:
        write_note(api, visit_of(api), **fields)
    assert work(api, box) == [LEAD]
    assert work(api, box) == []
    shown = the_concern(api)
    assert shown["alerts"] == [{"recipient": "lead", "at": "2026-11-28T03:00:00Z", "problem": None}]
    assert (shown["overdue"], shown["alert_problem"]) == (False, None)


def test_of_an_everyday_note_nobody_is_told(api: Api, box: Mailbox) -> None:
    configure(api)
    write_note(api, visit_of(api), depth="consultation", topics=["family"])
    assert work(api, box, minutes=600) == []


def test_the_deputy_is_told_too_until_somebody_acknowledges_it_and_both_remembered_until_it_is_closed(
    api: Api, box: Mailbox
) -> None:
    configure(api)
    write_note(api, visit_of(api), safety_concern=True)
    assert work(api, box) == [LEAD]
    assert work(api, box, minutes=14) == []
    assert the_concern(api)["overdue"] is False
    assert work(api, box, minutes=1) == [LEAD, DEPUTY]
    assert the_concern(api)["overdue"] is True
    assert work(api, box, minutes=15) == [LEAD, DEPUTY]
    assert work(api, box, minutes=29) == []
    assert work(api, box, minutes=1) == [LEAD, DEPUTY]
    path = f"/v1/safety-concerns/{the_concern(api)['id']}"
    seen = api.post(f"{path}/acknowledge", role="safeguarding").json
    assert (seen["overdue"], [alert["recipient"] for alert in seen["alerts"]]) == (False, ["deputy", "lead"])
    assert work(api, box, minutes=60 * 19) == []  # eight in the morning
    assert work(api, box, minutes=60) == [LEAD, DEPUTY]
    assert "閉じられていない" in box.taken[-1].text
    assert work(api, box, minutes=60 * 24) == [LEAD, DEPUTY]
    assert api.post(f"{path}/close", role="safeguarding", version=seen["version"]).status == 200
    assert work(api, box, minutes=60 * 24) == []
    with api.database.read() as session:
        assert session.scalars(sa.select(Job)).all() == []


def test_a_concern_about_one_of_us_is_told_to_the_outside_person_alone(api: Api, box: Mailbox) -> None:
    configure(api)
    write_note(api, visit_of(api), about_staff=True, safety_concern=True, depth="crisis")
    told = [work(api, box, minutes=minutes) for minutes in (0, 15, 15, 30)]
    assert told == [[OUTSIDE]] * 4
    api.post(f"/v1/safety-concerns/{the_concern(api)['id']}/acknowledge", role="safeguarding")
    assert work(api, box, minutes=60 * 24) == [OUTSIDE]


def test_without_an_outside_person_nobody_else_is_told_and_that_is_said(api: Api, box: Mailbox) -> None:
    configure(api, lead_email=LEAD, deputy_email=DEPUTY)
    write_note(api, visit_of(api), about_staff=True)
    assert work(api, box) == []
    assert work(api, box, minutes=60) == []
    assert the_concern(api)["alert_problem"] == "no_address"
    assert problems(api) >= {"no_outside_address"}
    configure(api, outside_email=OUTSIDE)
    assert work(api, box, minutes=15) == [OUTSIDE]


def problems(api: Api) -> set[str]:
    found = api.get("/v1/safety-concerns/waiting", role="safeguarding").json["problems"]
    assert all(line["detail"] for line in found)
    return {line["code"] for line in found}


def test_the_mail_holds_nothing_of_the_note(api: Api, box: Mailbox) -> None:
    with api.database.write() as session:
        stop = make_stop(
            session, code="ZQSTOPCODE", name="あかつき寺ZQSTOP", host_name="ZQHOST", address="ZQADDRESS"
        )
        visit = str(make_visit(session, van_id=api.van, stop=stop).id)
    configure(api)
    text = "ZQTEXT 090-1234-5678 けがの跡"
    note = write_note(
        api, visit, text=text, safety_concern=True, depth="crisis", topics=["violence", "school"]
    )
    write_note(api, visit, text=text, about_staff=True)
    card = {"lead_name": "ZQLEAD", "lead_phone": "090-0000-0000", "outside_name": "ZQOUTSIDE"}
    assert api.patch("/v1/safety-card", card, version=0).status == 200
    for minutes in (0, 15, 60 * 30):
        work(api, box, minutes=minutes)
    assert {taken.to for taken in box.taken} == {LEAD, DEPUTY, OUTSIDE}
    ids = [note, visit, str(stop.id), str(api.van), *(concern["id"] for concern in concerns(api))]
    days = ["2026-11-28", "11月28", "28日", "11/28"]
    words = [
        "ZQ",
        "あかつき",
        "090-",
        "けが",
        "くるくるA",
        "crisis",
        "violence",
        "school",
        "緊急",
        "暴力",
        "相談を",
    ]
    for taken in box.taken:
        everything = taken.text + str(taken.message.items())
        assert [one for one in (*ids, *(one.replace("-", "") for one in ids)) if one in everything] == []
        assert [one for one in (*words, *days) if one in everything] == []
        assert not [one for one in ("ケース", "対象者", "困窮") if one in taken.text]
        assert "https://api.example.org" in taken.text
        japanese, english = taken.text.find("確認を"), taken.text.find("A concern is waiting")
        assert 0 < japanese < english
    assert "約0分" in box.taken[0].text
    assert "約30時間" in box.taken[-1].text


def test_when_the_lead_cannot_be_reached_the_deputy_is_told_at_once(api: Api, box: Mailbox) -> None:
    configure(api)
    box.refused.add(LEAD)
    write_note(api, visit_of(api), safety_concern=True)
    assert work(api, box) == [DEPUTY]
    shown = {alert["recipient"]: alert["problem"] for alert in the_concern(api)["alerts"]}
    assert shown == {"lead": "mail_address_refused", "deputy": None}
    box.refused.clear()
    assert work(api, box, minutes=15) == [LEAD, DEPUTY]
    assert {alert["problem"] for alert in the_concern(api)["alerts"]} == {None}


def test_without_an_address_of_the_lead_the_deputy_is_told(api: Api, box: Mailbox) -> None:
    configure(api, deputy_email=DEPUTY, outside_email=OUTSIDE)
    write_note(api, visit_of(api), safety_concern=True)
    assert work(api, box) == [DEPUTY]
    assert problems(api) >= {"no_lead_address"}


def test_what_the_mail_server_did_not_take_is_tried_again_and_shown_meanwhile(api: Api, box: Mailbox) -> None:
    configure(api)
    write_note(api, visit_of(api), safety_concern=True)
    gone = replace(settings(box), smtp_url=f"smtp+plain://127.0.0.1:{free_port()}")
    assert work(api, box, chosen=gone) == []
    shown = the_concern(api)
    assert shown["alert_problem"] == "mail_unreachable"
    assert {alert["problem"] for alert in shown["alerts"]} == {"mail_unreachable"}
    assert problems(api) >= {"mail_unreachable"}
    assert work(api, box, minutes=0.4) == []
    assert work(api, box, minutes=0.1) == [LEAD]
    shown = the_concern(api)
    assert shown["alert_problem"] is None
    assert {"recipient": "lead", "at": "2026-11-28T03:00:30Z", "problem": None} in shown["alerts"]


def test_without_a_mail_server_the_list_shows_what_waits_and_why_nobody_hears(api: Api) -> None:
    configure(api)
    write_note(api, visit_of(api), safety_concern=True)
    worker.run_due(api.database, Settings(), api.clock)
    api.clock.forward(minutes=20)
    worker.run_due(api.database, Settings(), api.clock)
    shown = the_concern(api)
    assert (shown["overdue"], shown["alerts"], shown["alert_problem"]) == (True, [], "mail_not_set_up")
    waiting = api.get("/v1/safety-concerns/waiting", role="safeguarding").json
    assert {name: value for name, value in waiting.items() if name != "problems"} == {
        "unacknowledged": 1,
        "overdue": 1,
        "unclosed": 1,
        "urgent_letters": 0,
        "waiting_since": "2026-11-28T03:00:00Z",
    }
    assert problems(api) == {"mail_not_set_up"}
    path = f"/v1/safety-concerns/{shown['id']}"
    version = api.post(f"{path}/acknowledge", role="safeguarding").json["version"]
    waiting = api.get("/v1/safety-concerns/waiting", role="safeguarding").json
    assert (waiting["unacknowledged"], waiting["overdue"], waiting["unclosed"]) == (0, 0, 1)
    assert waiting["waiting_since"] is None
    api.post(f"{path}/close", role="safeguarding", version=version)
    assert api.get("/v1/safety-concerns/waiting", role="safeguarding").json["unclosed"] == 0


def test_that_nothing_sends_alerts_is_said(api: Api) -> None:
    configure(api)
    write_note(api, visit_of(api), safety_concern=True)
    assert "alerts_not_running" not in problems(api)
    api.clock.forward(minutes=6)
    assert "alerts_not_running" in problems(api)


# --- letters -----------------------------------------------------------------------------------------------------


def refused_note(**fields: Any) -> dict[str, Any]:
    """One that no server takes in: there is no such depth."""
    return operation("note.write", {**note_for(str(new_id())), "colour": "red", **fields})


def test_an_urgent_letter_is_told_until_it_is_settled(api: Api, box: Mailbox) -> None:
    configure(api)
    sent = refused_note(safety_concern=True)
    assert results(push(api, sent)) == [("rejected", "invalid")]
    push(api, sent)
    assert work(api, box) == [LEAD]
    assert "読み取れなかった" in box.taken[0].text
    assert work(api, box, minutes=15) == [LEAD, DEPUTY]
    (letter,) = api.get("/v1/sync/rejections", role="safeguarding").json["items"]
    assert api.get("/v1/safety-concerns/waiting", role="safeguarding").json["urgent_letters"] == 1
    settled = {"settlement": "entered"}
    path = f"/v1/sync/rejections/{letter['id']}/settle"
    assert api.post(path, settled, role="safeguarding").status == 200
    assert work(api, box, minutes=600) == []
    assert api.get("/v1/safety-concerns/waiting", role="safeguarding").json["urgent_letters"] == 0


@pytest.mark.parametrize(
    ("fields", "first", "then"),
    [
        ({"about_staff": True}, [OUTSIDE], [OUTSIDE]),
        ({"depth": "crises"}, [LEAD], [LEAD, DEPUTY]),
        ({"depth": "chat"}, [], []),
    ],
)
def test_who_is_told_of_a_letter(
    api: Api, box: Mailbox, fields: dict[str, Any], first: list[str], then: list[str]
) -> None:
    configure(api)
    push(api, refused_note(**fields))
    assert (work(api, box), work(api, box, minutes=15)) == (first, then)


def test_what_nobody_could_read_may_be_about_anybody_and_is_told_to_all(api: Api, box: Mailbox) -> None:
    configure(api)
    push(api, {**refused_note(), "payload": "?"})
    assert work(api, box) == [LEAD, OUTSIDE]
    assert work(api, box, minutes=15) == [LEAD, DEPUTY, OUTSIDE]


def test_of_a_letter_that_comes_in_by_itself_nobody_hears_but_of_its_concern(api: Api, box: Mailbox) -> None:
    configure(api)
    stop = api.post("/v1/stops", STOP).json["id"]
    visit = str(new_id())
    note = operation("note.write", note_for(visit, safety_concern=True))
    assert results(push(api, note)) == [("retry", "visit_unknown")]
    assert work(api, box, minutes=1) == []
    opened = operation("visit.open", {"stop_id": stop, "local_day": "2026-11-28"}, entity_id=visit)
    assert results(push(api, opened, note)) == [("applied", None)] * 2
    assert work(api, box) == [LEAD]
    assert work(api, box, minutes=14) == []
    with api.database.read() as session:
        assert session.scalars(sa.select(Alarm.subject)).all() == ["concern"]


def test_a_letter_that_goes_on_waiting_is_told_after_a_while(api: Api, box: Mailbox) -> None:
    configure(api)
    note = operation("note.write", note_for(str(new_id()), safety_concern=True))
    for _ in range(14):
        assert results(push(api, note)) == [("retry", "visit_unknown")]
        assert work(api, box, minutes=1) == []
    assert work(api, box, minutes=1) == [LEAD]


STOP = {
    "code": "T01",
    "name": "けやきの広場",
    "kind": "park",
    "position": {"lat": 35.8041, "lon": 139.9523},
}


# --- workers -----------------------------------------------------------------------------------------------------


def test_when_an_address_is_mended_nobody_waits_until_the_alert_comes_round_again(
    api: Api, box: Mailbox
) -> None:
    configure(api, lead_email="typo@example.org")
    box.refused.add("typo@example.org")
    write_note(api, visit_of(api), safety_concern=True)
    for _ in range(6):
        assert work(api, box, minutes=14) == []
    assert work(api, box) == [], "it waits for its time"
    configure(api, lead_email="mended@example.org")
    assert work(api, box) == ["mended@example.org"]


def test_two_workers_never_both_send_one_alert(api: Api, box: Mailbox, engine_url: str) -> None:
    configure(api)
    visit = visit_of(api)
    for _ in range(12):
        write_note(api, visit, safety_concern=True)
    begin = threading.Barrier(3)

    def run() -> None:
        own = Database(engine_url, pool_size=1)
        try:
            begin.wait()
            worker.run_due(own, settings(box), api.clock)
        finally:
            own.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert box.recipients == [LEAD] * 12
    assert len({taken.message["Message-ID"] for taken in box.taken}) == 12


class Killed(BaseException):
    """As a kill -9 does it: nothing after it runs."""


def test_a_worker_that_dies_before_it_wrote_down_whom_it_told_tells_them_again_and_nobody_else(
    api: Api, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(api)
    write_note(api, visit_of(api), safety_concern=True)
    assert work(api, box) == [LEAD]
    really = mail.send

    def send(server: Any, sender: str, one: mail.Mail) -> None:
        really(server, sender, one)
        if one.to == DEPUTY:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(mail, "send", send)
        with pytest.raises(Killed):
            work(api, box, minutes=15)
    assert box.recipients == [LEAD, LEAD, DEPUTY]
    assert work(api, box, minutes=4.9) == []
    assert work(api, box, minutes=LEASE.total_seconds() / 60 - 4.9) == [DEPUTY]
    first, again = (one.message["Message-ID"] for one in box.taken[2:])
    assert first == again
    assert {alert["recipient"] for alert in the_concern(api)["alerts"]} == {"lead", "deputy"}


def test_a_fault_of_ours_stops_no_other_job_and_is_shown(
    api: Api, box: Mailbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    configure(api)
    visit = visit_of(api)
    for _ in range(2):
        write_note(api, visit, safety_concern=True)
    really, tried = mail.send, []

    def send(server: Any, sender: str, one: mail.Mail) -> None:
        tried.append(one)
        if len(tried) == 1:
            raise ValueError(f"something about {one.to}")
        really(server, sender, one)

    monkeypatch.setattr(mail, "send", send)
    assert work(api, box) == [LEAD]
    assert sorted(str(concern["alert_problem"]) for concern in concerns(api)) == ["None", "job_fault"]
    lines = [Lines().format(record) for record in caplog.records]
    assert any('"event": "job_fault"' in line for line in lines)
    assert LEAD not in str(lines)
    assert work(api, box, minutes=1) == [LEAD]


# --- addresses ---------------------------------------------------------------------------------------------------


def test_addresses_are_kept_from_phones_and_crew(api: Api) -> None:
    configure(api)
    for role in ("crew", "coordinator", "reporter"):
        assert api.get("/v1/alert-addresses", role=role).status == 403
        assert api.patch("/v1/alert-addresses", ADDRESSES, version=1, role=role).status == 403
        assert api.get("/v1/safety-concerns/waiting", role=role).status == 403
    for role in ("crew", "coordinator", "safeguarding", "admin"):
        for path in ("/v1/safety-card", "/v1/sync/pull"):
            assert "example" not in api.get(path, role=role).text, (role, path)


def test_whoever_changes_addresses_saw_them_last_and_stands_in_the_audit(api: Api) -> None:
    empty = api.get("/v1/alert-addresses", role="admin").json
    assert (empty["version"], empty["lead_email"]) == (0, None)
    early = api.patch("/v1/alert-addresses", ADDRESSES, version=1, role="admin")
    assert (early.status, early.code) == (412, "not_written_yet")
    configure(api)
    changed = api.patch("/v1/alert-addresses", {"outside_email": None}, version=1, role="admin")
    assert (changed.status, changed.json["outside_email"], changed.json["lead_email"]) == (200, None, LEAD)
    stale = api.patch("/v1/alert-addresses", ADDRESSES, version=1, role="admin")
    assert (stale.status, stale.code) == (412, "stale")
    with api.database.read() as session:
        rows = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "changeAlertAddresses")).all()
        assert [(row.role, row.outcome) for row in rows] == [
            ("safeguarding", "changed deputy_email, lead_email, outside_email"),
            ("admin", "changed outside_email"),
        ]


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({}, "", "nothing_to_change"),
        ({"lead_email": "lead"}, "/lead_email", "not_email"),
        ({"lead_email": "a@b.example\r\nBcc: c@d.example"}, "/lead_email", "control_character"),
        ({"lead_email": "a@b.example, c@d.example"}, "/lead_email", "not_email"),
        ({"lead_email": "<a@b.example>"}, "/lead_email", "not_email"),
    ],
)
def test_what_is_no_address_is_refused(api: Api, change: dict[str, Any], path: str, code: str) -> None:
    answer = api.patch("/v1/alert-addresses", change, version=0, role="admin")
    assert answer.faults.get(path) == code


def test_a_database_that_was_busy_at_a_bad_moment_costs_half_a_minute_and_not_a_lease(
    api: Api, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(api)
    write_note(api, visit_of(api), safety_concern=True)

    def busy(*_: Any) -> None:
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr(reads, "waiting", busy)
        with pytest.raises(sa.exc.OperationalError):
            work(api, box)
    assert the_concern(api)["alert_problem"] == "no_database"
    assert work(api, box, minutes=0.5) == [LEAD]
    assert the_concern(api)["alert_problem"] is None
