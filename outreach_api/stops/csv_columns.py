"""The columns of a stops CSV: their names in English and Japanese, and how a cell that a person typed is read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from outreach_api.kernel.csv_cells import neutralise
from outreach_api.stops.csv_windows import CellFault, as_day, read_windows
from schemas.vocabulary import PermissionType, Publicity, StopKind, StopStatus

Read = Callable[[str], Any]

_NUMBER = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_TRUE = frozenset({"true", "yes", "y", "1", "はい", "有", "あり", "可", "○", "◯", "〇"})
_FALSE = frozenset({"false", "no", "n", "0", "いいえ", "無", "なし", "不可", "×", "✕"})


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is where its value goes: ("stop", "position", "lat"), ("permission", "type")."""

    name: str
    label: str
    read: Read
    path: tuple[str, ...]
    example: str = ""


def plain(cell: str) -> str:
    """A cell without what doesn't matter in a code, number or date: width, case, spaces around."""
    return unicodedata.normalize("NFKC", cell).strip().lower()


def text(cell: str) -> str:
    """What was typed; line breaks as one character, without the apostrophe that our own CSV puts before formulas."""
    said = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    return said[1:] if said.startswith("'") and neutralise(said[1:]) == said else said


def _number(cell: str) -> float:
    said = plain(cell)
    if not _NUMBER.fullmatch(said):
        raise CellFault("not_number")
    return float(said)


def _whole(cell: str) -> int:
    said = plain(cell)
    if not _WHOLE.fullmatch(said):
        raise CellFault("not_whole")
    return int(said)


def _flag(cell: str) -> bool:
    said = plain(cell)
    if said in _TRUE:
        return True
    if said in _FALSE:
        return False
    raise CellFault("not_yes_or_no")


def _day(cell: str) -> str:
    day = as_day(plain(cell))
    if day is None:
        raise CellFault("not_day")
    return day.isoformat()


def _word(words: type[StrEnum], japanese: Mapping[str, StrEnum]) -> Read:
    def read(cell: str) -> str:
        said = plain(cell)
        found = japanese.get(said)
        if found is not None:
            return found.value
        if said in words._value2member_map_:
            return said
        raise CellFault("not_in_list", words=", ".join([*words, *japanese]))

    return read


_KINDS = {
    "寺": StopKind.TEMPLE,
    "寺社": StopKind.TEMPLE,
    "民家": StopKind.PRIVATE_HOME,
    "個人宅": StopKind.PRIVATE_HOME,
    "公民館": StopKind.COMMUNITY_CENTER,
    "公園": StopKind.PARK,
    "学校": StopKind.SCHOOL,
    "団地": StopKind.HOUSING_ESTATE,
    "店舗": StopKind.SHOP,
    "催し": StopKind.EVENT,
}
_STATUSES = {
    "要望": StopStatus.REQUESTED,
    "相談中": StopStatus.TALKING,
    "了承": StopStatus.AGREED,
    "休止": StopStatus.PAUSED,
    "終了": StopStatus.ENDED,
}
_PUBLICITIES = {
    "公開": Publicity.PUBLIC,
    "地区のみ": Publicity.AREA_ONLY,
    "非公開": Publicity.MEMBERS,
}
_PERMISSIONS = {
    "承諾書": PermissionType.CONSENT,
    "公園行為許可": PermissionType.PARK_ACT,
    "公園占用許可": PermissionType.PARK_OCCUPANCY,
    "道路使用許可": PermissionType.ROAD_USE,
    "不要": PermissionType.NONE,
}


def _site(name: str, label: str, read: Read = text, example: str = "") -> Column:
    return Column(name, label, read, ("stop", name), example)


COLUMNS = (
    _site("code", "コード", example="K07"),
    _site("name", "名称", example="常盤平団地 中央広場"),
    _site("kana", "かな", example="ときわだいらだんち ちゅうおうひろば"),
    _site("name_en", "英語名", example="Tokiwadaira estate, central square"),
    _site("kind", "種類", _word(StopKind, _KINDS), "団地"),
    _site("status", "状態", _word(StopStatus, _STATUSES), "了承"),
    _site("publicity", "公開範囲", _word(Publicity, _PUBLICITIES), "公開"),
    _site("announced_area", "公表地区名"),
    _site("announced_area_kana", "公表地区名のかな"),
    _site("address", "住所", example="松戸市常盤平"),
    Column("lat", "緯度", _number, ("stop", "position", "lat"), "35.8041"),
    Column("lon", "経度", _number, ("stop", "position", "lon"), "139.9523"),
    _site("seating_by_us", "席を用意する", _flag, "いいえ"),
    _site("power", "電源", _flag, "はい"),
    _site("water", "給水", _flag),
    _site("drain", "排水", _flag),
    _site("toilet", "トイレ", _flag),
    _site("shelter", "日よけ雨よけ", _flag),
    _site("idling_allowed", "アイドリング可", _flag),
    _site("closed_on_holidays", "祝日休み", _flag),
    _site("van_count", "停められる台数", _whole, "1"),
    _site("max_width_cm", "幅の上限cm", _whole),
    _site("max_height_cm", "高さの上限cm", _whole, "280"),
    _site("surface", "路面"),
    _site("noise_limit", "音の決まり"),
    _site("rubbish_rule", "ごみの決まり", example="持ち帰る"),
    _site("neighbour_notes", "近隣への配慮"),
    _site("nearest_aed", "最寄りのAED"),
    _site("emergency_contact", "緊急連絡先"),
    _site("indoor_alternative", "屋内の代わり"),
    _site("host_name", "場所の主", example="自治会"),
    _site("host_contact", "場所の主の連絡先"),
    _site("weight", "重み", _whole, "5"),
    _site("min_days_between", "間隔の下限（日）", _whole),
    _site("max_days_between", "間隔の上限（日）", _whole),
    _site("windows", "使える時間", read_windows, "土 10:00-16:00; 2026-12-26 休み"),
    Column(
        "permission_type", "許可の種類", _word(PermissionType, _PERMISSIONS), ("permission", "type"), "承諾書"
    ),
    Column("permission_number", "許可番号", text, ("permission", "number")),
    Column("permission_from", "許可開始日", _day, ("permission", "valid_from"), "2026-04-01"),
    Column("permission_to", "許可終了日", _day, ("permission", "valid_to"), "2027-03-31"),
)
NEEDED = ("code", "name", "kind", "lat", "lon")
# What we write beside bad lines; when the mended file comes back, this column is left alone.
REASONS = Column("reasons", "誤り", text, ())


def column_called(header: str) -> Column | None:
    """The column of a header cell, by its English name or its Japanese label, whatever its width and case."""
    return _BY_NAME.get("".join(plain(header).split()))


_BY_NAME = {
    "".join(plain(said).split()): column
    for column in (*COLUMNS, REASONS)
    for said in (column.name, column.label)
}


def template(*, japanese: bool) -> tuple[list[str], list[str]]:
    """Header and one example of a file to begin with."""
    return [column.label if japanese else column.name for column in COLUMNS], [
        column.example for column in COLUMNS
    ]
