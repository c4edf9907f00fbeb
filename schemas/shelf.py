"""What is on the shelf today: what is sold out, and which keys a phone shows first."""

from typing import Any, ClassVar

from schemas.base import Out, Query, WireSchema
from schemas.fields import Day, Flag, Id, Many, Nested, QueryWhole, Text, Whole, Word
from schemas.vocabulary import ItemIcon, StopKind


class SoldOutBody(WireSchema):
    """There is no more of it on the van for the rest of the visit's day. It ends by itself the next day."""

    visit_id = Id(required=True)
    sold_out = Flag(load_default=True, metadata={"description": "False: there is some again."})

    example: ClassVar = {"visit_id": "8d3e2c1b-0a9f-5e8d-b7c6-a5f4e3d2c1b0"}


class SoldOutIn(SoldOutBody):
    item_id = Id(required=True)

    example: ClassVar = {"item_id": "3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f601", **SoldOutBody.example}


class SoldOutOut(Out):
    """What a van has no more of. Phones hold it, too: it holds for this day alone, whatever day it is by now."""

    id = Id(metadata={"description": "Of the van's list; it stays the same."})
    van_id = Id()
    local_day = Day(allow_none=True, metadata={"description": "Null: nothing was ever sold out."})
    item_ids = Many(Id(), 10_000)

    example: ClassVar[Any] = {
        "id": "0b3b9f0a-4a55-5d1c-9a3c-0e1b2c3d4e5f",
        "van_id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
        "local_day": "2026-11-28",
        "item_ids": ["3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f601"],
    }


class SoldOutListOut(Out):
    items = Many(Nested(SoldOutOut), 1_000)

    example: ClassVar[Any] = {"items": [SoldOutOut.example]}


class QuickKeysQuery(Query):
    stop_kind = Word(StopKind, load_default=None, metadata={"description": "Left out: all kinds of stops."})
    days = QueryWhole(7, 730, load_default=180, metadata={"description": "How far back sales are looked at."})
    limit = QueryWhole(1, 100, load_default=24)


class QuickKeyOut(Out):
    item_id = Id()
    code = Text(40)
    name = Text(120)
    icon = Word(ItemIcon, allow_none=True)
    sold = Whole(0, metadata={"description": "Pieces on receipts that stand; of a set, receipts with it."})


class QuickKeysOut(Out):
    """Items on sale, what sells most at this kind of stop first; equal ones by code."""

    stop_kind = Word(StopKind, allow_none=True)
    from_day = Day()
    items = Many(Nested(QuickKeyOut), 100)

    example: ClassVar[Any] = {
        "stop_kind": "park",
        "from_day": "2026-06-01",
        "items": [
            {
                "item_id": "3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f601",
                "code": "UMAI",
                "name": "うまい棒",
                "icon": "rice_cracker",
                "sold": 412,
            }
        ],
    }
