"""One bad operation never changes its neighbours' answers, also where the database meets a whole batch at once."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from tests.api import Api
from tests.http.test_sync import operation, push, results
from tests.make import make_visit

EXISTS = ("conflict", "already_exists")


@pytest.fixture
def visit(api: Api) -> str:
    with api.database.write() as session:
        return str(make_visit(session, van_id=api.van).id)


def tap(visit: str, entity: str) -> dict[str, Any]:
    return operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}}, entity_id=entity)


def stamp(visit: str, entity: str, card: str) -> dict[str, Any]:
    return operation("stamp.mark", {"visit_id": visit, "card": card}, entity_id=entity)


def test_what_is_there_already_is_said_to_be_whatever_else_is_wrong_with_it(api: Api, visit: str) -> None:
    """A phone that forgot its numbers tells it anew, of a visit that nobody knows: alone or among others."""
    one, two, unknown = str(new_id()), str(new_id()), str(new_id())
    push(api, tap(visit, one), tap(visit, two))
    assert results(push(api, tap(unknown, one))) == [EXISTS]
    assert results(push(api, tap(unknown, one), tap(visit, two))) == [EXISTS] * 2
    assert results(push(api, tap(unknown, str(new_id())))) == [("retry", "visit_unknown")]


def test_a_mark_that_is_there_already_is_answered_alike_alone_and_among_others(api: Api, visit: str) -> None:
    one, two = str(new_id()), str(new_id())
    push(api, stamp(visit, one, "7K3QX9"), stamp(visit, two, "7K3QXA"))
    assert results(push(api, stamp(visit, one, "7K3QX9"))) == [EXISTS]
    assert results(push(api, stamp(visit, one, "7K3QX9"), stamp(visit, two, "A47HJM"))) == [EXISTS] * 2
    assert results(push(api, stamp(visit, str(new_id()), "7K3QX9"))) == [("applied", None)]


def test_of_one_thing_told_twice_the_second_is_answered_alike_in_one_push_and_in_two(
    api: Api, visit: str
) -> None:
    """Two operations, one mark: also where the second needs no row of its own, or is of a visit unknown."""
    one, two, unknown = str(new_id()), str(new_id()), str(new_id())
    push(api, stamp(visit, one, "7K3QX9"))
    assert results(push(api, stamp(visit, one, "7K3QX9"))) == [EXISTS]
    assert results(push(api, stamp(unknown, one, "7K3QX9"))) == [EXISTS]
    told = [stamp(visit, two, "A47HJM"), stamp(visit, two, "A47HJM"), stamp(unknown, two, "A47HJM")]
    assert results(push(api, *told)) == [("applied", None), EXISTS, EXISTS]


def test_of_one_thing_told_twice_the_second_stands_where_the_first_could_not(api: Api, visit: str) -> None:
    """Also when a neighbour is there already, which has the batch written in parts."""
    there, thing, unknown = str(new_id()), str(new_id()), str(new_id())
    push(api, tap(visit, there))
    sent = [tap(unknown, thing), tap(visit, there), tap(visit, thing)]
    assert results(push(api, *sent)) == [("retry", "visit_unknown"), EXISTS, ("applied", None)]
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 2
