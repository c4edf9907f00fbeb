"""Which さん is a person and which is everybody's mother: names with an honorific in a note folded by text.py."""

from __future__ import annotations

import re
from collections.abc import Iterator

from outreach_api.kernel.nobodys import (
    BEFORE_ONE_HONORIFIC,
    BEFORE_TEACHER,
    ENDINGS,
    NOBODY,
    WHOLE_KANJI,
    WHOLE_LATIN,
)

# 君津 is a town, ちゃんと an adverb, さんま a fish: what follows tells an honorific from a syllable.
HONORIFIC = (
    r"さん(?!ま(?![だたでえ])|ぽ|すう|りん|ざ[んし]|かく|さん|にん|びき|びゃく|ぼん|じゅう|ぜんえん)"
    r"|さま(?![ざるっらさしじ]|り(?!に)|れ|よう|たげ)|様(?![子々相式態変])"
    r"|くん(?!せい|れん|ない|ろ|くん|だり)|君(?!津|が代|たち|達|主|臨|ら|の名は)|ちゃん(?!ぽん|ちゃん|こ(?:鍋|なべ|屋))"
    r"|先生|氏(?![名神子族家])"
    r"|(?:チャン|クン|サン|サマ)(?![ァ-ヺー])"
)
_HONORIFIC = re.compile(HONORIFIC)
_WORD_BEFORE = re.compile(
    r"(?:(?P<kanji>[一-龥々〆ヶ]+)|(?P<katakana>[ァ-ヺー]{2,})|(?P<hiragana>[ぁ-ゖー]{2,})|(?P<latin>[a-z]{2,}))"
    r"[ \n]?$"
)
_NOBODY = re.compile(NOBODY + "$")
_LOOK_BACK = 12
_HIRAGANA = str.maketrans({chr(code): chr(code - 0x60) for code in range(ord("ァ"), ord("ヶ"))})

# 行くんだ and はたらくんです: a verb and ん, not Mr 行.
KANJI_VERBS_IN_KU = frozenset("行歩働聞泣書着付続置引弾抱届開動驚描拭焼咲巻向吹除吐履磨乾嘆招導頂")
_AFTER_VERB = frozenset(("だ", "で", "じ", "や", "か", "よ", "?", "。", ""))
_AFTER_LIKE = frozenset("なにだで")
_VERBS_IN_KU = re.compile(
    r"(?:はたら|うご|つづ|とど|みが|おどろ|かわ|[にへでとこかもて]い|[をが](?:き|か|ひ|な|お|ふ))$"
)
_PARTICLES = frozenset("をはがにもでとのらてねよ")
# でも君は: "you", not Mr でも.
_BEFORE_YOU = re.compile(
    r"(?:でも|それで|それは|これは|だから|だけど|けど|けれど|なら|から|ので|のに|って|では|には|とは|まで|より|ねえ|ほら|じゃあ|そして|しかし|もし|いま"
    r"|きっと|たぶん|やっぱり|あの|その|この|わが|ねぇ|ああ)$"
)
# たなか先生 is somebody; やさしい先生, ほかの先生 are any.
NO_NAME_BEFORE_TEACHER = r"(?:[いなのるたともがはをにでやしてら]|から|さん|ちゃん)"
_NO_NAME_BEFORE_TEACHER = re.compile(NO_NAME_BEFORE_TEACHER + "$")


def names(folded: str) -> Iterator[tuple[int, int]]:
    """The [start, end) of each word with an honorific that seems to be somebody's name."""
    done = 0
    for match in _HONORIFIC.finditer(folded):
        before = folded[max(done, match.start() - _LOOK_BACK) : match.start()]
        word = _WORD_BEFORE.search(before)
        if not word:
            continue  # チャンさん
        done = match.end()
        if _is_name(word, before.rstrip(" \n"), match[0], folded[match.end() : match.end() + 1]):
            yield match.start() - (len(before) - word.start()), match.end()


def _is_name(word: re.Match[str], before: str, honorific: str, after: str) -> bool:
    if honorific in ("チャン", "クン", "サン", "サマ"):
        if before.endswith("ッ"):
            return False  # クロワッサン
        before, honorific = before.translate(_HIRAGANA), honorific.translate(_HIRAGANA)
    if before.endswith(ENDINGS + BEFORE_ONE_HONORIFIC.get(honorific, ())) or _NOBODY.search(before):
        return False
    if word["katakana"] and _NOBODY.search(word["katakana"].translate(_HIRAGANA)):
        return False  # ウサギさん
    if word["kanji"] in WHOLE_KANJI.get(honorific, ()) or word["latin"] in WHOLE_LATIN:
        return False
    if honorific == "先生" and (
        before.endswith(BEFORE_TEACHER) or (word["hiragana"] and _NO_NAME_BEFORE_TEACHER.search(before))
    ):
        return False
    if honorific == "氏" and word["hiragana"]:
        return False
    if honorific == "くん" and word["kanji"] and word["kanji"][-1] in KANJI_VERBS_IN_KU:
        return after not in _AFTER_VERB
    if honorific == "くん" and _VERBS_IN_KU.search(before):
        return False
    if not word["hiragana"]:
        return True
    if honorific == "様":  # この様な, そのような様
        return after not in _AFTER_LIKE and not word["hiragana"].endswith(("な", "この", "その", "どの"))
    if honorific == "君":
        return not _BEFORE_YOU.search(word["hiragana"])
    return not (honorific == "ちゃん" and after == "と" and word["hiragana"][-1] in _PARTICLES)
