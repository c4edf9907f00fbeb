"""The demo: the same seed gives the same quarter, through the write path, with nobody's data in it."""

import datetime as dt
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.access.writes.tokens import issue_token
from outreach_api.app import KINDS, create_app
from outreach_api.cli import main
from outreach_api.demo import destinations, directory, texts, town
from outreach_api.demo.chance import Chance
from outreach_api.demo.fill import Filled, Story
from outreach_api.demo.season import Season
from outreach_api.demo.team import team
from outreach_api.demo.wire import DemoRefused, Phone, Server
from outreach_api.kernel.personal_data import personal_data_hits
from outreach_api.ledger import audit, measures
from outreach_api.ledger.kinds import Registry
from outreach_api.settings import Settings
from outreach_api.storage import migrate
from outreach_api.storage.contacts import ContactNote, StampMark
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.ledger import Receipt, VisitTotal
from outreach_api.storage.sales import CashUp, Sale, SaleVoid, TicketEntry
from outreach_api.storage.session import Database
from outreach_api.storage.tables import METADATA
from outreach_api.storage.visits import HeadCount, Visit
from schemas.vocabulary import Role
from tests import databases
from tests.api import Answer, check_answer

UNTIL = dt.date(2026, 11, 21)  # a Saturday: Sunday is still to come
SEASON = Season(seed=7, weeks=3, until=UNTIL)
MORNING_AFTER = dt.datetime(2026, 11, 22, 0, 0, tzinfo=dt.UTC)


@dataclass
class Demo:
    """A filled database with an app on it."""

    database: Database
    keyring: Keyring
    filled: Filled

    def get(self, path: str, role: Role = Role.COORDINATOR) -> Answer:
        app = create_app(Settings(), database=self.database, keyring=self.keyring, now=lambda: MORNING_AFTER)
        people = team(SEASON.seed)
        with self.database.write() as session:
            token = issue_token(
                session,
                role=role,
                label="test",
                now=MORNING_AFTER,
                days=1,
                person_id=None if role is Role.CREW else people.the(role).id,
                van_id=people.van_id if role is Role.CREW else None,
            )
        response = app.test_client().get(path, headers={"Authorization": f"Bearer {token}"})
        check_answer(app, "GET", path, response)
        return Answer(response)


def fill(url: str, keyring: Keyring) -> Demo:
    database = Database(url, pool_size=4)
    migrate.upgrade(database)
    server = Server(database, keyring, Settings(), Registry(KINDS))
    return Demo(database, keyring, Story(server, SEASON).tell(lambda line: None))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[Demo]:
    """One demo for the tests that only look at it."""
    made = fill(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'outreach.db'}", keyring)
    yield made
    made.database.close()


@pytest.fixture
def another_url(tmp_path: Path) -> Iterator[str]:
    """An empty database of the other kind, where there is one."""
    try:
        url = databases.create_database("demo")
    except databases.NoPostgres:
        yield f"sqlite:///{tmp_path / 'again.db'}"
        return
    yield url
    databases.drop_database(url)


def test_the_same_seed_gives_the_same_data_whatever_the_database(demo: Demo, another_url: str) -> None:
    again = fill(another_url, demo.keyring)
    try:
        before, after = everything(demo.database), everything(again.database)
        assert before.keys() == after.keys()
        for table in before:
            assert after[table] == before[table], table
        assert note_texts(again.database, demo.keyring) == note_texts(demo.database, demo.keyring)
    finally:
        again.database.close()


# Made by the server as it likes: nonces of sealed texts, ids that must tell nothing, which database it is.
UNLIKE = {
    "contact_notes": {"text_sealed"},
    "safety_concerns": {"id"},
    "alarms": {"id"},  # its concern's
    "jobs": {"id", "subject_id"},
    "population_imports": {"id"},
    "published_releases": {"census_id"},
    "population_cells": {"import_id"},
    "published_issues": {"id"},
    "round_table_issues": {"published_id"},  # the same
    "change_counter": {"epoch"},
}
BY_HAND = {"tokens", "audit", "people", "devices"}  # the tests' own tokens, and whom those were made for


