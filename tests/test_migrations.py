"""Migrations: they agree with the models, keep what was recorded, and may run in several processes at once."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import new_id
from outreach_api.ledger import held_anew, recount
from outreach_api.storage import migrate
from outreach_api.storage.alarms import Alarm
from outreach_api.storage.area import PopulationCell, PopulationImport
from outreach_api.storage.base import Id, Utc
from outreach_api.storage.contacts import Consent, ContactNote, Destination, Referral, SafetyConcern
from outreach_api.storage.held_days import HeldDay
from outreach_api.storage.jobs import Job
from outreach_api.storage.ledger import Change, ChangeCounter, Rejection, VisitTotal
from outreach_api.storage.plans import Van
from outreach_api.storage.releases import DueStay
from outreach_api.storage.sales import Sale, TicketEntry
from outreach_api.storage.session import Database
from outreach_api.storage.stops import Permission, Stop
from outreach_api.storage.visits import Visit
from tests.make import MADE_AT, make_stop, make_visit

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def empty(empty_engine_url: str) -> Iterator[Database]:
    database = Database(empty_engine_url, pool_size=8)
    yield database
    database.close()


def downgrade(database: Database, to: str) -> None:
    settings = migrate.config()
    with database.engine.execution_options(outreach_begin="BEGIN IMMEDIATE").begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, to)


def test_models_and_migrations_say_the_same(empty: Database) -> None:
    assert not migrate.is_current(empty)
    migrate.upgrade(empty)
    assert migrate.is_current(empty)
    assert migrate.differences(empty) == []


def test_migrating_again_changes_nothing(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.read() as session:
        epoch = session.scalar(sa.select(ChangeCounter.epoch))
    migrate.upgrade(empty)
    with empty.read() as session:
        assert session.scalar(sa.select(ChangeCounter.epoch)) == epoch


def test_a_step_back_and_forth_keeps_what_was_recorded(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.write() as session:
        stop = make_stop(session, name="常盤平団地")
        session.add(
            Permission(
                id=new_id(),
                version=1,
                change_no=0,
                created_at=MADE_AT,
                stop_id=stop.id,
                type="consent",
                number=None,
                valid_from=dt.date(2026, 4, 1),
                valid_to=None,
                conditions=None,
                fee_yen=0,
                withdrawn_on=None,
            )
        )
    downgrade(empty, "0001")
    assert migrate.revision(empty) == "0001"
    migrate.upgrade(empty)
    with empty.read() as session:
        assert session.scalars(sa.select(Stop.name)).all() == ["常盤平団地"]
        assert len(session.scalars(sa.select(Permission)).all()) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(ChangeCounter)) == 1
    downgrade(empty, "base")
    with empty.engine.connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(empty)
    assert migrate.differences(empty) == []


def test_what_was_held_before_releases_looked_at_changes_alone_is_looked_at_once_more(
    empty: Database,
) -> None:
    migrate.upgrade(empty)
    with empty.write() as session:
        van = Van(id=new_id(), created_at=MADE_AT, code="A", name="A", needs_power=False, active=True)
        session.add(van)
        day = make_visit(session, van_id=van.id).local_day
    downgrade(empty, "0031")
    migrate.upgrade(empty)
    with empty.read() as session:
        assert session.scalars(sa.select(DueStay.local_day)).all() == [day]


def test_what_was_held_back_before_tickets_could_be_is_held_back_with_them(empty: Database) -> None:
    """Receipts that a merge held back had their tickets given back; those that never counted had no entry."""
    migrate.upgrade(empty)
    with empty.write() as session:
        van = Van(id=new_id(), created_at=MADE_AT, code="A", name="A", needs_power=False, active=True)
        session.add(van)
        visit = make_visit(session, van_id=van.id, source="app")
        other = make_visit(session, van_id=van.id, source="paper")
        counted, merged, never = (
            add_receipt(session, visit, source, counts)
            for source, counts in (("app", True), ("paper", False), ("paper", False))
        )
        facts = [fact_of(visit) for _ in range(4)]
        bare = fact_of(other)
    downgrade(empty, "0003")
    with empty.write() as session:
        told = ((counted, 2), (merged, 2), (merged, -2), (None, 5))
        for fact, (sale_id, quantity) in zip(facts, told, strict=True):
            entry: dict[str, Any] = {
                "event": "redeemed" if sale_id else "issued",
                "quantity": quantity,
                "face_yen": 100,
            }
            session.execute(OLD_ENTRIES.insert().values(**fact, **entry, sale_id=sale_id))
        entry = {"event": "issued", "quantity": 1, "face_yen": 100, "sale_id": None}
        session.execute(OLD_ENTRIES.insert().values(**bare, **entry))
    migrate.upgrade(empty)
    with empty.read() as session:
        found = {
            (entry.sale_id, entry.quantity, entry.source, entry.counted)
            for entry in session.scalars(sa.select(TicketEntry))
        }
        assert found == {
            (counted, 2, "app", True),
            (merged, 2, "paper", False),
            (never, 2, "paper", False),
            (None, 5, "app", True),
            (None, 1, "paper", True),
        }
        assert session.get_one(Visit, visit.id).source == "paper"
        held_back = sa.select(VisitTotal.key, VisitTotal.value).where(VisitTotal.measure == "held_back")
        assert session.execute(held_back).all() == [("receipts", 2)]
        assert session.scalar(sa.select(sa.func.count()).select_from(TicketEntry)) == len(found)


OLD_ENTRIES = sa.Table(
    "ticket_entries",
    sa.MetaData(),
    *(
        sa.Column(column.name, column.type)
        for column in TicketEntry.__table__.columns
        if column.name not in ("source", "counted")
    ),
)


def fact_of(visit: Visit) -> dict[str, Any]:
    dated = {"local_day": visit.local_day, "iso_week": visit.iso_week, "mesh": visit.mesh}
    came = {"change_no": 1, "received_at": MADE_AT, "occurred_at": MADE_AT}
    return {"id": new_id(), "visit_id": visit.id, **came, **dated}


def add_receipt(session: Session, visit: Visit, source: str, counts: bool) -> uuid.UUID:
    """One that was paid with two tickets, as the version before kept it."""
    paid = {"payment": "ticket", "service_mode": "takeout", "total_yen": 0, "taxes": []}
    used = {"ticket_count": 2, "ticket_face_yen": 100}
    fact = fact_of(visit)
    session.add(Sale(**fact, **paid, **used, van_id=visit.van_id, source=source, counted=counts))
    session.flush()
    return uuid.UUID(str(fact["id"]))


def test_notes_about_staff_that_were_counted_leave_the_totals(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.write() as session:  # of today: the tables of then would not take today's columns
        van = Van(id=new_id(), created_at=MADE_AT, code="A", name="A", needs_power=False, active=True)
        session.add(van)
        visit = make_visit(session, van_id=van.id)
        for about_staff in (False, True):
            session.add(ContactNote(**fact_of(visit), **NOTE, about_staff=about_staff))
        for measure, key in COUNTED:
            week = visit.iso_week
            session.add(VisitTotal(visit_id=visit.id, measure=measure, key=key, iso_week=week, value=1))
    downgrade(empty, "0005")
    assert counted(empty) == dict.fromkeys(COUNTED, 2)
    migrate.upgrade(empty)
    assert counted(empty) == dict.fromkeys(COUNTED, 1)
    with empty.read() as session:
        assert recount.differences(session) == []


def test_days_held_before_they_were_kept_are_counted_by_the_migration(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.write() as session:
        for code in ("A", "B"):
            van = Van(id=new_id(), created_at=MADE_AT, code=code, name=code, needs_power=False, active=True)
            session.add(van)
            stop = make_stop(session)
            for age in range(3):
                visit = make_visit(
                    session,
                    van_id=van.id,
                    stop=stop,
                    day=dt.date(2026, 11, 28 - age),
                    opened_at=MADE_AT,
                    closed_at=MADE_AT + dt.timedelta(hours=2, seconds=age, microseconds=3),
                )
                total = {"measure": "attendance", "key": "infant", "iso_week": visit.iso_week}
                session.add(VisitTotal(visit_id=visit.id, value=age + 1, **total))
            make_visit(session, van_id=van.id, stop=stop, status="cancelled")
            make_visit(session, van_id=van.id, stop=stop, merged_into=visit.id)
    with empty.write() as session:
        kept = held_rows(session)
        assert len(kept) == 12
    downgrade(empty, "0026")
    migrate.upgrade(empty)
    with empty.read() as session:
        assert held_rows(session) == kept
        assert held_anew.differences(session) == []


def held_rows(session: Session) -> list[tuple[Any, ...]]:
    columns = HeldDay.__table__.columns
    return [tuple(row) for row in session.execute(sa.select(*columns).order_by(*columns[:3]))]


NOTE: dict[str, Any] = {
    "holder_id": uuid.UUID(int=1),
    "familiarity": "new",
    "depth": "listening",
    "stages": ["infant", "preschool"],
    "topics": ["other"],
    "info_given": ["leaflet"],
    "first_connection": False,
    "text_sealed": None,
    "safety_concern": False,
    "legal_hold": False,
}
COUNTED = (
    ("contacts", "new"),
    ("contact_depth", "listening"),
    ("contact_stage", "infant"),
    ("contact_stage", "preschool"),
    ("contact_topic", "other"),
    ("contacts_informed", ""),
    ("first_connection", "no"),
)


def counted(database: Database) -> dict[tuple[str, str], int]:
    with database.read() as session:
        return {(total.measure, total.key): total.value for total in session.scalars(sa.select(VisitTotal))}


def test_phones_are_told_of_consents_from_before_they_could_be(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.write() as session:
        van = Van(id=new_id(), created_at=MADE_AT, code="A", name="A", needs_power=False, active=True)
        session.add(van)
        visit = make_visit(session, van_id=van.id)
        stands, withdrawn, none, told = (add_referral(session, visit) for _ in range(4))
        ended = MADE_AT + dt.timedelta(days=1)
        for referral, at in ((stands, None), (withdrawn, ended), (told, ended)):
            add_consent(session, referral, at)
        session.add(Change(change_no=7, kind="consent", entity_id=told, van_id=van.id, gone=False))
        session.execute(sa.update(ChangeCounter).values(value=7))
    downgrade(empty, "0012")
    with empty.read() as session:
        assert set(session.scalars(sa.select(Referral.consent_withdrawn_at))) == {None}
    migrate.upgrade(empty)
    with empty.read() as session:
        lines = session.scalars(sa.select(Change).where(Change.change_no > 7).order_by(Change.change_no))
        said = {line.entity_id: (line.kind, line.van_id, line.gone, line.change_no) for line in lines}
        assert said.keys() == {stands, withdrawn}
        assert sorted(said.values()) == [("consent", van.id, False, number) for number in (8, 9)]
        assert session.scalar(sa.select(ChangeCounter.value)) == 9
        times = dict(session.execute(sa.select(Referral.id, Referral.consent_withdrawn_at)).all())
        assert times == {stands: None, withdrawn: ended, none: None, told: ended}
    downgrade(empty, "0012")
    migrate.upgrade(empty)
    with empty.read() as session:
        assert session.scalar(sa.select(ChangeCounter.value)) == 9, "once"


def add_referral(session: Session, visit: Visit) -> uuid.UUID:
    destination = Destination(
        id=new_id(),
        created_at=MADE_AT,
        name="寄りそい",
        kind="accompany",
        how_to_join="電話で。",
        leaflet_stock=0,
        active=True,
    )
    session.add(destination)
    session.flush()
    referral = Referral(**fact_of(visit), direction="out", destination_id=destination.id)
    session.add(referral)
    session.flush()
    return referral.id


def add_consent(session: Session, referral_id: uuid.UUID, withdrawn_at: dt.datetime | None) -> None:
    session.add(
        Consent(
            id=new_id(),
            referral_id=referral_id,
            scope="hand_over",
            given_by="guardian",
            method="oral",
            given_at=MADE_AT,
            withdrawn_at=withdrawn_at,
            change_no=0,
            received_at=MADE_AT,
        )
    )
    session.flush()


def test_several_processes_may_migrate_one_database_at_once(empty_engine_url: str) -> None:
    program = (
        "import sys\n"
        "from outreach_api.storage import migrate\n"
        "from outreach_api.storage.session import Database\n"
        "database = Database(sys.argv[1])\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "migrate.upgrade(database)\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty_engine_url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in started:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    database = Database(empty_engine_url)
    assert migrate.is_current(database)
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ChangeCounter)) == 1
    database.close()


def test_somebody_is_told_of_concerns_and_letters_from_before_there_were_alarms(empty: Database) -> None:
    migrate.upgrade(empty)
    concerns = {name: new_id() for name in ("open", "about staff", "closed")}
    letters = {name: new_id() for name in ("refused", "about staff", "unread", "settled", "not urgent")}
    with empty.write() as session:
        van = Van(id=new_id(), created_at=MADE_AT, code="A", name="A", needs_power=False, active=True)
        session.add(van)
        session.flush()
        visit = make_visit(session, van_id=van.id)
        for name, concern_id in concerns.items():
            closed_at = MADE_AT if name == "closed" else None
            session.add(
                SafetyConcern(
                    id=concern_id,
                    created_at=MADE_AT,
                    visit_id=visit.id,
                    flagged=True,
                    about_staff=name == "about staff",
                    closed_at=closed_at,
                )
            )
        for name, letter_id in letters.items():
            session.add(
                Rejection(
                    id=letter_id,
                    state="settled" if name == "settled" else "open",
                    holder_id=new_id(),
                    digest=b"",
                    kind="note.write",
                    code="malformed" if name == "unread" else "invalid",
                    detail={},
                    received_at=MADE_AT,
                    about_staff=name in ("about staff", "unread"),
                    urgent=name != "not urgent",
                )
            )
    downgrade(empty, "0007")  # only what the tables of today hold can be written here
    migrate.upgrade(empty)
    with empty.read() as session:
        found = session.execute(sa.select(Alarm.id, Alarm.subject, Alarm.audience, Alarm.raised_at)).all()
        assert sorted(found, key=str) == sorted(
            [
                (concerns["open"], "concern", "team", MADE_AT),
                (concerns["about staff"], "concern", "outside", MADE_AT),
                (letters["refused"], "letter", "team", MADE_AT),
                (letters["about staff"], "letter", "outside", MADE_AT),
                (letters["unread"], "letter", "all", MADE_AT),
            ],
            key=str,
        )
        assert set(session.scalars(sa.select(Job.subject_id))) == {alarm.id for alarm in found}


@pytest.mark.parametrize(
    ("label", "targets", "column"),
    [
        ("０～１４歳人口　総数", {"children_0_14": "０～１４歳人口　総数"}, "children_0_14"),
        ("人口（総数）　女", {"target": "人口（総数）　女"}, "target"),
        ("", {}, "target"),
    ],
)
def test_an_import_of_one_target_population_keeps_it_among_several(
    empty: Database, label: str, targets: dict[str, str], column: str
) -> None:
    migrate.upgrade(empty, "0025")
    entry = {"id": new_id(), "at": MADE_AT, "label": label}
    ids = [sa.bindparam("id", type_=Id()), sa.bindparam("at", type_=Utc())]
    with empty.write() as session:
        session.execute(
            sa.text(
                "INSERT INTO population_imports (id, label, file_name, file_sha256, cell_metres, target_label,"
                " imported_at, change_no) VALUES (:id, 'x', 'x.csv', '0', 500, :label, :at, 1)"
            ).bindparams(*ids),
            entry,
        )
        session.execute(
            sa.text(
                "INSERT INTO population_cells (import_id, mesh, unit, total, target, share)"
                " VALUES (:id, 533957423, 0, 40, 7, 1)"
            ).bindparams(ids[0]),
            {"id": entry["id"]},
        )
    for _ in range(2):
        migrate.upgrade(empty)
        with empty.read() as session:
            assert session.scalars(sa.select(PopulationImport.targets)).one() == targets
            assert session.scalars(sa.select(getattr(PopulationCell, column))).one() == 7
        downgrade(empty, "0025")
        with empty.read() as session:
            kept = session.execute(
                sa.text("SELECT target_label, target FROM population_imports, population_cells")
            )
            assert kept.one() == (label, 7)
