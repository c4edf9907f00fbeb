"""A server that is killed loses and doubles nothing: the suite's share of tests/proofs/killed_server.py.

`python3 scripts/run.py prove kill` kills it hundreds of times.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from tests import databases

if sys.platform == "win32":
    pytest.skip("kill -9 is POSIX", allow_module_level=True)

from tests import cluster
from tests.proofs import killed_server
from tests.proofs.killed_server import ENOUGH, SERVER, Report
from tests.proofs.own_database import own_database


@pytest.fixture
def seed() -> int:
    """What CI draws is the same each time, what people draw is not."""
    drawn = 1 if "CI" in os.environ else random.getrandbits(32)
    print(f"seed {drawn}")  # noqa: T201 - pytest shows it when the test fails
    return drawn


@pytest.fixture(params=databases.BOTH)
def mortal(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database whose processes may be killed: the suite's others go on."""
    with contextlib.ExitStack() as owned:
        with databases.skipping_without_postgres():
            try:
                url = owned.enter_context(own_database(request.param))
            except cluster.NoPostgres as reason:
                raise databases.NoPostgres(str(reason)) from None
        yield url


def test_a_server_that_is_killed_loses_and_doubles_nothing(mortal: str, seed: int) -> None:
    rounds = 2 if mortal.startswith("sqlite") else 3
    report = killed_server.run(mortal, seed, rounds)
    assert report.holds, report
    assert report.killed.total() == rounds
    assert report.acknowledged > 0
    assert report.cut_off > 0


@pytest.mark.parametrize("mortal", ["sqlite"], indirect=True)
def test_one_that_answers_before_it_commits_is_found_out(mortal: str, seed: int) -> None:
    report = killed_server.control(mortal, seed)
    assert not report.holds
    assert "LOST" in report.faults[0]


def test_kills_that_never_come_between_commit_and_answer_prove_nothing() -> None:
    killed = Counter({SERVER: ENOUGH})
    assert not Report("SQLite", 1, killed, acknowledged=9, cut_off=9, in_unheard=0, faults=()).holds
    assert Report("SQLite", 1, killed, acknowledged=9, cut_off=9, in_unheard=1, faults=()).holds
