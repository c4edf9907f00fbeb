"""Who sees which column: every one that holds words is filled with marks, and everything that can be read is read.

tests/columns.py names each column with those who see it: no more roles may, and none of them fewer. Of what is one
van's, a crew sees its own van's marks only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest

from outreach_api.app import KINDS
from outreach_api.sync.feed import FEEDS
from schemas.vocabulary import Role
from tests.api import Api
from tests.columns import CODED, EVERYBODY, SEALED, SEEN_BY, marked_columns, marks_in, texts
from tests.described import Operation, operations
from tests.two_vans import ASKED_OF_ALL, CREW, OTHER_CREW, TwoVans, role_of, undoing, whos

OF_NO_VAN = {
    *("stops", "permissions", "items", "destinations", "partners", "round_table_issues", "people"),
    *("safety_card", "alert_addresses", "boundaries", "population_imports", "published_timetable"),
    *("published_issues", "published_links", "published_releases"),
    "school_holidays",
}
# What nobody may be told all ways of, so every word of it is tried; of other words, one is as good as another.
TRIED = ("purpose", "format")


@pytest.fixture(scope="module")
def vans(module_api: Api) -> TwoVans:
    return TwoVans(module_api)


@pytest.fixture(scope="module")
def seen(vans: TwoVans) -> dict[str, str]:
    """Everything that each may read, in one text."""
    read: dict[str, list[str]] = defaultdict(list)
    tokens: dict[str, str | None] = {who: vans.token(who) for who in whos()} | {EVERYBODY: None}
    with undoing(vans.api.app):
        for who, token in tokens.items():
            for operation in operations(vans.api.app):
                if operation.method == "GET" and _may(who, operation):
                    for path in dict.fromkeys(_paths(vans, operation)):
                        read[who].append(vans.api.send("GET", path, token=token, check=False).text)
            if token is not None:
                read[who] += _pulled(vans.api, token)
                read[who] += _answered(vans, who, token)
    return {who: "\n".join(found) for who, found in read.items()}


def _may(who: str, operation: Operation) -> bool:
    """Whoever may not is turned away before anything is read: tests/http/test_scope.py."""
    return operation.roles is None or (who != EVERYBODY and role_of(who) in operation.roles)


def _paths(vans: TwoVans, operation: Operation) -> Iterator[str]:
    """Its address with the things of both vans, and in every form that it offers."""
    known = operation.parameters("query")
    fixed = {name: ASKED_OF_ALL[name] for name, said in known.items() if said.get("required")}
    if "limit" in known:
        fixed["limit"] = str(known["limit"]["schema"]["maximum"])
    forms = [
        [(name, None), *((name, word) for word in known[name]["schema"]["enum"])]
        for name in TRIED
        if name in known
    ]
    own, other = vans.own.path_ids(operation), vans.other.path_ids(operation)
    ids = [own, other, own | vans.out_of_sight(operation), other | vans.urgent(operation)]
    for paths, words in product(ids, product(*forms)):
        query = fixed | {name: word for name, word in words if word is not None}
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        yield operation.path(**paths) + (f"?{asked}" if asked else "")


def _pulled(api: Api, token: str) -> list[str]:
    """All pages of the feed, small ones."""
    pages, cursor = [], ""
    while True:
        answer = api.get(f"/v1/sync/pull?limit=20{cursor}", token=token, check=False)
        pages.append(answer.text)
        if answer.status != 200 or not answer.json["more"]:
            return pages
        cursor = f"&cursor={answer.json['cursor']}"


def _answered(vans: TwoVans, who: str, token: str) -> Iterator[str]:
    """What changes answer; none of them is kept."""
    needs_base = {kind.name for kind in KINDS if kind.needs_base}
    for operation in operations(vans.api.app):
        if operation.kind is None or not _may(who, operation):
            continue
        world = vans.home(who)
        for version in (1, 2) if operation.kind in needs_base else (None,):
            path = operation.path(**world.path_ids(operation))
            yield vans.api.send(
                operation.method, path, world.body(operation), token=token, version=version, check=False
            ).text


def test_every_column_that_could_hold_words_is_named() -> None:
    listed = (SEEN_BY.keys() - SEALED) | {"contact_notes.text_sealed", "rejections.sealed"}
    assert texts() - listed - CODED == set(), (
        "say in tests/columns.py who sees them, or that they are coded words"
    )
    assert (listed | CODED) - texts() == set(), "these columns are gone"


def test_every_named_column_is_filled(vans: TwoVans) -> None:
    with vans.api.database.read() as session:
        assert SEEN_BY.keys() - SEALED - marked_columns(session) == set()


def test_each_column_is_seen_by_those_who_need_it_and_by_nobody_else(seen: dict[str, str]) -> None:
    found: dict[str, set[str]] = {name: set() for name in SEEN_BY}
    for who, text in seen.items():
        for name, _ in marks_in(text):
            found[name].add(who if who == EVERYBODY else role_of(who))
    wrong = [
        f"{name}: seen by {sorted(map(str, found[name]))}, needed by {sorted(map(str, needed))}"
        for name, needed in SEEN_BY.items()
        if found[name] != needed
    ]
    assert not wrong, "\n".join(wrong)


def test_a_crew_sees_nothing_that_was_written_of_another_van(seen: dict[str, str]) -> None:
    for who, theirs in ((CREW, "B"), (OTHER_CREW, "A")):
        found = {name for name, whose in marks_in(seen[who]) if whose == theirs}
        assert {name for name in found if name.partition(".")[0] not in OF_NO_VAN} == set(), who
        assert "visits.note" in {name for name, _ in marks_in(seen[who])}, "nor of their own"


def test_what_is_about_staff_shows_its_id_to_safeguarding_alone(vans: TwoVans, seen: dict[str, str]) -> None:
    for entity, one in vans.about_staff.items():
        shown = {who for who, text in seen.items() if str(one) in text}
        # The audit says that somebody tried to open it, and is safeguarding's and the admin's.
        assert shown - {Role.ADMIN} == {Role.SAFEGUARDING}, entity


def test_phones_pull_nothing_that_their_role_may_not_read(vans: TwoVans) -> None:
    """Of each kind in the feed, what a list of the same contract says of who may read it."""
    readers: dict[str, set[str]] = defaultdict(set)
    schemas = vans.api.app.extensions["outreach_openapi"]["components"]["schemas"]
    for operation in operations(vans.api.app):
        shown = operation.said["responses"].get("200", {}).get("content", {}).get("application/json", {})
        name = shown.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
        listed = schemas.get(name, {}).get("properties", {}).get("items", {}).get("items", {}).get("$ref", "")
        if operation.method == "GET":
            for one in (name, listed.rsplit("/", 1)[-1]):
                readers[one] |= set(operation.roles or ())
    compared = 0
    for kind, feed in FEEDS.items():
        contract = feed.schema.__name__.removesuffix("Out")
        known = {word for word in readers if word.removesuffix("Out") == contract}
        if known:
            assert set(feed.roles) <= readers[known.pop()], kind
            compared += 1
    assert compared >= 8
