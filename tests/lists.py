"""Lists of places as they are published, of a few invented lines: 位置参照情報 and the アドレス・ベース・レジストリ."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from outreach_api.kernel.clock import utc_now
from outreach_api.stops.gazetteer.files import members_of
from outreach_api.stops.gazetteer.imports import Source, keep
from outreach_api.stops.gazetteer.reading import open_lists
from outreach_api.storage.session import Database

BLOCK_HEADER = (
    "都道府県名,市区町村名,大字・丁目名,小字・通称名,街区符号・地番,座標系番号,Ｘ座標,Ｙ座標,緯度,経度,"
    "住居表示フラグ,代表フラグ,更新前履歴フラグ,更新後履歴フラグ"
)
TOWN_HEADER = (
    "都道府県コード,都道府県名,市区町村コード,市区町村名,大字町丁目コード,大字町丁目名,緯度,経度,"
    "原典資料コード,大字・字・丁目区分コード"
)


def block(
    town: str,
    number: str,
    lat: float,
    lon: float,
    *,
    city: str = "松戸市",
    hamlet: str = "",
    flags: str = "1,1,0,0",
) -> str:
    return f"千葉県,{city},{town},{hamlet},{number},9,-1.0,1.0,{lat},{lon},{flags}"


def town(name: str, lat: float, lon: float, *, city: str = "松戸市") -> str:
    return f"12,千葉県,12207,{city},122070001000,{name},{lat},{lon},1,3"


BLOCKS = [
    BLOCK_HEADER,
    block("常盤平三丁目", "11", 35.804123, 139.952345),
    block("常盤平三丁目", "12", 35.805001, 139.953002),
    block("常盤平四丁目", "1", 35.807, 139.955),
    block("根本", "387", 35.7876, 139.9034, flags="0,1,0,0"),
    block("二十世紀が丘戸山町", "12", 35.79, 139.93),
    block("五香六実", "123", 35.8, 139.97, flags="0,1,0,0"),
    block("本町", "5", 35.7845, 139.9),
    block("本町", "5", 35.83, 139.99, city="柏市"),
]

ABR_TOWNS = """\
lg_code,machiaza_id,machiaza_type,pref,pref_kana,county,city,ward,oaza_cho,chome,koaza,rsdt_addr_flg,efct_date,ablt_date
122076,0012003,2,千葉県,チバケン,,松戸市,,常盤平,三丁目,,1,1962-01-01,
122076,0012009,2,千葉県,チバケン,,松戸市,,常盤平,九丁目,,1,1962-01-01,2001-01-01
122076,0099000,1,千葉県,チバケン,,松戸市,,大字根本,,,0,,
122076,0099001,3,千葉県,チバケン,,松戸市,,大字根本,,内山,0,,
122076,0000000,4,千葉県,チバケン,,松戸市,,,,,0,,
122076,0055000,1,千葉県,チバケン,,松戸市,,無点,,,0,,
"""
ABR_TOWN_POSITIONS = """\
lg_code,machiaza_id,rsdt_addr_flg,rep_lon,rep_lat,rep_srid,rep_scale
122076,0012003,1,139.9525,35.8045,EPSG:6668,2500
122076,0099000,0,139.9030,35.7870,EPSG:6668,2500
122076,0099001,0,139.9040,35.7880,EPSG:6668,2500
122076,0055000,0,,,EPSG:6668,2500
"""
ABR_UNITS = """\
lg_code,machiaza_id,blk_id,rsdt_id,rsdt2_id,city,ward,oaza_cho,chome,koaza,blk_num,rsdt_num,rsdt_num2,basic_rsdt_div
122076,0012003,011,001,,松戸市,,常盤平,３丁目,,11,1,,1
122076,0012003,011,002,,松戸市,,常盤平,３丁目,,11,2,,1
122076,0012003,011,002,003,松戸市,,常盤平,３丁目,,11,2,3,1
"""
ABR_UNIT_POSITIONS = """\
lg_code,machiaza_id,blk_id,rsdt_id,rsdt2_id,rsdt_addr_flg,rsdt_addr_mtd_code,rep_lon,rep_lat,rep_srid
122076,0012003,011,001,,1,1,139.95231,35.80412,EPSG:6668
122076,0012003,011,002,,1,1,139.95233,35.80416,EPSG:6668
122076,0012003,011,002,003,1,1,139.95235,35.80418,EPSG:6668
"""


def write(folder: Path, name: str, *lines: str, encoding: str = "cp932") -> Path:
    file = folder / name
    file.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return file


def zipped(folder: Path, name: str, **members: str | bytes) -> Path:
    """A zip as they are handed out: the list in a folder, beside something that describes it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/META.xml", "<metadata/>")
        for inside, content in members.items():
            archive.writestr(f"data/{inside}.csv", content)
    file = folder / name
    file.write_bytes(packed.getvalue())
    return file


def imported(database: Database, folder: Path, *lines: str) -> None:
    """Import some lines of 位置参照情報 without the console."""
    file = write(folder, f"list-{len(list(folder.iterdir()))}.csv", *lines)
    assert keep(database, open_lists(members_of(file)), Source.of([file]), utc_now()) is not None
