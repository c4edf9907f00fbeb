"""rollup_cost: what it costs a push that totals of visits, of weeks and of stops' days are kept in its transaction.

The same pushes of 500 mixed operations (receipts, taps of the counter, notes, stamp cards) go through the app in this
process into two databases in turn; while one is asked, nothing is added up. Both must take all of them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import sqlalchemy as sa
from map_bench.figure import Figure, medians
from push_bench.phone import Phone, expect
from push_bench.world import World

from outreach_api.app import create_app
from outreach_api.ledger import held_days, totals
from outreach_api.settings import Settings
from outreach_api.storage.keyring import load_keyring
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.session import Database
from report_bench.reports import Sizes, ms, say

PUSH = 500


def cost(folder: Path, sizes: Sizes) -> Iterator[Figure]:
    worlds = [World(folder / name) for name in ("kept", "bare")]
    kept, bare = map(_pushing, worlds)

    def without() -> None:
        with nothing_added_up():
            bare()

    ours, plain = medians(sizes.rounds, kept, without)
    if [_has_totals(world) for world in worlds] != [True, False]:
        raise SystemExit(
            "totals were kept where they were to be left out, or left out where they were to be kept"
        )
    say(f"a push of {PUSH}: {ms(ours)} over {ms(plain)} without totals")
    yield Figure("rollup_cost", round(ours / plain, 2), "ratio")


def _has_totals(world: World) -> bool:
    database = Database(f"sqlite:///{world.path}")
    with database.read() as session:
        found = session.scalar(sa.select(sa.exists().select_from(VisitTotal)))
    database.close()
    return bool(found)


def _pushing(world: World) -> Callable[[], None]:
    settings = Settings(key_file=world.key)
    database = Database(f"sqlite:///{world.path}")
    client = create_app(settings, database=database, keyring=load_keyring(settings)).test_client()
    phone = Phone(world, 1)
    headers = {"Authorization": f"Bearer {world.tokens[0]}", "Content-Type": "application/json"}

    def push() -> None:
        answer = client.post("/v1/sync/push", data=phone.push(PUSH, phone.mixed), headers=headers)
        expect(answer.data, "applied", PUSH)

    return push


@contextlib.contextmanager
def nothing_added_up() -> Iterator[None]:
    with (
        mock.patch.object(totals, "add_up", return_value=set()),
        mock.patch.object(held_days, "count_touched"),
    ):
        yield
