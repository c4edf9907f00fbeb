"""What happens at the counter of one visit: receipts, tickets, a mistake now and then, the till counted at the end."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from outreach_api.demo.catalogue import Catalogue
from outreach_api.demo.chance import Chance
from outreach_api.demo.crowd import Arrival, is_child
from outreach_api.demo.texts import DONORS
from outreach_api.demo.wire import Phone
from schemas.amounts import USUAL_FACE_YEN
from schemas.till import DENOMINATIONS
from schemas.vocabulary import Payment, Source

FLOAT_YEN = 10_000
_BUYS = 0.46
_PAYS = {
    Payment.CASH: 62.0,
    Payment.PAYPAY: 20.0,
    Payment.OTHER_QR: 4.0,
    Payment.TICKET: 11.0,
    Payment.FREE: 3.0,
}
_CHILD_YEN, _GROWN_UP_YEN = 400, 1_200
_CROWDED = 80  # from so many people on, sweets are sometimes rung up as one amount
_MISTAKE = 0.015
_MOST_TICKETS = 10  # more than any child's basket costs
_GIVES_TICKETS = 0.012
_DIFFERENCES = {0: 30.0, 10: 4.0, -10: 4.0, 50: 2.0, -100: 2.0, -550: 0.6}
_REASON = "小銭の両替で数えちがい"


class Counter:
    """The counter over the whole season: what it sells, and how many tickets are still owed to children."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.owed_tickets = 0
        self._given_today = 0
        self._first_given = False

    def sell(
        self, phone: Phone, chance: Chance, visit_id: uuid.UUID, day: dt.date, came: Sequence[Arrival]
    ) -> int:
        """Record a visit's receipts and tickets on a phone. Answers the cash that came in, in yen."""
        crowded = sum(len(arrival.bands) for arrival in came) > _CROWDED
        cash_yen = 0
        if not self._first_given:
            self._first_given = True
            cash_yen += self._issue(phone, chance, visit_id, came[0].at, 30, Payment.CASH)
        for arrival in came:
            for band in arrival.bands:
                at = arrival.at + dt.timedelta(seconds=chance.randint(60, 600))
                if chance.happens(_BUYS):
                    cash_yen += self._receipt(
                        phone, chance, visit_id, day, at, child=is_child(band), crowded=crowded
                    )
                if not is_child(band) and chance.happens(_GIVES_TICKETS):
                    paid = chance.pick({Payment.CASH: 3, Payment.PAYPAY: 1})
                    cash_yen += self._issue(phone, chance, visit_id, at, chance.choice((3, 5, 10)), paid)
        # A donor's tickets hang on the board from the next visit on.
        self.owed_tickets += self._given_today
        self._given_today = 0
        return cash_yen

    def count_till(
        self,
        phone: Phone,
        chance: Chance,
        visit_id: uuid.UUID,
        at: dt.datetime,
        cash_yen: int,
        counted_by: uuid.UUID,
        source: Source = Source.APP,
    ) -> uuid.UUID:
        """Count what should be there, and now and then a little more or less."""
        difference = chance.pick(_DIFFERENCES)
        payload: dict[str, Any] = {
            "visit_id": str(visit_id),
            "opening_float_yen": FLOAT_YEN,
            "counts": _pieces(FLOAT_YEN + cash_yen + difference),
            "counted_by": str(counted_by),
            "source": source,
        }
        if abs(difference) > 300:
            payload["difference_reason"] = _REASON
        return phone.keep("cash_up.count", chance.fact_id(at), at, payload)

    def _receipt(
        self,
        phone: Phone,
        chance: Chance,
        visit_id: uuid.UUID,
        day: dt.date,
        at: dt.datetime,
        *,
        child: bool,
        crowded: bool,
    ) -> int:
        payment = chance.pick(_PAYS)
        if payment is Payment.TICKET and not (child and self.owed_tickets >= _MOST_TICKETS):
            payment = Payment.CASH
        payload: dict[str, Any] = {"visit_id": str(visit_id), "payment": payment}
        if crowded and child and payment is Payment.CASH and chance.happens(0.05):
            yen = 10 * chance.randint(20, 150)
            payload["rush_yen"] = yen
        else:
            most = _CHILD_YEN if child else _GROWN_UP_YEN
            payload["lines"], yen = self.catalogue.basket(chance, day, child=child, most_yen=most)
        if payment is Payment.TICKET:
            payload["ticket_count"] = -(-yen // USUAL_FACE_YEN)
            self.owed_tickets -= payload["ticket_count"]
        sale_id = phone.keep("sale.record", chance.fact_id(at), at, payload)
        if payment is not Payment.TICKET and chance.happens(_MISTAKE):
            later = at + dt.timedelta(seconds=40)
            phone.keep(
                "sale.void", chance.fact_id(later), later, {"sale_id": str(sale_id), "reason": "打ちまちがい"}
            )
            return 0
        return yen if payment is Payment.CASH else 0

    def _issue(
        self, phone: Phone, chance: Chance, visit_id: uuid.UUID, at: dt.datetime, pieces: int, paid: Payment
    ) -> int:
        """Tickets that a donor pays for; the cash for them in yen."""
        payload = {
            "visit_id": str(visit_id),
            "quantity": pieces,
            "payment": paid,
            "donor_nickname": chance.choice(DONORS),
        }
        phone.keep("ticket.issue", chance.quiet_id(), at, payload)
        self._given_today += pieces
        return pieces * USUAL_FACE_YEN if paid is Payment.CASH else 0


def _pieces(yen: int) -> dict[str, int]:
    """An amount in the largest coins and notes that a till has: up to 1,000 yen notes."""
    found = {}
    for face in DENOMINATIONS:
        if face <= 1_000:
            number, yen = divmod(yen, face)
            if number:
                found[str(face)] = number
    return found
