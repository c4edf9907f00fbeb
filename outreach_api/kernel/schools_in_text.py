"""Schools and kindergartens that are named, not merely meant: 市立小学校 and 小3 name none."""

from __future__ import annotations

import re
from collections.abc import Iterator

KIND = (
    r"小学校|中学校|中学(?!校|生|年|時|受|卒|入|進)|高等学校|高等部|高校(?!生|時|受|卒|入|進)|幼稚園|保育園|保育所|こども園|子ども園"
    r"|支援学校|学園|大学(?!生|院|病|時|受|入|進|芋)"
)
_SCHOOL = re.compile(rf"(?P<name>[一-龥々ヶァ-ヺー]{{1,10}}?)(?:{KIND})")
# ひばり幼稚園 is one, うちから幼稚園 is none: particles, verbs and adverbs end otherwise than most names.
IN_HIRAGANA = (
    rf"(?<![ぁ-ゖ])(?!やっぱり|やはり|あまり|ばかり|ゆっくり|すっかり|はっきり|いきなり|ふつう|どこか|いつか|どちら|こちら|あちら|まずは"
    rf"|それぞれ|これから|ほとんど|たまたま|いよいよ|ちょうど|おなじ|ちがう|みんな|となり|ちかく)"
    rf"[ぁ-ゖー]{{2,6}}(?<![のるたにをがはでもとないへうぐだまっくてかよねや])(?<!から|より)(?:{KIND})"
)
_BROKEN = re.compile(r"[一-龥ァ-ヺーぁ-ゖ]{1,5}[台丘原木町野東西南北]\n(?:小学校|中学校|高校|幼稚園|保育園)")
_NAMED_AFTER = re.compile(r"こども園[一-龥ァ-ヺーぁ-ゖ]{2,10}[にへ](?:入園|通)")
GENERIC = (
    r"(?:(?:松戸|千葉|柏|東京)(?=[市県都])|[市県都区町村公私国]立|[市県都区町村]|認可外?|無認可|認定|全日制|定時制|通信制|夜間"
    r"|地元|近所|近隣|母校|学区|学区内|市内|市外|県外|小規模|企業主導型|系列|民間|有名|進学|一貫|中等|専門|短期"
    r"|長男|次男|三男|長女|次女|三女|男児|女児|男子|女子|息子|特別|支援|放課後|午前中|午後|平日|土曜|日曜|週末"
    r"|来年|来春|今年|今春|去年|昨年|昨日|今日|明日|毎日|毎朝|幼稚園|保育園|保育所|小学校|中学校|高校|大学"
    r"|希望|志望|待機|年|都内|放送|看護|医療|体育|芸術|福祉|教育|音楽|複数|数校|通学|転校|先|第一希望|第二希望|最寄|付属|附属|女|小中|休日|毎回|当日|翌年|翌春|初回|一時|一般"
    r"|[同他各両某元新今前隣近次春兄弟姉妹娘孫全小中高大旧現本当])*"
)
# 北部小3年, 小金中の生徒: the short form counts only where a pupil is near.
PUPIL = (
    r"(?=の?\s?[1-6一二三四五六]\s?(?:年|の\d)|[にへ]通(?!る|過|り|す|し)"
    r"|の(?:生徒|児童|先生|子|保護者|運動会|校庭|体育館|文化祭|校長|pta)|に入学|出身|卒)"
)
_SHORT = re.compile(rf"(?P<name>[一-龥々ヶァ-ヺー]{{1,6}})[小中高]{PUPIL}")
_SHORT_IN_HIRAGANA = re.compile(
    rf"(?<![ぁ-ゖ])[ぁ-ゖ]{{2,6}}(?<![のるたにをがはでもとへて])(?:小|中(?!の子)){PUPIL}"
)
NO_SHORT = (
    r"(?:[年日途最背夜業談憩世空水地集暑寒大縮過矮小中標円残上弱兄弟姉妹娘子孫男女児今在春園娠休勤療宅事育停行動外旅話食"
    r"授作運訪滞戦留来夢界家校町路]|午[前後]|私立|公立|[市県]立)"
)
_NO_SHORT = re.compile(NO_SHORT + "$")
_GENERIC = re.compile(GENERIC)
_IN_HIRAGANA = re.compile(IN_HIRAGANA)


def schools(folded: str) -> Iterator[tuple[int, int]]:
    """The [start, end) of each school that is named."""
    for match in _SCHOOL.finditer(folded):
        if not _GENERIC.fullmatch(match["name"]):
            yield match.span()
    for match in _SHORT.finditer(folded):
        if not _NO_SHORT.search(match["name"]):
            yield match.span()
    for pattern in (_IN_HIRAGANA, _SHORT_IN_HIRAGANA, _BROKEN, _NAMED_AFTER):
        yield from (match.span() for match in pattern.finditer(folded))
