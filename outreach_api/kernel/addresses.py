"""Japanese addresses in one spelling to compare by: widths, dashes, kanji numerals, 丁目 and 番, ヶ and が.

What was typed is only spelt differently; nothing is added to it. The spelling is a key and never shown: what is shown
comes from whoever knows the place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach_api.kernel.text import normalise

_NAMES = (
    "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 "
    "埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 "
    "岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 "
    "鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 "
    "佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県 "
)
PREFECTURES = dict(enumerate(_NAMES.split(), 1))
"""By the first two digits of a municipality's code (JIS X 0401)."""

_KANJI_DIGITS = "〇一二三四五六七八九"
_PLACES = {"十": 10, "百": 100}
_NUMERAL = f"[{_KANJI_DIGITS}零十百]"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－~〜～ｰ", "-"))
_OLD = str.maketrans(
    "髙﨑邊邉廣國龍瀧澤檜會惠榮學齋齊彌櫻壽眞龜圓藏縣當濱實靜應澁鹽豐佛嶋舘鐵關條區驛曾壹貳參",
    "高崎辺辺広国竜滝沢桧会恵栄学斎斉弥桜寿真亀円蔵県当浜実静応渋塩豊仏島館鉄関条区駅曽一二三",
)
_KANJI = r"[\u3005\u4e00-\u9fff]"
_POSTCODE = re.compile(r"^(?:〒|郵便番号)?\s*[0-9]{3}-?[0-9]{4}(?=[^0-9-])|〒\s*[0-9]{3}-?[0-9]{4}")
_COUNTED = re.compile(rf"({_NUMERAL}+)(?=丁目|番地|番|号|条|線|-)")
_AFTER_DASH = re.compile(rf"(?<=[0-9]-)({_NUMERAL}+)(?![\u3005\u4e00-\u9fff])")
_GAP = "/"
"""Between two numbers that a space kept apart: 3-11-1 101号室 is not 1101."""
_NUMBERS = re.compile(
    r"(?P<first>[甲乙丙丁イロハニホヘト]?[0-9]{1,5})(?P<more>(?:(?:番地の?|番の?|街区|号|-)[0-9]{1,5}){0,3})(?:番地|番|号)?"
)


def spelled(text: str) -> str:
    """The one spelling of an address or a place name in one."""
    said = normalise(text).lower().translate(_DASHES).translate(_OLD)
    said = re.sub(r"(?<=[0-9]) (?=[0-9])", _GAP, said)
    said = re.sub(r"[\s,.、。・･]", "", said)
    said = _POSTCODE.sub("", said)
    said = re.sub(rf"(?<={_KANJI})[ヶケヵがガ](?={_KANJI})", "ケ", said)
    said = re.sub(rf"(?<={_KANJI})[のノ之](?={_KANJI})", "ノ", said)
    said = re.sub(rf"(?<={_KANJI})[つツッ](?={_KANJI})", "ツ", said)
    # The long vowel mark is typed for a dash, and 1の2 is 1-2.
    figure = f"[0-9{_KANJI_DIGITS}十百]"
    said = re.sub(rf"(?<={figure})[ーのノ](?={figure})", "-", said)
    said = _COUNTED.sub(lambda found: str(number_of(found[1])), said)
    said = _AFTER_DASH.sub(lambda found: str(number_of(found[1])), said)
    said = re.sub(r"-+", "-", said)
    return re.sub(rf"(?:大字|(?<={_KANJI})字(?={_KANJI}))", "", said)


def number_of(numeral: str) -> int:
    """A kanji numeral below a thousand, written either way: 二十三 and 二三 are 23."""
    if not any(place in numeral for place in _PLACES):
        return int("".join(str(_digit(one)) for one in numeral))
    total = digits = 0
    for one in numeral:
        if one in _PLACES:
            total += (digits or 1) * _PLACES[one]
            digits = 0
        else:
            digits = digits * 10 + _digit(one)
    return total + digits


def _digit(numeral: str) -> int:
    return 0 if numeral == "零" else _KANJI_DIGITS.index(numeral)


def spellings(text: str) -> tuple[str, ...]:
    """The spellings of an address as typed: 常盤平3-11 may mean 常盤平3丁目11, and no list knows which but the town's."""
    said = spelled(text)
    if "丁目" in said:
        return (said,)
    chome = re.sub(r"^([^0-9]+)([0-9]{1,2})(?:-|$|(?=/))", r"\1\2丁目", said, count=1)
    return (said,) if chome == said else (chome, said)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What follows the town: 11番1号 is block 11 and unit 1; `rest` is what can't be looked for (a building's name)."""

    block: str = ""
    unit: str = ""
    rest: str = ""


def read_numbers(after_town: str) -> Numbers:
    """The numbers at the beginning of what follows a town's name in a spelled address."""
    said = after_town.removeprefix("-")
    found = _NUMBERS.match(said)
    if found is None:
        return Numbers(rest=_rest(said))
    more = re.findall("[0-9]+", found["more"])
    return Numbers(_plain(found["first"]), "-".join(_plain(one) for one in more), _rest(said[found.end() :]))


def _plain(number: str) -> str:
    """Without the zeros that some lists pad with."""
    letter, digits = (number[0], number[1:]) if not number[0].isdigit() else ("", number)
    return letter + str(int(digits))


def _rest(said: str) -> str:
    return said.strip(_GAP + "-")


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two are one address, one of them perhaps without its prefecture and city; a town alone is none."""
    if not one or not other:
        return False
    return any(a.endswith(b) or b.endswith(a) for a in _doors(one) for b in _doors(other))


def _doors(address: str) -> set[str]:
    """The town, block and unit that an address may mean, in one form."""
    doors = set()
    for said in spellings(address):
        at = said.find("丁目") + 2 if "丁目" in said else len(said) - len(said.lstrip(_not_digits(said)))
        numbers = read_numbers(said[at:])
        if at > 1 and numbers.block and not numbers.rest.startswith(("町", "条", "線")):
            doors.add(f"{said[:at]}/{numbers.block}/{numbers.unit}")
    return doors


def _not_digits(said: str) -> str:
    return "".join(letter for letter in said if not letter.isdigit())
