"""Proof: a server that is killed (kill -9) at random moments under load loses and doubles nothing, on either database.

`python3 scripts/run.py prove kill --rounds 200 --seed 7`; tests/proofs/killed_server.py says how it is done.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.proofs import killed_server
from tests.proofs.own_database import BACKENDS, own_database


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rounds", type=int, default=200, help="how often it is killed on each database (default 200)"
    )
    parser.add_argument("--seed", type=int, default=None, help="of what is killed, when, and of what is sent")
    parser.add_argument("--only", choices=BACKENDS, help="on this database")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("kill it once at least")
    seed = random.SystemRandom().randrange(10**9) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    hold = [prove(backend, seed, options.rounds) for backend in BACKENDS if options.only in (None, backend)]
    return 0 if all(hold) else 1


def prove(backend: str, seed: int, rounds: int) -> bool:
    with own_database(backend) as url:
        report = killed_server.run(url, seed, rounds)
    print(report, flush=True)
    with own_database(backend) as url:
        careless = killed_server.control(url, seed)
    print(f"control, answers before it commits: {careless.faults[0] if careless.faults else 'lost nothing'}")
    return report.holds and not careless.holds


if __name__ == "__main__":
    sys.exit(main())