def everything(database: Database) -> dict[str, list[str]]:
    found = {}
    with database.read() as session:
        for table in METADATA.sorted_tables:
            if table.name in BY_HAND:
                continue
            columns = [c for c in table.columns if c.name not in UNLIKE.get(table.name, set())]
            rows = session.execute(sa.select(*columns)).mappings().all()
            found[table.name] = sorted(
                repr(
                    {name: value for name, value in row.items() if not told_by_chance(table.name, row, name)}
                )
                for row in rows
            )
    return found


def told_by_chance(table: str, row: Any, column: str) -> bool:
    """A receipt of the concern's acknowledgement names the concern."""
    return table == "receipts" and row["kind"] == "concern.acknowledge" and column in ("entity_id", "digest")


def note_texts(database: Database, keyring: Keyring) -> dict[uuid.UUID, str]:
    sealed = sa.select(ContactNote.id, ContactNote.text_sealed).where(ContactNote.has_text)
    with database.read() as session:
        return {
            note_id: keyring.open(text, table="contact_notes", column="text_sealed", row=note_id)
            for note_id, text in session.execute(sealed)
            if text is not None
        }


def test_totals_are_what_adding_up_every_fact_gives(demo: Demo) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    with demo.database.read() as session:
        for counts in session.scalars(sa.select(HeadCount.counts).where(HeadCount.counted)):
            counted.update({(measures.ATTENDANCE, band): n for band, n in counts.items()})
        gone = set(session.scalars(sa.select(SaleVoid.sale_id)))
        for sale in session.scalars(sa.select(Sale)):
            if sale.id not in gone:
                counted[measures.SALES_COUNT, sale.payment] += 1
                counted[measures.SALES_BY_PAYMENT_YEN, sale.payment] += sale.total_yen
        for entry in session.scalars(sa.select(TicketEntry)):
            counted[measures.TICKETS, entry.event] += entry.quantity
        for familiarity in session.scalars(sa.select(ContactNote.familiarity)):
            counted[measures.CONTACTS, familiarity] += 1
        counted[measures.STAMPS, ""] = session.scalar(sa.select(sa.func.count()).select_from(StampMark)) or 0
        for till in session.scalars(sa.select(CashUp)):
            counted[measures.TILL_DIFFERENCE_YEN, ""] += till.counted_yen - till.expected_yen
        totals = (
            sa.select(VisitTotal.measure, VisitTotal.key, sa.func.sum(VisitTotal.value))
            .where(VisitTotal.measure.in_({measure for measure, _ in counted}))
            .group_by(VisitTotal.measure, VisitTotal.key)
        )
        kept = {(measure, key): int(total) for measure, key, total in session.execute(totals)}
    assert kept == {key: n for key, n in counted.items() if n or key in kept}
    attendance = sum(n for (measure, _), n in counted.items() if measure == measures.ATTENDANCE)
    assert attendance == demo.filled.visitors.total()


def test_a_visit_of_the_demo_was_told_on_paper_and_by_a_phone_that_came_back(demo: Demo) -> None:
    with demo.database.read() as session:
        held_back = session.execute(
            sa.select(Visit.source, sa.func.count(HeadCount.id))
            .join(HeadCount, HeadCount.visit_id == Visit.id)
            .where(~HeadCount.counted)
            .group_by(Visit.id)
        ).all()
    assert held_back
    assert all(source == "paper" and entries > 1 for source, entries in held_back)


def test_verify_finds_its_audit_whole(demo: Demo) -> None:
    with demo.database.read() as session:
        assert audit.head(session) is not None
        assert audit.broken_at(session, {}) is None


