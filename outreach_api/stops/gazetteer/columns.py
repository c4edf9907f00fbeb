"""Which columns the published lists of places have, found by their names: 位置参照情報, アドレス・ベース・レジストリ."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """What a list holds, and with that, which older import a newer one takes the place of."""

    ISJ_TOWN = "isj-town"
    ISJ_BLOCK = "isj-block"
    ABR_TOWN = "abr-town"
    ABR_BLOCK = "abr-block"
    ABR_UNIT = "abr-unit"
    ABR_PARCEL = "abr-parcel"


CREDITS: Mapping[Form, str] = {
    Form.ISJ_TOWN: "国土交通省 位置参照情報（大字・町丁目レベル）",
    Form.ISJ_BLOCK: "国土交通省 位置参照情報（街区レベル）",
    Form.ABR_TOWN: "デジタル庁 アドレス・ベース・レジストリ（町字）",
    Form.ABR_BLOCK: "デジタル庁 アドレス・ベース・レジストリ（街区）",
    Form.ABR_UNIT: "デジタル庁 アドレス・ベース・レジストリ（住居）",
    Form.ABR_PARCEL: "デジタル庁 アドレス・ベース・レジストリ（地番）",
}

# Names that a column goes by; of the 位置参照情報 both levels and what other sites make of them.
_NAMES: Mapping[str, Sequence[str]] = {
    "prefecture": ("都道府県名", "pref", "prefname"),
    "county": ("county",),
    "city": ("市区町村名", "city", "cityname"),
    "ward": ("ward",),
    "town": ("大字・丁目名", "大字・町丁目名", "大字町丁目名", "町丁目名", "oaza_cho", "ooazaname"),
    "chome": ("chome",),
    "hamlet": ("小字・通称名", "koaza", "azaname"),
    "block": ("街区符号・地番", "blk_num", "prc_num1", "gaikuname"),
    "unit": ("rsdt_num", "prc_num2"),
    "unit2": ("rsdt_num2", "prc_num3"),
    "lat": ("緯度", "rep_lat", "lat"),
    "lon": ("経度", "rep_lon", "lon"),
    "datum": ("rep_srid",),
    "numbered": ("住居表示フラグ", "rsdt_addr_flg"),
    "main": ("代表フラグ",),
    "before": ("更新前履歴フラグ",),
    "after": ("更新後履歴フラグ",),
    "ended": ("ablt_date",),
}
# What ties a line of the アドレス・ベース・レジストリ to its position, which comes in a file of its own.
_KEYS = ("lg_code", "machiaza_id", "blk_id", "rsdt_id", "rsdt2_id", "prc_id")


def _same(header: str) -> str:
    folded = unicodedata.normalize("NFKC", header).strip().strip("\ufeff").lower()
    return folded.translate({ord("・"): None, ord("･"): None, ord("_"): None, ord(" "): None})


_BY_NAME = {_same(name): meaning for meaning, names in _NAMES.items() for name in names}
_KEY_NAMES = {_same(name): name for name in _KEYS}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a line what stands; `keys` the places of the registry's ids."""

    header: Sequence[str]
    at: Mapping[str, int]
    keys: Sequence[int]

    @property
    def has_names(self) -> bool:
        return "town" in self.at and "city" in self.at

    @property
    def has_positions(self) -> bool:
        return "lat" in self.at and "lon" in self.at

    @property
    def form(self) -> Form:
        if not self.keys:
            return Form.ISJ_BLOCK if "block" in self.at else Form.ISJ_TOWN
        said = {_same(self.header[place]) for place in self.keys}
        if "prcid" in said:
            return Form.ABR_PARCEL
        if "rsdtid" in said:
            return Form.ABR_UNIT
        return Form.ABR_BLOCK if "blkid" in said else Form.ABR_TOWN

    def cell(self, cells: Sequence[str], meaning: str) -> str:
        place = self.at.get(meaning)
        return "" if place is None else cells[place].strip()

    def key(self, cells: Sequence[str]) -> str:
        return "/".join(cells[place].strip() for place in self.keys)

    def called(self, meaning: str) -> str:
        """A column as this file calls it, for somebody who looks for it there."""
        place = self.at.get(meaning)
        return _NAMES[meaning][0] if place is None else self.header[place].strip()[:40]


def columns_of(header: Sequence[str]) -> Columns:
    """The columns of a header, whatever their order, width and case; the first of those that stand there twice."""
    at: dict[str, int] = {}
    keys: dict[str, int] = {}
    for place, said in enumerate(header):
        name = _same(said)
        if name in _BY_NAME:
            at.setdefault(_BY_NAME[name], place)
        if name in _KEY_NAMES:
            keys.setdefault(name, place)
    ordered = [keys[name] for name in _KEY_NAMES if name in keys]
    return Columns(header, at, ordered)
