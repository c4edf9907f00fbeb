"""The queue as a file: a phone that is dying, or whose token has ended, loses nothing."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api import Api
from tests.handheld import Handheld, Van, new_epoch
from tests.planning import agreed_stop
from van_app.rescue import NoQueueFile
from van_app.wire import Response


def broken(van: Van) -> tuple[Handheld, Path]:
    """A phone that synced an opening and a count, then took a note and a count, lost a reply, and wrote its file."""
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    phone.count({"infant": 1})
    phone.sync()
    phone.count({"infant": 2})

    def lost(_method: str, path: str, send: Callable[[], Response]) -> Response:
        send()
        raise ConnectionResetError

    phone.network.fault = lost
    phone.sync()
    phone.note(depth="listening", text="けがの跡が気になる。", safety_concern=True)
    phone.count({"infant": 4})
    file = phone.queue.path.parent / "rescue.jsonl"
    assert phone.export(file) == 5
    return phone, file


def test_another_phone_takes_in_what_had_not_arrived_and_counts_nothing_twice(van: Van, api: Api) -> None:
    _, file = broken(van)
    other = van.phone()
    taken = other.take_in(file)
    assert (taken.new, taken.known, taken.unreadable) == (5, 0, 0)
    assert (other.status().waiting, other.status().acknowledged) == (3, 2)
    report = other.sync()
    # The one whose reply was lost is held for the phone that it came from.
    assert (report.applied, report.duplicate, report.dead) == (2, 1, 0)
    assert (van.counted(), len(api.get("/v1/contact-notes").json["items"])) == (7, 1)
    assert (other.take_in(file).known, other.sync().applied) == (5, 0)


def test_the_phone_itself_may_come_back_to_life_afterwards(van: Van) -> None:
    phone, file = broken(van)
    other = van.phone()
    other.take_in(file)
    other.sync()
    phone.network.fault = None
    report = phone.sync()
    # All three are in by the other phone, and the server says so: nobody need look at them.
    assert (van.counted(), report.elsewhere, phone.dead()) == (7, 2, [])
    assert phone.status().waiting == 0


def test_a_new_phone_of_the_same_holder_goes_on_where_the_old_one_ended(van: Van, api: Api) -> None:
    token = api.token("crew", another=True)
    old = van.phone(token=token)
    old.open_visit(plan_stop_id=van.plan_stop)
    old.count({"infant": 1})
    old.sync()
    old.count({"infant": 1})
    file = old.queue.path.parent / "rescue.jsonl"
    old.export(file)
    new = van.phone(token=token)
    new.take_in(file)
    assert (new.sync().applied, van.counted()) == (1, 2)
    assert new.sync().put_back == 0  # the digest knows all of them as this holder's


def test_a_phone_that_was_paired_anew_hears_that_its_earlier_sendings_are_in(van: Van, api: Api) -> None:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    phone.count({"infant": 1})

    def lost(_method: str, path: str, send: Callable[[], Response]) -> Response:
        send()
        raise ConnectionResetError

    phone.network.fault = lost
    phone.sync()
    phone.network.fault = None
    phone.pair("https://van.test", api.token("crew", another=True))
    phone.count({"infant": 2})
    report = phone.sync()
    assert (report.applied, report.duplicate, report.elsewhere, report.dead) == (1, 2, 2, 0)
    assert (van.counted(), phone.status().waiting) == (3, 0)
    # They are in no digest of this holder: kept, and sent again should the server be restored.
    assert (phone.sync().put_back, phone.status().acknowledged) == (0, 3)


def test_what_another_phone_sent_and_was_refused_is_still_for_a_person(van: Van, api: Api) -> None:
    """That it came is not that it is in."""
    phone = van.phone()
    visit = phone.open_visit(plan_stop_id=van.plan_stop)
    phone.keep("sale.record", {"visit_id": visit, "payment": "shells", "rush_yen": 1}, visit_id=visit)
    file = phone.queue.path.parent / "rescue.jsonl"
    phone.export(file)
    assert phone.sync().dead == 1
    other = van.phone()
    other.take_in(file)
    report = other.sync()
    assert (report.elsewhere, report.dead) == (1, 1)
    assert [(one.kind, (one.answer or {})["elsewhere"]) for one in other.dead()] == [
        ("sale.record", "rejected")
    ]


def test_a_visit_of_another_van_under_that_id_is_a_refusal_and_no_good_news(van: Van, api: Api) -> None:
    phone, stranger = van.phone(), van.phone(token=api.token("crew", api.other_van, another=True))
    place = agreed_stop(api, "K08")
    visit = stranger.open_visit(stop_id=place)
    stranger.sync()
    phone.keep("visit.open", {"stop_id": place}, entity_id=visit, visit_id=visit)
    for _ in range(2):
        report = phone.sync()
        assert (report.elsewhere, phone.status().acknowledged) == (0, 0)
    assert [(one.answer or {})["code"] for one in phone.dead()] == ["id_taken"]


def test_after_a_restore_what_was_acknowledged_to_the_other_phone_is_sent_too(van: Van, api: Api) -> None:
    _, file = broken(van)
    new_epoch(api)
    other = van.phone()
    other.take_in(file)
    assert other.status().waiting == 5


def test_a_file_that_was_cut_off_gives_what_is_whole(van: Van) -> None:
    _, file = broken(van)
    text = file.read_bytes()
    file.write_bytes(text[: text.rindex(b"\n", 0, -1) + 40])
    other = van.phone()
    taken = other.take_in(file)
    assert (taken.new, taken.unreadable) == (4, 1)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: {**line, "operation": {**line["operation"], "op_id": "7"}},
        lambda line: {**line, "operation": {**line["operation"], "occurred_at": "yesterday"}},
        lambda line: {**line, "operation": {**line["operation"], "payload": {"note": "\ud800"}}},
        lambda line: {"operation": line["operation"]},
        lambda line: {**line, "visit_id": "\ud800"},
        lambda line: {**line, "instead": {}},
        lambda line: [line],
    ],
)
def test_a_line_that_no_phone_wrote_is_told_and_stops_no_other(van: Van, spoil: object) -> None:
    _, file = broken(van)
    head, first, *rest = file.read_text(encoding="utf-8").splitlines()
    spoiled = json.dumps(spoil(json.loads(first)))  # type: ignore[operator]
    file.write_text("\n".join([head, spoiled, *rest]), encoding="utf-8")
    taken = van.phone().take_in(file)
    assert (taken.new, taken.unreadable) == (4, 1)


def test_no_other_file_is_taken_in_and_none_is_written_over(van: Van) -> None:
    phone, file = broken(van)
    with pytest.raises(FileExistsError):
        phone.export(file)
    assert str(phone.queue.get("token")) not in file.read_text(encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for text in ("", "{}\n", "[]\n", "PK\x03\x04"):
        other = file.with_name("other.jsonl")
        other.write_text(text)
        with pytest.raises(NoQueueFile):
            phone.take_in(other)


def test_the_file_does_not_tell_which_note_is_urgent(van: Van) -> None:
    phone, file = broken(van)
    assert phone.status().urgent == 1
    calm = van.phone()
    calm.open_visit(plan_stop_id=van.plan_stop)
    calm.note(depth="chat", text="ゆっくり話した。")
    other = file.with_name("other.jsonl")
    calm.export(other)

    def told(path: Path) -> dict[str, object]:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        (note,) = (line for line in lines if line["operation"]["kind"] == "note.write")
        same = {name: value for name, value in note.items() if name != "operation"}
        return {**same, "bytes": len(note["operation"]["sealed"])}

    assert told(file) == told(other)


def test_times_of_a_phone_whose_clock_is_known_to_be_wrong_are_put_right(van: Van, api: Api) -> None:
    wrong, other = van.phone(), van.phone()
    wrong.clocks.off = dt.timedelta(days=-365)
    for phone in (wrong, other):  # from now on both know how wrong they are
        phone.open_visit(plan_stop_id=van.plan_stop)
        phone.sync()
    visit = wrong.open_visit(stop_id=agreed_stop(api, "K09"))
    file = wrong.queue.path.parent / "rescue.jsonl"
    wrong.export(file)
    api.clock.forward(hours=3)
    other.take_in(file)
    other.sync()
    shown = api.get(f"/v1/visits/{visit}").json
    assert (shown["local_day"], shown["opened_at"]) == ("2026-11-28", "2026-11-28T03:00:00Z")
