"""Two vans with one of everything each, and what is about one of us: for tests of who may reach and see what."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import new_id
from outreach_api.outreach_map.reads import need
from outreach_api.storage.access import Device
from outreach_api.storage.area import Area, AreaSet, Boundary, PopulationCell, PopulationImport
from outreach_api.storage.contacts import SafetyConcern
from outreach_api.storage.ledger import Rejection
from outreach_api.storage.plans import PlanStop
from outreach_api.storage.report_deliveries import (
    ReportDelivery,
    ReportDeliveryAttempt,
    ReportSubscription,
)
from outreach_api.storage.session import Database
from schemas.vocabulary import Role
from tests.api import Answer, Api
from tests.columns import mark_rows, sealed_mark
from tests.described import Operation
from tests.make import MADE_AT
from tests.scopes import entity_named
from tests.world import NOW, World

CREW, OTHER_CREW = "crew", "crew of the other van"


class TwoVans:
    """`own` is van A's and `other` van B's; `about_staff` was said by van A, `draft` is a plan of it, and what `ended` and
    a note of a `crisis` were van B's."""

    def __init__(self, api: Api) -> None:
        self.api = api
        with api.database.write() as session:
            _area(session)
        first = World(api)
        first.ids["area_set"] = AREA_SET
        for kind in ("safety_card.change", "alert_addresses.change"):
            card = first.operations[kind]
            written = api.send(card.method, card.path(), first.body(card), role="safeguarding", version=0)
            assert written.status == 200, written
        told = first.operations["issue.publish"]
        assert first.send(told, first.body(told), key=uuid.uuid4()).status == 201
        with api.database.write() as session:
            _tell_by_mail(session, first.ids["subscription"])
        self.own = self._van(first, "A")
        self.other = self._van(World(api, beside=self.own), "B")
        self.about_staff = self._about_staff()
        self.draft = self._draft()
        self.ended = self._ended()
        self._mark("A", self.own)
        # A release was made of the import before it was marked; an import never changes, so what is known of it is kept.
        need._known.clear()

    def out_of_sight(self, operation: Operation) -> dict[str, str]:
        """A path to what is about staff, or only a draft."""
        return self._paths(operation, self.draft | self.about_staff)

    def urgent(self, operation: Operation) -> dict[str, str]:
        """A path to what opened a concern."""
        return self._paths(operation, self.crisis)

    @staticmethod
    def _paths(operation: Operation, things: dict[str, uuid.UUID]) -> dict[str, str]:
        return {
            name: str(things[entity])
            for name in operation.parameters("path")
            if (entity := entity_named(name)) in things
        }

    def token(self, who: str) -> str:
        return self.api.token(CREW, self.api.other_van) if who == OTHER_CREW else self.api.token(who)

    def home(self, who: str) -> World:
        return self.other if who == OTHER_CREW else self.own

    def _van(self, world: World, mark: str) -> World:
        self._publish(world)
        self._count_till(world)
        self._worry(world, mark)
        text = sealed_mark("rejections.sealed", mark)
        world.ids["rejection"] = self._letter(self.api.token(CREW, world.van), depth="chat", text=text)
        with self.api.database.read() as session:
            crew = sa.select(Device.id).where(Device.van_id == world.van).limit(1)
            world.ids["device"] = world.ids["holder"] = session.scalars(crew).one()
        self._mark(mark, world)
        return world

    def _mark(self, mark: str, world: World) -> None:
        with self.api.database.write() as session:
            mark_rows(session, mark, world.van)

    def _publish(self, world: World) -> None:
        path = f"/v1/plans/{world.ids['plan']}/publish"
        assert self.api.send("POST", path, {}, role="coordinator", version=1).status == 200
        with self.api.database.read() as session:
            stays = sa.select(PlanStop.id).where(PlanStop.plan_id == world.ids["plan"])
            world.ids["plan_stop"] = session.scalars(stays).one()

    def _count_till(self, world: World) -> None:
        counted = {
            "visit_id": str(world.ids["visit"]),
            "opening_float_yen": 0,
            "counts": {"1000": 9},
            "difference_reason": "釣銭",
        }
        answer = self.api.post("/v1/cash-ups", counted, role="crew", van=world.van)
        world.ids["cash_up"] = uuid.UUID(answer.json["id"])

    def _worry(self, world: World, mark: str) -> None:
        """A concern whom somebody was told of, and a light note whose text stays beside it."""
        told = {"visit_id": str(world.ids["visit"]), "depth": "crisis", "safety_concern": True}
        text = sealed_mark("contact_notes.text_sealed of a concern", mark)
        crisis = self.api.post("/v1/contact-notes", {**told, "text": text}, role="crew", van=world.van)
        self.crisis = {"note": uuid.UUID(crisis.json["id"])}
        with self.api.database.read() as session:
            concern = sa.select(SafetyConcern.id).where(SafetyConcern.note_id == uuid.UUID(crisis.json["id"]))
            world.ids["concern"] = session.scalars(concern).one()
        path = f"/v1/safety-concerns/{world.ids['concern']}/notifications"
        said = {"notified_to": "189", "notified_at": NOW, "receipt_no": "1"}
        assert self.api.post(path, said, role="safeguarding").status == 201
        light = {
            "visit_id": str(world.ids["visit"]),
            "depth": "chat",
            "text": sealed_mark("contact_notes.text_sealed", mark),
        }
        written = self.api.post("/v1/contact-notes", light, role="crew", van=world.van)
        world.ids["note"] = uuid.UUID(written.json["id"])

    def _letter(self, token: str, **payload: Any) -> uuid.UUID:
        """A note that was refused and stands in the dead-letter list."""
        op_id = new_id()
        sent = {
            "op_id": str(op_id),
            "kind": "note.write",
            "v": 1,
            "entity_id": str(new_id()),
            "occurred_at": NOW,
            "payload": {"visit_id": str(new_id()), "mood": "sad", **payload},
        }
        pushed = self.api.post("/v1/sync/push", {"sent_at": NOW, "operations": [sent]}, token=token)
        assert pushed.json["results"][0]["result"] == "rejected"
        with self.api.database.read() as session:
            return session.scalars(sa.select(Rejection.id).where(Rejection.op_id == op_id)).one()

    def _about_staff(self) -> dict[str, uuid.UUID]:
        """What another phone of van A said about one of us, with a referral and a promise that name the note."""
        another = self.api.token(CREW, another=True)
        text = sealed_mark("what is about staff", "A")
        told = {"visit_id": str(self.own.ids["visit"]), "depth": "chat", "about_staff": True, "text": text}
        note = self.api.post("/v1/contact-notes", told, token=another).json["id"]
        for kind in ("referral.open", "follow_up.promise"):
            operation = self.own.operations[kind]
            named = {**self.own.body(operation), "note_id": note}
            assert self.api.send(operation.method, operation.path(), named, token=another).status == 201
        return {
            "note": uuid.UUID(note),
            "rejection": self._letter(another, depth="chat", about_staff=True, text=text),
        }

    def _ended(self) -> dict[str, uuid.UUID]:
        """Of van B: a note whose text was erased, and a receipt that was taken back."""
        light = {"visit_id": str(self.other.ids["visit"]), "depth": "chat", "text": "立ち話"}
        note = self.api.post("/v1/contact-notes", light, role="crew", van=self.other.van).json["id"]
        erased = self.api.post(f"/v1/contact-notes/{note}/erase-text", {}, role="safeguarding")
        assert erased.json["text_state"] == "purged"
        return {"note": uuid.UUID(note), "sale": self.other.ids["sale"]}

    def _draft(self) -> dict[str, uuid.UUID]:
        drafted = {**self.own.body(self.own.operations["plan.draft"]), "local_day": "2026-12-05"}
        answer = self.api.post("/v1/plans", drafted)
        assert answer.status == 201, answer
        return {"plan": uuid.UUID(answer.json["id"])}


