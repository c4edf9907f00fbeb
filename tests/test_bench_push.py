"""The benchmark of pushes compares with what it says: the floor writes our rows, and the years filled in are whole."""

from __future__ import annotations

import gc
import importlib
import io
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from push_bench import servers, years
from push_bench.phone import Phone, expect
from push_bench.same_rows import differences
from push_bench.world import World

from outreach_api.app import create_app
from outreach_api.ledger import held_anew, recount
from outreach_api.settings import Settings
from outreach_api.storage.session import Database

SALES = 40


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The floor's module on a world of its own, which it names `world`."""
    world = World(tmp_path / "floor")
    monkeypatch.setenv("FLOOR", servers.frame(world))
    before = gc.get_threshold()
    module = importlib.reload(importlib.import_module("push_bench.floor"))
    gc.unfreeze()
    gc.set_threshold(*before)
    module.world = world
    yield module
    for connection in module.idle:
        connection.close()


def push_to_floor(floor: Any, body: bytes) -> None:
    environ = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    expect(b"".join(floor.application(environ, lambda *_: None)), "applied", SALES)


def test_the_floor_writes_the_rows_that_a_push_of_sales_leaves(tmp_path: Path, floor: Any) -> None:
    world = World(tmp_path / "ours")
    database = Database(f"sqlite:///{world.path}")
    client = create_app(Settings(key_file=world.key), database=database).test_client()
    ours, floors = Phone(world, 1), Phone(floor.world, 1)
    for _ in range(2):
        answer = client.post(
            "/v1/sync/push",
            data=ours.push(SALES, ours.sale),
            headers={"Authorization": f"Bearer {world.tokens[0]}", "Content-Type": "application/json"},
        )
        expect(answer.data, "applied", SALES)
        push_to_floor(floor, floors.push(SALES, floors.sale))
    database.close()
    assert differences(world, floor.world) == ""


def test_a_floor_that_wrote_less_is_noticed(tmp_path: Path, floor: Any) -> None:
    phone = Phone(floor.world, 1)
    push_to_floor(floor, phone.push(SALES, phone.sale))
    assert differences(World(tmp_path / "ours"), floor.world).startswith("sales: ")


def test_the_years_that_are_filled_in_are_as_the_write_path_leaves_them(tmp_path: Path) -> None:
    world = World(tmp_path / "years")
    years.fill(world, 1_230)
    database = Database(f"sqlite:///{world.path}")
    with database.read() as session:
        counted = {
            table: session.scalar(sa.text(f"SELECT count(*) FROM {table}"))
            for table in ("sales", "sale_lines", "head_counts", "stamp_marks", "contact_notes", "receipts")
        }
        wrong = [*recount.differences(session), *held_anew.differences(session)]
        astray = session.execute(sa.text("PRAGMA foreign_key_check")).all()
        indexes = session.scalar(sa.text("SELECT count(*) FROM sqlite_master WHERE name LIKE 'ix_sales%'"))
    database.close()
    facts = {"sales": 742, "head_counts": 305, "stamp_marks": 122, "contact_notes": 61}
    assert counted == {**facts, "sale_lines": 2 * 742, "receipts": 1_230}
    assert (wrong, astray, indexes) == ([], [], 2)
