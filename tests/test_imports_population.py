"""import-population and import-boundary at the console: all of a file or nothing, and nothing that can't be undone."""

from __future__ import annotations

import io
import json
import random
import zipfile
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach_api.cli import main
from outreach_api.kernel.geo import Outline, Point
from outreach_api.kernel.mesh import bounds_degrees, children
from outreach_api.outreach_map import imports
from outreach_api.outreach_map.outlines import shares_inside
from outreach_api.outreach_map.population import PopulationTable, Unit, cell_targets, cell_totals, spread
from outreach_api.outreach_map.reads.need import need
from outreach_api.outreach_map.reads.populations import in_force, people_of
from outreach_api.storage.area import Boundary, PopulationCell, PopulationImport
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.session import Database
from schemas.vocabulary import TargetPopulation
from tests.make import MADE_AT, make_stop

CSV = "mesh500,population,share_inside_city\n533957423,400,1.0\n533957424,600,0.5\n"
ESTAT = "\r\n".join(
    [
        "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T1,T2",
        ",,,,　人口（総数）,　０～１４歳人口　総数",
        "5339574211,1,,5339574212,40,9",
        "5339574212,2,5339574211,,4,*",
        "5339574232,0,,,100,20",
        "",
    ]
).encode("cp932")


def put(folder: Path, content: str | bytes | dict[str, Any], name: str = "people.csv") -> str:
    if isinstance(content, dict):
        content = json.dumps(content, ensure_ascii=False)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(folder / name)


def kept_units(database: Database) -> list[Unit]:
    """The units of the import in force, read row by row."""
    with database.read() as session:
        entry = in_force(session)
        assert entry is not None
        of_it = sa.select(PopulationCell).where(PopulationCell.import_id == entry.id)
        by_unit: dict[int, list[PopulationCell]] = {}
        for row in session.scalars(of_it.order_by(PopulationCell.mesh)):
            by_unit.setdefault(row.unit, []).append(row)
        return [
            Unit(
                tuple(row.mesh for row in rows),
                tuple(row.total for row in rows),
                {word: max(getattr(row, word) or 0 for row in rows) for word in entry.targets},
                inside=tuple(row.share for row in rows),
            )
            for _, rows in sorted(by_unit.items())
        ]


