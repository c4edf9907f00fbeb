"""van.py as a person meets it, against a real server process; killed at bad moments; rescued at the console."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outreach_api.cli import main as outreach_main
from tests.ports import free_port
from tests.test_serve import Server
from tests.typed import Done, within
from van import main as van_main
from van_app.clock import TOKYO
from van_app.phone import Phone

LABEL = "車の電話1"
TEXT = "夜泣きで眠れないとのこと。"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


class Office:
    """A running server. Each day that it prepares has a van, a stop and a plan of its own."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder / "home")
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.server.token = self.outreach("token", "--role", "coordinator").stdout.strip()
        self.day = str(dt.datetime.now(TOKYO).date())
        self.van_id = self.van_code = ""
        item = {"code": "UMAI", "name": "うまい棒", "category": "sweets", "tax_category": "food"}
        self.post("/v1/items", {**item, "price_yen": 15, "price_from": "2026-01-01"})

    def prepare(self) -> None:
        self.van_code = f"V{uuid.uuid4().hex[:6]}"
        self.van_id = self.post("/v1/vans", {"code": self.van_code, "name": self.van_code})["id"]
        place = {"code": f"S{self.van_code}", "name": "本土寺", "kind": "temple"}
        stop = self.post("/v1/stops", {**place, "position": {"lat": 35.8041, "lon": 139.9523}})
        self.post(f"/v1/stops/{stop['id']}/permissions", {"type": "consent", "valid_from": "2026-01-01"})
        stay = {"stop_id": stop["id"], "arrive": "10:00", "depart": "12:00"}
        plan = self.post("/v1/plans", {"van_id": self.van_id, "local_day": self.day, "stops": [stay]})
        self.post(f"/v1/plans/{plan['id']}/publish", {}, version=1)

    def post(self, path: str, body: Any, version: int | None = None) -> Any:
        headers = {
            "Authorization": f"Bearer {self.server.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
            **({} if version is None else {"If-Match": f'"v{version}"'}),
        }
        asked = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)  # noqa: S310
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310 - it is our own address
            return json.load(answer)

    def outreach(self, *arguments: str) -> Done:
        """A command at the server's console; in this process, see `van`."""
        return within(self.server.environment, lambda: outreach_main(arguments))

    def token(self, label: str) -> str:
        return self.outreach(
            "token", "--role", "crew", "--van", self.van_code, "--label", label
        ).stdout.strip()

    def visits(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.server.get(f"/v1/visits?van_id={self.van_id}")["items"]
        return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("office"))
    yield made
    with contextlib.suppress(ProcessLookupError):
        os.killpg(made.server.process.pid, signal.SIGKILL)
    made.server.process.wait(timeout=10)
    if made.server.process.stdout is not None:
        made.server.process.stdout.close()


@pytest.fixture
def office(running: Office) -> Office:
    running.prepare()
    return running


def van(queue: Path, *arguments: str, typed: str = "", token: str = "") -> Done:
    """A command of van.py."""
    environment = {**os.environ, "VAN_QUEUE": str(queue), "OUTREACH_TOKEN": token}
    return within(environment, lambda: van_main(list(arguments)), typed)


def test_a_day_at_the_command_line(office: Office, tmp_path: Path) -> None:
    queue = tmp_path / "phone" / "queue.db"
    token = office.token(LABEL)
    paired = van(queue, "pair", office.url, typed=token + "\n")
    assert (paired.returncode, LABEL in paired.stdout) == (0, True), paired
    assert token not in paired.stdout + paired.stderr
    assert van(queue, "open", "--day", office.day).returncode == 0
    assert "45円" in van(queue, "sell", "UMAI", "うまい棒=2").stdout
    assert van(queue, "count", "elem_low=2", "guardian").returncode == 0
    doubtful = van(queue, "note", "--depth", "listening", typed="090-1234-5678 の方\n")
    assert (doubtful.returncode, "電話番号" in doubtful.stderr) == (1, True)
    written = van(queue, "note", "--depth", "crisis", "--topic", "childcare", "--concern", typed=TEXT)
    assert (written.returncode, "189" in written.stdout) == (0, True), written
    assert van(queue, "close").returncode == 0
    script = [sys.executable, "scripts/van.py", "--queue", str(queue), "--english", "status"]
    status = subprocess.run(script, capture_output=True, text=True, timeout=60).stdout
    assert "5 wait" in status
    assert "1 safety concern" in status
    synced = van(queue, "sync")
    assert (synced.returncode, "届いた 5" in synced.stdout) == (0, True), synced
    (visit,) = office.visits()
    assert (visit["status"], visit["attendance"]["total"]) == ("closed", 3)
    assert van(queue, "sync").returncode == 0
    assert "送信待ち 0件" in van(queue, "status").stdout
    assert all(TEXT.encode() not in file.read_bytes() for file in queue.parent.iterdir())


def test_wrong_words_are_said_and_nothing_is_kept(office: Office, tmp_path: Path) -> None:
    queue = tmp_path / "queue.db"
    assert van(queue, "sync").returncode == 1
    for url in ("ftp://x", "http://van.example", "van.example"):
        assert van(queue, "pair", url, token="okk_x").returncode == 2
    assert van(queue, "pair", office.url, token="okk_wrong").returncode == 1
    assert van(queue, "pair", office.url, token=office.token("電話")).returncode == 0
    assert van(queue, "open", "nowhere", "--day", office.day).returncode == 1
    assert van(queue, "open", "本土寺", "--day", office.day).returncode == 0
    for arguments in (
        ["sell", "TEA"],
        ["sell"],
        ["count", "dogs"],
        ["count", "infant=x"],
        ["dead", "--drop", "7"],
    ):
        done = van(queue, *arguments)
        assert (done.returncode, bool(done.stderr)) == (1, True), arguments
    assert "送信待ち 1件" in van(queue, "status").stdout


