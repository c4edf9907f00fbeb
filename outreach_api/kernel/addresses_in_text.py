"""Home addresses: ○丁目, house numbers behind a town's name, flats.

Reads the digits of a note folded by text.py. ○丁目 counts also where it is a park and no home: a note belongs to
a visit, which says the place already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_N = r"[\d十百]{1,4}"
_TO = r"\s?[-ーの]\s?"
# Amounts, times and counts look like house numbers until the next word is read.
_NO_COUNT = r"(?![\d十百:/]|\s?[-ー~]\s?\d|\s?(?:[人名円世戸台組年月日時分食部枚回個本杯歳才度割%万千か箇ヶ会教]|m|cm|g|kg|l\b))"
# What the names of towns end with.
_TOWN_END = "町村台丘原木田野川谷崎塚沢平根山金井島戸橋柱香実暮郷花敷賀堀作本森里"

_BLOCK = rf"{_N}\s?(?:丁目|丁め|ちょうめ)(?:\s?{_N}(?:\s?(?:番地?|号|[-ーの])\s?[\d十百]{{0,5}}){{0,3}})?"
_HOUSE = rf"{_N}\s?番地|{_N}\s?番\s?{_N}\s?号(?![車線機室])"
_AFTER_TOWN = rf"(?<=[一-龥々ヶ]){_N}{_TO}{_N}{_TO}{_N}(?:{_TO}\d{{1,4}})?{_NO_COUNT}"
_AFTER_TOWN_SPACED = rf"(?<=[{_TOWN_END}])\s{_N}{_TO}{_N}{_TO}{_N}(?:{_TO}\d{{1,4}})?{_NO_COUNT}"
_TWO_PARTS = (
    rf"(?<=町)\s?{_N}[-ー]{_N}{_NO_COUNT}"
    rf"|[市区郡][一-龥々ヶァ-ヺーぁ-ゖ]{{1,8}}(?<=[{_TOWN_END}])\s?{_N}[-ー]{_N}{_NO_COUNT}"
)
_FLAT_NO = rf"(?:\d{{1,2}}[f階]\s?)?(?:\d{{1,3}}[-ー])?\d{{3,4}}{_NO_COUNT}"
_FLAT = (
    r"\d{2,4}\s?号室"
    rf"|棟\s?の?\s?{_FLAT_NO}"
    rf"|(?:ハイツ|コーポ|メゾン|ハイム|レジデンス|パレス|シャトー|ヴィラ|コート|荘)[一-龥ァ-ヺーぁ-ゖ]{{0,6}}\s?{_FLAT_NO}"
    rf"|(?:団地|住宅|マンション|アパート|寮)(?:「[^」]{{1,8}}」)?の?\s?{_FLAT_NO}"
)
ADDRESS = "|".join((_BLOCK, _HOUSE, _AFTER_TOWN, _AFTER_TOWN_SPACED, _TWO_PARTS, _FLAT))
_ADDRESS = re.compile(ADDRESS)


def addresses(digits: str) -> Iterator[tuple[int, int]]:
    """The [start, end) of each address or part of one. A town, a temple or a bus stop alone is none."""
    yield from (match.span() for match in _ADDRESS.finditer(digits))
