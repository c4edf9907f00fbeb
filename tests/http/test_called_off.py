"""One phone calls a visit off, another one was there: what stands in the end does not hang on who was heard first."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

import pytest

from outreach_api.kernel.ids import visit_id_of
from tests.api import Answer, Api
from tests.http.test_sync import operation, push, results
from tests.make import make_item
from tests.planning import agreed_stop, draft, publish, stay


class Day:
    """A published plan of one stay, the phone that calls it off, and what the phone on the spot may enter."""

    def __init__(self, api: Api, number: int = 0) -> None:
        self.api = api
        self.day = f"2026-11-{28 - number}"
        plan = draft(api, stay(agreed_stop(api, f"K{number}")), day=self.day)
        assert publish(api, plan).status == 200
        plan_stop = plan.json["stops"][0]["id"]
        self.visit = str(visit_id_of(uuid.UUID(plan_stop)))
        self.other_phone = api.token("crew", another=True)
        with api.database.write() as session:
            item = str(make_item(session).id)
        at = {"visit_id": self.visit}
        sale = {**at, "payment": "cash", "lines": [{"item_id": item, "quantity": 2}]}
        self.calls_off = operation(
            "visit.cancel",
            {"reason": "rain", "plan_stop_id": plan_stop, "note": "強い雨"},
            entity_id=self.visit,
        )
        self.entered = {
            "open": operation(
                "visit.open", {"plan_stop_id": plan_stop, "note": "北側の入口"}, entity_id=self.visit
            ),
            "heads": operation("head_count.add", {**at, "counts": {"infant": 3}}),
            "sale": operation("sale.record", sale),
            "note": operation("note.write", {**at, "depth": "chat", "familiarity": "new"}),
            "ticket": operation("ticket.issue", {**at, "quantity": 2, "payment": "cash"}),
            "stamp": operation("stamp.mark", {**at, "card": "7K3QX9"}),
            "close": operation("visit.close", {}, entity_id=self.visit, occurred_at="2026-11-28T02:30:00Z"),
        }

    def cancel(self) -> Answer:
        return push(self.api, self.calls_off, token=self.other_phone, role=None)

    def enter(self, *names: str) -> None:
        assert results(push(self.api, *(self.entered[name] for name in names))) == [("applied", None)] * len(
            names
        )

    def shown(self) -> dict[str, Any]:
        """What the office, phones and families are told of it."""
        visit = self.api.get(f"/v1/visits/{self.visit}").json
        told = {name: visit[name] for name in ("status", "cancel_reason", "opened_at", "closed_at")}
        told |= {"heads": visit["attendance"]["total"], "note": sorted((visit["note"] or "").splitlines())}
        pulled = self.api.get("/v1/sync/pull?limit=500", role="crew").json["items"]
        told["phones"] = [item["data"]["status"] for item in pulled if item["id"] == self.visit]
        entries = self.api.get(f"/v1/public/timetable.json?from_day={self.day}", role=None).json["entries"]
        told["families"] = [entry["status"] for entry in entries if entry["local_day"] == self.day]
        return told


ENTERED = [
    ("open", "heads"),
    ("open", "sale"),
    ("open", "note"),
    ("open", "ticket"),
    ("open", "stamp"),
    ("open", "close"),
    ("open", "heads", "close"),
]


@pytest.mark.parametrize("entered", ENTERED, ids="+".join)
def test_a_visit_at_which_something_happened_was_held_whenever_its_cancellation_comes(
    api: Api, entered: tuple[str, ...]
) -> None:
    stands = "closed" if "close" in entered else "open"
    told = []
    for before in range(len(entered) + 1):
        day = Day(api, before)
        for name in entered[:before]:
            day.enter(name)
        day.cancel()
        for name in entered[before:]:
            day.enter(name)
        told.append(day.shown())
        assert (told[-1]["status"], told[-1]["cancel_reason"]) == (stands, None), before
        families = "open" if stands == "open" and before == 0 else "closed"
        assert (told[-1]["phones"], told[-1].pop("families")) == ([stands], [families]), before
    # Of a cancellation that was refused, the remark stays where it was sent from.
    assert all({**one, "note": None} == {**told[0], "note": None} for one in told)
    visits = api.get("/v1/reports/week/2026-W48").json["visits"]
    assert (visits["held"], visits["cancelled"]) == (len(told), 0)


def test_facts_and_cancellation_in_whatever_order_within_one_push(api: Api) -> None:
    for number, order in enumerate(itertools.permutations(("open", "cancel", "heads"))):
        day = Day(api, number)
        all_of_it = {**day.entered, "cancel": day.calls_off}
        push(api, *(all_of_it[name] for name in order))
        assert (day.shown()["status"], day.shown()["heads"]) == ("open", 3), order


def test_what_nobody_counted_at_stays_called_off_and_an_arrival_begins_it_again(api: Api) -> None:
    day = Day(api)
    day.enter("open")
    assert results(day.cancel()) == [("applied", None)]
    shown = day.shown()
    assert (shown["status"], shown["cancel_reason"], shown["families"]) == (
        "cancelled",
        "rain",
        ["cancelled"],
    )
    assert shown["note"] == ["北側の入口", "強い雨"]
    again = operation(
        "visit.open", {**day.entered["open"]["payload"], "note": "また来た"}, entity_id=day.visit
    )
    (line,) = push(api, again).json["results"]
    assert [warning["code"] for warning in line["warnings"]] == ["visit_was_cancelled"]
    assert (day.shown()["status"], day.shown()["families"]) == ("open", ["open"])
    assert day.shown()["note"] == sorted(["北側の入口", "強い雨", "また来た"])


def test_whoever_held_the_phone_on_the_spot_hears_nothing_but_that_it_is_in(api: Api) -> None:
    """The phone that called it off learns by its next pull that the visit was held."""
    day = Day(api)
    assert results(day.cancel()) == [("applied", None)]
    cursor = api.get("/v1/sync/pull?limit=500", role=None, token=day.other_phone).json["cursor"]
    day.enter("heads")
    pulled = api.get(f"/v1/sync/pull?limit=500&cursor={cursor}", role=None, token=day.other_phone).json[
        "items"
    ]
    assert [item["data"]["status"] for item in pulled if item["id"] == day.visit] == ["open"]
    day.enter("open", "close")
    assert day.shown()["status"] == "closed"
