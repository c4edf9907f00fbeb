"""Pay-it-forward tickets (恩送りチケット) on the wire: bought, allotted, used, made good, and thanked for."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.amounts import HIGHEST_FACE_YEN, MOST_TICKETS, USUAL_FACE_YEN
from schemas.base import SOURCE_DEFAULT, Out, PageQuery, Query, WireSchema
from schemas.fields import Coded, Day, Flag, Id, Instant, Many, Nested, QueryFlag, Text, Whole, Word
from schemas.problem import FaultOut
from schemas.vocabulary import MONEY, Payment, SettledBy, Source, TicketEvent

MOST_NUMBERS = 200


def _numbers(says: str) -> Many:
    number = Text(20, form="[A-Z0-9-]{1,20}")
    return Many(number, MOST_NUMBERS, fewest=1, unique=True, metadata={"description": says})


class TicketIssueIn(WireSchema):
    """Tickets that a donor pays for. A donation, not revenue."""

    visit_id = Id(required=True)
    quantity = Whole(1, MOST_TICKETS, required=True)
    face_yen = Whole(1, HIGHEST_FACE_YEN, load_default=USUAL_FACE_YEN)
    payment = Word(Payment, required=True, metadata={"description": "cash, paypay or other_qr."})
    donor_nickname = Text(40, load_default=None, metadata={"description": "As on the ticket, if at all."})
    message = Text(
        140, metadata={"description": "What the donor says to whoever uses them. Nobody else's name."}
    )
    numbers = _numbers("Printed on them, if they have any; as many as tickets. Without: a pool.")
    valid_until = Day(
        metadata={"description": "The last day of tickets by number; without it they never end."}
    )
    source = Word(Source, load_default=None, metadata={"description": SOURCE_DEFAULT})

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["payment"] not in MONEY:
            raise Coded("payment_not_money")

    example: ClassVar = {
        "visit_id": "8d3e2c1b-0a9f-5e8d-b7c6-a5f4e3d2c1b0",
        "quantity": 5,
        "payment": "cash",
        "donor_nickname": "ひまわり",
    }


class TicketRedeemIn(WireSchema):
    """Tickets that children used without a receipt of their own. Nobody is named, and every child is honoured."""

    visit_id = Id(required=True)
    quantity = Whole(1, MOST_TICKETS, required=True)
    face_yen = Whole(1, HIGHEST_FACE_YEN, load_default=USUAL_FACE_YEN)
    numbers = _numbers("As printed on them, if they have any; as many as tickets.")
    allotment_id = Id(metadata={"description": "Of tickets that a partner handed on."})
    source = Word(Source, load_default=None, metadata={"description": SOURCE_DEFAULT})

    example: ClassVar = {"visit_id": "8d3e2c1b-0a9f-5e8d-b7c6-a5f4e3d2c1b0", "quantity": 1}


class TicketSettleBody(WireSchema):
    """Makes an overdraft good, as a fact beside the redemption that was beyond the pool."""

    quantity = Whole(1, MOST_TICKETS, required=True)
    settled_by = Word(SettledBy, required=True)

    example: ClassVar[Any] = {"quantity": 1, "settled_by": "organisation"}


class TicketSettleIn(TicketSettleBody):
    ticket_id = Id(required=True, metadata={"description": "The redemption."})

    example: ClassVar[Any] = {"ticket_id": "c2a9e3b4-1a52-4a0e-9a5b-6a1d2f3e4b5c", **TicketSettleBody.example}


class TicketAllotIn(WireSchema):
    """Tickets of the pool that a partner may hand on, to whomever it meets. Nobody is named."""

    partner_id = Id(required=True)
    quantity = Whole(1, MOST_TICKETS, required=True)
    face_yen = Whole(1, HIGHEST_FACE_YEN, load_default=USUAL_FACE_YEN)
    valid_until = Day(metadata={"description": "After it the rest is the pool's again; without it, never."})

    example: ClassVar = {
        "partner_id": "5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d",
        "quantity": 2,
        "valid_until": "2027-03-31",
    }


class TicketReturnBody(WireSchema):
    """Allotted tickets that come back to the pool."""

    quantity = Whole(1, MOST_TICKETS, required=True)

    example: ClassVar[Any] = {"quantity": 1}


class TicketReturnIn(TicketReturnBody):
    allotment_id = Id(required=True)

    example: ClassVar[Any] = {
        "allotment_id": "6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e",
        **TicketReturnBody.example,
    }


class AllotmentOut(Out):
    id = Id()
    partner_id = Id()
    local_day = Day()
    valid_until = Day(allow_none=True)
    quantity = Whole(1)
    face_yen = Whole(1)
    used = Whole(0)
    returned = Whole(0)
    left = Whole(0, metadata={"description": "That may still be handed on; 0 after its last day."})
    overdrawn = Whole(0, metadata={"description": "Used beyond it: honoured all the same."})

    example: ClassVar[Any] = {
        "id": "6b5c4d3e-2f1a-4b0c-9d8e-7f6a5b4c3d2e",
        "partner_id": "5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d",
        "local_day": "2026-11-28",
        "valid_until": "2027-03-31",
        "quantity": 20,
        "face_yen": 100,
        "used": 4,
        "returned": 0,
        "left": 16,
        "overdrawn": 0,
    }


class TicketOut(Out):
    id = Id()
    event = Word(TicketEvent)
    visit_id = Id()
    local_day = Day()
    occurred_at = Instant()
    quantity = Whole(-MOST_TICKETS, metadata={"description": "Negative when a receipt was taken back."})
    face_yen = Whole(1)
    payment = Word(Payment, allow_none=True)
    donor_nickname = Text(40, allow_none=True)
    sale_id = Id(allow_none=True)
    message = Text(140, allow_none=True)
    numbers = Many(Text(20), MOST_NUMBERS)
    valid_until = Day(allow_none=True)
    allotment_id = Id(allow_none=True)
    settles_id = Id(allow_none=True, metadata={"description": "The redemption that it makes good."})
    settled_by = Word(SettledBy, allow_none=True)
    beyond_pool = Whole(0, metadata={"description": "Of them, nobody had paid for so many when they came."})
    source = Word(Source)
    counted = Flag(
        metadata={"description": "False while the visit's other telling of its receipts and tickets stands."}
    )

    example: ClassVar = {
        "id": "c2a9e3b4-1a52-4a0e-9a5b-6a1d2f3e4b5c",
        "event": "issued",
        "visit_id": "8d3e2c1b-0a9f-5e8d-b7c6-a5f4e3d2c1b0",
        "local_day": "2026-11-28",
        "occurred_at": "2026-11-28T02:15:00Z",
        "quantity": 5,
        "face_yen": 100,
        "payment": "cash",
        "donor_nickname": "ひまわり",
        "sale_id": None,
        "message": "よいおやつの時間を",
        "numbers": [],
        "valid_until": None,
        "allotment_id": None,
        "settles_id": None,
        "settled_by": None,
        "beyond_pool": 0,
        "source": "app",
        "counted": True,
    }


class TicketDoneOut(TicketOut):
    warnings = Many(Nested(FaultOut), 10)

    example: ClassVar = {**TicketOut.example, "warnings": []}


class TicketQuery(PageQuery):
    visit_id = Id(load_default=None)
    event = Word(TicketEvent, load_default=None)
    beyond_pool = QueryFlag(
        load_default=None, metadata={"description": "True: only what was honoured beyond the pool."}
    )


class TicketBalanceOut(Out):
    """What the pool still owes to children. Never below zero: what was honoured beyond it is `overdraft`."""

    issued = Whole(0)
    issued_yen = Whole(0)
    redeemed = Whole(0)
    redeemed_yen = Whole(0)
    owed = Whole(0)
    owed_yen = Whole(0)
    settled = Whole(0, metadata={"description": "Overdrafts that were made good."})
    settled_yen = Whole(0)
    overdraft = Whole(0)
    overdraft_yen = Whole(0)
    allotted = Whole(0, metadata={"description": "Of what is owed: with partners, to be handed on."})
    available = Whole(0, metadata={"description": "Of what is owed: free to be used or allotted."})

    example: ClassVar = {
        "issued": 120,
        "issued_yen": 12_000,
        "redeemed": 87,
        "redeemed_yen": 8_700,
        "owed": 33,
        "owed_yen": 3_300,
        "settled": 0,
        "settled_yen": 0,
        "overdraft": 0,
        "overdraft_yen": 0,
        "allotted": 16,
        "available": 17,
    }


class ThanksQuery(Query):
    from_day = Day(load_default=None)
    to_day = Day(load_default=None)
    donor_nickname = Text(40, load_default=None)


class ThankedOut(Out):
    """What became of one gift of tickets: numbers only, of no child."""

    donor_nickname = Text(40, allow_none=True)
    message = Text(140, allow_none=True)
    local_day = Day()
    quantity = Whole(1)
    yen = Whole(1)
    used = Whole(0, metadata={"description": "Those by number as they were used, others in the order given."})
    waiting = Whole(0)


class ThanksOut(Out):
    """For thanking donors: how many were given and used. Not when, where or by whom they were used."""

    quantity = Whole(0)
    yen = Whole(0)
    used = Whole(0)
    waiting = Whole(0)
    gifts = Many(Nested(ThankedOut), 1_000_000)

    example: ClassVar[Any] = {
        "quantity": 5,
        "yen": 500,
        "used": 3,
        "waiting": 2,
        "gifts": [
            {
                "donor_nickname": "ひまわり",
                "message": "よいおやつの時間を",
                "local_day": "2026-11-28",
                "quantity": 5,
                "yen": 500,
                "used": 3,
                "waiting": 2,
            }
        ],
    }


class TakingsQuery(Query):
    visit_id = Id(load_default=None)
    from_day = Day(load_default=None)
    to_day = Day(load_default=None)


class TakingsOut(Out):
    """What came in, apart: sold is revenue, tickets bought are donations, tickets used are neither."""

    revenue_yen = fields.Integer()
    revenue_by_payment_yen = fields.Dict(keys=fields.String(), values=fields.Integer())
    donations_yen = fields.Integer()
    donations_by_payment_yen = fields.Dict(keys=fields.String(), values=fields.Integer())
    tickets_used_yen = fields.Integer(metadata={"description": "Face value; paid when they were bought."})
    cash_yen = fields.Integer(
        metadata={"description": "Both together in cash: what tills should have gained."}
    )

    example: ClassVar[Any] = {
        "revenue_yen": 41_230,
        "revenue_by_payment_yen": {"cash": 30_110, "paypay": 11_120},
        "donations_yen": 3_000,
        "donations_by_payment_yen": {"cash": 2_000, "paypay": 1_000},
        "tickets_used_yen": 1_200,
        "cash_yen": 32_110,
    }