def rows(database: Database, table: type[Any]) -> int:
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def square(west: float, south: float, side: float = 0.01, **properties: str) -> dict[str, Any]:
    """A square outline that runs clockwise, as older files do."""
    ring = [
        [west, south],
        [west, south + side],
        [west + side, south + side],
        [west + side, south],
        [west, south],
    ]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def test_a_census_file_can_be_cut_to_the_outline_of_a_city(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """An outline along the cells' edges: what lies inside is known without any reckoning."""
    south, west, _, _ = bounds_degrees(533957423)
    ring = [
        [west, south],
        [west + 1 / 160, south],
        [west + 1 / 160, south + 1 / 240],
        [west, south + 1 / 240],
    ]
    outline = {
        "type": "Feature",
        "properties": {"N03_007": "12207", "N03_004": "松戸市"},
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }
    assert main(["import-boundary", put(console, outline, "city.geojson")]) == 0
    assert "12207 松戸市" in capsys.readouterr().err
    whole = "mesh500,population\n533957423,400\n533957424,600\n533957432,50\n"
    assert main(["import-population", put(console, whole), "--boundary", "12207"]) == 0
    assert cell_totals(kept_units(database)) == {533957423: 400}
    with database.read() as session:
        entry = in_force(session)
    assert entry is not None
    assert entry.boundary_code == "12207"


def test_several_files_are_one_import_that_is_undone_as_a_whole(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two first-mesh squares, with a merging across their border."""
    head = "\r\n".join(ESTAT.decode("cp932").splitlines()[:2])
    here = put(console, f"{head}\r\n5339577711,1,,5340507011,40,9\r\n".encode("cp932"), "Q5339.txt")
    there = put(console, f"{head}\r\n5340507011,2,5339577711,,4,*\r\n".encode("cp932"), "Q5340.txt")
    assert main(["import-population", here, there]) == 0
    told = capsys.readouterr().err
    assert "2 cells of 250 m with 44 residents" in told
    assert "1 groups of cells that were merged" in told
    (unit,) = kept_units(database)
    assert (unit.cells, unit.targets) == ((5339577711, 5340507011), {"children_0_14": 9})
    assert main(["import-population", there, here]) == 0
    assert "in force already" in capsys.readouterr().err, "in whatever order they are named"
    assert main(["import-population", "--list"]) == 0
    assert "Q5339.txt, Q5340.txt" in capsys.readouterr().out
    assert main(["import-population", "--undo"]) == 0
    assert main(["import-population", "--undo"]) == 1


def test_a_fault_in_one_of_several_files_is_named_with_its_file_and_nothing_is_imported(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    good = put(console, CSV, "good.csv")
    bad = put(console, "mesh500,population\n533957431,7\n533957423,1\n", "bad.csv")
    assert main(["import-population", good, bad]) == 1
    told = capsys.readouterr().err
    assert "bad.csv, 3行目 · line 3, mesh500" in told
    assert "also in good.csv, line 2" in told
    assert rows(database, PopulationImport) == rows(database, PopulationCell) == 0


THREE = (
    "mesh500,population,children_0_14,children_0_5,households_under_6\n"
    "533957423,400,50,20,10\n533957424,600,70,*,12\n"
)


@pytest.mark.parametrize(
    ("wanted", "label", "people"),
    [
        (TargetPopulation.CHILDREN_0_14, "０～１４歳人口　総数", 120),
        (TargetPopulation.CHILDREN_0_5, "０～５歳人口　総数", 20),
        (TargetPopulation.HOUSEHOLDS_UNDER_6, "６歳未満世帯員のいる世帯数　一般世帯数", 22),
    ],
)
def test_an_import_serves_whichever_target_population_is_wanted(
    console: Path, database: Database, wanted: TargetPopulation, label: str, people: float
) -> None:
    assert main(["import-population", put(console, THREE)]) == 0
    with database.read() as session:
        known = need(session, wanted)
    assert known is not None
    assert (known.basis, known.target_label) == ("target", label)
    assert known.people.counts.sum() == pytest.approx(people)


def test_an_import_without_the_wanted_people_says_so_and_counts_all_residents(
    console: Path, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OUTREACH_TARGET_POPULATION", "households_under_6")
    assert main(["import-population", put(console, ESTAT, "Q5339.txt")]) == 0
    told = capsys.readouterr().err
    assert "don't know the wanted target people (households_under_6)" in told
    assert "０～１４歳人口　総数 29" in told, "what it does know is kept"
    with database.read() as session:
        known = need(session, TargetPopulation.HOUSEHOLDS_UNDER_6)
    assert known is not None
    assert (known.basis, known.target_label, known.people.counts.sum()) == ("total", "", 144)


def test_a_target_that_only_one_of_two_files_knows_is_said(
    console: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = put(console, "mesh500,population\n533957431,7\n", "there.csv")
    assert main(["import-population", put(console, THREE, "here.csv"), there]) == 0
    assert "０～５歳人口　総数 is not known in there.csv" in capsys.readouterr().err


def tables(metres: int) -> st.SearchStrategy[PopulationTable]:
    """A few units of up to four cells, some without residents or target people that are known."""
    cells = st.lists(
        st.sampled_from(children(53395742 // 100, metres)[:40]), min_size=1, max_size=12, unique=True
    )
    counts = st.one_of(st.none(), st.integers(0, 3_000).map(float))

    def table(parts: tuple[list[int], random.Random, list[float | None]]) -> PopulationTable:
        codes, dice, known = parts
        units = []
        while codes:
            own, codes = tuple(codes[:4]), codes[4:]
            shares = tuple(dice.randint(0, 256) / 256 for _ in own)
            totals = tuple(dice.choice(known) for _ in own)
            units.append(Unit(own, totals, {"target": dice.choice(known)}, inside=shares))
        return PopulationTable(metres, tuple(units), {"target": "子ども"})

    return st.tuples(cells, st.randoms(use_true_random=False), st.lists(counts, min_size=1, max_size=5)).map(
        table
    )


@given(st.sampled_from([250, 500, 1_000]).flatmap(tables))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_people_are_read_as_their_units_say(database: Database, table: PopulationTable) -> None:
    """The arrays that everything is reckoned from, against one unit after the other."""
    with database.write() as session:
        source = imports.Source("x.csv", repr(table))
        kept = imports.keep_population(
            session, table, label="x", source=source, boundary_code=None, now=MADE_AT
        )
        people = people_of(session, kept.entry, "target")
    cells = people.cells.tolist()
    assert cells == sorted(cells)
    for told, slow in (
        (people.totals, spread(cell_totals(table.units), 250)),
        (people.targets, spread(cell_targets(table.units, "target"), 250)),
    ):
        known = {cell: count for cell, count in zip(cells, told.tolist(), strict=True) if not isnan(count)}
        assert known == pytest.approx(slow)


def test_an_outline_cuts_cells_like_looking_at_place_after_place() -> None:
    ring = [[139.903, 35.787], [139.917, 35.784], [139.921, 35.799], [139.908, 35.803], [139.903, 35.787]]
    hole = [[139.910, 35.790], [139.914, 35.790], [139.914, 35.794], [139.910, 35.794], [139.910, 35.790]]
    outline = Outline.from_geojson({"type": "Polygon", "coordinates": [ring, hole]})
    cells = [533957423, 533957424, 5339574341, 53395752, 53395743, 533946112]
    quick = shares_inside([[np.array(ring), np.array(hole)]], cells)
    for cell in cells:
        south, west, north, east = bounds_degrees(cell)
        places = [
            Point(south + (north - south) * (i + 0.5) / 16, west + (east - west) * (j + 0.5) / 16)
            for i in range(16)
            for j in range(16)
        ]
        assert quick[cell] == sum(outline.contains(place) for place in places) / 256
    assert quick[533946112] == 0
    assert 0 < quick[53395752] < 1


def test_cells_that_the_census_merged_stay_one_unit(console: Path, database: Database) -> None:
    assert main(["import-population", put(console, ESTAT, "tblT001142Q5339.txt")]) == 0
    merged, plain = kept_units(database)
    assert merged == Unit((5339574211, 5339574212), (40, 4), {"children_0_14": 9}, inside=(1, 1))
    assert plain == Unit((5339574232,), (100,), {"children_0_14": 20}, inside=(1,))


def test_a_zip_is_read_like_the_file_in_it_and_the_label_is_the_files_name(
    console: Path, database: Database
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("tblT001142Q5339.txt", ESTAT)
    assert main(["import-population", put(console, packed.getvalue(), "人口.zip")]) == 0
    with database.read() as session:
        entry = in_force(session)
    assert entry is not None
    assert (entry.label, entry.file_name, entry.cell_metres) == ("人口", "人口.zip", 250)
    assert entry.targets == {"children_0_14": "０～１４歳人口　総数"}


def test_the_same_file_again_is_noticed_and_changes_nothing(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    file = put(console, CSV)
    assert main(["import-population", file]) == 0
    assert main(["import-population", file, "--label", "別の名前"]) == 0
    assert "in force already" in capsys.readouterr().err
    assert rows(database, PopulationImport) == 1


@pytest.mark.parametrize(("lon", "elsewhere"), [(139.9523, True), (139.9071, False)])
def test_a_file_that_no_stop_lies_in_is_told_with_the_way_back(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str], lon: float, elsewhere: bool
) -> None:
    with database.write() as session:
        make_stop(session, lat=35.7885, lon=lon)
    assert main(["import-population", put(console, CSV)]) == 0
    assert ("None of the stops lies in its cells" in capsys.readouterr().err) is elsewhere


def test_the_newest_import_is_in_force_until_it_is_undone(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-population", put(console, CSV), "--label", "古い"]) == 0
    assert main(["import-population", put(console, CSV.replace("400", "500")), "--label", "新しい"]) == 0
    assert sum(cell_totals(kept_units(database)).values()) == 800
    capsys.readouterr()
    assert main(["import-population", "--undo"]) == 0
    assert "古い is in force again" in capsys.readouterr().err
    assert sum(cell_totals(kept_units(database)).values()) == 700
    assert main(["import-population", "--list"]) == 0
    undone, current = sorted(capsys.readouterr().out.splitlines(), key=lambda line: "古い" in line)
    assert "undone" in undone
    assert "in force" in current
    assert main(["import-population", "--undo"]) == 0
    assert main(["import-population", "--undo"]) == 1
    assert "no import to undo" in capsys.readouterr().err
    with database.read() as session:
        assert need(session, TargetPopulation.CHILDREN_0_14) is None


def test_imports_and_undoings_are_in_the_audit(console: Path, database: Database) -> None:
    assert main(["import-population", put(console, CSV)]) == 0
    assert main(["import-population", "--undo"]) == 0
    assert (
        main(
            [
                "import-boundary",
                put(console, square(139.9, 35.78), "a.geojson"),
                "--code",
                "1",
                "--name",
                "一",
            ]
        )
        == 0
    )
    with database.read() as session:
        actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert list(actions) == ["import_population", "undo_population", "import_boundary"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "mesh500,population\n533957423,400\n533957429,1\n533957424,many\n",
            ["3行目 · line 3, mesh500", "533957429 is no mesh code", "line 4, population", "「many」は人数"],
        ),
        (
            "mesh,people\n1,2\n",
            [
                "e-Stat の地域メッシュ統計ではないようです",
                "line 1, population",
                "列「population」がありません",
            ],
        ),
        (
            "mesh,population,target\n533957423,40,400\n",
            ["line 2, target", "More target people (400) than residents (40)"],
        ),
        ("mesh,population\n", ["no lines with data"]),
        (b"\x81\xff\xfe", ["neither UTF-8 nor cp932"]),
        (b"PK\x03\x04broken", ["zip を開けません"]),
        (
            ESTAT.replace("（総数）".encode("cp932"), "（男）".encode("cp932")),
            ["line 2, 人口（総数）", "Row two has no column"],
        ),
        (ESTAT.replace(b",2,5339574211,", b",2,5339574213,"), ["merge partner 5339574213", "HTKSAKI"]),
    ],
)
def test_every_bad_line_is_named_and_nothing_is_imported(
    console: Path,
    database: Database,
    capsys: pytest.CaptureFixture[str],
    content: str | bytes,
    said: list[str],
) -> None:
    assert main(["import-population", put(console, content)]) == 1
    told = capsys.readouterr().err
    for words in (*said, "Nothing was imported."):
        assert words in told
    assert "Traceback" not in told
    assert rows(database, PopulationImport) == rows(database, PopulationCell) == 0


def test_another_target_is_chosen_by_its_label(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    file = put(console, ESTAT)
    assert main(["import-population", file, "--target", "0〜14歳人口 総数"]) == 0
    assert main(["import-population", file, "--target", "０～５歳人口"]) == 1
    assert "０～５歳人口" in capsys.readouterr().err
    assert main(["import-population", put(console, CSV, "plain.csv"), "--target", "０～５歳人口"]) == 1
    assert "for e-Stat files" in capsys.readouterr().err


def test_a_file_that_is_missing_or_too_large_is_said_so(
    console: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-population", str(console / "nowhere.csv")]) == 1
    assert "nowhere.csv" in capsys.readouterr().err
    monkeypatch.setenv("OUTREACH_MAX_IMPORT_BYTES", "1000")
    assert main(["import-population", put(console, CSV + " " * 1000)]) == 1
    assert "1000" in capsys.readouterr().err
    assert main(["import-population"]) == 2


def test_the_template_can_be_imported(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-population", "--template"]) == 0
    assert main(["import-population", put(console, capsys.readouterr().out)]) == 0
    assert cell_targets(kept_units(database), "children_0_14") == {533957423: 251}


def test_an_outline_keeps_to_the_right_hand_rule_whatever_its_file_did(
    console: Path, database: Database
) -> None:
    file = put(console, square(139.9, 35.78, code="12207", name_ja="松戸市"), "city.geojson")
    assert main(["import-boundary", file]) == 0
    assert main(["import-boundary", file]) == 0
    assert rows(database, Boundary) == 1
    with database.read() as session:
        entry = session.scalars(sa.select(Boundary)).one()
    assert (entry.code, entry.name) == ("12207", "松戸市")
    assert entry.geometry["type"] == "MultiPolygon"
    assert entry.geometry["coordinates"][0][0][:2] == [[139.9, 35.78], [139.91, 35.78]]


def test_one_area_of_several_is_chosen_by_its_code(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    several = {
        "type": "FeatureCollection",
        "features": [
            square(139.9, 35.78, N03_007="12207", N03_004="松戸市"),
            square(139.95, 35.78, N03_007="12207", N03_004="松戸市"),
            square(140.0, 35.78, N03_007="12217", N03_004="柏市"),
        ],
    }
    file = put(console, several, "N03.geojson")
    assert main(["import-boundary", file]) == 1
    assert "12207, 12217" in capsys.readouterr().err
    assert main(["import-boundary", file, "--code", "12999"]) == 1
    assert "holds no area 12999" in capsys.readouterr().err
    assert main(["import-boundary", file, "--code", "12207"]) == 0
    assert "2 polygons" in capsys.readouterr().err
    assert main(["import-boundary", "--list"]) == 0
    assert "12207  松戸市" in capsys.readouterr().out
    assert main(["import-boundary", "--undo", "--code", "12207"]) == 0
    assert main(["import-boundary", "--undo"]) == 1
    assert rows(database, Boundary) == 1


def _with_crs(name: str) -> dict[str, Any]:
    crs = {"type": "name", "properties": {"name": name}}
    return {**square(139.9, 35.78, code="1", name="一"), "crs": crs}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "can't be read as JSON (line 1"),
        ("[1]", "no GeoJSON Polygon"),
        ('{"type": "FeatureCollection", "features": []}', "no GeoJSON Polygon"),
        (
            '{"type": "Feature", "properties": {"code": "1", "name": "x"}, "geometry": null}',
            "Feature 1 is no closed polygon",
        ),
        (square(35.78, 139.9, code="1", name="x"), "latitude and longitude the wrong way round"),
        (square(2.35, 48.85, code="1", name="Paris"), "outside Japan: longitude 2.35"),
        (square(139.9, 35.78, side=0.0, code="1", name="x"), "Feature 1 is no closed polygon"),
        (square(139.9, 35.78), "give --code and --name"),
        (_with_crs("urn:ogc:def:crs:EPSG::6677"), "convert it first"),
        (
            '{"type":"Feature","properties":{"code":"1","name":"x"},"geometry":' * 300 + "0" + "}" * 300,
            "Feature 1 is no closed polygon",
        ),
        ("[" * 100_000, "can't be read as JSON"),
    ],
)
def test_a_bad_outline_is_refused_with_its_cause(
    console: Path,
    database: Database,
    capsys: pytest.CaptureFixture[str],
    content: str | dict[str, Any],
    said: str,
) -> None:
    assert main(["import-boundary", put(console, content, "bad.geojson")]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "Nothing was imported." in told
    assert rows(database, Boundary) == 0


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::6668"])
def test_an_outline_in_degrees_of_an_older_file_is_taken(console: Path, name: str) -> None:
    assert main(["import-boundary", put(console, _with_crs(name), "old.geojson")]) == 0


def test_an_outline_that_no_cell_lies_in_cuts_everything_away(
    console: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    far = put(console, square(141.3, 43.0, code="01100", name="札幌市"), "far.geojson")
    assert main(["import-boundary", far]) == 0
    assert main(["import-population", put(console, CSV), "--boundary", "01100"]) == 1
    assert "lies inside that outline" in capsys.readouterr().err
    assert main(["import-population", put(console, CSV), "--boundary", "99999"]) == 1
    assert "no outline 99999" in capsys.readouterr().err
    assert rows(database, PopulationImport) == 0
