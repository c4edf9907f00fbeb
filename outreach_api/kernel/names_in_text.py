"""Which さん is a person and which is everybody's mother: names and schools in a note folded by text.py."""

from __future__ import annotations

import re
from collections.abc import Iterator


def _words(block: str) -> tuple[str, ...]:
    return tuple(block.split())


# 君津 is a town, ちゃんと an adverb, さんま a fish: what follows tells an honorific from a syllable.
_HONORIFIC = re.compile(
    r"さん(?!ま(?![だたでえ])|ぽ|すう|りん|ざん|かく|さん)"
    r"|さま(?!ざ|よう|たげ)|様(?![子々相式態変])"
    r"|くん(?!せい|れん|ない|ろ|くん)|君(?!津|が代|たち|達|主|臨)|ちゃん(?!ぽん|ちゃん|こ)"
    r"|(?:チャン|クン)(?![ァ-ヺー])"
)
_WORD_BEFORE = re.compile(
    r"(?:(?P<kanji>[一-龥々〆ヶ]+)|(?P<katakana>[ァ-ヺー]{2,})|(?P<hiragana>[ぁ-ゖー]{2,})|(?P<latin>[a-z]{2,}))"
    r"[ \n]?$"
)
_LOOK_BACK = 12
_HIRAGANA = str.maketrans({chr(code): chr(code - 0x60) for code in range(ord("ァ"), ord("ヶ"))})

# Words that name nobody, when the text before the honorific ends with them …
_NOBODY = _words("""
    母 父 兄 姉 婆 爺 弟 妹 娘 息子 嫁 奥 旦那 祖母 祖父 叔母 伯母 叔父 伯父 お孫 坊 嬢 親御 お子 子ども
    子供 ママ パパ バア ジイ おっ おとっ あん 皆 みんな お客 お隣 近所 友達 友だち 大家 家主 店主 地主
    神主 住職 お寺 和尚 巡り 学生 高校生 小学生 中学生 園児 児童 生徒 妊婦 主婦 夫婦 家族 常連 担当 役所
    警察 消防 会社 団体 企業 町会 自治会 学校 保育園 幼稚園 児童館 神社 銀行 社協 住民 市民 相手 主催
    運転手 員 者 師 園長 校長 会長 店長 館長 部長 課長 班長 駅長 院長 先生 双子 三つ子 男の子 女の子
    スタッフ ボランティア ヘルパー ケアマネ ドライバー オーナー カフェ コンビニ スーパー リピーター
    マザー ファザー ワーカー サポーター メンバー おきゃく おとなり きんじょ ともだち おおや おまわり
    おいしゃ こども いもうと おとうと むすこ むすめ ひとり ふたり ふたご おとう おかあ おにい おねえ
    おばあ おじい おばば おじじ 年長 年中 年少 歳 か月 年生 くるくる あの子 この子 その子
""")
_NOBODY_PATTERN = re.compile(
    r"(?:[\d一二三四五六七八九十数何][名組人]|(?:外国|新|友|主|本|老|大|個|隣|知|病|職|住|管理|一|二)人"
    r"|(?:保育|養|祉|護|理|衛生|防|療法)士"
    r"|(?:八百|魚|肉|花|本|床|菓子|パン|薬|酒|米|電気|不動産|団子|豆腐|文房具|写真|寿司|弁当|お店|[ァ-ヺー]{2,})屋"
    # Short words in hiragana only as a word of their own: とうさん is father, さとうさん is Mr Sato.
    r"|(?:^|[^ぁ-ゖ]|[のはがをにともで])(?:かあ|とう|にい|ねえ|ばあ|じい|ばぁ|じぃ|おば|おじ|おく|だんな|おこ|おまご))$"
)
# … and before one honorific only.
_NOBODY_BEFORE = {
    "さん": _words("たく しゅっ お日 お月 象 熊 みな"),
    "さま": _words(
        "みな 疲れ つかれ 互い たがい おかげ お陰 おせわ 世話 くろう 苦労 ちそう 馳走 おひめ かんのん"
    ),
    "様": _words(
        "模 王子 姫 釈迦 地蔵 観音 疲れ お陰 世話 苦労 馳走 互い おたがい おかげ おせわ 待ち遠 得意"
    ),
    "ちゃん": _words("赤 あか わん ワン にゃん ニャン 猫 犬 ねこ ちび チビ 孫 おい"),
    "くん": _words("しょ 諸 て んで いで にい"),
    "君": _words("諸 主 暴"),
}
# The same for kanji that may end a surname: 仕様 is nobody, 井上様 is somebody.
_NOBODY_ALONE = {
    "様": frozenset("同仕多一異有各王神仏何上殿左文外人名組陰"),
    "さま": frozenset("人神仏王逆何"),
}
# 行くんだ: a verb and ん, not Mr 行.
_VERBS_IN_KU = frozenset("行歩働聞泣書着付続置引弾抱届開動驚描拭焼咲巻向吹除吐履磨乾嘆招導頂")
_PARTICLES = frozenset("をはがにもでとのらてねよ")

