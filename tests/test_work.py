"""`outreach work`, and the worker that `outreach serve` starts beside itself, as real processes."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from outreach_api import worker
from outreach_api.cli import main
from outreach_api.cli.working import Beside
from outreach_api.contacts.escalation import Audience, Subject
from outreach_api.contacts.rules import ALERT_ADDRESSES_ID
from outreach_api.contacts.writes.alarms import raise_alarms
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.settings import Settings, settings_in
from outreach_api.storage import jobs
from outreach_api.storage.alarms import AlertAddresses
from outreach_api.storage.contacts import SafetyConcern
from outreach_api.storage.jobs import LEASE
from outreach_api.storage.plans import Van
from outreach_api.storage.session import Database
from tests.mailbox import Mailbox, mailbox
from tests.make import make_visit
from tests.test_serve import OUTREACH, Server

PATIENCE = 200.0
LEAD = "lead@example.org"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, box: Mailbox) -> Path:
    """A home with a mail server and the lead's address."""
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTREACH_SMTP_URL", box.url)
    monkeypatch.setenv("OUTREACH_MAIL_SENDER", "alerts@example.org")
    assert main(["init"]) == 0
    database = opened()
    with database.write() as session:
        session.add(
            AlertAddresses(
                id=ALERT_ADDRESSES_ID, version=1, change_no=0, created_at=utc_now(), lead_email=LEAD
            )
        )
    database.close()
    return tmp_path / "home"


def opened() -> Database:
    return Database(Settings.from_environment().database, pool_size=1)


def open_a_concern() -> None:
    database, now = opened(), utc_now()
    with database.write() as session:
        van = Van(id=new_id(), created_at=now, code="A", name="A", needs_power=False, active=True)
        session.add(van)
        session.flush()
        visit = make_visit(session, van_id=van.id)
        concern = SafetyConcern(
            id=new_id(), created_at=now, visit_id=visit.id, flagged=True, about_staff=False
        )
        session.add(concern)
        session.flush()
        raise_alarms(session, Subject.CONCERN, [(concern.id, Audience.TEAM)], now)
    database.close()


def until(true: Callable[[], Any]) -> Any:
    """Wait for it, for as long as a slow machine may take."""
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
    return found


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def test_work_sends_what_is_due_and_stops_when_asked(
    home: Path, box: Mailbox, started: list[subprocess.Popen[bytes]]
) -> None:
    started.append(process := subprocess.Popen([*OUTREACH, "work"]))
    open_a_concern()
    until(lambda: box.taken)
    assert box.recipients == [LEAD]
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) == 0


def test_work_once_does_what_is_due_and_ends(home: Path, box: Mailbox) -> None:
    open_a_concern()
    assert subprocess.run([*OUTREACH, "work", "--once"], timeout=PATIENCE).returncode == 0
    assert box.recipients == [LEAD]
    assert subprocess.run([*OUTREACH, "work", "--once"], timeout=PATIENCE).returncode == 0
    assert box.recipients == [LEAD]


