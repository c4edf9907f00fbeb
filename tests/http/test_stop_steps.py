"""A stop's life through HTTP: which step may follow which, and that its history keeps all of them."""

from __future__ import annotations

import pytest

from schemas.vocabulary import StopStatus
from tests.api import Api
from tests.planning import agreed_stop

POSITION = {"lat": 35.8256, "lon": 139.9614}
POSSIBLE = {
    "requested": {"talking", "agreed", "ended"},
    "talking": {"agreed", "ended"},
    "agreed": {"talking", "paused", "ended"},
    "paused": {"talking", "agreed", "ended"},
    "ended": {"requested", "talking"},
}


def test_a_place_that_asked_for_the_van_comes_to_be_a_stop_step_by_step(api: Api) -> None:
    asked = {"name": "小金原 たけのこ公園", "kind": "park", "position": POSITION}
    stop = api.post("/v1/stop-requests", asked, role="crew").json["id"]
    path = f"/v1/stops/{stop}"
    steps = [("talking", "町会長に電話"), ("agreed", None), ("paused", "工事のあいだ"), ("ended", None)]
    for version, (status, note) in enumerate(steps, 1):
        said = {"status": status, **({"status_note": note} if note else {})}
        assert api.patch(path, said, version=version).status == 200
        api.clock.forward(days=1)
    history = api.get(f"{path}/history").json
    assert [(step["status"], step["note"]) for step in history["items"]] == [
        *reversed(steps),
        ("requested", None),
    ]
    assert [step["at"][:10] for step in history["items"]] == [
        f"2026-1{d}" for d in ("2-01", "1-30", "1-29", "1-28", "1-28")
    ]
    assert (history["status"], history["possible"]) == ("ended", ["requested", "talking"])
    assert api.get(f"{path}/history", role="crew").code == "forbidden"


@pytest.mark.parametrize("now", [status.value for status in StopStatus])
def test_only_some_steps_may_follow(api: Api, now: str) -> None:
    for then in (status.value for status in StopStatus):
        stop = agreed_stop(api, f"{now}-{then}", status=now)
        answer = api.patch(f"/v1/stops/{stop}", {"status": then}, version=1)
        if now == then or then in POSSIBLE[now]:
            assert (answer.status, answer.json["status"]) == (200, then)
        else:
            assert (answer.status, answer.faults) == (409, {"/status": "stop_step_impossible"})
            assert api.get(f"/v1/stops/{stop}").json["status"] == now


def test_what_is_said_without_a_step_is_kept_too(api: Api) -> None:
    stop = agreed_stop(api)
    api.patch(f"/v1/stops/{stop}", {"status_note": "鍵は管理人さん"}, version=1)
    items = api.get(f"/v1/stops/{stop}/history").json["items"]
    assert [(step["status"], step["note"]) for step in items] == [
        ("agreed", "鍵は管理人さん"),
        ("agreed", None),
    ]
