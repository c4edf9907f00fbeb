"""Days of sync in which anything may happen in any order: the suite's share of tests/proofs/sync_day.py.

`python3 scripts/run.py prove sync` lives through thousands of longer ones.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

from tests.proofs.organisation import Organisation
from tests.proofs.sync_day import live_through

RUNS, STEPS = 16, 25


def test_whatever_happens_nothing_is_lost_doubled_or_moved(empty_engine_url: str, tmp_path: Path) -> None:
    """What CI draws is the same each time, what people draw is not. A day that fails is shown as it was drawn;
    `prove sync --only day --seed N` looks for a short one.
    """
    seed = 1 if "CI" in os.environ else random.getrandbits(32)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it when the test fails
    backups = tmp_path / "backups"
    backups.mkdir()
    organisation = Organisation(empty_engine_url, backups)
    try:
        live_through(organisation, seed, runs=RUNS, steps=STEPS, shortens=False)
    finally:
        organisation.database.close()
