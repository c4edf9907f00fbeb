"""import-areas at the console: districts as they are published, all of a file or nothing, undone as a whole."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import shapefile
import sqlalchemy as sa

from outreach_api.cli import main
from outreach_api.kernel.geo import Outline, Point
from outreach_api.storage.area import Area, AreaSet
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.session import Database
from tests.shapefiles import JGD2011, Square, areas_of, geojson, ring, shapefile_parts, shapefile_zip, zipped

SCHOOLS = areas_of("中部小学校", "北部小学校")
SQUARE = (139.9, 35.78, 0.01)


def put(folder: Path, content: bytes, name: str) -> str:
    (folder / name).write_bytes(content)
    return str(folder / name)


def kept(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {area.code: area.name for area in session.scalars(sa.select(Area))}


def rows(database: Database) -> int:
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(AreaSet)) or 0


def test_school_districts_are_imported_as_published_without_any_option(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """The zip of 2021 and later: polygons in two encodings and as GeoJSON, and points of the schools beside them."""
    published = zipped(
        shapefile_parts("UTF-8/A27-21_12", *SCHOOLS, encoding="utf-8", cpg="UTF-8"),
        shapefile_parts("Shift-JIS/A27-21_12", *SCHOOLS, cpg="SJIS"),
        {
            "A27P-21_12.geojson": b'{"type": "FeatureCollection", "features": [{"geometry": {"type": "Point"}}]}'
        },
        {"A27-21_12.geojson": geojson(*SCHOOLS), "A27-21_12.xml": b"<xml/>"},
    )
    assert main(["import-areas", put(console, published, "A27-21_12_GML.zip")]) == 0
    assert "Imported 小学校区 (school_district): 2 areas with 10 points" in capsys.readouterr().err
    assert kept(database) == {"B112207000000": "中部小学校", "B112207000001": "北部小学校"}
    with database.read() as session:
        area = session.scalars(sa.select(Area).order_by(Area.code)).first()
    assert area is not None
    assert area.geometry["coordinates"][0][0][:2] == [[139.9, 35.78], [139.91, 35.78]], "RFC 7946 turns them"


@pytest.mark.parametrize(
    ("says", "code", "name", "kind"),
    [
        (
            {"N03_001": "千葉県", "N03_003": "", "N03_004": "松戸市", "N03_007": "12207"},
            "12207",
            "松戸市",
            "city",
        ),
        (
            {"N03_003": "印旛郡", "N03_004": "酒々井町", "N03_005": "", "N03_007": "12322"},
            "12322",
            "酒々井町",
            "city",
        ),
        (
            {"N03_003": "千葉市", "N03_004": "中央区", "N03_007": "12101"},
            "12101",
            "千葉市中央区",
            "city",
        ),
        (
            {"N03_003": "", "N03_004": "千葉市", "N03_005": "中央区", "N03_007": "12101"},
            "12101",
            "千葉市中央区",
            "city",
        ),
        (
            {"A27_005": "12207", "A27_006": "松戸市立", "A27_007": "中部小学校", "A27_008": "松戸"},
            "12207 中部小学校",
            "中部小学校",
            "school_district",
        ),
        (
            {"KEY_CODE": "12207001001", "CITY_NAME": "松戸市", "S_NAME": "小根本", "HCODE": "8101"},
            "12207001001",
            "松戸市小根本",
            "small_area",
        ),
        ({"code": "east", "name_ja": "東部"}, "east", "東部", "other"),
    ],
)
def test_published_attributes_are_known(
    console: Path, database: Database, says: dict[str, str], code: str, name: str, kind: str
) -> None:
    assert (
        main(["import-areas", put(console, shapefile_zip("x", (SQUARE, says)), "x.zip"), "--set", "x"]) == 0
    )
    assert kept(database) == {code: name}
    with database.read() as session:
        assert session.scalars(sa.select(AreaSet.kind)).one() == kind


def test_attributes_of_anything_else_can_be_named(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    file = put(console, geojson((SQUARE, {"id": 7, "呼び名": "東部", "市": "12207"})), "own.geojson")
    assert main(["import-areas", file, "--set", "支部"]) == 1
    assert "it has id, 呼び名, 市" in capsys.readouterr().err
    named = ["--set", "支部", "--code-field", "id", "--name-field", "呼び名"]
    assert main(["import-areas", file, *named, "--within", "12207"]) == 1
    assert "--city-field" in capsys.readouterr().err
    assert main(["import-areas", file, *named, "--within", "12207", "--city-field", "市"]) == 0
    assert kept(database) == {"7": "東部"}


def test_only_areas_of_a_city_are_taken_and_those_that_nobody_lives_in_are_said(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    def town(key: str, name: str, kind: str = "8101") -> dict[str, str]:
        return {"KEY_CODE": key, "CITY_NAME": "松戸市", "S_NAME": name, "HCODE": kind}

    file = shapefile_zip(
        "r2ka12",
        (SQUARE, town("12207001001", "小根本")),
        ((139.93, 35.78, 0.01), town("12207001001", "小根本")),
        (SQUARE, town("12217001001", "柏")),
        (SQUARE, town("122070990", "江戸川", "8154")),
    )
    assert main(["import-areas", put(console, file, "r2ka12.zip"), "--within", "12207"]) == 0
    told = capsys.readouterr().err
    assert "1 areas with 10 points" in told, "both records of 小根本 are one area"
    assert "1 records without a code or name, or of water" in told
    assert kept(database) == {"12207001001": "松戸市小根本"}
    assert main(["import-areas", put(console, file, "r2ka12.zip"), "--within", "13"]) == 1
    assert "city's code begins with 13" in capsys.readouterr().err


def test_a_new_import_replaces_that_of_its_name_and_can_be_undone(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    old = put(console, shapefile_zip("a", *SCHOOLS), "old.zip")
    new = put(console, shapefile_zip("a", *SCHOOLS, *areas_of("南部小学校")[:0]), "same.zip")
    assert main(["import-areas", old]) == 0
    assert main(["import-areas", new]) == 0
    assert "in force already" in capsys.readouterr().err
    changed = put(console, shapefile_zip("a", *areas_of("中部小学校")), "new.zip")
    assert main(["import-areas", changed]) == 0
    assert main(["import-areas", "--list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.startswith("* 使用中") for line in listed].count(True) == 1
    assert main(["import-areas", "--undo", "--set", "別の名前"]) == 1
    assert main(["import-areas", "--undo", "--set", "小学校区"]) == 0
    assert "in force again" in capsys.readouterr().err
    assert main(["import-areas", "--undo"]) == 0
    assert main(["import-areas", "--undo"]) == 1
    with database.read() as session:
        actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert list(actions) == ["import_areas", "import_areas", "undo_areas", "undo_areas"]


def test_the_outline_of_a_city_comes_out_of_a_shapefile_too(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    cities = [
        (SQUARE, {"N03_004": "松戸市", "N03_007": "12207"}),
        ((139.95, 35.78, 0.01), {"N03_004": "柏市", "N03_007": "12217"}),
    ]
    file = put(console, shapefile_zip("N03", *cities), "N03-23_12.zip")
    assert main(["import-boundary", file]) == 1
    assert "12207, 12217" in capsys.readouterr().err
    assert main(["import-boundary", file, "--code", "12207"]) == 0
    assert "12207 松戸市: 1 polygons, 5 points" in capsys.readouterr().err
    assert main(["import-boundary", file, file]) == 2


TOKYO = 'GEOGCS["GCS_Tokyo",DATUM["D_Tokyo",SPHEROID["Bessel_1841",6377397.155,299.1528128]]]'
PLANE = f'PROJCS["JGD_2011_Japan_Zone_9",{JGD2011},PROJECTION["Transverse_Mercator"]]'
TOWN = (SQUARE, {"KEY_CODE": "12207001", "CITY_NAME": "松戸市", "S_NAME": "小根本"})


def without(ending: str, parts: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in parts.items() if not name.endswith(ending)}


def cut_short(parts: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content[:-40] if name.endswith(".shp") else content for name, content in parts.items()}


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (shapefile_zip("a", *SCHOOLS, prj=TOKYO), "Its datum is D_Tokyo"),
        (shapefile_zip("a", *SCHOOLS, prj=PLANE), "coordinates are projected"),
        (shapefile_zip("a", TOWN, prj=None), "Without a .prj"),
        (shapefile_zip("a", *SCHOOLS, cpg="BIG5"), "Its .cpg says BIG5"),
        (shapefile_zip("a", *SCHOOLS, cpg="UTF-8"), "not what its .cpg says"),
        (zipped(without(".dbf", shapefile_parts("a", *SCHOOLS))), ".dbf is missing"),
        (zipped(cut_short(shapefile_parts("a", *SCHOOLS))), "shapefile is broken"),
        (
            zipped(shapefile_parts("a", *SCHOOLS), shapefile_parts("b", *SCHOOLS)),
            "several layers (a.shp, b.shp)",
        ),
        (zipped({"a.geojson": geojson(*SCHOOLS), "b.json": geojson(*SCHOOLS)}), "choose one with --layer"),
        (zipped({"readme.txt": b""}), "no file that ends in .geojson"),
        (b"PK\x03\x04broken", "can't be opened"),
        (b"not json", "can't be read as JSON"),
        (shapefile_zip("a", ((2.35, 48.85, 0.01), SCHOOLS[0][1])), "Feature 1 has a point outside Japan"),
        (geojson(((35.78, 139.9, 0.01), {"code": "1", "name": "a"})), "the wrong way round"),
        (geojson(((130.0, 30.0, 10.0), {"code": "1", "name": "a"})), "larger than twice Hokkaido"),
        (geojson(((15_573_000, 4_260_000, 500), {"code": "1", "name": "a"})), "is not in degrees"),
        (
            b'{"type": "Polygon", "coordinates": [[{"x": 1}, {"x": 2}, {"x": 3}, {"x": 1}]]}',
            "no closed polygon",
        ),
        (geojson((SQUARE, {"code": "1", "name": ""}))[:-1] + b" }", "has no code or no name"),
        (geojson((SQUARE, {"code": 1, "name": "a"}), (SQUARE, {"code": 1, "name": "b"})), "another name in"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_cause(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str], file: bytes, said: str
) -> None:
    good = put(console, geojson(((139.8, 35.7, 0.01), {"code": "x", "name": "x"})), "good.geojson")
    assert main(["import-areas", good, put(console, file, "bad.zip"), "--set", "x"]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "bad.zip" in told
    assert "Nothing was imported." in told
    assert "Traceback" not in told
    assert (rows(database), kept(database)) == (0, {})


def with_holes(*squares: Square) -> bytes:
    """A GeoJSON with one area: a square, and others as its holes."""
    rings = [ring(*square) for square in squares]
    feature = {"type": "Feature", "properties": {"code": "x", "name": "x"}}
    return json.dumps(feature | {"geometry": {"type": "Polygon", "coordinates": rings}}).encode()


def with_rings(*rings: list[list[float]]) -> bytes:
    """A shapefile's zip with one area of these rings, turned as they are."""
    parts = shapefile_parts("x", (SQUARE, {"code": "x", "name": "x"}))
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf) as writer:
        writer.field("code", "C")
        writer.poly(list(rings))
        writer.record("x")
    return zipped(parts | {"x.shp": shp.getvalue(), "x.shx": shx.getvalue()})