def test_every_operation_was_applied_and_no_text_looked_like_somebodys(demo: Demo) -> None:
    with demo.database.read() as session:
        receipts = session.scalars(sa.select(Receipt)).all()
    assert {receipt.status for receipt in receipts} == {"applied"}
    warned = {code for r in receipts for _, code, _ in (r.detail or {}).get("warnings", ())}
    assert not [code for code in warned if code.startswith("personal_data")]


def test_nothing_that_is_written_about_people_looks_like_personal_data() -> None:
    said = [text for _, _, text in texts.TEXTS] + [texts.CONCERN_TEXT, *texts.SITE_NOTES]
    said += [donor for donor in texts.DONORS if donor] + [issue.title for issue in directory.ISSUES]
    assert [text for text in said if personal_data_hits(text)] == []


def test_no_contact_in_it_leads_to_anybody() -> None:
    rows = town.places(Chance("test"), prepared_on=UNTIL, until=UNTIL).values()
    phones = {place.payload.get("host_contact") for place in rows}
    phones |= {destination["phone"] for destination in destinations.destinations().values()}
    assert phones == {None, "047-000-0000", "189"}
    urls = {destination["url"] for destination in destinations.destinations().values()}
    assert all(url.startswith("https://example.org/") for url in urls)


def test_about_25_stops_show_every_kind_and_every_publicity(demo: Demo) -> None:
    stops = demo.get("/v1/stops?limit=100").json["items"]
    assert 25 <= len(stops) <= 30
    assert {stop["kind"] for stop in stops} == {
        "temple",
        "private_home",
        "community_center",
        "park",
        "school",
        "housing_estate",
        "shop",
        "event",
    }
    assert {stop["publicity"] for stop in stops} == {"public", "area_only", "members"}
    assert {stop["status"] for stop in stops} == {"requested", "talking", "agreed", "paused", "ended"}


def test_a_weeks_report_has_believable_figures(demo: Demo) -> None:
    report = demo.get("/v1/reports/week/2026-W46", Role.REPORTER).json
    monday = dt.date(2026, 11, 9)
    came = sum(demo.filled.visitors[monday + dt.timedelta(days=n)] for n in range(7))
    assert report["attendance"]["total"] == came > 100
    assert 3 <= report["visits"]["held"] <= 6
    assert report["sales"]["total_yen"] > 50 * came
    assert report["contacts"]["by_familiarity"]["new"] > 0
    assert report["contacts"]["by_familiarity"]["returning"] > 0
    assert 0.08 * came < report["contacts"]["total"] < 0.3 * came
    assert report["coverage"]["population"]["label"] == "架空の人口（デモ用）"
    assert report["completeness"]["clock_suspect"] == 0


def test_the_draft_for_tuesday_shows_what_check_finds(demo: Demo) -> None:
    plans = demo.get("/v1/plans?from_day=2026-11-22").json["items"]
    assert {plan["status"] for plan in plans} == {"draft", "published"}
    faulty = next(plan for plan in plans if dt.date.fromisoformat(plan["local_day"]).weekday() == 1)
    check = demo.get(f"/v1/plans/{faulty['id']}/check").json
    assert not check["publishable"]
    codes = {violation["code"] for violation in check["violations"]}
    assert {"permission_ended", "no_window_that_day", "drive_too_short", "members_announced"} <= codes


def test_the_timetable_has_days_to_come_and_no_members_stop(demo: Demo) -> None:
    entries = demo.get("/v1/public/timetable.json").json["entries"]
    assert any(entry["local_day"] >= "2026-11-22" for entry in entries)
    hidden = {"北松戸 放課後ひろば", "秋山 縁側の会"}
    assert not hidden & {entry["place"] for entry in entries}


