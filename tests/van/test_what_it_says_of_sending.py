"""What van.py says of sending: what waits and why, what was refused, and what became of it without a network."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import van as command_line
from outreach_api import demo
from outreach_api.demo import catalogue
from outreach_api.kernel.ids import new_fact_id
from tests.handheld import Van
from tests.typed import Done, van_py

DAY = "2026-11-28"


def refusing(_method: str, _path: str, _send: Any) -> Any:
    raise ConnectionRefusedError(111, "Connection refused")


def no_errno(done: Done) -> bool:
    return not re.search(r"Errno|\[|Traceback|Error", done.said)


def lines(text: str) -> list[str]:
    return text.splitlines()


# What waits and why, and what was refused


def test_what_waits_is_told_with_why_in_two_lines(van: Van) -> None:
    phone = van.phone()
    for _ in range(2):
        phone.count({"infant": 1}, visit_id=str(new_fact_id()))
    phone.sync()
    van_py(phone, "open", "--day", DAY)
    for said in (lines(van_py(phone, "status").stdout), lines(van_py(phone, "--english", "status").stdout)):
        (waits,) = [number for number, line in enumerate(said) if " 2" in line and line.startswith("  ")]
        (fresh,) = [number for number, line in enumerate(said) if " 1" in line and line.startswith("  ")]
        assert said[waits].strip() in ("来場者数 2", "head count 2")
        assert "出店の開始がまだ届いていません" in said[waits + 1]  # the server's words, as they came
        assert said[fresh + 1].strip() in ("まだ送っていません", "not sent yet")
    phone.network.fault = refusing
    van_py(phone, "sync", "--tries", "1")
    assert "返事がまだありません" in van_py(phone, "status").stdout


def test_a_warning_names_the_record_that_it_is_about(van: Van) -> None:
    phone = van.phone()
    van_py(phone, "open", "--day", DAY)
    van_py(phone, "sell", "UMAI@10")
    assert re.search(r"確認（売上 12:00）：.*15円.*10円", van_py(phone, "sync").stdout)


def test_what_came_by_another_phone_is_told_as_good_news(van: Van, tmp_path: Path) -> None:
    phone, other, file = van.phone(), van.phone(), tmp_path / "rescue.jsonl"
    phone.open_visit(plan_stop_id=van.plan_stop)
    phone.export(file)
    phone.sync()
    assert "新しく 1件" in van_py(other, "import", str(file)).stdout
    done = van_py(other, "sync")
    assert ("ほかの端末から届いています" in done.stdout, other.dead()) == (True, []), done


def test_dead_letters_are_listed_sent_again_and_dropped_in_so_many_words(van: Van) -> None:
    phone = van.phone()
    assert "ありません" in van_py(phone, "dead").stdout
    visit = phone.open_visit(plan_stop_id=van.plan_stop)
    bad = phone.keep("sale.record", {"visit_id": visit, "payment": "shells", "rush_yen": 1})
    assert "dead で見てください" in van_py(phone, "sync").stdout
    listed = van_py(phone, "dead").stdout
    assert all(part in listed for part in ("売上 12:00", bad, "/payment", "→ ", "--again", "--drop"))
    assert "次の sync でもう一度送ります：売上 12:00" in van_py(phone, "dead", "--again", bad[:30]).stdout
    twice = van_py(phone, "dead", "--again", bad)
    assert (twice.returncode, "もう送信待ちです" in twice.stderr) == (1, True)
    phone.sync()
    assert "片付けました" in van_py(phone, "dead", "--drop", bad).stdout
    arrived = phone.queue.find("kind = 'visit.open'")[0].op_id
    assert "もう届いています" in van_py(phone, "dead", "--again", arrived).stderr
    assert "dead で見られます" in van_py(phone, "dead", "--drop", "zz").stderr


def test_what_this_phone_itself_could_not_send_is_told_in_words(van: Van) -> None:
    phone = van.phone()
    phone.queue.set(rules={**phone.queue.get("rules"), "most_body_bytes": 1_000})
    phone.keep("visit.cancel", {"reason": "rain", "note": "あ" * 1_000})
    phone.sync()
    assert "大きすぎて送れません" in van_py(phone, "dead").stdout


# No network, no token, no patience


@pytest.mark.parametrize(
    "arguments", [["sync"], ["open"], ["sell", "UMAI"], ["close"], ["show"], ["count", "x"]]
)
def test_a_phone_that_is_not_paired_says_so_whatever_is_asked(van: Van, arguments: list[str]) -> None:
    done = van_py(van.phone(paired=False), *arguments)
    assert (done.returncode, done.stderr.startswith("まだ pair していません")) == (1, True), done


def test_without_a_network_it_ends_with_one_line_that_says_what_is_kept(van: Van) -> None:
    phone = van.phone()
    van_py(phone, "open", "--day", DAY)
    phone.network.fault = refusing
    with mock.patch("time.sleep"):
        done = van_py(phone, "sync", "--tries", "3")
    assert (done.returncode, done.stdout, no_errno(done)) == (4, "", True), done
    *between, last = lines(done.stderr)
    assert (len(between), all("もう一度" in line for line in between)) == (2, True)
    assert last == "つながりません（サーバーが動いていないようです）。記録 1件は端末に残っています。"
    assert "No connection (the server seems not to be running). 1 are" in (
        van_py(phone, "--english", "sync", "--tries", "1").stderr
    )


@pytest.mark.parametrize("when", ["before", "after"])
def test_ctrl_c_in_a_sync_loses_nothing_counts_nothing_twice_and_is_one_line(van: Van, when: str) -> None:
    phone = van.phone()
    van_py(phone, "open", "--day", DAY)
    van_py(phone, "count", "infant=2")

    def pressed(_method: str, path: str, send: Any) -> Any:
        if when == "after":
            send()
        raise KeyboardInterrupt

    phone.network.fault = pressed
    done = van_py(phone, "sync")
    assert (done.returncode, done.stdout, len(lines(done.stderr))) == (130, "", 1), done
    assert (phone.status().waiting, "端末にあります" in done.stderr) == (2, True)
    phone.network.fault = None
    assert van_py(phone, "sync").returncode == 0
    assert van.counted() == 2


def test_ctrl_c_while_it_waits_for_the_next_attempt_is_one_line_too(van: Van) -> None:
    phone = van.phone()
    van_py(phone, "open", "--day", DAY)
    phone.network.fault = refusing
    with mock.patch("time.sleep", side_effect=KeyboardInterrupt):
        done = van_py(phone, "sync")
    assert (done.returncode, lines(done.stderr)[-1].startswith("止めました")) == (130, True), done


def test_ctrl_c_right_after_it_was_written_down_is_not_said_to_be_not_kept(van: Van) -> None:
    phone = van.phone()

    def pressed() -> None:
        with phone.queue.writing():
            phone.queue.set(x=1)
            phone.queue.do("COMMIT")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pressed()
    assert phone.queue.get("x") == 1


@pytest.mark.parametrize(
    ("address", "word"), [("http://van.example", "localhost"), ("van.example", "https://")]
)
def test_an_address_that_cannot_be_used_is_told_in_the_persons_language(
    van: Van, address: str, word: str
) -> None:
    phone = van.phone(paired=False)
    phone.network = None  # type: ignore[assignment]  # as it is on a real phone: the address decides
    done = van_py(phone, "pair", address, token="okk_x")
    assert (done.returncode, word in done.stderr, "アドレスが使えません" in done.stderr) == (2, True, True), (
        done
    )
    assert "That address can't be used" in van_py(phone, "--english", "pair", address, token="okk_x").stderr


def test_the_examples_of_its_help_work_in_the_demo() -> None:
    examples = re.findall(r"^  van\.py (.+)$", command_line.__doc__ or "", re.MULTILINE)
    assert len(examples) > 5
    stops = Path(demo.__file__).with_name("stops.csv").read_text(encoding="utf-8-sig")
    codes = {row["コード"] for row in csv.DictReader(stops.splitlines())}
    items = {item[0] for item in catalogue._ITEMS}
    for example in examples:
        options = vars(command_line.parser().parse_args(example.split()))
        assert {options.get("ad_hoc") or "K01"} <= codes
        assert {text.partition("=")[0] for text in options.get("items", ())} <= items