def test_a_queue_that_cannot_be_used_is_said_and_nothing_is_said_to_be_kept(tmp_path: Path) -> None:
    spoiled = tmp_path / "queue.db"
    spoiled.write_text("this is no database, and never was one" * 100)
    done = van(spoiled, "count", "infant")
    assert (done.returncode, "残せませんでした" in done.stderr, done.stdout) == (1, True, "")
    later = tmp_path / "later.db"
    with Phone(later) as phone:
        phone.queue.do("PRAGMA user_version = 99")
    assert "later version" in van(later, "--english", "status").stderr


def test_without_a_network_it_says_that_all_is_kept(office: Office, tmp_path: Path) -> None:
    queue = tmp_path / "queue.db"
    van(queue, "pair", office.url, token=office.token("電話"))
    van(queue, "open", "--day", office.day)
    with Phone(queue) as phone:
        phone.queue.set(url=f"http://127.0.0.1:{free_port()}")
    done = van(queue, "sync", "--tries", "1")
    assert (done.returncode, "残っています" in done.stderr) == (4, True), done


KEEPER = """
import sys
from van_app.phone import Phone
phone = Phone(sys.argv[1])
while True:
    print(phone.count({"infant": 1}), flush=True)
"""

SENDER = """
import os, signal, sys
from van_app.phone import Phone
from van_app.wire import over_http
phone = Phone(sys.argv[1])
send = over_http(phone.queue.get("url"))
def killed(method, path, headers, body):
    answer = send(method, path, headers, body)
    if path == "/v1/sync/push":
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
phone.sync(transport=killed)
"""


def test_a_phone_that_is_killed_has_kept_all_that_it_said_and_sends_it_once(
    office: Office, tmp_path: Path
) -> None:
    queue = tmp_path / "queue.db"
    van(queue, "pair", office.url, token=office.token("電話"))
    van(queue, "open", "--day", office.day)
    environment = {**os.environ, "PYTHONPATH": "scripts"}
    said: list[str] = []
    for _ in range(3):
        keeper = subprocess.Popen(
            [sys.executable, "-c", KEEPER, str(queue)], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert keeper.stdout is not None
        said += [keeper.stdout.readline().strip() for _ in range(20)]
        keeper.kill()
        said += keeper.stdout.read().split("\n")[:-1]
        keeper.stdout.close()
        keeper.wait()
        # Killed with the answer on its way: it has arrived, and this phone does not know.
        sender = subprocess.run([sys.executable, "-c", SENDER, str(queue)], env=environment, timeout=60)
        assert sender.returncode == -signal.SIGKILL
    done = van(queue, "sync")
    assert done.returncode == 0, done
    with Phone(queue) as phone:
        kept = {one.op_id for one in phone.queue.find("kind = 'head_count.add'")}
    assert set(said) <= kept
    # The last one may have been kept without having been said.
    assert len(said) <= len(kept) <= len(said) + 3
    assert [visit["attendance"]["total"] for visit in office.visits()] == [len(kept)]


def test_the_console_takes_in_the_queue_of_a_phone_that_was_lost(office: Office, tmp_path: Path) -> None:
    queue, file = tmp_path / "queue.db", tmp_path / "rescue.jsonl"
    label = f"{office.van_code} の電話"
    token = office.token(label)
    van(queue, "pair", office.url, token=token)
    van(queue, "open", "--day", office.day)
    van(queue, "count", "infant=1")
    van(queue, "sync")
    van(queue, "count", "infant=2")
    van(queue, "note", "--depth", "chat", typed=TEXT)
    with Phone(queue) as phone:
        phone.keep("sale.record", {"visit_id": phone.status().visit, "payment": "shells", "rush_yen": 1})
    assert office.outreach("revoke", token[4:16]).returncode == 0
    refused = van(queue, "sync")
    assert (refused.returncode, "登録が終わっています" in refused.stderr) == (1, True)
    assert van(queue, "export", str(file)).returncode == 0
    assert TEXT.encode() not in file.read_bytes()
    taken = office.outreach("import-queue", str(file))
    assert taken.returncode == 0, taken
    assert "2 taken in, 2 known before, 0 waiting, 1 refused" in taken.stderr
    assert [line.split()[1:3] for line in taken.stdout.splitlines()] == [["rejected", "invalid:"]]
    assert [visit["attendance"]["total"] for visit in office.visits()] == [3]
    (visit,) = office.visits()
    assert len(office.server.get(f"/v1/contact-notes?visit_id={visit['id']}")["items"]) == 1
    again = office.outreach("import-queue", str(file), "--device", label)
    assert "0 taken in, 5 known before" in again.stderr, again
    by_prefix = office.outreach("import-queue", str(file), "--device", token[4:16])
    assert by_prefix.returncode == 0
    office.token(label)
    twice = office.outreach("import-queue", str(file), "--device", label)
    assert (twice.returncode, "2 devices" in twice.stderr) == (1, True)
    nobody = office.outreach("import-queue", str(file), "--device", "車の電話9")
    assert (nobody.returncode, "Traceback" in nobody.stderr) == (1, False)
    assert "端末 車の電話9 が見つかりません" in nobody.stderr
    no_queue = office.outreach("import-queue", "README.md", "--device", label)
    assert (no_queue.returncode, "Traceback" in no_queue.stderr) == (1, False)
    # The phone comes back with a new token of another holder: what the console took in is not doubled.
    van(queue, "pair", office.url, token=office.token("車の電話2"))
    assert van(queue, "sync").returncode == 0
    assert [visit["attendance"]["total"] for visit in office.visits()] == [3]