def test_what_waited_for_a_mail_server_is_sent_as_soon_as_there_is_one(
    home: Path, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_a_concern()
    with monkeypatch.context() as without:
        without.delenv("OUTREACH_SMTP_URL")
        assert subprocess.run([*OUTREACH, "work", "--once"], timeout=PATIENCE).returncode == 0
    assert box.taken == []
    assert subprocess.run([*OUTREACH, "work", "--once"], timeout=PATIENCE).returncode == 0
    assert box.recipients == [LEAD]


def test_a_worker_killed_between_sending_and_writing_it_down_sends_again(
    home: Path, box: Mailbox, started: list[subprocess.Popen[bytes]]
) -> None:
    open_a_concern()
    box.on_taken = lambda: started[0].kill()
    started.append(subprocess.Popen([*OUTREACH, "work"]))
    assert started[0].wait(timeout=PATIENCE) == -signal.SIGKILL
    box.on_taken = lambda: None
    assert box.recipients == [LEAD]
    database, settings = opened(), Settings.from_environment()
    with contextlib.closing(database):
        worker.run_due(database, settings)
        assert box.recipients == [LEAD]  # the dead one's lease still stands
        worker.run_due(database, settings, lambda: utc_now() + LEASE)
        assert box.recipients == [LEAD, LEAD]
        worker.run_due(database, settings, lambda: utc_now() + LEASE + dt.timedelta(seconds=1))
        assert box.recipients == [LEAD, LEAD]


@pytest.fixture
def server(home: Path, box: Mailbox) -> Iterator[Server]:
    server = Server(home, smtp_url=box.url, mail_sender="alerts@example.org")
    yield server
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait(timeout=PATIENCE)
    if server.process.stdout is not None:
        server.process.stdout.close()
    sys.stderr.write(server.log.read_text())  # what pytest shows when a test failed


def workers_of(server: Server) -> list[int]:
    """Processes of the background work that this server started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"outreach_api.worker" in words and str(server.process.pid).encode() in words:
                found.append(int(process.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells who they are")
def test_serve_has_one_worker_starts_it_again_and_takes_it_along(server: Server, box: Mailbox) -> None:
    (first,) = until(lambda: workers_of(server))
    open_a_concern()
    until(lambda: box.taken)
    os.kill(first, signal.SIGKILL)
    (second,) = until(lambda: [one for one in workers_of(server) if one != first])
    assert '"event": "work_ended"' in server.log.read_text()
    assert second != first
    assert box.recipients == [LEAD]
    assert server.stop() == 0
    assert workers_of(server) == []


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells who they are")
def test_the_worker_goes_with_a_server_that_is_killed(server: Server) -> None:
    until(lambda: workers_of(server))
    server.stop(signal.SIGKILL)
    until(lambda: not workers_of(server))


def test_who_is_not_alerted_is_said_by_serve_verify_and_work(
    home: Path, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "The outside person has no alert address" in server.log.read_text()
    assert "The lead has no alert address" not in server.log.read_text()
    for command in (["verify"], ["work", "--once"]):
        monkeypatch.delenv("OUTREACH_SMTP_URL", raising=False)
        assert main(command) == 0
        said = capsys.readouterr().err
        assert "OUTREACH_SMTP_URL" in said
        assert "nobody is alerted" in said


def test_a_trial_shows_whether_alerts_arrive(
    home: Path, box: Mailbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["work", "--trial"]) == 0
    assert capsys.readouterr().out == "OK  責任者 · lead\n"
    assert "試し送り" in box.taken[0].text
    box.refused.add(LEAD)
    assert main(["work", "--trial"]) == 1
    assert capsys.readouterr().out.startswith("NG  責任者 · lead: ")
    monkeypatch.delenv("OUTREACH_SMTP_URL")
    assert main(["work", "--trial"]) == 1


def test_no_alert_waits_for_a_job_of_another_lane_and_a_lane_that_breaks_ends_the_process(
    home: Path, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process: the second lane's job does not end before the alert has gone."""
    begun, mailed, stop = threading.Event(), threading.Event(), threading.Event()
    box.on_taken = mailed.set

    def long(*_: Any) -> str | None:
        begun.set()
        assert mailed.wait(PATIENCE)
        raise SystemExit  # what no handler should do, and nothing catches

    monkeypatch.setattr(worker, "LANES", (worker.ALERTS, {"long": long}))
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    database = opened()
    with database.write() as session:
        jobs.add(session, "long", [(new_id(), utc_now())], utc_now())
    working = threading.Thread(target=worker.work, args=(Settings.from_environment(), stop))
    working.start()
    assert begun.wait(PATIENCE)
    open_a_concern()
    working.join(PATIENCE)
    database.close()
    assert not working.is_alive()
    assert box.recipients == [LEAD]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_no_process_is_forked_while_the_worker_is_being_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would hold the worker's pipes open for as long as it lives."""
    being_started, is_started = threading.Event(), threading.Event()
    really = subprocess.Popen

    def slow(*given: Any, **how: Any) -> Any:
        being_started.set()
        time.sleep(0.3)
        is_started.set()
        return really([sys.executable, "-c", ""], stdin=subprocess.PIPE)

    monkeypatch.setattr(subprocess, "Popen", slow)
    started: list[Any] = []
    starting = threading.Thread(target=lambda: started.append(Beside(Settings())._start()))
    starting.start()
    assert being_started.wait(PATIENCE)
    forked = os.fork()
    if not forked:
        os._exit(0 if is_started.is_set() else 1)
    starting.join()
    started[0].wait(PATIENCE)
    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 0
