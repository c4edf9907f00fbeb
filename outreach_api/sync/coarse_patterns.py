"""What phones warn of by themselves: the server's own patterns as far as they fit into regular expressions.

A note is sealed on the van, so only there can the writer still be asked. Read by JavaScript and Python alike: no
named groups, look-behinds of one width. The server looks closer once more (check digits, words before and after).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach_api.kernel.accounts_in_text import AT_HANDLE, EMAIL, LINE, LINE_LINK, SERVICE
from outreach_api.kernel.addresses_in_text import ADDRESS
from outreach_api.kernel.names_in_text import HONORIFIC, KANJI_VERBS_IN_KU, NO_NAME_BEFORE_TEACHER
from outreach_api.kernel.nobodys import BEFORE_ONE_HONORIFIC, BEFORE_TEACHER, ENDINGS, NOBODY, WHOLE_KANJI
from outreach_api.kernel.personal_data import PersonalData
from outreach_api.kernel.schools_in_text import GENERIC, IN_HIRAGANA, KIND, NO_SHORT, PUPIL


@dataclass(frozen=True, slots=True)
class Coarse:
    """Looks like `kind` where `pattern` is found, but not if `unless` is found in that very match."""

    kind: PersonalData
    pattern: str
    unless: str | None = None


_GAP = r"[-ー・.\s()_/,、の\[\]【】]{0,3}"
_PHONE = (
    rf"(?<!\d)0{_GAP}[5-9]{_GAP}0(?:{_GAP}\d){{8}}(?!\d)"
    rf"|(?<!\d)0\d(?:[-ー・.\s()_]{{0,3}}\d){{4,5}}[-ー・.\s()_]{{0,3}}\d{{3,4}}(?![\d:/])"
    rf"|(?<!\d)0(?: \d){{9}}(?!\d)|(?:\+|(?<!\d)00){_GAP}[1-9](?:{_GAP}\d){{8,13}}"
    r"|(?:電話|でんわ|tel|☎|携帯)[^\d。\n]{0,6}(?:\d{2,4}[-ー]\d{4}|[0789](?:の?\d){9})(?!\d)"
)
_POSTAL = (
    r"〒|(?:郵便|ゆうびん)番号[^\d。\n]{0,4}\d{3}[-ー\sの]{0,2}\d{4}|\d{3}[-ー\sの]{0,2}\d{4}\s?\(?郵便番号"
    r"|(?<![-\dー.a-z#@:¥号])\d{3}[-ー]\d{4}(?![-\dー]|\s?[円人名年個枚本食])"
)
_MY_NUMBER = (
    r"(?<![\d-])(?<!伝票)(?<!番号)(?<!番号 )\d{4}[-ー・\s]\d{4}[-ー・\s]\d{4}(?![\d-])"
    r"|(?:マイナンバー|個人番号|通知カード)[^\d。]{0,12}\d(?:[-ー・\s]?\d){11}"
)
_SHORT_SCHOOL = rf"[一-龥々ヶァ-ヺー]{{1,6}}[小中高]{PUPIL}|(?<![ぁ-ゖ])[ぁ-ゖ]{{2,6}}小{PUPIL}"
_SCHOOL = rf"[一-龥々ヶァ-ヺー]{{1,10}}?(?:{KIND})|{IN_HIRAGANA}|{_SHORT_SCHOOL}"
_NO_SCHOOL = rf"^{GENERIC}(?:{KIND})$|{NO_SHORT}[小中高]$"


def _words(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, words))


_NAME = rf"(?:[おご]?[一-龥々〆ヶ]{{1,10}}?|[ァ-ヺー]{{2,12}}?|[ぁ-ゖー]{{2,12}}?|[a-z]{{2,12}}?)[ \n]?(?:{HONORIFIC})"
_NO_NAME = "|".join(
    (
        rf"(?:{_words(ENDINGS)}|{NOBODY})[ \n]?(?:さん|さま|様|くん|君|ちゃん|先生|氏|チャン|クン|サン|サマ)$",
        *(rf"(?:{_words(words)}){honorific}$" for honorific, words in BEFORE_ONE_HONORIFIC.items()),
        *(rf"^[{''.join(sorted(kanji))}]{honorific}$" for honorific, kanji in WHOLE_KANJI.items()),
        rf"(?:{_words(BEFORE_TEACHER)})先生$|[ぁ-ゖ]{NO_NAME_BEFORE_TEACHER}先生$",
        rf"[{''.join(sorted(KANJI_VERBS_IN_KU))}]くん$",
        r"[をがにもでのらねよ](?:ちゃん|君)$|(?:な|この|その|どの)様$|ッ(?:サン|サマ)$",
    )
)

COARSE_PATTERNS = (
    Coarse(PersonalData.EMAIL, EMAIL),
    Coarse(PersonalData.LINE_ID, f"{LINE}|{LINE_LINK}"),
    Coarse(PersonalData.ACCOUNT, f"{SERVICE}|{AT_HANDLE}", EMAIL),
    Coarse(PersonalData.MY_NUMBER, _MY_NUMBER),
    Coarse(PersonalData.PHONE, _PHONE),
    Coarse(PersonalData.POSTAL_CODE, _POSTAL),
    Coarse(PersonalData.ADDRESS, ADDRESS),
    Coarse(PersonalData.SCHOOL, _SCHOOL, _NO_SCHOOL),
    Coarse(PersonalData.NAME, _NAME, _NO_NAME),
)
