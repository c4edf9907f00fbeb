"""Which stops may be one place: a rule, measured against pairs as people write them. Positions in metres apart."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.geo import Point
from outreach_api.stops.alike import FARTHEST_M, Site, alike

ORIGIN = Point(35.8041, 139.9523)


def site(name: str, metres: float = 0.0, **more: str | None) -> Site:
    names = tuple(one for one in (name, more.get("kana"), more.get("en")) if one)
    where = Point(ORIGIN.lat + metres / 110_950, ORIGIN.lon)
    return Site(where, names, more.get("address"), more.get("precision"))


# One place, written twice.
ONE: list[tuple[Site, Site]] = [
    (site("本土寺"), site("本土寺", 30)),
    (site("本土寺"), site("本土寺 駐車場", 80)),
    (site("常盤平団地 中央広場"), site("常盤平団地中央ひろば", 60)),
    (site("常盤平団地中央広場"), site("常盤平団地の中央広場", 40)),
    (site("小金原 たけのこ公園"), site("たけのこ公園", 120)),
    (site("たけのこ公園"), site("竹の子公園", 40, kana="たけのここうえん")),
    (site("たけのこ公園", kana="たけのここうえん"), site("タケノコ公園", 90)),
    (site("稔台市民センター"), site("稔台市民ｾﾝﾀｰ", 150)),
    (site("稔台市民センター"), site("松戸市稔台市民センター", 200)),
    (site("八ヶ崎公園"), site("八ケ崎公園", 100)),
    (site("21世紀の森と広場"), site("二十一世紀の森と広場", 100)),
    (site("二十世紀が丘公園"), site("二十世紀ヶ丘公園", 100)),
    (site("さくら公園"), site("さくらパーク", 60)),
    (site("子ども食堂 ひまわり"), site("こども食堂ひまわり", 30)),
    (site("ひまわりこども食堂"), site("こども食堂ひまわり", 30)),
    (site("馬橋駅前"), site("馬橋駅", 100)),
    (site("サンハイツ集会所"), site("サンハイツ自治会集会所", 40)),
    (site("ときわ平さくら通り"), site("常盤平さくら通り", 40, kana="ときわだいらさくらどおり")),
    (site("Matsudo Station"), site("松戸駅", 50, en="Matsudo station")),
    (
        site("公園", address="松戸市常盤平3-11-1"),
        site("常盤平中央公園", 120, address="千葉県松戸市常盤平三丁目11番1号"),
    ),
    (site("中央広場", address="松戸市根本387-5"), site("根本の広場", 100, address="根本387番地の5")),
    (site("東漸寺"), site("東漸寺", 450, precision="town")),
    (site("東漸寺 境内"), site("東漸寺", 250, precision="block")),
    (site("スーパーみどり 松戸店"), site("スーパーみどり", 50)),
    (site("北小金駅南口広場"), site("北小金駅 南口ひろば", 70)),
    (site("第2公園"), site("第二公園", 50)),
    (site("常盤平１丁目広場"), site("常盤平一丁目広場", 100)),
    (site("牧の原団地 A棟前"), site("牧の原団地A棟", 30)),
    (site("幸谷ふれあい公園"), site("幸谷ふれあいこうえん", 100)),
    (site("小金北市民センター"), site("小金北市民センター分館", 60)),
]
# Two places, however near or alike.
TWO: list[tuple[Site, Site]] = [
    (site("本土寺"), site("東漸寺", 30)),
    (site("本土寺"), site("本福寺", 200)),
    (site("第一公園"), site("第二公園", 50)),
    (site("常盤平1丁目公園"), site("常盤平2丁目公園", 150)),
    (site("常盤平一丁目広場"), site("常盤平3丁目広場", 60)),
    (site("北小金駅北口"), site("北小金駅南口", 80)),
    (site("東公園"), site("西公園", 100)),
    (site("牧の原団地A棟"), site("牧の原団地B棟", 40)),
    (site("常盤平団地 3街区"), site("常盤平団地 4街区", 60)),
    (site("小金原小学校"), site("小金原中学校", 180)),
    (site("さくら公園"), site("すみれ公園", 90)),
    (site("さくら公園"), site("さくら公園", 900)),
    (site("中央公園"), site("中央公園", 600)),
    (site("稔台市民センター"), site("八柱市民センター", 250)),
    (site("馬橋市民センター"), site("馬橋東市民センター", 300)),
    (site("田中さん宅"), site("佐藤さん宅", 40)),
    (site("新松戸駅"), site("松戸新田駅", 150)),
    (site("幸谷公園"), site("幸谷ふれあい公園", 350)),
    (site("カフェ茶の間"), site("クリーニング白鳥", 5)),
    (site("常盤平図書館"), site("常盤平体育館", 100)),
    (site("小金保育園"), site("小金幼稚園", 90)),
    (site("新松戸中央公園"), site("新松戸西公園", 120)),
    (site("松戸駅東口"), site("松戸駅西口", 120)),
    (site("上本郷公園"), site("下本郷公園", 100)),
    (site("八柱駅前広場"), site("新八柱駅前広場", 70)),
    (site("ひまわり会館"), site("ひばり会館", 60)),
    (site("本土寺", address="松戸市平賀63"), site("あじさい亭", 60, address="松戸市平賀63")),
    (site("旧消防署跡地"), site("新消防署跡地", 100)),
    (site("1号棟集会所"), site("12号棟集会所", 80)),
    (site("常盤平さくら通り"), site("常盤平けやき通り", 60)),
]


def told(pairs: list[tuple[Site, Site]]) -> list[str]:
    return [f"{one.names[0]} / {other.names[0]}" for one, other in pairs if alike(one, other) is not None]


def test_places_that_are_one_are_noticed() -> None:
    """Measured: 30 of 30. What is missed costs a stop that stands there twice, until somebody sees it."""
    missed = {f"{one.names[0]} / {other.names[0]}" for one, other in ONE} - set(told(ONE))
    assert missed == set()


def test_neighbours_that_are_called_alike_are_let_alone() -> None:
    """Measured: 30 of 30. What is told in vain costs a glance, and teaches people to look away."""
    assert told(TWO) == []


@given(st.integers(0, len(ONE) - 1))
def test_it_is_the_same_from_either_side(number: int) -> None:
    one, other = ONE[number]
    assert alike(one, other) == alike(other, one)


@given(st.text(max_size=40).map("園{}".format), st.floats(0, 250))
def test_one_name_nearby_is_always_noticed(name: str, metres: float) -> None:
    assert alike(site(name), site(name, metres)) is not None


@given(st.text("-・「」 　!?", max_size=10), st.floats(0, 250))
def test_names_without_a_letter_are_no_names(name: str, metres: float) -> None:
    assert alike(site(name), site(name, metres)) is None


@given(st.text(max_size=30), st.text(max_size=30), st.floats(FARTHEST_M + 1, 50_000))
def test_far_away_nothing_is_alike(one: str, other: str, metres: float) -> None:
    assert alike(site(one, address="松戸市根本1-1"), site(other, metres, address="松戸市根本1-1")) is None


def test_what_it_says_are_metres_and_a_share() -> None:
    found = alike(site("本土寺", address="平賀63"), site("本土寺", 100, address="松戸市平賀63"))
    assert found is not None
    assert found.metres == pytest.approx(100, abs=0.5)
    assert (found.similarity, found.same_address) == (1.0, True)
    assert math.isfinite(found.metres)


# Written after the rule was settled, to see what it does with what it was not made for.
HELD_BACK_ONE = [
    (site("八柱霊園 正門"), site("八柱霊園正門前", 60)),
    (site("金ケ作公園"), site("金ヶ作公園", 120)),
    (site("みのり台駅前広場"), site("みのり台駅 広場", 70)),
    (site("松戸南部市場"), site("南部市場", 140)),
    (site("栗ヶ沢団地集会所"), site("栗ケ沢団地 集会室", 60)),
    (site("五香公園"), site("五香こうえん", 90)),
    (site("カトリック松戸教会"), site("松戸カトリック教会", 40)),
    (site("六高台の家（民家）"), site("六高台の家", 30)),
    (site("あけぼの児童遊園"), site("あけぼの遊園", 40)),
    (site("萬満寺"), site("万満寺", 50)),
    (site("戸定が丘歴史公園"), site("戸定ヶ丘歴史公園", 200)),
    (site("Hidamari cafe"), site("ひだまりカフェ", 20, en="hidamari café")),
]
HELD_BACK_TWO = [
    (site("八柱駅北口"), site("八柱駅南口", 70)),
    (site("金ケ作公園"), site("金ケ作中学校", 150)),
    (site("栗ケ沢団地5街区"), site("栗ケ沢団地6街区", 90)),
    (site("五香公園"), site("五香西公園", 140)),
    (site("松飛台第二小学校"), site("松飛台小学校", 150)),
    (site("新松戸3丁目広場"), site("新松戸4丁目広場", 100)),
    (site("みどり幼稚園"), site("みどり保育園", 45)),
    (site("鈴木商店"), site("鈴木医院", 40)),
    (site("A団地集会所"), site("B団地集会所", 40)),
    (site("小根本公園"), site("根本公園", 140)),
    (site("北部小学校"), site("南部小学校", 100)),
    (site("常盤平駅"), site("常盤平郵便局", 60)),
]


def test_what_it_was_not_made_for_is_judged_nearly_as_well() -> None:
    """Measured: 11 of 12 noticed (old and new forms of one kanji differ), 2 of 12 told in vain."""
    assert len(told(HELD_BACK_ONE)) >= 11
    assert told(HELD_BACK_TWO) == ["A団地集会所 / B団地集会所", "小根本公園 / 根本公園"]
