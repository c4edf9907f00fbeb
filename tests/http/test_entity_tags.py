"""ETag, If-None-Match and If-Match, also as compressing proxies change them."""

from __future__ import annotations

import pytest

from outreach_api.kernel.ids import new_id
from tests.api import Api
from tests.http.test_stops import STOP


def test_an_unchanged_stop_is_answered_by_its_tag(api: Api) -> None:
    path = f"/v1/stops/{api.post('/v1/stops', STOP).json['id']}"
    tag = api.get(path).headers["ETag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = api.get(path, headers={"If-None-Match": given})
        assert (again.status, again.text, again.headers["ETag"]) == (304, "", tag)
    assert api.get(path, headers={"If-None-Match": '"other"'}).status == 200
    assert api.get(path, headers={"If-None-Match": 'rubbish,,"'}).status == 200


def test_what_hangs_on_a_stop_changes_its_tag(api: Api) -> None:
    stop = api.post("/v1/stops", STOP)
    path = f"/v1/stops/{stop.json['id']}"
    tag = api.get(path).headers["ETag"]
    assert tag == stop.headers["ETag"], "the answer to the change has the tag of the next read"
    assert api.get(path, role="crew").headers["ETag"] != tag, "crew see no host"
    api.post(f"{path}/permissions", {"type": "consent", "valid_from": "2026-04-01"})
    seen = api.get(path, headers={"If-None-Match": tag})
    assert seen.status == 200
    assert len(seen.json["permissions"]) == 1


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "W/{}",
        "{plain}",
        '"v1"',
        'W/"v1"',
        '"v1-gzip"',
        '"v1;gzip"',
        '"v1"-gzip',
        "v1",
        '"{bare}-gzip"',
        '"{bare};br"',
    ],
)
def test_the_seen_version_is_understood_also_behind_a_compressing_proxy(api: Api, form: str) -> None:
    made = api.post("/v1/stops", STOP)
    tag = made.headers["ETag"]
    given = form.format(tag, plain=tag, bare=tag.strip('"'))
    answer = api.send(
        "PATCH",
        f"/v1/stops/{made.json['id']}",
        {"status": "paused"},
        role="coordinator",
        headers={"If-Match": given},
    )
    assert (answer.status, answer.json["version"]) == (200, 2)


@pytest.mark.parametrize(
    "given",
    ["*", "", '""', '"v"', '"v-1"', '"v1", "v2"', '"v1.5"', '"v' + "9" * 40 + '"', "１", '"x1"', "W/"],
)
def test_a_tag_that_is_not_ours_is_refused(api: Api, given: str) -> None:
    made = api.post("/v1/stops", STOP)
    answer = api.send(
        "PATCH",
        f"/v1/stops/{made.json['id']}",
        {"status": "paused"},
        role="coordinator",
        headers={"If-Match": given.encode().decode("latin-1")},
    )
    assert (answer.status, answer.code) == (400, "if_match_malformed")


def test_a_resend_under_another_tag_spelling_is_still_one_change(api: Api) -> None:
    path = f"/v1/stops/{api.post('/v1/stops', STOP).json['id']}"
    key = new_id()
    headers = [{"If-Match": '"v1"'}, {"If-Match": 'W/"v1-gzip"'}]
    answers = [
        api.send("PATCH", path, {"status": "paused"}, role="coordinator", key=key, headers=h) for h in headers
    ]
    assert [answer.json["version"] for answer in answers] == [2, 2]