HOLE = (139.903, 35.783, 0.004)
ELSEWHERE = (139.92, 35.79, 0.004)


@pytest.mark.parametrize(
    "file",
    [
        with_holes(SQUARE, HOLE, ELSEWHERE),
        # Over its border by more than a thinned outline explains; and around all of it.
        with_holes(SQUARE, HOLE, (139.908, 35.783, 0.004)),
        with_holes(SQUARE, HOLE, (139.89, 35.77, 0.04)),
        with_rings(ring(*SQUARE), ring(*HOLE)[::-1], ring(*ELSEWHERE)[::-1]),
        with_rings(ring(*SQUARE), ring(*HOLE)[::-1], ring(139.907, 35.783, 0.005)[::-1]),
    ],
    ids=["elsewhere", "over the border", "around", "shapefile elsewhere", "shapefile over the border"],
)
@pytest.mark.parametrize(
    "command", [["import-areas", "--set", "x"], ["import-boundary"]], ids=lambda said: said[0]
)
def test_a_hole_outside_its_polygon_is_named(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str], file: bytes, command: list[str]
) -> None:
    """Counted with the rest it would add people who live elsewhere."""
    assert main([*command, put(console, file, "x.zip" if file.startswith(b"PK") else "x.geojson")]) == 1
    assert "Ring 3 of feature 1 is a hole, but lies outside the polygon" in capsys.readouterr().err
    assert rows(database) == 0


