"""Addresses in one spelling: all ways of writing one address meet, and what isn't one address never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.addresses import Numbers, number_of, read_numbers, same_address, spelled, spellings

SAME = [
    "松戸市常盤平三丁目11番1号",
    "松戸市常盤平３丁目１１番１号",
    "松戸市常盤平3丁目11-1",
    "松戸市 常盤平 三丁目 十一番一号",
    "〒270-2261 松戸市常盤平3丁目11番1号",
    "２７０−２２６１ 松戸市常盤平３丁目１１番１号",
    "松戸市常盤平3-11-1",
    "松戸市常盤平３－１１－１",
    "松戸市常盤平3ー11ー1",
    "松戸市常盤平三‐十一‐一",
    "松戸市常盤平3の11の1",
]


def numbers_after(town: str, address: str) -> Numbers:
    said = next(said for said in spellings(address) if said.startswith(town))
    return read_numbers(said.removeprefix(town))


@pytest.mark.parametrize("address", SAME)
def test_one_address_written_in_many_ways_is_one(address: str) -> None:
    assert numbers_after("松戸市常盤平3丁目", address) == Numbers("11", "1")


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("八ヶ崎", "八ケ崎"),
        ("八が崎", "八ケ崎"),
        ("二十世紀が丘美野里町", "二十世紀ケ丘美野里町"),
        ("五香六実", "五香六実"),
        ("三矢小台二丁目", "三矢小台2丁目"),
        ("大字根本", "根本"),
        ("岩根字下桶", "岩根下桶"),
        ("北一条西二丁目", "北1条西2丁目"),
        ("三番町", "3番町"),
        ("千駄ヶ谷", "千駄ケ谷"),
        ("髙塚新田", "高塚新田"),
        ("ﾏﾂﾄﾞ", "マツド"),
        ("サンシティ", "サンシティ"),
        ("みのり台", "みのり台"),
    ],
)
def test_names_keep_their_numerals_unless_they_count(typed: str, key: str) -> None:
    assert spelled(typed) == key


@pytest.mark.parametrize(
    ("after", "numbers"),
    [
        ("11番1号", Numbers("11", "1")),
        ("11-1", Numbers("11", "1")),
        ("387番地の5", Numbers("387", "5")),
        ("387番地", Numbers("387")),
        ("12/101号室", Numbers("12", "", "101号室")),
        ("11-1コーポ101", Numbers("11", "1", "コーポ101")),
        ("甲12-3", Numbers("甲12", "3")),
        ("011-001-02", Numbers("11", "1-2")),
        ("コーポ", Numbers("", "", "コーポ")),
        ("", Numbers()),
    ],
)
def test_what_follows_the_town_is_block_unit_and_rest(after: str, numbers: Numbers) -> None:
    assert read_numbers(after) == numbers


def test_a_room_is_not_glued_to_the_number_before_it() -> None:
    assert numbers_after("常盤平3丁目", "常盤平3-11-1 101号室") == Numbers("11", "1", "101号室")


KANJI = "〇一二三四五六七八九"


def in_kanji(number: int) -> str:
    said = ""
    for value, name in ((100, "百"), (10, "十")):
        digit, number = divmod(number, value)
        said += ("" if digit == 1 else KANJI[digit]) + name if digit else ""
    return said + (KANJI[number] if number else "")


@given(st.integers(1, 999))
def test_numerals_are_numbers_either_way_of_writing(number: int) -> None:
    assert number_of(in_kanji(number)) == number
    assert number_of("".join(KANJI[int(digit)] for digit in str(number))) == number


@given(st.integers(1, 30), st.integers(1, 999), st.integers(1, 99))
def test_kanji_and_figures_make_one_spelling(chome: int, block: int, unit: int) -> None:
    kanji = f"松戸市常盤平{in_kanji(chome)}丁目{in_kanji(block)}番{in_kanji(unit)}号"
    assert spelled(kanji) == spelled(f"松戸市常盤平{chome}丁目{block}番{unit}号")
    assert numbers_after(f"松戸市常盤平{chome}丁目", kanji) == Numbers(str(block), str(unit))


@given(st.text(max_size=120))
def test_no_text_breaks_it(text: str) -> None:
    for said in spellings(text):
        read_numbers(said)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("千葉県松戸市常盤平3-11-1", "松戸市常盤平3-11-1", True),
        ("松戸市常盤平三丁目11番1号", "松戸市常盤平3丁目11番1号", True),
        ("千葉県松戸市常盤平三丁目11番1号", "常盤平3-11-1", True),
        ("松戸市根本387-5 コーポ101", "根本387番地の5", True),
        ("千代田区三番町16", "三番町99", False),
        ("松戸市常盤平3-11", "松戸市常盤平3-11-1", False),
        ("松戸市常盤平", "松戸市常盤平", False),
        ("松戸市常盤平3-11-1", "松戸市常盤平3-11-2", False),
        ("松戸市常盤平3-11-1", None, False),
        ("", "", False),
    ],
)
def test_one_address_may_leave_out_its_city(one: str | None, other: str | None, same: bool) -> None:
    assert same_address(one, other) is same
