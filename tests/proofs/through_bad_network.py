"""Proof that the reference client and the server agree exactly, whatever the network between them does.

Crews work with several real reference clients (scripts/van_app), each behind a bad network of its own, against a real
`outreach serve`. In the end the network is calm, every phone syncs until nothing waits, and what crews entered, what
their phones say and what the database holds must be the same; backed up, all of it may be forgotten, by the client's
own proof.

That it can fail is shown in tests/test_bad_network.py by clients that give operations new ids when they send them
again, or take silence for an answer. Tried by hand besides, and found out: a database that keeps no receipts, or loses
one in twenty, or adds one to some totals (triggers).
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from outreach_api.kernel.clock import utc_now
from outreach_api.ledger import counter, epochs
from outreach_api.settings import Settings
from outreach_api.storage import migrate
from outreach_api.storage.keyring import load_keyring
from outreach_api.storage.ledger import Receipt
from outreach_api.storage.session import Database
from tests.proofs.bad_network import BadNetwork
from tests.proofs.ledgers_agree import disagreements
from tests.proofs.office import Office
from tests.proofs.reference_client import AfterNoAnswer, Crew
from tests.proofs.site import Site
from van_app.kept import DEAD, FORGOTTEN

PHONES_OF_A_VAN = 2
SHIFTS = 3
"""The apps are closed and started between them, and a backup is made."""
MOST_ROUNDS_UNTIL_NOTHING_WAITS = 4
TRIES = 3


@dataclass(frozen=True, slots=True)
class Report:
    database: str
    seed: int
    entered: int
    syncs: int
    came_to_nothing: int
    """Syncs that ended without an answer."""
    happened: Counter[str]
    dead: int
    """Operations that had to be refused, and were."""
    faults: Sequence[str]

    @property
    def holds(self) -> bool:
        return not self.faults

    def __str__(self) -> str:
        fates = ", ".join(f"{count} {what}" for what, count in self.happened.most_common())
        return (
            f"bad network on {self.database} (seed {self.seed}): {self.entered} operations in {self.syncs} syncs, "
            f"{self.came_to_nothing} of them to nothing; {fates}; {self.dead} refused: "
            f"{'; '.join(self.faults[:5]) or 'the ledgers agree'}"
        )


def run(url: str, seed: int, operations: int, *, after_no_answer: AfterNoAnswer | None = None) -> Report:
    """Enter about so many operations. The database must be empty. `after_no_answer` spoils the clients: a control."""
    database = Database(url, pool_size=2)
    migrate.upgrade(database)
    with tempfile.TemporaryDirectory(prefix="bad_network_") as folder, ExitStack() as after:
        after.callback(database.close)
        site = after.enter_context(Site(Path(folder) / "home", url, workers=1 if database.is_sqlite else 2))
        site.start()
        crews, networks = [], []
        for crew, network in _hire(Office(database, site.port), site, Path(folder), seed):
            networks.append(after.enter_context(network))
            crew.after_no_answer = after_no_answer
            crews.append(crew)
        with database.read() as session:
            offices = set(session.scalars(sa.select(Receipt.op_id)))
        with ThreadPoolExecutor(len(crews)) as pool:
            list(pool.map(Crew.begin, crews))
            for _ in range(SHIFTS):
                list(pool.map(lambda crew: crew.work(operations // len(crews) // SHIFTS), crews))
                _back_up(database)
        faults = list(_calm_down(crews, networks))
        with database.read() as session:
            faults += disagreements(session, crews, load_keyring(Settings(home=site.home)), offices)
        _back_up(database)
        dead, still_kept = _forget(crews)
        if still_kept:
            faults.append(f"{still_kept} operations could not be proved to be held")
        faults += [str(network.failed) for network in networks if network.failed is not None]
        if not faults and (verified := site.outreach("verify")).returncode != 0:
            faults.append(verified.stdout + verified.stderr)
    return Report(
        database="SQLite" if database.is_sqlite else "PostgreSQL",
        seed=seed,
        entered=sum(len(crew.entered) for crew in crews),
        syncs=sum(crew.syncs for crew in crews),
        came_to_nothing=sum(crew.came_to_nothing for crew in crews),
        happened=sum((network.happened for network in networks), Counter[str]()),
        dead=dead,
        faults=faults,
    )


def _hire(office: Office, site: Site, folder: Path, seed: int) -> Iterator[tuple[Crew, BadNetwork]]:
    """The phones of each van, each with a network of its own."""
    number = 0
    for van_id in office.prepare():
        sold: list[tuple[str, str]] = []
        for _ in range(PHONES_OF_A_VAN):
            network = BadNetwork(site.port, random.Random(f"{seed} network {number}"))
            crew = Crew(
                folder=folder / f"phone{number}",
                holder=office.hire(van_id),
                address=f"http://127.0.0.1:{network.port}",
                dice=random.Random(f"{seed} crew {number}"),
                sold=sold,
            )
            yield crew, network
            number += 1


def _back_up(database: Database) -> None:
    """As if a backup had just been made: from now on phones may forget what it holds."""
    with database.write() as session:
        epochs.covered(session, counter.current(session)[0], utc_now())


def _calm_down(crews: Sequence[Crew], networks: Sequence[BadNetwork]) -> Iterator[str]:
    """Let every phone sync until nothing waits. Of what was on its way, half arrives before that and half after."""
    for network in networks:
        network.is_calm = True
        network.let_come(0.5)
    waiting = _sync_all(crews)
    for _ in range(MOST_ROUNDS_UNTIL_NOTHING_WAITS):
        if waiting:
            waiting = _sync_all(crews)
    if waiting:
        yield f"{waiting} operations wait for ever"
    for network in networks:
        network.let_come()


def _sync_all(crews: Sequence[Crew]) -> int:
    """How many operations wait after it."""
    waiting = 0
    for crew in crews:
        with crew.phone() as phone:
            crew.sync(phone, tries=TRIES, at_once=True)
            waiting += phone.status().waiting
    return waiting


def _forget(crews: Sequence[Crew]) -> tuple[int, int]:
    """Everything is backed up: by the client's own proof all but the dead letters may go. How many those are, and how
    many others stay."""
    dead, others = 0, 0
    for crew in crews:
        with crew.phone() as phone:
            crew.sync(phone, tries=TRIES)
            dead += phone.queue.count("state = ?", DEAD)
            others += phone.queue.count("state NOT IN (?, ?)", FORGOTTEN, DEAD)
    return dead, others