@pytest.mark.parametrize(
    "file",
    [
        with_holes(SQUARE, HOLE),
        # Twice the same; touching the border, and some metres over it, as thinned outlines do.
        with_holes(SQUARE, HOLE, HOLE),
        with_holes(SQUARE, HOLE, (139.9, 35.783, 0.002), (139.9095, 35.783, 0.0006)),
        # As ESRI turns rings, the other way round, and not turned at all.
        with_rings(ring(*SQUARE), ring(*HOLE)[::-1]),
        with_rings(ring(*HOLE), ring(*SQUARE)[::-1]),
        with_rings(ring(*HOLE), ring(*SQUARE)),
        # An island in the lake.
        with_rings(ring(*SQUARE), ring(*HOLE)[::-1], ring(139.904, 35.784, 0.001)),
    ],
    ids=["plain", "twice", "touching", "shapefile", "the other way", "not turned", "island"],
)
def test_holes_of_published_files_are_taken(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str], file: bytes
) -> None:
    name = "x.zip" if file.startswith(b"PK") else "x.geojson"
    assert main(["import-areas", "--set", "x", put(console, file, name)]) == 0
    with database.read() as session:
        area = session.scalars(sa.select(Area)).one()
    outline = Outline.from_geojson(area.geometry)
    middle, beside = Point(35.7865, 139.9065), Point(35.781, 139.9011)
    assert (outline.contains(middle), outline.contains(beside)) == (False, True)


