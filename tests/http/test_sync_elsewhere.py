"""What another phone of the van sent before: a phone that was paired anew, or took over a queue, hears how it ended."""

from __future__ import annotations

from typing import Any

from outreach_api.kernel.ids import new_id
from tests.api import Answer, Api
from tests.http.test_rejections import content_of, letters, settle
from tests.http.test_sync import operation, push, results, stop_of
from tests.make import make_visit


def of_a_visit(api: Api) -> list[dict[str, Any]]:
    """A count that is taken in, a count that is refused, and an opening that meets a close which stands."""
    with api.database.write() as session:
        visit = str(make_visit(session, van_id=api.van).id)
    closed = operation("visit.close", {}, entity_id=visit, occurred_at="2026-11-28T02:30:00Z")
    later = operation("visit.close", {}, entity_id=visit, occurred_at="2026-11-28T02:45:00Z")
    taps = {"visit_id": visit, "counts": {"adult": 1}}
    return [
        operation("head_count.add", taps),
        operation("head_count.add", {**taps, "counts": {}}),
        closed,
        later,
    ]


def elsewhere(answer: Answer) -> list[str | None]:
    return [line["elsewhere"] for line in answer.json["results"]]


def test_a_phone_hears_how_its_vans_other_phone_ended_with_the_very_same_operation(api: Api) -> None:
    sent = of_a_visit(api)
    first = push(api, *sent)
    assert [line["result"] for line in first.json["results"]] == [
        *("applied", "rejected", "applied", "conflict")
    ]
    assert elsewhere(first) == [None] * 4
    again = push(api, *sent, token=api.token("crew", another=True), role=None)
    assert results(again) == [("conflict", "id_taken")] * 4
    assert elsewhere(again) == ["applied", "rejected", "applied", "conflict"]
    assert [line["change_no"] for line in again.json["results"]] == [None] * 4


def test_nobody_else_hears_more_than_that_the_id_is_taken(api: Api) -> None:
    """Not another van, not the office, and not who sends something else under that id."""
    sent = of_a_visit(api)
    push(api, *sent)
    other_words = [{**one, "payload": {**one["payload"], "source": "app"}} for one in sent]
    for given in (
        {"token": api.token("crew", api.other_van, another=True)},
        {"token": api.token("coordinator", another=True)},
    ):
        answer = push(api, *sent, role=None, **given)
        assert results(answer) == [("conflict", "id_taken")] * 4
        assert elsewhere(answer) == [None] * 4
    answer = push(api, *other_words, role=None, token=api.token("crew", another=True))
    assert elsewhere(answer) == [None] * 4


def test_a_visit_that_stands_elsewhere_is_refused_for_good_and_leaves_a_receipt(api: Api) -> None:
    """The same word for another thing: here nobody sent this operation before."""
    visit = new_id()
    with api.database.write() as session:
        make_visit(session, id=visit, van_id=api.other_van)
    opening = operation("visit.open", {"stop_id": stop_of(api)}, entity_id=str(visit))
    (line,) = push(api, opening).json["results"]
    assert (line["result"], line["code"], line["elsewhere"]) == ("conflict", "id_taken", None)
    assert line["change_no"] is not None


def test_what_another_phone_of_the_van_brought_waits_no_longer_in_the_list(api: Api) -> None:
    """It waited for its visit; then the phone was paired anew, and sent both."""
    visit = str(new_id())
    tap = operation("head_count.add", {"visit_id": visit, "counts": {"adult": 1}})
    assert results(push(api, tap)) == [("retry", "visit_unknown")]
    other_words = {**tap, "payload": {"visit_id": visit, "counts": {"adult": 2}}}
    assert results(push(api, other_words, role=None, token=api.token("crew", another=True))) == [
        ("retry", "visit_unknown")
    ]
    anew = api.token("crew", another=True)
    opening = operation("visit.open", {"stop_id": stop_of(api)}, entity_id=visit)
    assert results(push(api, opening, tap, role=None, token=anew)) == [("applied", None)] * 2
    (left,) = letters(api)  # somebody else's other words under that number are still to be looked at
    assert content_of(api, left) == other_words


def test_what_the_office_settled_for_one_phone_is_settled_for_the_other(api: Api) -> None:
    visit = str(new_id())
    tap = operation("head_count.add", {"visit_id": visit, "counts": {"adult": 1}})
    push(api, tap)
    (letter,) = letters(api)
    assert settle(api, letter).status == 200
    anew = api.token("crew", another=True)
    opening = operation("visit.open", {"stop_id": stop_of(api)}, entity_id=visit)
    answer = push(api, opening, tap, role=None, token=anew)
    assert results(answer) == [("applied", None), ("rejected", "settled_by_office")]
    assert answer.json["results"][1]["change_no"] is None
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 0
    assert [one["state"] for one in letters(api)] == ["settled"]
    foreign = api.token("crew", api.other_van, another=True)
    assert results(push(api, tap, role=None, token=foreign)) == [("conflict", "id_taken")]
