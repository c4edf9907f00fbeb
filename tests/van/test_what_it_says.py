"""What van.py says of the work: whether it began a visit or goes on with one, and what there is to choose from."""

from __future__ import annotations

import pytest

from tests.api import Api
from tests.handheld import Van
from tests.planning import agreed_stop
from tests.typed import van_py
from van_app.keeping import Line

DAY = "2026-11-28"


# Arriving and leaving


def test_arriving_says_whether_it_began_a_visit_or_goes_on_with_one(van: Van, api: Api) -> None:
    place = agreed_stop(api, "K08")
    first, second = van.phone(), van.phone()
    assert "出店を始めました" in van_py(first, "open", "--ad-hoc", "K08").stdout
    again = van_py(first, "open", "--ad-hoc", "K08")
    assert ("もう開いています（12:00 から）" in again.stdout, "残しました" in again.stdout) == (True, False)
    first.sync()
    second.sync()
    assert (
        "もう始まっている出店（12:00 から）に加わりました" in van_py(second, "open", "--ad-hoc", "K08").stdout
    )
    assert {(visit.id, visit.stop_id) for visit in (first.current(), second.current()) if visit} == {
        (first.status().visit, place)
    }


def test_arriving_elsewhere_says_that_the_visit_before_is_still_open(van: Van, api: Api) -> None:
    for code in ("K08", "K09"):
        agreed_stop(api, code)
    phone = van.phone()
    van_py(phone, "open", "--ad-hoc", "K08")
    assert "終わりにしていません" in van_py(phone, "open", "--ad-hoc", "K09").stdout
    back = van_py(phone, "open", "--ad-hoc", "K08")
    assert "まだ開いている出店に戻りました" in back.stdout
    assert len([one for one in phone.queue.waiting() if one.is_opening]) == 2


@pytest.mark.parametrize("who", ["this phone", "the other phone"])
def test_arriving_at_a_planned_visit_that_has_ended_says_so_and_still_counts(van: Van, who: str) -> None:
    phone, other = van.phone(), van.phone()
    leaving = phone if who == "this phone" else other
    leaving.open_visit(plan_stop_id=van.plan_stop)
    leaving.close()
    leaving.sync()
    phone.sync()
    arrived = van_py(phone, "open", "--day", DAY)
    assert "この予定の出店はもう終わっています（12:00）" in arrived.stdout
    assert "終わった出店（12:00）" in van_py(phone, "status").stdout
    assert van_py(phone, "count", "infant=2").returncode == 0
    assert (phone.sync().dead, van.counted()) == (0, 2)


@pytest.mark.parametrize("synced", [False, True])
def test_a_visit_is_ended_once(van: Van, synced: bool) -> None:
    phone = van.phone()
    van_py(phone, "open", "--day", DAY)
    assert "出店を終えました" in van_py(phone, "close").stdout
    if synced:
        phone.sync()
    for reopened in (False, True):
        if reopened:
            van_py(phone, "open", "--day", DAY)
        twice = van_py(phone, "close")
        assert (twice.returncode, "もう終わっています（12:00）" in twice.stderr) == (1, True), twice
        assert phone.status().visit is None
    phone.sync()
    assert phone.queue.count("kind = 'visit.close'") == 1
    assert phone.dead() == []


def test_a_visit_that_the_other_phone_ended_is_not_ended_again(van: Van) -> None:
    phone, other = van.phone(), van.phone()
    for one in (phone, other):
        one.open_visit(plan_stop_id=van.plan_stop)
    other.close()
    other.sync()
    phone.sync()
    assert "もう終わっています" in van_py(phone, "close").stderr
    assert phone.status().waiting == 0


# What there is to choose from


def test_where_nothing_is_planned_it_says_what_comes_and_how_to_open_elsewhere(van: Van) -> None:
    phone = van.phone()
    done = van_py(phone, "open", "--day", "2026-11-27")
    assert (done.returncode, "--ad-hoc" in done.stderr, f"{DAY} K07" in done.stderr) == (1, True, True), done


def test_an_unknown_name_is_told_with_what_there_is(van: Van, api: Api) -> None:
    agreed_stop(api, "K08")
    phone = van.phone()
    van_py(phone, "open", "--day", DAY)
    for arguments, offered in (
        (["open", "--ad-hoc", "nowhere"], "K08"),
        (["sell", "TEA"], "UMAI うまい棒"),
        (["count", "dogs"], "elem_low 小1–3"),
    ):
        done = van_py(phone, *arguments)
        assert (done.returncode, offered in done.stderr, "ありません" in done.stderr) == (1, True, True), done
    assert phone.status().waiting == 1


def test_what_a_japanese_keyboard_types_is_read_and_what_is_no_number_is_shown_how(van: Van) -> None:
    phone = van.phone()
    van_py(phone, "open", "--day", DAY)
    assert "45円" in van_py(phone, "sell", "UMAI＝３").stdout
    assert van_py(phone, "count", "保護者=2", "小1–3").returncode == 0
    for arguments in (["sell", "UMAI:3"], ["sell", "UMAI=x"], ["count", "infant=x"], ["sell"]):
        done = van_py(phone, *arguments)
        assert (done.returncode, "=" in done.stderr and "例" in done.stderr) == (1, True), done


def test_what_the_server_would_refuse_is_refused_before_it_waits(van: Van) -> None:
    phone = van.phone()
    van_py(phone, "open", "--day", DAY)
    for arguments in (
        ["sell", "UMAI=0"],
        ["sell", "UMAI", "--rush", "5"],
        ["sell", "--rush", "0"],
        ["sell", "--rush", "500", "--pay", "ticket"],
        ["sell", "--rush", "500", "--tickets", "5"],
        ["count", "infant=0"],
        ["count", "infant=999"],
    ):
        done = van_py(phone, *arguments)
        assert (done.returncode, bool(done.stderr)) == (1, True), arguments
    assert phone.status().waiting == 1


def test_a_receipt_is_taken_back_by_the_beginning_of_its_id_if_that_names_one(van: Van) -> None:
    phone = van.phone()
    van_py(phone, "open", "--day", DAY)
    sales = [phone.sell([Line(van.item, 1, 15)]) for _ in range(2)]
    assert "2件あります" in van_py(phone, "void", "01", "打ち間違い").stderr
    assert "最後の売上は" in van_py(phone, "void", "zz", "打ち間違い").stderr
    assert sales[0] in van_py(phone, "void", sales[0], "打ち間違い").stdout
    assert "もう取り消して" in van_py(phone, "void", sales[0], "打ち間違い").stderr
    report = phone.sync()
    assert (report.applied, report.dead) == (4, 0)
    # A whole id may be another phone's receipt.
    other = van.phone()
    assert van_py(other, "void", sales[1], "打ち間違い").returncode == 0
    assert other.sync().applied == 1


def test_a_receipt_that_was_refused_cannot_be_taken_back(van: Van) -> None:
    phone = van.phone()
    visit = phone.open_visit(plan_stop_id=van.plan_stop)
    sale = phone.keep("sale.record", {"visit_id": visit, "payment": "shells", "rush_yen": 1})
    phone.sync()
    assert "受け付けられていない" in van_py(phone, "void", sale, "打ち間違い").stderr
