"""Proof: a power cut loses nothing that was acknowledged, and where less is synced the same cuts find what is lost.

`python3 scripts/run.py prove power --cuts 1000 --seed 7`; tests/proofs/power_cut.py says how it is done.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.proofs import power_cut

FEWEST = 100


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cuts", type=int, default=1_000, help="as outreach opens it here (default 1000)")
    parser.add_argument(
        "--seed", type=int, default=None, help="brings back a run (default: another each time)"
    )
    options = parser.parse_args()
    if options.cuts < FEWEST:
        parser.error(f"fewer than {FEWEST} cuts say nothing")
    seed = random.SystemRandom().randrange(10**9) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    report = power_cut.run(seed, options.cuts)
    print(report)
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