AREA_SET = uuid.UUID("5f0d7e0a-6f5c-4b44-9d3a-0d8f7c1b2a10")
ASKED_OF_ALL = {
    "from_day": "2026-11-01",
    "split_day": "2026-11-15",
    "to_day": "2026-11-28",
    "q": "松戸",
    "set": str(AREA_SET),
}
"""What an operation can't be asked without, whoever asks."""


def _tell_by_mail(session: Session, subscription_id: uuid.UUID) -> None:
    """A mail that did not arrive, and somebody else who is told by mail."""
    other = session.get_one(ReportSubscription, subscription_id)
    session.add(
        ReportSubscription(
            **{column.name: getattr(other, column.name) for column in ReportSubscription.__table__.columns}
            | {"id": new_id(), "channel": "email", "url": None, "emails": ["office@example.org"]}
        )
    )
    mail = ReportDelivery(
        id=new_id(),
        subscription_id=subscription_id,
        event="ping",
        address="office@example.org",
        body={},
        created_at=MADE_AT,
        status="failed",
        attempts=1,
        tries=1,
    )
    session.add(mail)
    session.flush()
    tried = ReportDeliveryAttempt(
        delivery_id=mail.id, number=1, at=MADE_AT, code="mail_unreachable", milliseconds=9
    )
    session.add(tried)


