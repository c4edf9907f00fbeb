"""A phone that pulls what is new knows what one knows that asks for everything, whatever happened in between."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from outreach_api.app import KINDS
from outreach_api.kernel.ids import new_id
from tests.api import Api
from tests.http.test_sync import operation, push, results
from tests.planning import agreed_stop, draft, publish, stay
from tests.world import World

ROLES = ("crew", "coordinator", "safeguarding")


class Puller:
    """Keeps what it pulled, as a phone does."""

    def __init__(self, api: Api, role: str, van: uuid.UUID | None = None) -> None:
        self._api, self._role, self._van = api, role, van
        self._cursor = ""
        self.copy: dict[tuple[str, str], Any] = {}

    def pull(self) -> dict[tuple[str, str], Any]:
        more = True
        while more:
            path = f"/v1/sync/pull?limit=500{self._cursor and f'&cursor={self._cursor}'}"
            page = self._api.get(path, role=self._role, van=self._van).json
            for item in page["items"]:
                place = (item["kind"], item["id"])
                self.copy.pop(place, None)
                if not item["gone"]:
                    self.copy[place] = item["data"]
            self._cursor, more = page["cursor"], page["more"]
        return self.copy

    def differences(self) -> dict[tuple[str, str], Any]:
        """Of each thing, what this phone holds and what a new one gets, where they differ."""
        held, fresh = self.pull(), Puller(self._api, self._role, self._van).pull()
        places = held | fresh
        return {p: (held.get(p), fresh.get(p)) for p in places if held.get(p) != fresh.get(p)}


def pullers_of(api: Api) -> list[Puller]:
    """Phones of both vans and of the office, which know all that is there."""
    made = [Puller(api, role) for role in ROLES] + [Puller(api, "crew", api.other_van)]
    for puller in made:
        puller.pull()
    return made


def test_after_every_kind_of_change(api: Api) -> None:
    world = World(api)
    pullers = pullers_of(api)
    for kind in KINDS:
        if (described := world.operations.get(kind.name)) is not None:
            world.send(described, world.body(described), key=new_id())
            for puller in pullers:
                assert puller.differences() == {}, kind.name


@pytest.fixture
def visit(api: Api) -> str:
    """A planned visit that was opened, with a counted till, a promise and a sale."""
    plan = draft(api, stay(agreed_stop(api)))
    assert publish(api, plan).status == 200
    planned = plan.json["stops"][0]
    made = str(planned["visit_id"])
    answer = push(
        api,
        operation("visit.open", {"plan_stop_id": planned["id"]}, entity_id=made),
        operation("head_count.add", {"visit_id": made, "counts": {"infant": 2}}),
        operation("sale.record", {"visit_id": made, "payment": "cash", "rush_yen": 300}, entity_id=SALE),
        operation(
            "follow_up.promise",
            {
                "visit_id": made,
                "promise": "bring_info",
                "due_day": "2026-12-26",
                "due_stop_id": planned["stop_id"],
            },
        ),
        operation("cash_up.count", {"visit_id": made, "opening_float_yen": 0, "counts": {"100": 3}}),
    )
    assert results(answer) == [("applied", None)] * 5, answer
    return made


SALE = str(uuid.UUID(int=7, version=4))


def test_after_a_stop_got_another_name(api: Api, visit: str) -> None:
    pullers = pullers_of(api)
    shown = api.get(f"/v1/visits/{visit}").json
    stop = api.get(f"/v1/stops/{shown['stop_id']}").json
    assert api.patch(f"/v1/stops/{stop['id']}", {"name": "本土寺の裏"}, version=stop["version"]).status == 200
    assert [puller.differences() for puller in pullers] == [{}] * len(pullers)


def test_after_visits_were_joined(api: Api, visit: str) -> None:
    """Till, promise and report of the duplicate are shown at the visit that remains."""
    stop, twin, promise = api.get(f"/v1/visits/{visit}").json["stop_id"], str(new_id()), str(new_id())
    answer = push(
        api,
        operation("visit.open", {"stop_id": stop}, entity_id=twin),
        operation(
            "follow_up.promise",
            {"visit_id": twin, "promise": "other", "due_day": "2026-12-26", "due_stop_id": stop},
            entity_id=promise,
        ),
        operation("follow_up.report", {"follow_up_id": promise, "visit_id": twin, "result": "met"}),
        operation("cash_up.count", {"visit_id": twin, "opening_float_yen": 0, "counts": {"10": 1}}),
    )
    assert results(answer) == [("applied", None)] * 4, answer
    pullers = pullers_of(api)
    version = api.get(f"/v1/visits/{twin}").json["version"]
    assert api.post(f"/v1/visits/{twin}/merge", {"into": visit}, version=version).status == 200
    assert [puller.differences() for puller in pullers] == [{}] * len(pullers)


def test_after_a_visit_went_to_another_day(api: Api, visit: str) -> None:
    pullers = pullers_of(api)
    version = api.get(f"/v1/visits/{visit}").json["version"]
    assert api.patch(f"/v1/visits/{visit}", {"local_day": "2026-11-27"}, version=version).status == 200
    assert [puller.differences() for puller in pullers] == [{}] * len(pullers)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("sale.record", {"payment": "cash", "rush_yen": 500}),
        ("ticket.issue", {"quantity": 2, "payment": "cash"}),
    ],
)
def test_after_something_came_too_late_for_its_till(
    api: Api, visit: str, kind: str, payload: dict[str, Any]
) -> None:
    pullers = pullers_of(api)
    assert results(push(api, operation(kind, {"visit_id": visit, **payload}))) == [("applied", None)]
    assert [puller.differences() for puller in pullers] == [{}] * len(pullers)


def test_after_a_sale_was_taken_back_when_its_till_was_counted(api: Api, visit: str) -> None:
    pullers = pullers_of(api)
    void = operation("sale.void", {"sale_id": SALE, "reason": "打ち間違い"})
    assert results(push(api, void)) == [("applied", None)]
    assert [puller.differences() for puller in pullers] == [{}] * len(pullers)