_GENERIC_BEFORE_SCHOOL = re.compile(
    r"(?:(?:松戸|千葉|柏|東京)(?=[市県都])|[市県都区町村公私国]立|[市県都区町村]|認可外?|無認可|認定|全日制|定時制|通信制|夜間"
    r"|地元|近所|近隣|母校|学区|学区内|市内|市外|県外|小規模|企業主導型|系列|民間|有名|進学|一貫|中等|専門|短期"
    r"|長男|次男|三男|長女|次女|三女|男児|女児|男子|女子|息子|特別|支援|放課後|午前中|午後|平日|土曜|日曜|週末"
    r"|来年|来春|今年|今春|去年|昨年|昨日|今日|明日|毎日|毎朝|幼稚園|保育園|保育所|小学校|中学校|高校|大学"
    r"|[同他各両某元新今前隣近次春兄弟姉妹娘孫全小中高大])*"
)
_SCHOOL = re.compile(
    r"(?P<name>[一-龥々ヶァ-ヺー]{1,10}?)"
    r"(?:小学校|中学校|高等学校|高校|幼稚園|保育園|保育所|こども園|支援学校|学園|大学)"
)
# ひばり幼稚園 is one, うちから幼稚園 is none: particles and adverbs end otherwise than most names.
_KINDERGARTEN = re.compile(
    r"(?<![ぁ-ゖ])[ぁ-ゖー]{2,6}(?<![のるたにをがはでもとないへうぐだまっくて])(?<!から|より)"
    r"(?:幼稚園|保育園|保育所)"
)
# 北部小3年, 小金中の生徒: the short form counts only where a pupil is near.
_SHORT_SCHOOL = re.compile(
    r"(?P<name>[一-龥々ヶァ-ヺー]{1,6})[小中高]"
    r"(?=の?\s?[1-6一二三四五六]\s?(?:年|の\d)|[にへ]通|の(?:生徒|児童|先生|子)|に入学|出身|卒)"
)
_NO_SHORT_SCHOOL = re.compile(
    r"(?:[年日途最背夜業談憩世空水地集暑寒大縮過矮小中標円残上弱兄弟姉妹娘子孫男女児今在春園娠]|午[前後]|私立|公立|[市県]立)$"
)


def names(folded: str) -> Iterator[tuple[int, int]]:
    """The [start, end) of each word with an honorific that seems to be somebody's name."""
    done = 0
    for match in _HONORIFIC.finditer(folded):
        before = folded[max(done, match.start() - _LOOK_BACK) : match.start()]
        word = _WORD_BEFORE.search(before)
        done = match.end()
        if word and _is_name(word, before.rstrip(" \n"), match[0], folded[match.end() : match.end() + 1]):
            yield match.start() - (len(before) - word.start()), match.end()


def schools(folded: str) -> Iterator[tuple[int, int]]:
    """The [start, end) of each school that is named, not merely meant (市立小学校 names none)."""
    for match in _SCHOOL.finditer(folded):
        if not _GENERIC_BEFORE_SCHOOL.fullmatch(match["name"]):
            yield match.span()
    yield from (match.span() for match in _KINDERGARTEN.finditer(folded))
    for match in _SHORT_SCHOOL.finditer(folded):
        if not _NO_SHORT_SCHOOL.search(match["name"]):
            yield match.span()


def _is_name(word: re.Match[str], before: str, honorific: str, after: str) -> bool:
    if honorific in ("チャン", "クン"):
        before, honorific = before.translate(_HIRAGANA), honorific.translate(_HIRAGANA)
    if before.endswith(_NOBODY + _NOBODY_BEFORE[honorific]) or _NOBODY_PATTERN.search(before):
        return False
    if word["kanji"] in _NOBODY_ALONE.get(honorific, ()):
        return False
    if honorific == "くん" and word["kanji"] and word["kanji"][-1] in _VERBS_IN_KU:
        return False
    if not word["hiragana"]:
        return True
    if honorific == "様" and after and after in "なにだで":
        return False  # この様な
    may_be_a_clause = honorific == "君" or (honorific == "ちゃん" and after == "と")
    return not (may_be_a_clause and word["hiragana"][-1] in _PARTICLES)
