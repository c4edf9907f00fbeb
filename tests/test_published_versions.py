"""What was published once is taken for good: phones of any age push to today's server, and none is stranded.

tests/published/ keeps, for every version of every kind of change, what its contract took and some payloads.
"""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from outreach_api.app import KINDS
from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.ids import new_id
from outreach_api.ledger.kinds import Actor, Kind, Operation, Registry
from outreach_api.ledger.perform import read
from schemas.sync import KIND_FORM
from schemas.vocabulary import Role
from tests import contracts
from tests.api import Api
from tests.contracts import Plain, contract_of, file_of, narrowed
from tests.remembered import payloads
from tests.world import NOW, World

KEPT = contracts.FOLDER
WHAT_TO_DO = (
    "Apps in the field still send this. Raise the kind's `v`, write an upcaster from the version before, and run "
    "scripts/keep_payloads.py, which keeps the new version beside the old ones (it says more)."
)
NOT_KEPT = "run scripts/keep_payloads.py, read what it wrote, and commit it"
# A kept file that had to be changed all the same, and why: somebody's name in a payload, and nothing less.
AMENDED: dict[str, str] = {}
# How a push says that it can't take a payload of that form, or of that version, or from those who sent it.
FORM = {"malformed", "upgrade_needed", "not_by_push", "forbidden", "precondition_required"}
# That the test's world lacks something is no fault of the form.
OF_THE_WORLD = {"unknown_reference"}

VERSIONS = [(kind, v) for kind in KINDS for v in range(1, kind.v + 1)]
every_version = pytest.mark.parametrize(
    ("kind", "v"), [pytest.param(kind, v, id=f"{kind.name}-v{v}") for kind, v in VERSIONS]
)
every_kind = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.name) for kind in KINDS])


@cache
def kept(kind: str, v: int) -> Plain:
    path = file_of(kind, v)
    assert path.exists(), NOT_KEPT
    told: Plain = json.loads(path.read_text(encoding="utf-8"))
    assert (told["kind"], told["v"]) == (kind, v), path.name
    return told


def read_today(kind: Kind, v: int, payload: Any) -> dict[str, Any] | Refusal:
    """What the write path makes of a payload of that version."""
    operation = Operation(new_id(), kind.name, v, new_id(), payload, base_version=1)
    actor = Actor(new_id(), next(iter(kind.roles)))
    (ready,) = read([operation], actor=actor, kinds=Registry(KINDS), hash_key=b"test")
    return ready.values


def test_every_version_of_every_kind_is_kept() -> None:
    missing = [f"{kind.name} v{v}" for kind, v in VERSIONS if not file_of(kind.name, v).exists()]
    assert missing == [], NOT_KEPT


def test_no_kind_that_was_published_is_gone() -> None:
    """A phone that was switched off for a month still holds some of it."""
    kinds = {kind.name: kind for kind in KINDS}
    published = [path.name.removesuffix(".json").rpartition(".v") for path in sorted(KEPT.iterdir())]
    assert [name for name, _, _ in published if name not in kinds] == [], WHAT_TO_DO
    assert [(name, v) for name, _, v in published if int(v) > kinds[name].v] == []


def test_a_kept_file_is_never_changed_again() -> None:
    root = KEPT.parent.parent
    git = ["git", "-c", "safe.directory=*"]
    where = ["--name-only", "--no-renames", "--diff-filter=MDT", "HEAD", "--", "tests/published"]
    try:
        asked = [
            subprocess.run([*git, *command, *where], cwd=root, capture_output=True, text=True, check=True)
            for command in (["log", "--format="], ["diff"])
        ]
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    changed = {line.rpartition("/")[2] for answer in asked for line in answer.stdout.splitlines() if line}
    assert changed - AMENDED.keys() == set(), f"take the file back from git. {WHAT_TO_DO}"


def test_the_script_adds_what_is_new_and_touches_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(contracts, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["keep_payloads.py"])
    old = tmp_path / "sale.record.v1.json"
    old.write_text("as it was", encoding="utf-8")
    script = str(KEPT.parent.parent / "scripts" / "keep_payloads.py")
    for said in (f"wrote {KINDS[-1].name}.v{KINDS[-1].v}.json", "nothing to write"):
        with pytest.raises(SystemExit, match="0"):
            runpy.run_path(script, run_name="__main__")
        assert said in capsys.readouterr().out
    assert old.read_text(encoding="utf-8") == "as it was"
    for kind in KINDS:
        path = file_of(kind.name, kind.v)
        if path != old:
            told = json.loads(path.read_text(encoding="utf-8"))
            assert told["contract"] == as_json(contract_of(kind)), kind.name
            for payload in told["payloads"].values():
                assert not isinstance(read_today(kind, kind.v, payload), Refusal), kind.name


