"""Proof that a server which is killed (kill -9) at random moments under load loses and doubles nothing.

Phones push all the time and send again, under the same ids, what was not answered. What is killed is drawn: the whole
server, once more while it starts and recovers, one of its workers, on PostgreSQL also a process of the database itself,
which then ends all others and recovers. PostgreSQL has several workers, and its cluster says synchronous_commit=off:
that our connections say otherwise is part of the proof.

That this would find something is shown with a server that answers before it commits (careless.py): it must lose.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from outreach_api.storage.session import Database
from tests.proofs import careless
from tests.proofs.after_a_kill import examine
from tests.proofs.house import furnish
from tests.proofs.line import Line
from tests.proofs.phones import Phone
from tests.proofs.site import OUTREACH, PATIENCE, Site

LONGEST_LIFE = 0.5
"""Seconds from the moment at which phones are answered again to the next kill, at most."""
LONGEST_START = 4.0
"""Seconds from a start to the kill in the middle of it, at most: then some starts were over."""
SERVER, STARTING, WORKER, BACKEND = "server", "starting server", "worker", "PostgreSQL process"
ON_SQLITE, ON_POSTGRESQL = (SERVER, WORKER, STARTING), (BACKEND, SERVER, WORKER, BACKEND, STARTING)
"""What is killed, each as often as it stands here."""
ENOUGH = 100
"""Of so many kills at least one must come between a commit and its answer, or the moments were not random."""


@dataclass(frozen=True, slots=True)
class Report:
    database: str
    seed: int
    killed: Counter[str]
    acknowledged: int
    cut_off: int
    """Requests that were sent, but their answer never came."""
    in_unheard: int
    """Operations that were in when they were sent again, unheard: something was killed between commit and answer."""
    faults: Sequence[str]

    @property
    def holds(self) -> bool:
        return not self.faults and (self.killed.total() < ENOUGH or self.in_unheard > 0)

    def __str__(self) -> str:
        killed = ", ".join(f"{count} × {what}" for what, count in sorted(self.killed.items()))
        return (
            f"kill -9 on {self.database} (seed {self.seed}): {killed}; {self.acknowledged} operations acknowledged, "
            f"{self.cut_off} requests cut off, {self.in_unheard} operations were in unheard: "
            f"{'; '.join(self.faults[:5]) or '0 lost, 0 doubled, the database whole'}"
        )


def run(url: str, seed: int, rounds: int) -> Report:
    """Kill so many times. The database must be empty and, if it is PostgreSQL, one that may be killed.

    Raises TimeoutError when the server stays away.
    """
    dice = random.Random(seed)
    return _run(url, seed, dice, _drawn(dice, rounds, sqlite=url.startswith("sqlite")), OUTREACH)


def control(url: str, seed: int) -> Report:
    """Kill once, and that a server that answers before it commits: this must not hold."""
    return _run(url, seed, random.Random(seed), [SERVER], careless.PROGRAM)


def _run(url: str, seed: int, dice: random.Random, ways: Iterable[str], first: Sequence[str]) -> Report:
    database = Database(url)
    phones = furnish(database, dice, lambda: 0)
    database.close()
    killed: Counter[str] = Counter()
    workers = 1 if database.is_sqlite else 2
    with (
        tempfile.TemporaryDirectory(prefix="killed_server_") as folder,
        Site(Path(folder) / "home", url, workers=workers, program=first) as site,
    ):
        site.start()
        site.program = OUTREACH
        lines = [Line(site.port, phone) for phone in phones]
        for line in lines:
            line.start()
        for what in ways:
            _await_answers(site, phones, lines)
            time.sleep(dice.random() * LONGEST_LIFE)
            _kill(site, what, dice)
            killed[what] += 1
        _await_answers(site, phones, lines)
        for line in lines:
            line.end()
        _await(site, lambda: not any(line.is_alive() for line in lines))
        verified = site.outreach("verify")
        site.kill()
        faults = [*examine(database, phones), *site.unexpected()]
        if verified.returncode != 0:
            faults.append(verified.stdout + verified.stderr)
        faults += [f"a phone stopped: {line.failed}"[:300] for line in lines if line.failed]
    return Report(
        database="SQLite" if database.is_sqlite else "PostgreSQL",
        seed=seed,
        killed=killed,
        acknowledged=sum(len(phone.told) for phone in phones),
        cut_off=sum(line.cut_off for line in lines),
        in_unheard=sum(line.in_unheard for line in lines),
        faults=faults,
    )


def _drawn(dice: random.Random, rounds: int, *, sqlite: bool) -> Iterator[str]:
    """What to kill. All there is comes before anything comes again."""
    ways = list(ON_SQLITE if sqlite else ON_POSTGRESQL)
    if sys.platform != "linux":
        ways.remove(WORKER)  # nothing tells there who they are
    for number in range(rounds):
        if number % len(ways) == 0:
            dice.shuffle(ways)
        yield ways[number % len(ways)]


def _kill(site: Site, what: str, dice: random.Random) -> None:
    if what == WORKER:
        site.kill_a_worker(dice.randrange(100))
        return
    if what == BACKEND:
        site.kill_a_backend(dice.randrange(100))
        return
    site.kill()
    if what == STARTING:
        site.launch()
        time.sleep(dice.random() * LONGEST_START)
        site.kill()
    site.start()


def _await_answers(site: Site, phones: Sequence[Phone], lines: Sequence[Line]) -> None:
    """Until some phone was told of something more: then the server is up, and the others press too."""
    before = sum(len(phone.told) for phone in phones)
    _await(
        site,
        lambda: (
            sum(len(phone.told) for phone in phones) > before or not any(line.is_alive() for line in lines)
        ),
    )


def _await(site: Site, reached: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not reached():
        if time.monotonic() > until:
            raise TimeoutError(f"the phones are not answered any more: {site.said()}")
        site.start_again()
        time.sleep(0.005)
