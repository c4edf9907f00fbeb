"""What stands after the ? of an address: every list refuses the same faults in the same way."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Answer, Api
from tests.described import Operation, reads
from tests.http.test_stops import STOP


def lists(api: Api) -> list[Operation]:
    found = [operation for operation in reads(api.app) if "limit" in operation.parameters("query")]
    assert found
    return found


def ask(api: Api, operation: Operation, query: str, **how: Any) -> Answer:
    role = operation.roles[0] if operation.roles else None
    return api.get(f"{operation.path()}?{query}", role=role, **how)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "too_small"),
        ("limit=-1", "too_small"),
        ("limit=201", "too_large"),
        ("limit=9223372036854775808", "too_large"),
        ("limit=99999999999999999999", "not_whole"),
        ("limit=" + "9" * 5_000, "not_whole"),
        ("limit=1.9", "not_whole"),
        ("limit=1e2", "not_whole"),
        ("limit=%EF%BC%97", "not_whole"),
        ("limit=+7", "not_whole"),
        ("limit=1_0", "not_whole"),
        ("limit=", "not_whole"),
        ("limit=null", "not_whole"),
        ("limit=%00", "not_whole"),
        ("limit=1&limit=2", "repeated"),
        ("limit=1&limit=1", "repeated"),
    ],
)
def test_a_limit_is_a_plain_whole_number_within_bounds(api: Api, query: str, code: str) -> None:
    for operation in lists(api):
        if operation.parameters("query")["limit"]["schema"]["maximum"] > 200 and code == "too_large":
            continue
        answer = ask(api, operation, query)
        assert (answer.status, answer.code) == (422, "invalid"), operation.name
        assert answer.faults["?limit"] == code, operation.name


@pytest.mark.parametrize(
    "cursor", ["x", "AAAA", "A" * 400, "%00", "%FF%FE", "あ", "..", "%2B%2F%3D", "null", "=", "-1", "0"]
)
def test_a_cursor_that_is_not_ours_is_refused(api: Api, cursor: str) -> None:
    for operation in lists(api):
        required = [n for n, p in operation.parameters("query").items() if p.get("required")]
        answer = ask(api, operation, f"cursor={cursor}")
        if answer.status == 404 and "{" in operation.template:
            continue  # a list of something that is not there
        assert (answer.status, answer.code) == (422, "invalid"), operation.name
        assert required or answer.faults.keys() == {"?cursor"}, operation.name


def test_an_unknown_or_empty_name_is_refused(api: Api) -> None:
    for operation in lists(api):
        for query in ("colour=red", "Limit=1", "=1", "limit[]=1", "%00=1", "%F0%9F=1", "%ED%A0%80=1"):
            answer = ask(api, operation, query)
            assert (answer.status, answer.code) == (422, "invalid"), (operation.name, query)
            assert "unknown_key" in answer.faults.values(), (operation.name, query)


@pytest.mark.parametrize("query", ["&&&", "%", "%zz", "?limit=1", "limit", ";limit=1", "%26limit=1", "#"])
def test_percent_rubbish_is_answered(api: Api, query: str) -> None:
    for operation in lists(api):
        assert ask(api, operation, query).status in (200, 404, 422), operation.name


def test_very_long_addresses_are_answered(api: Api) -> None:
    assert api.get("/v1/stops?q=" + "x" * 100_000).status == 422
    assert api.get("/v1/stops?" + "&".join(f"n{n}=1" for n in range(20_000))).status == 422
    assert api.get("/v1/stops/" + "x" * 100_000).status == 404
    assert api.get("/" + "a/" * 50_000).status == 404


# Refused before any table is asked, wherever it stands; or good enough for some parameter to be asked for.
NEVER_GOOD = [
    "",
    "null",
    "9" * 400,
    "1e999",
    "nan",
    "%00",
    "%FF",
    "%EF%BC%97",
    "2026-W54",
    "9999-12-31",
    "x" * 5_000,
]
NEVER_GOOD += ["0001-01-01", "0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59Z"]
PERHAPS_GOOD = ["-1", "9" * 19, "あ", "2199-12-31", "-1,-1,1,1", "0,0", "%25_", "2000-W01"]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_no_read_answers_5xx_to_values_that_no_parameter_expects(api: Api) -> None:
    for operation in reads(api.app):
        for value in NEVER_GOOD:
            query = "&".join(f"{name}={value}" for name in operation.parameters("query"))
            assert ask(api, operation, query).status < 500, (operation.name, value)


def test_no_read_answers_5xx_to_values_at_the_edge_of_what_is_allowed(api: Api) -> None:
    for operation in reads(api.app):
        for name in operation.parameters("query"):
            for value in PERHAPS_GOOD:
                assert ask(api, operation, f"{name}={value}").status < 500, (operation.name, name, value)


def test_no_path_answers_5xx_to_what_is_no_id(api: Api) -> None:
    for operation in reads(api.app):
        role = operation.roles[0] if operation.roles else None
        names = operation.parameters("path")
        for value in (
            "0",
            "-1",
            "null",
            "%00",
            "%FF",
            "..",
            "2026-W54",
            "9999-W01",
            "0000-00",
            "９",
            "x" * 300,
        ):
            if names:
                path = operation.path(**dict.fromkeys(names, value))
                assert api.get(path, role=role, check=False).status < 500, path


def test_a_cursor_belongs_to_one_list_and_its_filters(api: Api) -> None:
    for n in range(3):
        assert api.post("/v1/stops", {**STOP, "code": f"K{n}"}).status == 201
        assert api.post("/v1/people", {"name": f"スタッフ{n}", "role": "crew"}, role="admin").status == 201
    cursor = api.get("/v1/stops?limit=1&kind=housing_estate").json["next"]
    assert api.get(f"/v1/stops?limit=2&kind=housing_estate&cursor={cursor}").status == 200
    for other in ("/v1/stops?", "/v1/stops?kind=park&", "/v1/people?", "/v1/stops?near=35.7877,139.9032&"):
        answer = api.get(f"{other}cursor={cursor}")
        assert answer.faults == {"?cursor": "cursor_invalid"}, other
    near = api.get("/v1/stops?near=35.7877,139.9032&limit=1").json["next"]
    assert api.get(f"/v1/stops?cursor={near}").status == 422
    bent = ("A" if cursor[-2] != "A" else "B").join([cursor[:-2], cursor[-1]])
    assert api.get(f"/v1/stops?kind=housing_estate&cursor={bent}").status == 422


@pytest.mark.parametrize(
    "near",
    [
        "abc",
        "35.7",
        "35.7,",
        ",139.9",
        "35.7,139.9,1",
        "７,８",
        "nan,nan",
        "1e1,1e1",
        "91,0",
        "0,181",
        "35_0,139",
        " 35,139",
        "inf,0",
        "-,-",
    ],
)
def test_a_point_that_is_none_is_refused(api: Api, near: str) -> None:
    answer = api.get(f"/v1/stops?near={near}")
    assert (answer.status, answer.faults) == (422, {"?near": "not_position"})


@pytest.mark.parametrize("near", ["90,0", "-90,180", "0,-180", "89.999999,180", "0,0", "46.0,122", "-0.0,0"])
def test_a_point_anywhere_on_earth_is_searched(api: Api, near: str) -> None:
    assert api.get(f"/v1/stops?near={near}&radius_m=50000").json["items"] == []


@pytest.mark.parametrize("radius", ["0", "-1", "50001", "1e3", "nan", "", "５００"])
def test_a_radius_is_a_plain_number_within_bounds(api: Api, radius: str) -> None:
    answer = api.get(f"/v1/stops?near=35.7,139.9&radius_m={radius}")
    assert (answer.status, set(answer.faults)) == (422, {"?radius_m"})


@pytest.mark.parametrize(
    "bbox",
    [
        "140,35,139,36",
        "139,36,140,35",
        "35,139,36,140",
        "139,35,140",
        "139,35,140,36,1",
        "139,35,140,91",
        "a,b,c,d",
        "-181,0,0,0",
        "139;35;140;36",
        "",
    ],
)
def test_a_box_with_its_edges_in_another_order_is_refused(api: Api, bbox: str) -> None:
    answer = api.get(f"/v1/stops?bbox={bbox}")
    assert (answer.status, answer.faults) == (422, {"?bbox": "not_bbox"})


def test_a_box_may_be_the_world_or_a_point_and_holds_its_edges(api: Api) -> None:
    api.post("/v1/stops", STOP)
    for bbox in ("-180,-90,180,90", "139.9032,35.7877,139.9032,35.7877"):
        assert len(api.get(f"/v1/stops?bbox={bbox}").json["items"]) == 1


@pytest.mark.parametrize("q", ["%25", "_", "\\", "'", '"', "%5C%25"])
def test_words_are_sought_as_they_are(api: Api, q: str) -> None:
    api.post("/v1/stops", STOP)
    assert api.get(f"/v1/stops?q={q}").json["items"] == []
