"""What leaves first, and what each sort of answer, or of none, does to the queue."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from outreach_api.kernel.ids import new_fact_id
from tests.api import Api
from tests.handheld import Handheld, Van
from van_app.wire import Response

Send = Callable[[], Response]


class Longest(random.Random):
    """Always the upper end of a span, so that a test can say how long a wait may be."""

    def uniform(self, a: float, b: float) -> float:
        return b


def at_work(van: Van, **given: Any) -> Handheld:
    """A phone with an opening and two counts in its queue."""
    phone = van.phone(**given)
    phone.open_visit(plan_stop_id=van.plan_stop)
    phone.count({"infant": 1})
    phone.count({"preschool": 1})
    return phone


def pushed(phone: Handheld) -> list[list[str]]:
    """The kinds in each push, in order."""
    return [
        [operation["kind"] for operation in json.loads(gzip.decompress(body))["operations"]]
        for body in phone.network.pushes
    ]


def cut_in_half(_method: str, path: str, send: Send) -> Response:
    answer = send()
    return answer._replace(body=answer.body[: len(answer.body) // 2]) if "push" in path else answer


def lose_the_reply(_method: str, path: str, send: Send) -> Response:
    answer = send()
    if "push" in path:
        raise ConnectionResetError("the network is gone")
    return answer


def say_nothing(_method: str, path: str, send: Send) -> Response:
    raise TimeoutError("timed out")


def leave_one_out(_method: str, path: str, send: Send) -> Response:
    answer = send()
    said = json.loads(answer.body)
    said["results"] = said["results"][1:]
    return answer._replace(body=json.dumps(said).encode(), headers={"content-type": "application/json"})


def login_page(_method: str, _path: str, _send: Send) -> Response:
    return Response(200, {"content-type": "text/html"}, b"<html>Free Wi-Fi</html>")


def other_json(_method: str, _path: str, _send: Send) -> Response:
    return Response(200, {"content-type": "application/json"}, b'{"welcome": true}')


def redirect(_method: str, _path: str, _send: Send) -> Response:
    return Response(302, {"location": "https://wifi.test/login"}, b"")


@pytest.mark.parametrize(
    "fault",
    [cut_in_half, lose_the_reply, say_nothing, leave_one_out, login_page, other_json, redirect],
)
def test_whatever_is_not_clearly_an_answer_changes_nothing_and_counts_nothing_twice(
    van: Van, fault: Any
) -> None:
    phone = at_work(van)
    phone.network.fault = fault
    for _ in range(2):
        report = phone.sync()
        assert report.problem is not None
        assert not report.needs_a_person
        assert (phone.status().waiting, phone.status().dead) == (3, 0)
    phone.network.fault = None
    report = phone.sync()
    assert (report.applied + report.duplicate, report.problem) == (3, None)
    assert van.counted() == 2


def test_it_comes_back_later_each_time_and_not_before_the_server_asks(van: Van) -> None:
    phone = at_work(van, dice=Longest())
    phone.network.fault = lambda *_: Response(503, {"retry-after": "7"}, b"")
    assert [phone.sync().wait_seconds for _ in range(3)] == [7 + 4, 7 + 8, 7 + 16]
    phone.network.fault = say_nothing
    assert [phone.sync().wait_seconds for _ in range(6)] == [32, 64, 128, 256, 300, 300]
    phone.network.fault = lambda *_: Response(503, {"retry-after": "99999999"}, b"")
    assert phone.sync().wait_seconds == 3_600 + 300
    phone.network.fault = None
    assert phone.sync().problem is None
    phone.network.fault = say_nothing
    assert phone.sync().wait_seconds == 4


def test_a_token_that_has_ended_stops_it_and_loses_nothing(van: Van, api: Api) -> None:
    phone = at_work(van)
    phone.queue.set(token="okk_000000000000_gone")
    report = phone.sync()
    assert report.needs_a_person
    assert report.status == 401
    assert phone.status().waiting == 3
    phone.pair("https://van.test", api.token("crew", another=True))
    assert phone.sync().applied == 3


def test_too_much_at_once_goes_in_halves(van: Van) -> None:
    phone = at_work(van)

    def small_proxy(_method: str, path: str, send: Send) -> Response:
        if "push" in path and len(pushed(phone)[-1]) > 1:
            return Response(413, {"content-type": "text/html"}, b"<h1>413</h1>")
        return send()

    phone.queue.set(rules={**phone.queue.get("rules"), "most_operations": 3})
    for _ in range(3):
        phone.count({"infant": 1})
    phone.network.fault = small_proxy
    assert phone.sync().applied == 6
    # What it learned of the first request it keeps to in the next.
    assert [len(kinds) for kinds in pushed(phone)] == [3, 1, 1, 1, 1, 1, 1]


def test_what_no_request_can_carry_is_a_dead_letter_and_stops_no_other(van: Van) -> None:
    phone = at_work(van)
    phone.queue.set(rules={**phone.queue.get("rules"), "most_body_bytes": 1_000})
    huge = phone.keep("visit.cancel", {"reason": "rain", "note": "あ" * 1_000})
    report = phone.sync()
    assert (report.applied, report.dead) == (3, 1)
    assert [(one.op_id, one.answer) for one in phone.dead()] == [(huge, {"code": "too_big"})]
    assert all(len(gzip.decompress(body)) <= 1_000 for body in phone.network.pushes)


def test_a_push_keeps_to_the_limits_that_were_pulled(van: Van) -> None:
    phone = at_work(van)
    phone.queue.set(rules={**phone.queue.get("rules"), "most_operations": 2})
    for _ in range(3):
        phone.count({"infant": 1})
    assert phone.sync().applied == 6
    assert [len(kinds) for kinds in pushed(phone)] == [2, 2, 2]


def test_a_childs_safety_leaves_first_then_notes_then_the_rest_each_with_its_opening(van: Van) -> None:
    phone = at_work(van)
    phone.note(depth="chat", text="ゆっくり話した。")
    phone.note(depth="listening", text="けがの跡が気になる。", safety_concern=True)
    assert phone.status().urgent == 1
    left: list[str] = []

    def one_request_only(_method: str, path: str, send: Send) -> Response:
        left.append(path)
        if len(left) > 1:
            raise ConnectionResetError
        return send()

    phone.network.fault = one_request_only
    assert phone.sync().applied == 2
    assert (phone.status().urgent, phone.status().waiting) == (0, 3)
    phone.network.fault = None
    assert phone.sync().applied == 3
    assert pushed(phone) == [
        ["visit.open", "note.write"],
        ["note.write"],  # the one that found no network
        ["note.write"],
        ["head_count.add", "head_count.add"],
    ]


def test_what_waits_for_something_comes_again_by_itself_and_later_each_time(van: Van, api: Api) -> None:
    phone = van.phone(dice=Longest())
    visit = str(new_fact_id())
    phone.count({"infant": 1}, visit_id=visit)
    assert phone.sync().waiting == 1
    assert phone.sync().waiting == 0  # its time has not come
    api.clock.forward(seconds=76)  # 60 s, and a quarter by the dice
    assert phone.sync().waiting == 1
    api.clock.forward(seconds=76)
    assert phone.sync().waiting == 0
    assert phone.sync(at_once=True).waiting == 1
    (one,) = phone.queue.find("1")
    assert (one.retries, one.attempts) == (3, 3)
    assert one.answer is not None
    assert one.answer["code"] == "visit_unknown"


def test_a_clock_that_is_set_back_makes_nothing_wait_for_long(van: Van) -> None:
    phone = van.phone()
    phone.count({"infant": 1}, visit_id=str(new_fact_id()))
    assert phone.sync().waiting == 1
    phone.clocks.off -= phone.clocks.off.resolution * 86_400_000_000 * 365
    assert phone.sync().waiting == 1


def test_what_was_refused_is_shown_with_why_and_what_helps_in_the_persons_language(
    van: Van, api: Api
) -> None:
    japanese, english = van.phone(), van.phone(language="en")
    for phone in (japanese, english):
        phone.open_visit(plan_stop_id=van.plan_stop)
        phone.keep("sale.record", {"visit_id": phone.status().visit, "payment": "shells", "rush_yen": 1})
        assert phone.sync().dead == 1
    ((ja,), (en,)) = (
        [one.answer for one in phone.dead() if one.answer is not None] for phone in (japanese, english)
    )
    assert (ja["code"], ja["detail"]) == ("invalid", "入力に誤りがあります。")
    assert "事務所" in ja["fix"]
    assert [fault["path"] for fault in en["errors"]] == ["/payment"]
    assert "office" in en["fix"]


def test_a_dead_letter_is_sent_again_only_when_a_person_says_so_and_goes_when_dropped(van: Van) -> None:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    bad = phone.keep("sale.record", {"visit_id": phone.status().visit, "payment": "shells"})
    phone.sync()
    pushes = len(phone.network.pushes)
    assert phone.sync().dead == 0
    assert len(phone.network.pushes) == pushes
    phone.again(bad[:20])
    assert phone.sync().dead == 1  # the receipt says the same
    phone.drop(bad)
    assert (phone.dead(), phone.status().waiting) == ([], 0)


def test_what_stood_on_something_refused_goes_again_once_that_is_there(van: Van, api: Api) -> None:
    phone = van.phone()
    visit = str(new_fact_id())
    phone.keep("visit.open", {"stop_id": van.stop, "van_id": str(api.other_van)}, entity_id=visit)
    phone.count({"infant": 1}, visit_id=visit)
    assert phone.sync().dead == 2
    assert {(one.answer or {})["code"] for one in phone.dead()} == {"invalid", "needs_rejected"}
    phone.keep("visit.open", {"stop_id": van.stop}, entity_id=visit, visit_id=visit)
    report = phone.sync()
    assert (report.applied, report.put_back) == (2, 1)
    assert (len(phone.dead()), van.counted()) == (1, 1)


def test_one_operation_over_which_the_server_fails_does_not_hold_up_the_others(van: Van) -> None:
    phone = at_work(van)

    def fails_over_preschool(_method: str, path: str, send: Send) -> Response:
        if "push" in path and b"preschool" in gzip.decompress(phone.network.pushes[-1]):
            return Response(500, {"content-type": "application/problem+json"}, b'{"code": "internal"}')
        return send()

    phone.network.fault = fails_over_preschool
    assert [phone.sync().applied for _ in range(2)] == [0, 0]
    report = phone.sync()
    assert (report.applied, report.waiting, report.problem) == (2, 1, None)
    assert phone.status().waiting == 1


def test_one_operation_that_makes_a_push_unreadable_is_found_and_gets_its_chances(van: Van, api: Api) -> None:
    phone = at_work(van)

    def refuses_preschool(_method: str, path: str, send: Send) -> Response:
        if "push" in path and b"preschool" in gzip.decompress(phone.network.pushes[-1]):
            problem = b'{"code": "not_json", "detail": "?"}'
            return Response(400, {"content-type": "application/problem+json"}, problem)
        return send()

    phone.network.fault = refuses_preschool
    report = phone.sync()
    assert (report.applied, report.waiting, report.dead) == (2, 1, 0)
    for _ in range(4):
        phone.sync(at_once=True)
    assert [(one.answer or {})["code"] for one in phone.dead()] == ["not_json"]


def test_a_fault_of_every_push_does_not_bury_a_queue(van: Van) -> None:
    phone = at_work(van)
    for _ in range(40):
        phone.count({"infant": 1})
    phone.network.fault = lambda _m, path, send: (
        Response(422, {"content-type": "application/problem+json"}, b'{"code": "invalid"}')
        if "push" in path
        else send()
    )
    report = phone.sync()
    assert (report.dead, report.needs_a_person) == (0, True)
    assert len(phone.network.pushes) < 20
