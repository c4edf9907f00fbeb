"""A land as it stands in a database: people by cell as the census has them, stops, and visits of two years."""

from __future__ import annotations

import datetime as dt
import random

from push_bench.world import World
from sqlalchemy.orm import Session

from map_bench.lands import Land
from map_bench.places import add_stop
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.kernel.mesh import parent
from outreach_api.kernel.week import IsoWeek, local_day
from outreach_api.ledger import measures
from outreach_api.outreach_map.imports import Source, keep_population
from outreach_api.outreach_map.population import PopulationTable, Unit
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.session import Database
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Band

STOPS, VISITS_A_STOP, DAYS = 200, 2, 728
_TARGET = "children_0_14"


def fill(database: Database, dice: random.Random, land: Land, world: World) -> None:
    with database.write() as session:
        _people(session, dice, land)
    with database.write() as session:
        _season(session, dice, land, world)


def _people(session: Session, dice: random.Random, land: Land) -> None:
    """Residents by cell as the census has them, about a ninth of them children."""
    cells = sorted({parent(code, 500) for code in land.by_code()[0].tolist()})
    units = []
    for cell in cells:
        residents = int(dice.gammavariate(2.0, 860))
        units.append(
            Unit((cell,), (float(residents),), {_TARGET: float(round(residents * dice.uniform(0.08, 0.15)))})
        )
    keep_population(
        session,
        PopulationTable(500, tuple(units), {_TARGET: "０～１４歳人口　総数"}),
        label="令和2年国勢調査",
        source=Source("people.txt", "0" * 64),
        boundary_code=None,
        now=utc_now(),
    )


def _season(session: Session, dice: random.Random, land: Land, world: World) -> None:
    today, opened = local_day(utc_now()), utc_now() - dt.timedelta(hours=9)
    for number in range(STOPS):
        at = dice.randrange(len(land.rows))
        lat, lon = (
            (int(land.rows[at]) + dice.random()) / 480,
            (int(land.columns[at]) + dice.random()) / 320 + 100,
        )
        stop = add_stop(session, number, lat, lon)
        session.flush()
        for _ in range(VISITS_A_STOP):
            day = today - dt.timedelta(days=dice.randrange(DAYS))
            week = IsoWeek.of(day).as_int
            visit = Visit(
                id=new_id(),
                created_at=opened,
                van_id=world.van,
                stop_id=stop.id,
                mesh=stop.mesh,
                status="closed",
                source="app",
                local_day=day,
                iso_week=week,
                opened_at=opened,
                closed_at=opened + dt.timedelta(minutes=dice.randint(120, 300)),
                clock_suspect=False,
            )
            session.add(visit)
            session.flush()
            for band in dice.sample(list(Band), 7):
                total = {"measure": measures.ATTENDANCE, "key": band.value, "iso_week": week}
                session.add(VisitTotal(visit_id=visit.id, value=dice.randint(1, 25), **total))
