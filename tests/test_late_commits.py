"""Whoever follows the change numbers misses nothing: the suite's share of tests/proofs/late_commits.py."""

from __future__ import annotations

import pytest

from outreach_api.storage.session import Database
from tests.proofs.late_commits import IN_ONE_WRITE, WRITERS, run

CHANGES = 2 * WRITERS * IN_ONE_WRITE


def test_nothing_is_missed_and_nothing_comes_twice(database: Database) -> None:
    report = run(database, 1, CHANGES)
    assert report.changes == CHANGES
    assert (report.missed, report.twice) == (0, 0), report


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_a_sequence_would_be_found_out(database: Database) -> None:
    assert run(database, 1, 2 * CHANGES, naive=True).missed > 0
