"""Makes rows for tests that need them to exist; what a test is about, it sends through the API itself."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.ids import new_id
from outreach_api.kernel.mesh import mesh_code, micro
from outreach_api.kernel.week import IsoWeek
from outreach_api.stops.writes import UNSAID
from outreach_api.storage.sales import Item, ItemPrice
from outreach_api.storage.stops import Stop, StopStep
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Publicity

MADE_AT = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)


def make_stop(
    session: Session, *, name: str = "本土寺", lat: float = 35.8041, lon: float = 139.9523, **columns: Any
) -> Stop:
    """An agreed public temple unless said otherwise."""
    lat_micro, lon_micro = micro(lat), micro(lon)
    stop_id = new_id()
    stop = Stop(
        **{
            **UNSAID,
            "id": stop_id,
            "version": 1,
            "change_no": 0,
            "created_at": MADE_AT,
            "code": f"S-{stop_id.hex[:8]}",
            "name": name,
            "kind": "temple",
            "publicity": Publicity.PUBLIC,
            "lat_micro": lat_micro,
            "lon_micro": lon_micro,
            "mesh": mesh_code(lat_micro, lon_micro),
            **columns,
        }
    )
    session.add(stop)
    session.flush()
    session.add(
        StopStep(id=stop.id, stop_id=stop.id, change_no=0, at=MADE_AT, status=stop.status, holder_id=None)
    )
    session.flush()
    return stop


def make_visit(
    session: Session,
    *,
    van_id: uuid.UUID,
    stop: Stop | None = None,
    day: dt.date = dt.date(2026, 11, 28),
    **columns: Any,
) -> Visit:
    """An open visit of a van on a day; at a stop of its own unless one is given."""
    stop = stop or make_stop(session)
    visit = Visit(
        **{
            "id": new_id(),
            "version": 1,
            "change_no": 0,
            "created_at": MADE_AT,
            "van_id": van_id,
            "stop_id": stop.id,
            "status": "open",
            "source": "app",
            "local_day": day,
            "iso_week": IsoWeek.of(day).as_int,
            "mesh": stop.mesh,
            "clock_suspect": False,
            **columns,
        }
    )
    session.add(visit)
    session.flush()
    return visit


def make_item(
    session: Session,
    *,
    price_yen: int | None = 110,
    since: dt.date = dt.date(2026, 4, 1),
    **columns: Any,
) -> Item:
    """A sweet, food, with one price unless said otherwise."""
    item_id = new_id()
    item = Item(
        **{
            "id": item_id,
            "version": 1,
            "change_no": 0,
            "created_at": MADE_AT,
            "code": f"I-{item_id.hex[:8]}",
            "name": "うまい棒",
            "kana": None,
            "name_en": None,
            "category": "sweets",
            "tax_category": "food",
            "allergens": [],
            "active": True,
            **columns,
        }
    )
    session.add(item)
    session.flush()
    if price_yen is not None:
        session.add(ItemPrice(item_id=item_id, valid_from=since, price_yen=price_yen))
        session.flush()
    return item