def _area(session: Session) -> None:
    """Imported files: their labels and names are words, too."""
    imported = {"file_sha256": "0", "imported_at": MADE_AT, "undone_at": None, "change_no": 0}
    square = [[[139.9, 35.7], [140.0, 35.7], [140.0, 35.9], [139.9, 35.7]]]
    session.add(
        Boundary(
            id=new_id(),
            code="12207",
            name="松戸市",
            geometry={"type": "Polygon", "coordinates": square},
            file_name="area.geojson",
            **imported,
        )
    )
    session.add(
        AreaSet(
            id=AREA_SET,
            name="小学校区",
            kind="school_district",
            within="12207",
            areas=1,
            corners=4,
            file_name="A27.zip",
            **imported,
        )
    )
    session.flush()
    session.add(
        Area(
            set_id=AREA_SET,
            code="B112220700010",
            name="中部小学校",
            geometry={"type": "MultiPolygon", "coordinates": [square]},
            cells=(5339574232).to_bytes(8, "little"),
            places=(256).to_bytes(2, "little"),
        )
    )
    import_id = new_id()
    session.add(
        PopulationImport(
            id=import_id,
            label="国勢調査",
            file_name="people.csv",
            cell_metres=500,
            targets={"target": "0–14"},
            boundary_code=None,
            **imported,
        )
    )
    session.flush()
    session.add(PopulationCell(import_id=import_id, mesh=533957423, unit=0, total=40, target=7, share=1))


class Undone:
    """A database whose writes are rolled back in the end: the next one who asks finds the world as it was."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.statements: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self._database.write() as session:
            yield session
            session.flush()
            session.rollback()


_SAVEPOINT = re.compile(r"sa_savepoint_\d+")


@contextmanager
def undoing(app: Flask) -> Iterator[Undone]:
    """The app with such a database, and with every statement that it executes written down."""
    here = app.extensions["outreach"]
    undone = Undone(here.database)

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        undone.statements.append(_SAVEPOINT.sub("savepoint", statement))

    sa.event.listen(here.database.engine, "before_cursor_execute", note)
    app.extensions["outreach"] = replace(here, database=undone)
    try:
        yield undone
    finally:
        app.extensions["outreach"] = here
        sa.event.remove(here.database.engine, "before_cursor_execute", note)


def whos() -> list[str]:
    """Everybody who may ask: each role, and the crew of the other van."""
    return [*Role, OTHER_CREW]


def role_of(who: str) -> Role:
    return Role.CREW if who == OTHER_CREW else Role(who)


def told(answer: Answer, *ids: object) -> tuple[int, str]:
    """What an answer tells, without the ids that were asked for and the request's own."""
    text = answer.text
    for one in ids:
        text = text.replace(str(one), "the id")
    return answer.status, re.sub(r'"request_id":"[0-9a-f]+"', '"request_id":"…"', text)