def test_a_shapefile_of_a_publisher_without_a_datum_is_taken(console: Path, database: Database) -> None:
    """国土数値情報 is in JGD2000 or JGD2011, but its older zips say so in their XML only."""
    assert main(["import-areas", put(console, shapefile_zip("a", *SCHOOLS, prj=None), "A27-10.zip")]) == 0
    assert len(kept(database)) == 2


def test_a_name_cut_off_in_its_last_letter_is_taken_without_it(console: Path, database: Database) -> None:
    parts = shapefile_parts("a", *areas_of("小学校"))
    whole = "小学校".encode("cp932")
    dbf = parts["a.dbf"].replace(whole, whole[:-1] + b" ")
    assert main(["import-areas", put(console, zipped({**parts, "a.dbf": dbf}), "a.zip")]) == 0
    assert list(kept(database).values()) == ["小学"]


def test_a_zip_that_unfolds_beyond_the_limit_is_refused(
    console: Path, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OUTREACH_MAX_IMPORT_BYTES", "100000")
    bomb = zipped({"a.geojson": bytes(60_000), "b.shp": bytes(60_000)})
    assert len(bomb) < 1_000
    assert main(["import-areas", put(console, bomb, "bomb.zip"), "--set", "x"]) == 1
    assert "larger than 100000 bytes" in capsys.readouterr().err
    assert rows(database) == 0


def test_a_path_that_leads_out_of_a_zip_is_a_name_and_nothing_more(console: Path, database: Database) -> None:
    parts = shapefile_parts("../../../tmp/evil", *SCHOOLS)
    assert main(["import-areas", put(console, zipped(parts), "a.zip")]) == 0
    assert not list(console.rglob("evil*"))


def test_a_damaged_shapefile_is_refused_or_was_not_damaged_where_it_matters(
    console: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = shapefile_parts("a", *SCHOOLS)
    for ending in (".shp", ".dbf"):
        sound = parts[f"a{ending}"]
        for place in range(0, len(sound), 7):
            damaged = sound[:place] + bytes([sound[place] ^ 0xFF]) + sound[place + 1 :]
            file = put(console, zipped({**parts, f"a{ending}": damaged}), f"{ending}{place}.zip")
            result = main(["import-areas", file, "--set", f"{ending}{place}"])
            told = capsys.readouterr().err
            assert "Unexpected" not in told, (ending, place, told)
            assert result == (1 if "Nothing was imported" in told else 0)


def test_holes_and_parts_of_an_area_are_kept(console: Path, database: Database) -> None:
    outer, hole, island = (
        ring(139.9, 35.78, 0.02),
        ring(139.905, 35.785, 0.005)[::-1],
        ring(139.95, 35.78, 0.01),
    )
    feature: dict[str, Any] = {
        "type": "Feature",
        "properties": {"code": "1", "name": "一"},
        "geometry": {"type": "MultiPolygon", "coordinates": [[outer, hole], [island]]},
    }
    file = put(console, json.dumps(feature).encode(), "one.geojson")
    assert main(["import-areas", file, "--set", "x"]) == 0
    with database.read() as session:
        area = session.scalars(sa.select(Area)).one()
    assert [len(rings) for rings in area.geometry["coordinates"]] == [2, 1]
    assert sum(
        int.from_bytes(area.places[at : at + 2], "little") for at in range(0, len(area.places), 2)
    ) == (pytest.approx((0.0004 - 0.000025 + 0.0001) * 480 * 320 * 256, rel=0.02))
