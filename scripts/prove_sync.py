"""All proofs of sync in one run, for as long as is asked: nothing that was acknowledged is lost, nothing counts twice.

`python3 scripts/run.py prove sync --minutes 60 --seed 7`; `--full` takes the whole numbers whatever the time.

day      days of sync in which anything happens in any order, held to a model, 2,000 of 50 steps (SQLite, PostgreSQL)
proxy    the reference client behind a network that drops 30 % of replies, cuts, repeats and delays, 20,000 operations
         (SQLite, PostgreSQL)
changes  16 writers and a puller with delayed commits, 50,000 changes (SQLite, PostgreSQL; a sequence as control)
kill     kill -9 of a server under load, 200 rounds (SQLite, PostgreSQL and its own processes; a control that must lose)
power    power cuts, 1,000 (and the controls that must lose something)
"""

from __future__ import annotations

import argparse
import logging
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from outreach_api.storage import migrate
from outreach_api.storage.session import Database
from tests.proofs import late_commits, through_bad_network
from tests.proofs.organisation import Organisation
from tests.proofs.own_database import BACKENDS, own_database
from tests.proofs.sync_day import live_through

ROOT = Path(__file__).resolve().parent.parent

Proof = Callable[[int, float], bool]
"""Of a seed and the share of the whole numbers to reach; prints its line, and says whether it holds."""

DAYS, STEPS, OPERATIONS, CHANGES, ROUNDS, CUTS = 2_000, 50, 20_000, 50_000, 200, 1_000
FEWEST_DAYS, FEWEST_OPERATIONS, FEWEST_CHANGES, FEWEST_ROUNDS, FEWEST_CUTS = 20, 400, 2_000, 3, 100
WHOLE_MINUTES = 60.0
"""What the whole numbers take on two cores, about."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="about so long (default 10)")
    parser.add_argument("--full", action="store_true", help="the whole numbers, however long they take")
    parser.add_argument(
        "--seed", type=int, default=None, help="brings back a run (default: another each time)"
    )
    parser.add_argument("--only", action="append", choices=list(PROOFS), help="this proof (may come twice)")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    seed = random.SystemRandom().randrange(10**9) if options.seed is None else options.seed
    share = 1.0 if options.full else min(1.0, max(options.minutes, 0.1) / WHOLE_MINUTES)
    print(f"seed {seed}, {share:.0%} of the whole numbers", flush=True)
    failed = []
    for name in dict.fromkeys(options.only or PROOFS):
        began = time.monotonic()
        if not PROOFS[name](seed, share):
            failed.append(name)
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    print(f"FAILED: {', '.join(failed)}" if failed else "all hold")
    return 1 if failed else 0


def day(seed: int, share: float) -> bool:
    count = max(FEWEST_DAYS, round(DAYS * share))
    for url in databases():
        with tempfile.TemporaryDirectory(prefix="prove_day_") as folder:
            organisation = Organisation(url, Path(folder))
            try:
                live_through(organisation, seed, runs=count, steps=STEPS)
            except Exception:  # whatever it is: the day that shows it stands in its notes
                print(f"a day of sync on {url.partition(':')[0]}, seed {seed}:", flush=True)
                traceback.print_exc()
                return False
            finally:
                organisation.database.close()
        print(
            f"days of sync on {url.partition(':')[0]} (seed {seed}): {count} of {STEPS} steps hold",
            flush=True,
        )
    return True


def proxy(seed: int, share: float) -> bool:
    holds = True
    for url in databases():
        report = through_bad_network.run(url, seed, max(FEWEST_OPERATIONS, round(OPERATIONS * share)))
        print(report, flush=True)
        holds = holds and report.holds
    return holds


def changes(seed: int, share: float) -> bool:
    count = max(FEWEST_CHANGES, round(CHANGES * share))
    holds = True
    for url in databases():
        database = Database(url, pool_size=late_commits.WRITERS + 4)
        try:
            migrate.upgrade(database)
            report = late_commits.run(database, seed, count)
            print(report, flush=True)
            holds = holds and report.holds
            if not database.is_sqlite:
                control = late_commits.run(database, seed, count, naive=True)
                print(f"control, numbers from a sequence: {control.missed} missed", flush=True)
                holds = holds and control.missed > 0
        finally:
            database.close()
    return holds


def kill(seed: int, share: float) -> bool:
    return other("prove_kill", "--rounds", max(FEWEST_ROUNDS, round(ROUNDS * share)), seed)


def power(seed: int, share: float) -> bool:
    return other("prove_power", "--cuts", max(FEWEST_CUTS, round(CUTS * share)), seed)


def other(script: str, option: str, count: int, seed: int) -> bool:
    command = [
        sys.executable,
        str(ROOT / "scripts" / f"{script}.py"),
        option,
        str(count),
        "--seed",
        str(seed),
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def databases() -> Iterator[str]:
    """An empty database of each kind to ourselves, one after the other."""
    for backend in BACKENDS:
        with own_database(backend) as url:
            yield url


PROOFS: dict[str, Proof] = {"day": day, "proxy": proxy, "changes": changes, "kill": kill, "power": power}


if __name__ == "__main__":
    sys.exit(main())
