"""Programs are told of weeks by webhook: signed, once an event however often it is sent, and with nothing of anybody."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import standardwebhooks

from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.reports.deliveries import sending
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.report_deliveries import ReportDelivery, ReportSubscription
from tests.api import Api
from tests.certificates import make_certificate, tls
from tests.delivering import PATH, Office
from tests.http.test_report_weeks import close, count, hold, restate
from tests.ports import free_port
from tests.receiver import Receiver, receiver, verifies


@pytest.fixture
def office(api: Api, monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(api, monkeypatch)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as there:
        yield there


def test_a_closed_week_is_told_once_signed_as_the_standard_says(
    office: Office, there: Receiver, api: Api
) -> None:
    made = office.subscribe(there.url)
    hold(api)
    close(api)
    assert office.work() == 1
    (called,) = there.take()
    assert verifies(made["secret"], called)
    assert int(called.headers["webhook-timestamp"]) == office.now.timestamp()
    report = "https://api.example.org/v1/reports/week/2026-W47?version=1"
    assert called.said == {
        "type": "week.closed",
        "timestamp": "2026-11-28T03:00:00Z",
        "data": {
            "week": "2026-W47",
            "version": 1,
            "reason": None,
            "changed": [],
            "report": report,
            "pdf": f"{report}&format=pdf",
        },
    }
    assert (office.work(hours=99), there.take()) == (0, [])
    assert office.see(made)["last_delivered_at"] == "2026-11-28T03:00:00Z"
    assert office.see(made)["secret"] is None


def test_the_standards_own_library_takes_what_we_sign_and_no_other(
    office: Office, there: Receiver, api: Api
) -> None:
    api.clock.now = utc_now()  # it has no other clock
    made, other = office.subscribe(there.url), office.subscribe(there.url)
    office.ask(made, "ping")
    office.work()
    (called,) = there.take()
    assert standardwebhooks.Webhook(made["secret"]).verify(called.body, called.headers) == called.said
    altered = called.body.replace(b"ping", b"pong")
    for secret, body in ((other["secret"], called.body), (made["secret"], altered)):
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(secret).verify(body, called.headers)


def test_a_restated_week_says_which_figures_changed_and_nothing_of_anybody(
    office: Office, there: Receiver, api: Api
) -> None:
    office.subscribe(there.url, events=["week.restated"])
    visit = hold(api, code="ZQSTOP")
    close(api)
    note = {"visit_id": visit, "depth": "listening", "topics": ["money"], "text": "ZQTEXT"}
    assert api.post("/v1/contact-notes", note).status == 201
    count(api, visit, elem_low=2)
    restate(api, note="ZQNOTE")
    assert office.work() == 1
    (called,) = there.take()
    data = called.said["data"]
    assert (called.said["type"], data["version"], data["reason"]) == ("week.restated", 2, "late_data")
    assert {"attendance.total", "attendance.children", "contacts.total"} <= set(data["changed"])
    assert not any("topic" in name for name in data["changed"])
    assert "ZQ" not in called.body.decode()
    assert api.get(data["report"].removeprefix("https://api.example.org")).json["state"]["version"] == 2


def test_a_release_is_told_with_where_everybody_may_see_it(office: Office, there: Receiver, api: Api) -> None:
    office.subscribe(there.url)
    hold(api)
    assert api.post("/v1/releases", {"week": "2026-W47"}).status == 201
    assert office.work() == 1
    (called,) = there.take()
    assert (called.said["type"], called.said["data"]["release"]) == ("week.released", 1)
    path = called.said["data"]["reach"].removeprefix("https://api.example.org")
    assert api.get(path, role=None).json["attendance"]["total"] >= 0


def test_what_fails_comes_again_under_the_same_id_after_longer_and_longer_and_is_given_up(
    office: Office, there: Receiver, api: Api
) -> None:
    made = office.subscribe(there.url)
    hold(api)
    close(api)
    there.status = 503
    waits, begun = [], office.now
    while office.work():
        last = office.attempts(made)[-1]
        assert (last["delivered"], last["code"], last["http_status"]) == (False, "not_taken", 503)
        if last["again_at"] is None:
            break
        again = dt.datetime.fromisoformat(last["again_at"])
        waits.append((again - office.now) / dt.timedelta(minutes=1))
        assert office.work(seconds=(again - office.now).total_seconds() - 1) == 0
        office.api.clock.now = again
    assert waits == [0.5, 2, 10, 60, 240, 720, 1440, 1440]
    came = there.take()
    assert (len(came), len({one.id for one in came}), len({one.body for one in came})) == (9, 1, 1)
    assert len({one.headers["webhook-timestamp"] for one in came}) == 9
    assert all(verifies(made["secret"], one) for one in came)
    seen = office.see(made)
    assert (seen["waiting"], seen["failed"], seen["last_delivered_at"]) == (0, 1, None)
    assert dt.datetime.fromisoformat(seen["failing_since"]) == begun
    assert office.work(days=30) == 0

    there.status = 200
    assert office.ask(made, "retry").json["waiting"] == 1
    assert office.work() == 1
    (again_,) = there.take()
    assert again_.id == came[0].id
    assert [one["number"] for one in office.attempts(made)] == list(range(1, 11))
    seen = office.see(made)
    assert (seen["waiting"], seen["failed"], seen["failing_since"]) == (0, 0, None)
    assert office.ask(made, "retry").status == 200
    assert office.work() == 0


def test_what_waits_for_its_next_attempt_is_sent_at_once_when_somebody_asks(
    office: Office, there: Receiver, api: Api
) -> None:
    made = office.subscribe(there.url)
    hold(api)
    close(api)
    there.status = 500
    office.work()
    office.work(minutes=1)
    there.status = 200
    assert office.work() == 0
    office.ask(made, "retry")
    assert office.work() == 1
    assert office.work(days=9) == 0
    assert len(there.take()) == 3


def test_a_receiver_that_asks_to_be_left_alone_is(office: Office, there: Receiver, api: Api) -> None:
    made = office.subscribe(there.url)
    hold(api)
    close(api)
    there.status, there.headers = 429, {"Retry-After": "3600"}
    office.work()
    (attempt,) = office.attempts(made)
    assert dt.datetime.fromisoformat(attempt["again_at"]) == office.now + dt.timedelta(hours=1)


def test_a_receiver_that_says_it_is_gone_is_told_no_more(office: Office, there: Receiver, api: Api) -> None:
    made = office.subscribe(there.url)
    hold(api)
    close(api)
    there.status = 410
    office.work()
    seen = office.see(made)
    assert (seen["active"], seen["failed"]) == (False, 1)
    assert office.attempts(made)[0]["code"] == "gone"
    assert api.post("/v1/releases", {"week": "2026-W47"}).status == 201
    assert office.work() == 0
    there.status = 200
    api.patch(f"{PATH}/{made['id']}", {"active": True}, version=seen["version"])
    office.ask(made, "retry")
    assert office.work() == 1


def test_a_redirect_is_not_followed(office: Office, there: Receiver, api: Api) -> None:
    with receiver() as elsewhere:
        there.status, there.headers = 307, {"Location": elsewhere.url}
        made = office.subscribe(there.url)
        office.ask(made, "ping")
        office.work()
        assert elsewhere.called == []
    assert office.attempts(made)[0]["code"] == "redirected"


def test_a_ping_goes_out_once_whatever_comes_of_it(office: Office, there: Receiver, api: Api) -> None:
    made = office.subscribe(there.url)
    key = new_id()
    for _ in range(2):
        assert office.ask(made, "ping", key=key).status == 200
    there.status = 500
    assert office.work() == 1
    assert there.take()[0].said["type"] == "ping"
    assert office.work(days=9) == 0
    (attempt,) = office.attempts(made)
    assert (attempt["event"], attempt["delivered"], attempt["again_at"]) == ("ping", False, None)
    assert (office.see(made)["failed"], office.see(made)["failing_since"] is not None) == (0, True)


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://localhost:{free}/", "unreachable"), ("https://localhost:{there}/", "tls_failed")],
)
def test_who_is_not_there_is_a_word(office: Office, there: Receiver, url: str, code: str) -> None:
    made = office.subscribe(url.format(free=free_port(), there=there.url.split(":")[2].split("/")[0]))
    office.ask(made, "ping")
    office.work()
    assert office.attempts(made)[0]["code"] == code


def test_a_receiver_that_never_answers_is_left(
    office: Office, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    monkeypatch.setattr(sending, "SECONDS", 0.3)
    there.before_answering = lambda: done.wait(30)
    made = office.subscribe(there.url)
    office.ask(made, "ping")
    office.work()
    done.set()
    assert office.attempts(made)[0]["code"] == "timeout"


def test_over_tls_a_receiver_must_be_who_it_says(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    with receiver(tls(certificate)) as there:
        made = office.subscribe(there.url)
        office.ask(made, "ping")
        office.work()
        assert (office.attempts(made)[0]["code"], there.called) == ("tls_failed", [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        office.ask(made, "ping")
        office.work()
        assert verifies(made["secret"], there.take()[0])


def test_no_private_address_is_called_unless_the_office_says_so(office: Office, there: Receiver) -> None:
    made = office.subscribe(there.url)
    office.settings = replace(office.settings, webhook_lan="no")
    office.ask(made, "ping")
    office.work()
    assert (office.attempts(made)[0]["code"], there.called) == ("address_refused", [])


def test_a_secret_is_shown_until_something_was_signed_with_it_and_stands_nowhere(
    office: Office, there: Receiver, api: Api
) -> None:
    key, body = new_id(), {"label": "集計", "url": there.url}
    lost = api.post(PATH, body, key=key).json["secret"]  # its answer never arrived
    made = api.post(PATH, body, key=key).json
    assert made["secret"] not in (None, lost)
    office.ask(made, "ping")
    office.work()
    (called,) = there.take()
    assert verifies(made["secret"], called)
    assert not verifies(lost, called)
    assert api.post(PATH, body, key=key).json["secret"] is None
    with api.database.read() as session:
        for table in (ReportSubscription, ReportDelivery):
            rows = session.execute(sa.select(*table.__table__.columns)).all()
            assert "whsec_" not in repr(rows)
            assert made["secret"].removeprefix("whsec_") not in repr(rows)


def test_for_a_day_after_a_rotation_both_secrets_verify(office: Office, there: Receiver, api: Api) -> None:
    made = office.subscribe(there.url)
    office.ask(made, "ping")
    office.work()
    office.ask(made, "secret")  # its answer never arrived
    new = office.ask(made, "secret").json
    assert new["secret"] != made["secret"]
    there.take()
    seen = []
    for hours in (0, 23, 2):
        office.api.clock.forward(hours=hours)
        office.ask(made, "ping")
        office.work()
        (called,) = there.take()
        assert verifies(new["secret"], called)
        seen.append(verifies(made["secret"], called))
    assert seen == [True, True, False]


def test_a_worker_that_dies_after_sending_sends_again_under_the_same_id(
    office: Office, there: Receiver, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office.subscribe(there.url)
    hold(api)
    close(api)

    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(sending, "_write_down", dies)
        with pytest.raises(KeyboardInterrupt):
            office.work()
    assert office.work() == 0  # the dead one's lease still stands
    assert office.work(minutes=6) == 1
    first, second = there.take()
    assert (first.id, first.body) == (second.id, second.body)
    assert len(office.attempts(made)) == 1


def test_a_week_whose_close_does_not_stand_is_told_to_nobody(
    office: Office, there: Receiver, api: Api
) -> None:
    office.subscribe(there.url)
    assert close(api, "2026-W48").status == 409
    hold(api)
    close(api)
    assert close(api).status == 409
    assert office.work() == 1


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"label": "a"}, "", "webhook_or_mail"),
        ({"label": "a", "url": "https://a.example", "emails": ["a@example.org"]}, "", "webhook_or_mail"),
        ({"label": "a", "url": "ftp://a.example"}, "/url", "not_https"),
        ({"label": "a", "url": "https://user@a.example"}, "/url", "not_https"),
        ({"label": "a", "url": "https://a.example/#x"}, "/url", "not_https"),
        ({"label": "a", "url": "https://a.example:x"}, "/url", "not_https"),
        ({"label": "a", "emails": ["Ann <a@example.org>"]}, "/emails/0", "not_email"),
        ({"label": "a", "url": "https://a.example", "events": []}, "/events", "too_few"),
    ],
)
def test_what_cannot_be_told_is_refused(api: Api, body: Any, path: str, code: str) -> None:
    assert api.post(PATH, body).faults == {path: code}


def test_without_a_network_of_its_own_only_https_is_taken(api: Api) -> None:
    assert api.post(PATH, {"label": "a", "url": "http://192.168.1.9/"}).faults == {"/url": "not_https"}
    made = api.post(PATH, {"label": "a", "url": "https://a.example.org/"}).json
    changed = api.patch(f"{PATH}/{made['id']}", {"url": "http://a.example.org/"}, version=1)
    assert changed.faults == {"/url": "not_https"}
    assert api.patch(f"{PATH}/{made['id']}", {"emails": ["a@example.org"]}, version=1).faults == {
        "/emails": "not_of_its_channel"
    }


def test_an_end_is_for_good_and_leaves_the_log(office: Office, there: Receiver, api: Api) -> None:
    made = office.subscribe(there.url)
    hold(api)
    close(api)
    there.status = 500
    office.work()
    ended = office.ask(made, "end").json
    assert (ended["url"], ended["active"], ended["ended_at"] is not None) == (None, False, True)
    there.take()
    assert office.work(days=1) == 1
    assert there.take() == []
    assert [one["code"] for one in office.attempts(made)] == ["not_taken", "not_active"]
    for what in ("ping", "retry", "secret", "end"):
        assert office.ask(made, what).code == "subscription_ended"


def test_a_change_of_its_address_goes_for_what_waits_as_well(
    office: Office, there: Receiver, api: Api
) -> None:
    made = office.subscribe("http://localhost:9/")
    hold(api)
    close(api)
    office.work()
    changed = api.patch(f"{PATH}/{made['id']}", {"url": there.url, "label": "b"}, version=made["version"])
    assert (changed.json["url"], changed.json["waiting"]) == (there.url, 1)
    assert office.work(minutes=1) == 1
    assert verifies(made["secret"], there.take()[0])


def test_each_change_leaves_its_row_in_the_audit(office: Office, there: Receiver, api: Api) -> None:
    made = office.subscribe(there.url)
    for what in ("ping", "retry", "secret"):
        office.ask(made, what)
    api.patch(f"{PATH}/{made['id']}", {"label": "b"}, version=office.see(made)["version"])
    office.ask(made, "end")
    with api.database.read() as session:
        rows = session.execute(
            sa.select(AuditEntry.action, AuditEntry.entity_id).order_by(AuditEntry.seq)
        ).all()
    assert [row.action for row in rows] == [
        "addSubscription",
        "pingSubscription",
        "retrySubscription",
        "rotateSubscriptionSecret",
        "changeSubscription",
        "endSubscription",
    ]
    assert {str(row.entity_id) for row in rows} == {made["id"]}


def test_the_log_says_how_it_went_and_never_what_was_said(office: Office, there: Receiver, api: Api) -> None:
    made = office.subscribe(there.url)
    hold(api)
    close(api)
    there.status, there.headers = 400, {"X-Secret": "ZQHEADER"}
    office.work()
    shown = json.dumps(office.attempts(made))
    assert "ZQ" not in shown
    assert made["secret"] not in shown
    (attempt,) = office.attempts(made)
    assert (attempt["event"], attempt["week"], attempt["version"]) == ("week.closed", "2026-W47", 1)
    assert attempt["milliseconds"] >= 0