@every_kind
def test_older_servers_can_read_the_envelope_of_every_kind(kind: Kind) -> None:
    """One that does not know the kind answers `retry`; a name that it can't read would be `malformed`."""
    assert re.fullmatch(KIND_FORM, kind.name)
    assert len(kind.name) <= 60
    assert 1 <= kind.v <= 1_000


@every_version
def test_the_kept_payloads_say_every_field(kind: Kind, v: int) -> None:
    told = kept(kind.name, v)
    said = {place for payload in told["payloads"].values() for place in places(payload)}
    assert set(fields(told["contract"]["payload"])) - said == set()
    assert "example" in told["payloads"]


def fields(contract: Plain, place: str = "") -> Iterator[str]:
    if contract["type"] == "list":
        yield from fields(contract["of"], f"{place}/*")
    for name, field in contract.get("fields", {}).items():
        yield f"{place}/{name}"
        yield from fields(field, f"{place}/{name}")


def places(value: Any, place: str = "") -> Iterator[str]:
    if place and not place.endswith("*"):
        yield place
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, f"{place}/{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from places(inner, f"{place}/*")


@every_version
def test_what_an_app_of_any_version_sent_is_read_today(kind: Kind, v: int) -> None:
    for name, payload in kept(kind.name, v)["payloads"].items():
        values = read_today(kind, v, payload)
        assert not isinstance(values, Refusal), f"{name}: {values}. {WHAT_TO_DO}"


@every_version
def test_what_a_published_contract_took_is_read_today(kind: Kind, v: int) -> None:
    """Drawn from the kept contract of the version, through today's upcasters and today's contract."""
    contract = kept(kind.name, v)["contract"]["payload"]
    own = set(refused_by_itself(contract))

    @settings(max_examples=30, database=None, suppress_health_check=list(HealthCheck))
    @given(payload=payloads(contract))
    def ask(payload: Any) -> None:
        values = read_today(kind, v, payload)
        codes = {problem.code for problem in values.problems} if isinstance(values, Refusal) else set()
        assert codes <= own, f"{values}. {WHAT_TO_DO}"

    ask()


def refused_by_itself(contract: Plain) -> Iterator[str]:
    """The codes with which that version refused what each of its fields would take."""
    yield from contract.get("refuses", ())
    for inner in (*contract.get("fields", {}).values(), *([contract["of"]] if "of" in contract else [])):
        yield from refused_by_itself(inner)


@every_kind
def test_no_published_contract_was_narrowed(kind: Kind) -> None:
    """Without a new version: an optional field, a word or a wider bound may be added, nothing taken away."""
    now = as_json(contract_of(kind))
    assert narrowed(kept(kind.name, kind.v)["contract"], now) == [], WHAT_TO_DO


def as_json(plain: Plain) -> Any:
    return json.loads(json.dumps(plain))


def test_no_published_payload_is_refused_for_its_form(api: Api) -> None:
    world = World(api)
    sent = [
        (f"{kind.name} v{v} {name}", sender(world, kind), pushed(world, kind, v, payload))
        for kind, v in VERSIONS
        if kind.pushed
        for name, payload in kept(kind.name, v)["payloads"].items()
    ]
    applied = set()
    for role in sorted({role for _, role, _ in sent}):
        mine = [(name, operation) for name, as_role, operation in sent if as_role == role]
        body = {"sent_at": NOW, "operations": [operation for _, operation in mine]}
        results = api.post("/v1/sync/push", body, role=role).json["results"]
        for (name, operation), line in zip(mine, results, strict=True):
            faults = {fault["code"] for fault in line["errors"]}
            assert line["code"] not in FORM, (name, line)
            assert line["code"] != "invalid" or faults <= OF_THE_WORLD, (name, line)
            if line["result"] == "applied":
                applied.add(operation["kind"])
    # Not vacuous: most of them can be done in this world.
    assert len(applied) * 2 > len(KINDS), applied


def sender(world: World, kind: Kind) -> str:
    """The crew's phones, for all that they may send."""
    return "crew" if Role.CREW in kind.roles else world.role(kind)


def pushed(world: World, kind: Kind, v: int, payload: Any) -> dict[str, Any]:
    return world.pushed(world.operations[kind.name], world.filled(payload), key=new_id(), v=v)
