"""What crews and the office enter on their phones in a day of sync: visits, counts, sales, notes, and mistakes."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from outreach_api.kernel.clock import format_instant
from tests.proofs.day_of_sync import DayOfSync
from tests.proofs.handsets import Entry, Handset
from tests.proofs.mistakes import MISTAKES, enter_mistake
from tests.proofs.organisation import Stay

CARDS = ("7K3QX9", "7K3QXA", "A47HJM")
BANDS = ("infant", "elem_low", "guardian")
PAYMENTS = ("cash", "paypay", "ticket", "free")
FACTS = {
    "tap": "head_count.add",
    "sale": "sale.record",
    "note": "note.write",
    "stamp": "stamp.mark",
    "issue": "ticket.issue",
    "redeem": "ticket.redeem",
    "hygiene": "hygiene.log",
}
WHATS = (
    *(
        "tap",
        "tap",
        "tap",
        "sale",
        "sale",
        "sale",
        "note",
        "note",
        "stamp",
        "stamp",
        "issue",
        "redeem",
        "hygiene",
    ),
    *(
        "void",
        "void",
        "planned",
        "unplanned",
        "wrong",
        "righted",
        "close",
        "called off",
        "mistake",
        "mistake",
    ),
    *("other words", "another's id", "another's words", "the thing again", "the thing elsewhere"),
)
"""As often as they stand here."""


OfVan = tuple[uuid.UUID, uuid.UUID]
"""Something with its van before it."""


class Thing(NamedTuple):
    """Something to enter; which of what there is, a number and a choice give it its content."""

    what: str
    which: int
    n: int
    choice: bool


class Entering:
    """Enters things into a day's phones, and knows what was entered."""

    def __init__(self, day: DayOfSync) -> None:
        self.day, self.here = day, day.here
        self._visits: list[OfVan] = [(stay.van_id, stay.visit_id) for stay in day.here.stays]
        """Known to every phone of the van from their first moment, as if its crew had told each other."""
        self._sales: list[OfVan] = []
        self._wrong: list[Entry] = []
        """Arrivals and sales that are refused as they were entered."""
        self._entered: list[tuple[Handset, Entry]] = []

    def enter(self, handset: Handset, thing: Thing) -> None:
        what, which, n, choice = thing
        visit_id = self._visit(handset, which)
        match what:
            case "planned":
                self._arrive_as_planned(handset, which, choice)
            case "unplanned":
                self._arrive_unplanned(handset, which, choice)
            case "close":
                self._keep(handset, "visit.close", self._moment(handset, "closed_at", choice), visit_id)
            case "called off":
                if choice:  # before anything happened there
                    visit_id = self._arrive_unplanned(handset, which, False)
                self._keep(handset, "visit.cancel", {"reason": "rain"}, visit_id)
            case "never came":
                stay = self._stay(handset, which)
                said = {"reason": "rain", "plan_stop_id": str(stay.plan_stop_id)}
                self._keep(handset, "visit.cancel", said, stay.visit_id)
            case "void" if self._sales:
                said = {"sale_id": str(_one_of(handset, self._sales, which)), "reason": "打ち間違い"}
                self._keep(handset, "sale.void", said)
            case "mistake":
                mistake = MISTAKES[(which + n) % len(MISTAKES)]
                enter_mistake(handset, self.here, mistake, {"visit_id": str(visit_id)}, which)
            case "wrong":
                self._enter_wrongly(handset, which, str(visit_id) if choice else None)
            case "righted" if self._wrong:
                self._right(handset, self._wrong[-1 - which % len(self._wrong)])
            case _ if what in FACTS:
                said = {"visit_id": str(visit_id)} | _fact(FACTS[what], n)
                key = self.here.keyring.public_key if choice else None
                entry = self._keep(handset, FACTS[what], said, seal_for=key)
                if what == "sale":
                    self._sales.append((self._van(handset, which), entry.entity_id))
            case _ if self._entered:
                self._tell_again(handset, what, str(visit_id), which)

    def number_anew(self, handset: Handset, which: int, elsewhere: bool) -> None:
        """A phone that forgot its numbers enters again what it still holds, perhaps at another visit."""
        for place, entry in enumerate(list(handset.held.values())[which % 3 :: 2][:5]):
            said = entry.payload
            if elsewhere and place % 2 and "visit_id" in said:
                said = said | {"visit_id": str(self._visit(handset, which + place))}
            self.day.disputed |= {entry.op_id, entry.entity_id}
            handset.enter(self.here.clock(), entry.kind, said, entry.entity_id)

    def two_visits(self, which: int, other: int) -> tuple[uuid.UUID, uuid.UUID]:
        """Most often two of one van, the first one opened without a plan."""
        van_id, visit_id = self._visits[-1 - which % len(self._visits)]
        mates = [one for van, one in self._visits if other == 11 or (van == van_id and one != visit_id)]
        return visit_id, mates[other % len(mates)]

    def _arrive_as_planned(self, handset: Handset, which: int, says_when: bool) -> None:
        stay = self._stay(handset, which)
        when = self._moment(handset, "opened_at", says_when)
        self._keep(handset, "visit.open", {"plan_stop_id": str(stay.plan_stop_id)} | when, stay.visit_id)

    def _arrive_unplanned(self, handset: Handset, which: int, says_when: bool) -> uuid.UUID:
        said = self._stop(which) | self._moment(handset, "opened_at", says_when)
        van_id = self._van(handset, which)
        if handset.sender.van_id is None:
            said["van_id"] = str(van_id)
        visit_id = self._keep(handset, "visit.open", said).entity_id
        self._visits.append((van_id, visit_id))
        return visit_id

    def _enter_wrongly(self, handset: Handset, which: int, visit_id: str | None) -> None:
        """What comes of it later waits for something that was refused: a sale to take back, or a visit."""
        van_id = self._van(handset, which)
        if visit_id is not None:
            said = {"visit_id": visit_id, "payment": "shells", "rush_yen": 10}
            entry = handset.enter(self.here.clock(), "sale.record", said, refusal="invalid")
            self._sales.append((van_id, entry.entity_id))
        else:  # a crew names another van, the office none
            others = [str(one) for one in self.here.vans if one != van_id]
            named = {"van_id": others[0]} if handset.sender.van_id else {}
            entry = handset.enter(self.here.clock(), "visit.open", self._stop(which) | named)
            self._visits.append((van_id, entry.entity_id))
        self._wrong.append(entry)

    def _right(self, handset: Handset, wrong: Entry) -> None:
        """Somebody enters it as it should have been."""
        said = {name: value for name, value in wrong.payload.items() if name != "van_id"}
        if wrong.kind == "sale.record":
            said["payment"] = "cash"
        elif handset.sender.van_id is None:
            said["van_id"] = str(next(van for van, one in self._visits if one == wrong.entity_id))
        self.day.disputed.add(wrong.entity_id)
        self._keep(handset, wrong.kind, said, wrong.entity_id)

    def _tell_again(self, handset: Handset, how: str, visit_id: str, which: int) -> None:
        """Under a number that was given already; or the same thing under another number."""
        owner, earlier = self._entered[-1 - which % len(self._entered)]
        self.day.disputed |= {earlier.op_id, earlier.entity_id}
        now, visit = self.here.clock(), {"visit_id": visit_id}
        match how:
            case "the thing again":
                handset.enter(now, earlier.kind, earlier.payload, earlier.entity_id)
            case "the thing elsewhere":
                said = earlier.payload | (visit if "visit_id" in earlier.payload else {})
                handset.enter(now, earlier.kind, said, earlier.entity_id)
            case "another's words":  # as a phone that was paired anew and took over the other one's queue
                handset.queue.append(earlier)
            case _:
                teller = owner if how == "other words" else handset
                teller.enter(now, "head_count.add", visit | _fact("head_count.add", 2), op_id=earlier.op_id)

    def _keep(self, handset: Handset, kind: str, payload: Any, *args: Any, **more: Any) -> Entry:
        entry = handset.enter(self.here.clock(), kind, payload, *args, **more)
        self._entered.append((handset, entry))
        return entry

    def _van(self, handset: Handset, which: int) -> uuid.UUID:
        """The phone's, or one of those that an office has."""
        return handset.sender.van_id or self.here.vans[which % len(self.here.vans)]

    def _stay(self, handset: Handset, which: int) -> Stay:
        stays = [stay for stay in self.here.stays if handset.sender.van_id in (None, stay.van_id)]
        return stays[which % len(stays)]

    def _stop(self, which: int) -> dict[str, str]:
        return {"stop_id": str(list(self.here.stop_mesh)[which % len(self.here.stop_mesh)])}

    def _visit(self, handset: Handset, which: int) -> uuid.UUID:
        return _one_of(handset, self._visits, which)

    def _moment(self, handset: Handset, name: str, says_when: bool) -> dict[str, str]:
        return {name: format_instant(self.here.clock() + handset.offset)} if says_when else {}


def _one_of(handset: Handset, things: list[OfVan], which: int) -> uuid.UUID:
    """One of the phone's own van, the latest first; once in a while any van's."""
    van_id = handset.sender.van_id
    own = [thing for of, thing in things if van_id in (None, of)][::-1]
    return own[which % len(own)] if own and which != 11 else things[-1][1]


def _fact(kind: str, n: int) -> dict[str, Any]:
    some = abs(n) + 1
    match kind:
        case "head_count.add":
            return {"counts": {BANDS[n % 3]: n or 1}}
        case "sale.record":
            payment = PAYMENTS[n % 4]
            tickets = {"ticket_count": some} if payment == "ticket" else {}
            return {"payment": payment, "rush_yen": 10 * some, **tickets}
        case "note.write":
            return {"depth": ("chat", "crisis")[n % 2], "text": "次の日程を渡した。"}
        case "stamp.mark":
            return {"card": CARDS[n % 3]}
        case "hygiene.log":
            return {"check": "water", "passed": True}
        case "ticket.issue":
            return {"quantity": some, "face_yen": 100, "payment": "cash"}
        case _:
            return {"quantity": some, "face_yen": 100}
