"""Makes a random season through the write path: plans, visits, counts, receipts, notes, and what went wrong."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from typing import Any

from outreach_api.kernel.ids import new_id, visit_id_of
from schemas.contact_fields import CARD_WORDS
from schemas.vocabulary import (
    PROGRAMMES,
    Band,
    CancelReason,
    Depth,
    DestinationKind,
    Familiarity,
    InfoGiven,
    ItemCategory,
    Promise,
    ReferralOutcome,
    Stage,
    Topic,
)
from tests.api import Api
from tests.make import make_item, make_stop

Visit = tuple[uuid.UUID, dt.date]


class Season:
    """Days from `first` to `last`, around the clock of the test; everything is sent as phones send it."""

    def __init__(self, api: Api, seed: int, first: dt.date, last: dt.date) -> None:
        self.api = api
        self.dice = random.Random(seed)
        self.first, self.last = first, last
        self.waiting: list[dict[str, Any]] = []
        self.answers: dict[str, int] = {}
        self.stops = self._stops()
        self.items = self._items()
        self.destinations = [
            self.later(
                "destination.add",
                kind=kind,
                name=f"先{kind}",
                how_to_join="窓口へ",
                leaflet_stock=self.dice.randint(0, 90),
            )
            for kind in (
                *PROGRAMMES[:7],
                *self.dice.sample(list(DestinationKind)[8:], 3),
                DestinationKind.LINE,
            )
        ]
        self.accompany = self.later(
            "destination.add", kind="accompany", name="伴走", how_to_join="同意を得て", leaflet_stock=0
        )
        self._permissions()
        self._holidays()
        self.send()
        self._office()
        self.send()
        planned = self._plans()
        visits = self._visits(planned)
        self.send()
        sales, referrals, follow_ups = self._facts(visits)
        self.send()
        self._afterwards(visits, sales, referrals, follow_ups)
        self.send()
        self._paper(visits)
        self._corrections(visits)
        self.send()

    def later(self, operation: str, entity: uuid.UUID | None = None, /, **payload: Any) -> str:
        """Keep an operation to send; the id of what it makes."""
        return self.later_at(self.api.clock(), operation, entity, None, payload)

    def later_at(
        self, at: dt.datetime, kind: str, entity: uuid.UUID | None, base: int | None, payload: Any
    ) -> str:
        entity = entity or new_id()
        self.waiting.append(
            {
                "op_id": str(new_id()),
                "kind": kind,
                "v": 2 if kind == "sale.record" else 1,
                "entity_id": str(entity),
                "base_version": base,
                "occurred_at": at.isoformat().replace("+00:00", "Z"),
                "payload": payload,
            }
        )
        return str(entity)

    def send(self) -> None:
        operations, self.waiting = self.waiting, []
        for start in range(0, len(operations), 500):
            body = {
                "sent_at": self.api.clock().isoformat().replace("+00:00", "Z"),
                "operations": [
                    {name: value for name, value in operation.items() if value is not None}
                    for operation in operations[start : start + 500]
                ],
            }
            answer = self.api.post("/v1/sync/push", body)
            assert answer.status == 200, answer
            for line in answer.json["results"]:
                ended = line["result"] if line["result"] == "applied" else f"{line['result']} {line['code']}"
                self.answers[ended] = self.answers.get(ended, 0) + 1

    def day(self) -> dt.date:
        return self.first + dt.timedelta(days=self.dice.randrange((self.last - self.first).days + 1))

    def some(self, words: Any, most: int = 2) -> list[str]:
        return self.dice.sample([str(word) for word in words], self.dice.randint(0, most))

    def _stops(self) -> list[str]:
        made = []
        with self.api.database.write() as session:
            for number in range(10):
                known_since = self.first - dt.timedelta(
                    days=200 if number == 9 else self.dice.choice([0, 30, 200])
                )
                stop = make_stop(
                    session,
                    name=f"場所{number}",
                    code=f"K{number:02}",
                    lat=35.78 + self.dice.random() * 0.03,
                    lon=139.89 + self.dice.random() * 0.04,
                    status="paused" if number == 8 else "agreed",
                    created_at=dt.datetime.combine(known_since, dt.time(3), dt.UTC),
                )
                made.append(str(stop.id))
        return made[:9]  # nobody ever comes to the tenth

    def _items(self) -> list[str]:
        with self.api.database.write() as session:
            return [
                str(make_item(session, price_yen=price, category=category, tax_category=tax).id)
                for price, category, tax in zip(
                    (30, 250, 480, 900), ItemCategory, ("food", "food", "food", "standard"), strict=True
                )
            ]

    def _permissions(self) -> None:
        for stop in self.stops:
            self.later("permission.grant", stop_id=stop, type="none", valid_from="2020-01-01")
        for _ in range(14):
            until = self.day() + dt.timedelta(days=self.dice.randint(-20, 80))
            self.later(
                "permission.grant",
                stop_id=self.dice.choice(self.stops),
                type=self.dice.choice(["consent", "park_act"]),
                valid_from="2025-04-01",
                valid_to=until.isoformat(),
            )

    def _holidays(self) -> None:
        for days in (0, 5, 13):
            first = self.day()
            until = first + dt.timedelta(days=days)
            self.later(
                "school_holiday.add", name="休み", from_day=first.isoformat(), to_day=until.isoformat()
            )
        # Some days of a week that is told; taken back before anybody looks.
        mistaken = self.later("school_holiday.add", name="休み", from_day="2026-12-29", to_day="2027-01-01")
        self.send()
        payload = {"active": False}
        self.later_at(self.api.clock(), "school_holiday.change", uuid.UUID(mistaken), 1, payload)

    def _office(self) -> None:
        for destination in self.destinations[:3]:
            stock = {"leaflet_stock": 7} if destination != self.destinations[0] else {"active": False}
            self.later_at(self.api.clock(), "destination.change", uuid.UUID(destination), 1, stock)
        for number in range(8):
            linked: dict[str, Any] = {"name": f"団体{number}", "kind": "npo", "since": "2025-04-01"}
            if number % 3:
                linked["stop_id"] = self.dice.choice(self.stops)
            if number % 2:
                linked["destination_id"] = self.dice.choice(self.destinations)
            self.later("partner.add", **linked)
        gone = self.later(
            "partner.add",
            name="やめた団体",
            kind="programme",
            since="2025-04-01",
            destination_id=self.destinations[3],
        )
        self.send()
        self.later_at(self.api.clock(), "partner.change", uuid.UUID(gone), 1, {"active": False})
        for last_day in ("2026-11-29", "2026-11-30", "2026-12-31"):
            said = {"title": "月末の課題", "topic": "food", "stage": "infant", "raised_on": last_day}
            self.later("issue.raise", **said)
        issues = [
            (
                day := self.day(),
                self.later(
                    "issue.raise", title="課題", topic="food", stage="infant", raised_on=day.isoformat()
                ),
            )
            for _ in range(8)
        ]
        self.send()
        for raised, issue in issues[:5]:
            talked = raised + dt.timedelta(days=self.dice.randint(0, 14))
            payload = {"to": "discussed", "on_day": talked.isoformat()}
            self.later_at(self.api.clock(), "issue.advance", uuid.UUID(issue), 1, payload)
        self.send()
        for raised, issue in issues[:2]:
            done = raised + dt.timedelta(days=self.dice.randint(14, 30))
            payload = {"to": "action", "on_day": done.isoformat(), "action": "増やす"}
            self.later_at(self.api.clock(), "issue.advance", uuid.UUID(issue), 2, payload)

    def _plans(self) -> list[tuple[str, dt.date]]:
        """Plan stops with their days; some plans stay drafts, some are called off."""
        planned = []
        for day in sorted({self.day() for _ in range(26)}):
            stays = [
                {"stop_id": stop, "arrive": arrive, "depart": depart}
                for stop, arrive, depart in zip(
                    self.dice.sample(self.stops[:8], self.dice.randint(1, 2)),
                    ("10:00", "15:00"),
                    ("11:00", "16:00"),
                    strict=False,
                )
            ]
            body = {"van_id": str(self.api.van), "local_day": day.isoformat(), "stops": stays}
            plan = self.api.post("/v1/plans", body).json
            path, fate = f"/v1/plans/{plan['id']}", self.dice.random()
            planned += [(stop["id"], day) for stop in plan["stops"]]
            if fate < 0.15:
                continue
            done = self.api.post(f"{path}/publish", version=plan["version"])
            assert done.status == 200, done
            if fate < 0.3:
                reason = {"reason": self.dice.choice(list(CancelReason))}
                done = self.api.post(f"{path}/cancel", reason, version=done.json["version"])
                assert done.status == 200, done
            elif fate < 0.4:
                self.later("plan.cancel_stop", uuid.UUID(plan["stops"][0]["id"]), reason="thunder")
        self.send()
        return planned

    def _visits(self, planned: list[tuple[str, dt.date]]) -> list[Visit]:
        visits: list[Visit] = []
        for number, (plan_stop, day) in enumerate(planned):
            fate, visit_id = self.dice.random(), visit_id_of(uuid.UUID(plan_stop))
            if number % 6 == 5:
                fate = 0.7  # of each season some are called off
            if fate < 0.6:
                self.later("visit.open", visit_id, plan_stop_id=plan_stop)
                visits.append((visit_id, day))
            elif fate < 0.75:
                reason = self.dice.choice(list(CancelReason))
                self.later("visit.cancel", visit_id, reason=reason, plan_stop_id=plan_stop)
        for _ in range(26):
            visits.append((self._ad_hoc(self.day(), self.dice.choice(self.stops)), self.last))
        return visits

    def _ad_hoc(self, day: dt.date, stop: str) -> uuid.UUID:
        visit_id = new_id()
        lost_clock = self.dice.random() < 0.2
        at = self.api.clock() - dt.timedelta(days=60 if lost_clock else 0)
        payload = {"stop_id": stop, "van_id": str(self.api.van), "local_day": day.isoformat()}
        self.later_at(at, "visit.open", visit_id, None, payload)
        return visit_id

    def _facts(self, visits: list[Visit]) -> tuple[list[str], list[Visit], list[Visit]]:
        sales, referrals, follow_ups = [], [], []
        for visit, day in visits:
            here = {"visit_id": str(visit)}
            for _ in range(self.dice.randint(0, 3)):
                counts = {band: self.dice.randint(1, 9) for band in self.some(Band, 4)} or {"adult": 1}
                self.later("head_count.add", counts=counts, **here)
            if len(sales) % 7 == 3:  # a thumb on the wrong counter
                self.later("head_count.add", counts={"unknown": -9}, **here)
            for _ in range(self.dice.randint(0, 5)):
                sales.append(self._sale(here))
            if self.dice.random() < 0.7:
                self.later("ticket.issue", quantity=self.dice.randint(4, 14), payment="cash", **here)
            if self.dice.random() < 0.4:
                self.later("ticket.redeem", quantity=self.dice.randint(1, 4), face_yen=200, **here)
            for _ in range(self.dice.randint(0, 4)):
                self._note(here)
            for _ in range(self.dice.randint(0, 4)):
                direction = self.dice.choice(["out", "in"])
                where = self.dice.choice(self.destinations)
                referral = self.later("referral.open", direction=direction, destination_id=where, **here)
                referrals.append((uuid.UUID(referral), day))
            if self.dice.random() < 0.4:
                referrals.append((self._accompanied(here), day))
            for _ in range(self.dice.randint(0, 2)):
                follow_ups.append((uuid.UUID(self._follow_up(here, day)), day))
            for number in self.dice.sample(range(14), self.dice.randint(0, 5)):
                self.later("stamp.mark", card=f"7K3Q{number:02}", **here)
        return sales, referrals, follow_ups

    def _accompanied(self, here: dict[str, str]) -> uuid.UUID:
        """To 伴走支援: some with a consent and a case reference, some of these withdrawn, some consent later."""
        consent = {
            "scope": "hand_over",
            "given_by": "guardian",
            "method": "paper",
            "at": (self.api.clock() - dt.timedelta(hours=1)).isoformat().replace("+00:00", "Z"),
        }
        agreed = self.dice.random() < 0.6
        said = {"consent": consent, "case_ref": self.dice.choice([None, "BS-2026-0042"])} if agreed else {}
        opened = self.later("referral.open", direction="out", destination_id=self.accompany, **said, **here)
        if agreed and self.dice.random() < 0.4:
            self.later("consent.withdraw", uuid.UUID(opened))
        elif not agreed and self.dice.random() < 0.5:
            self.later("consent.give", referral_id=opened, case_ref="BS-2026-0043", **consent)
        return uuid.UUID(opened)

    def _sale(self, here: dict[str, str]) -> str:
        payment = self.dice.choice(["cash", "cash", "paypay", "other_qr", "ticket", "free", "mixed"])
        sale: dict[str, Any] = {"payment": payment, **here}
        if payment == "mixed":
            sale["payments"] = [{"payment": "paypay", "yen": self.dice.randint(1, 9)}, {"payment": "cash"}]
        elif self.dice.random() < 0.2:
            sale["discount_yen"] = self.dice.randint(1, 9)
        if payment == "ticket":
            sale |= {"ticket_count": self.dice.randint(1, 3), "ticket_face_yen": 100}
        if self.dice.random() < 0.3:
            return self.later("sale.record", rush_yen=self.dice.randint(10, 900), **sale)
        lines = [{"item_id": item, "quantity": self.dice.randint(1, 4)} for item in self.some(self.items, 3)]
        lines = lines or [{"item_id": self.items[0], "quantity": 1}]
        return self.later("sale.record", lines=lines, **sale)

    def _note(self, here: dict[str, str]) -> None:
        self.later(
            "note.write",
            familiarity=self.dice.choice(list(Familiarity)),
            depth=self.dice.choice(list(Depth)),
            stages=self.some(Stage),
            topics=self.some(Topic),
            info_given=self.some(InfoGiven),
            first_connection=self.dice.choice([None, True, False]),
            about_staff=len(self.waiting) % 10 == 0,
            **here,
        )

    def _follow_up(self, here: dict[str, str], day: dt.date) -> str:
        due = day + dt.timedelta(days=self.dice.randint(7, 40))
        word = self.dice.choice(CARD_WORDS) + "27"
        return self.later(
            "follow_up.promise",
            promise=self.dice.choice(list(Promise)),
            due_day=due.isoformat(),
            due_stop_id=self.dice.choice(self.stops),
            card_word=word,
            **here,
        )

    def _afterwards(
        self, visits: list[Visit], sales: list[str], referrals: list[Visit], follow_ups: list[Visit]
    ) -> None:
        for sale in self.dice.sample(sales, len(sales) // 6):
            self.later("sale.void", sale_id=sale, reason="打ち間違い")
        for sale in self.dice.sample(sales, len(sales) // 5):
            back = [{"line": 0, "quantity": 1}]
            self.later("sale.refund", sale_id=sale, lines=back, reason="袋がやぶれていた")
        for referral, day in referrals:
            for _ in range(self.dice.randint(0, 3)):
                when = day + dt.timedelta(days=self.dice.randint(0, 25))
                outcome = self.dice.choice([*ReferralOutcome, "connected", "connected", "handed_over"])
                self.later(
                    "referral.report_outcome",
                    referral_id=str(referral),
                    outcome=outcome,
                    local_day=when.isoformat(),
                )
        for follow_up, _ in follow_ups:
            for _ in range(self.dice.choice([0, 1, 1, 2])):
                met, where = self.dice.random() < 0.6, str(self.dice.choice(visits)[0])
                said = {"result": "met", "visit_id": where} if met else {"result": "not_met"}
                self.later("follow_up.report", follow_up_id=str(follow_up), **said)
        for visit, _ in visits:
            if self.dice.random() < 0.5:
                counts = {"1000": self.dice.randint(0, 5), "10": self.dice.randint(0, 50)}
                self.later(
                    "cash_up.count",
                    visit_id=str(visit),
                    opening_float_yen=1_000,
                    counts=counts,
                    difference_reason="数え直し",
                )
            if self.dice.random() < 0.75:
                early = self.dice.choice([None, None, "rain", "heat"])
                at = (self.api.clock() + dt.timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
                self.later("visit.close", visit, closed_at=at, early_reason=early)
            elif self.dice.random() < 0.3:
                self.later("visit.cancel", visit, reason="wind")

    def _paper(self, visits: list[Visit]) -> None:
        """Some visits were told over again from paper, and for some of these a coordinator chose."""
        for number, (visit, _) in enumerate(self.dice.sample(visits, 6)):
            told = {"visit_id": str(visit), "source": "paper"}
            self.later("head_count.add", counts={"adult": self.dice.randint(20, 40)}, **told)
            self.later("sale.record", payment="cash", rush_yen=self.dice.randint(500, 9_000), **told)
            self.later("ticket.issue", quantity=2, payment="cash", **told)
            if number % 2:
                self.send()
                version = self.api.get(f"/v1/visits/{visit}").json["version"]
                chosen = self.dice.choice([{"heads": "paper"}, {"receipts": "paper", "heads": "paper"}])
                self.later_at(self.api.clock(), "visit.choose_telling", visit, version, chosen)
        self.send()

    def _corrections(self, visits: list[Visit]) -> None:
        """Days put right, duplicates joined, and a count that came in for a visit that was called off."""
        shown = {v["id"]: v for v in self.api.get("/v1/visits?limit=200").json["items"]}
        ad_hoc = [v for v in shown.values() if v["plan_stop_id"] is None]
        for visit in self.dice.sample(ad_hoc, 3):
            day = dt.date.fromisoformat(visit["local_day"]) + dt.timedelta(days=self.dice.randint(-9, 9))
            payload = {"local_day": day.isoformat()}
            self.later_at(
                self.api.clock(), "visit.correct", uuid.UUID(visit["id"]), visit["version"], payload
            )
        self.send()
        shown = {v["id"]: v for v in self.api.get("/v1/visits?limit=200").json["items"]}
        for visit in self.dice.sample(list(shown.values()), 3):
            twin = self._ad_hoc(dt.date.fromisoformat(visit["local_day"]), visit["stop_id"])
            self.later("head_count.add", visit_id=str(twin), counts={"infant": 2})
            self.later("stamp.mark", visit_id=str(twin), card="7K3Q01")
            self.later_at(self.api.clock(), "visit.merge", twin, 1, {"into": visit["id"]})
        for visit in shown.values():
            if visit["status"] == "cancelled" and self.dice.random() < 0.5:
                self.later("head_count.add", visit_id=visit["id"], counts={"senior": 1})