def test_a_refused_operation_stops_the_demo_and_leaves_nothing_behind(demo: Demo) -> None:
    server = Server(demo.database, demo.keyring, Settings(), Registry(KINDS))
    phone = Phone(server, team(SEASON.seed).phone(0), Chance("test"), dt.timedelta(0))
    good, bad = Chance("test").quiet_id(), Chance("other").quiet_id()
    stop = {"name": "x", "kind": "park", "position": {"lat": 35.8, "lon": 139.9}}
    phone.keep("stop.request", good, MORNING_AFTER, stop)
    phone.keep("head_count.add", bad, MORNING_AFTER, {"visit_id": str(bad), "counts": {"adult": 1}})
    with pytest.raises(DemoRefused, match=r"head_count\.add by crew .* visit_unknown"):
        phone.send(MORNING_AFTER)
    with demo.database.read() as session:
        assert session.scalar(sa.select(Receipt.op_id).where(Receipt.op_id == good)) is None


def test_the_command_makes_a_home_and_keeps_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "demo"
    options = ["demo", "--home", str(home), "--no-serve", "--weeks", "1", "--until", "2026-11-19"]
    assert main(options) == 0
    first = capsys.readouterr()
    assert "2026-W47" in first.err
    settings = Settings(home=home)
    assert settings.master_key_file.stat().st_mode & 0o077 == 0
    tokens = re.findall(r"^  (\w+) +(okk_\S+)$", first.out, flags=re.MULTILINE)
    assert {role for role, _ in tokens} == set(Role)
    assert main(options) == 0
    again = capsys.readouterr()
    assert "--fresh" in again.err
    assert "2026-W47" not in again.err
    tokens += re.findall(r"^  (\w+) +(okk_\S+)$", again.out, flags=re.MULTILINE)
    app = create_app(settings)
    for role, token in tokens:
        answer = app.test_client().get("/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json["role"]) == (200, role)
    app.extensions["outreach"].database.close()


def test_a_demo_that_was_cut_off_is_made_anew_with_the_population_that_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "demo"
    home.mkdir()
    (home / "demo.json").write_text('{"seed": 1, "weeks": 9, "until": "2026-11-22"}')
    (home / "outreach.db").write_text("half written")
    options = ["demo", "--home", str(home), "--no-serve", "--weeks", "1", "--until", "2026-11-17"]
    people = tmp_path / "people.csv"
    people.write_text("mesh500,population\n533957423,2065\n")
    assert main([*options, "--population", str(people)]) == 0
    assert json.loads((home / "demo.json").read_text())["finished"]
    capsys.readouterr()
    monkeypatch.setenv("OUTREACH_HOME", str(home))
    assert main(["import-population", "--list"]) == 0
    assert "people.csv" in capsys.readouterr().out


def test_a_demo_that_is_being_served_is_not_made_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "demo"
    options = ["demo", "--home", str(home), "--no-serve", "--weeks", "1", "--until", "2026-11-17"]
    assert main(options) == 0
    server = Database(f"sqlite:///{home / 'outreach.db'}", pool_size=1)
    with server.read() as session:
        session.scalar(sa.select(Receipt.op_id).limit(1))
    before = (home / "outreach.db").stat().st_ino
    assert main([*options, "--fresh"]) == 1
    server.close()
    assert "in use" in capsys.readouterr().err
    assert (home / "outreach.db").stat().st_ino == before


def test_a_population_with_faults_stops_it_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("mesh500,population\n533957423,many\n")
    home = tmp_path / "demo"
    assert main(["demo", "--home", str(home), "--no-serve", "--population", str(people)]) == 1
    assert not home.exists()
    assert "people.csv: 2:" in capsys.readouterr().err


@pytest.mark.parametrize("more", [[], ["--fresh"]])
def test_another_folder_is_never_touched(
    tmp_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "outreach.db").write_text("somebody's")
    assert main(["demo", "--home", str(tmp_path), "--no-serve", *more]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["outreach.db"]
    assert (tmp_path / "outreach.db").read_text() == "somebody's"
    assert str(tmp_path) in capsys.readouterr().err


def test_its_stops_file_is_one_that_import_stops_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    file = tmp_path / "stops.csv"
    file.write_bytes(town.csv_bytes())
    assert main(["init"]) == 0
    assert main(["import-stops", str(file)]) == 0
