"""Readings: of our own texts, of days, and of names that only look like marks."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from outreach_api.kernel import furigana, said_days
from outreach_api.messages import public
from outreach_api.public.readings import Reader

KANJI = re.compile("[一-鿿]")


def test_a_reading_is_ruby_or_in_brackets_or_away() -> None:
    text = "[雨|あめ]で [中止|ちゅうし]"
    assert furigana.plain(text) == "雨で 中止"
    assert furigana.bracketed(text) == "雨（あめ）で 中止（ちゅうし）"
    assert furigana.ruby(text).startswith("<ruby>雨<rp>（</rp><rt>あめ</rt><rp>）</rp></ruby>で ")


@pytest.mark.parametrize(
    ("day", "marked"),
    [
        ("2026-04-01", "[4月|しがつ][1日|ついたち]（[水|すい]）"),
        ("2026-09-20", "[9月|くがつ][20日|はつか]（[日|にち]）"),
        ("2026-11-24", "11[月|がつ][24日|にじゅうよっか]（[火|か]）"),
        ("2026-12-28", "12[月|がつ]28[日|にち]（[月|げつ]）"),
    ],
)
def test_days_are_read_as_people_say_them(day: str, marked: str) -> None:
    assert said_days.marked(dt.date.fromisoformat(day)) == marked


def test_every_kanji_of_the_page_has_its_reading() -> None:
    bare = {
        code: ja
        for code, (ja, _) in public.TEXTS.items()
        if code.startswith(("when_", "post_")) and KANJI.search(re.sub(r"\[[^\]]+\]", "", ja))
    }
    assert bare == {}


def test_a_name_is_read_part_by_part_and_never_searched_for_marks() -> None:
    reader = Reader("ja", furigana=True)
    assert reader.name("本土寺 [門|x]", "ほんどじ もんぜん").count("<ruby>") == 2
    assert "[門|x]" in reader.name("本土寺 [門|x]", "ほんどじ もんぜん")
    assert "（<bdi>ながいなまえ</bdi>）" in reader.name("とても長い名前の公園" * 3, "ながいなまえ")
    assert "<ruby>" not in reader.name("本土寺", None) + Reader("en", furigana=True).name(
        "本土寺", "ほんどじ"
    )
    assert "[a|b]" in reader.say("when_area", place=reader.name("[a|b]", None))


def test_a_name_cannot_turn_the_direction_of_what_stands_beside_it() -> None:
    assert "\u202e" not in Reader("ja", furigana=True).name("\u202eabc", "\u202eえ")
