"""Proof: a server that is killed (kill -9) at random moments under load loses and doubles nothing.

`python3 scripts/run.py prove kill --rounds 200 --seed 7`. Several phones push to a real `outreach serve` and send again,
under the same ids, whatever was not answered; the server is killed, started again, and at the end every operation that
was acknowledged must be in, once, and the database whole.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import sqlalchemy as sa
from push_bench.phone import Line, Phone
from push_bench.world import World

from outreach_api.ledger import recount
from outreach_api.storage import copies
from outreach_api.storage.contacts import ContactNote, StampMark
from outreach_api.storage.ledger import ChangeCounter, Receipt
from outreach_api.storage.sales import Sale
from outreach_api.storage.session import Database
from outreach_api.storage.visits import HeadCount

PHONES = 4
FEWEST, MOST = 5, 60
SECONDS_TO_START = 60
LONGEST_LIFE = 0.4
"""Seconds from the first answer of a server to its end, at most."""
TABLES = {
    "sale.record": Sale,
    "head_count.add": HeadCount,
    "stamp.mark": StampMark,
    "note.write": ContactNote,
}


class Pushing(threading.Thread):
    """One phone: it sends a push until it is answered, and then the next one."""

    def __init__(self, world: World, number: int, seed: int, port: int) -> None:
        super().__init__(daemon=True)
        self.phone, self.token, self.port = Phone(world, seed + number), world.tokens[number], port
        self.acknowledged: dict[str, tuple[str, str]] = {}
        """Kind and entity of each operation that was answered as being in, by its id."""
        self.sent_again = 0
        self.ended = threading.Event()

    def run(self) -> None:
        line: Line | None = None
        while not self.ended.is_set():
            body = self.phone.any_size(FEWEST, MOST)
            tries = 0
            while not self._push(line := line or self._line(), body):
                line = None
                tries += 1
                if self.ended.is_set() and tries > 1:
                    return
            self.sent_again += tries > 0

    def _line(self) -> Line | None:
        try:
            return Line(self.port, self.token)
        except OSError:
            time.sleep(0.02)
            return None

    def _push(self, line: Line | None, body: bytes) -> bool:
        if line is None:
            return False
        try:
            answer = orjson.loads(line.send(body)[1])
            results = {one["op_id"]: one for one in answer["results"]}
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            return False
        for operation in orjson.loads(body)["operations"]:
            result = results[operation["op_id"]]
            if "applied" in (result["result"], result["original"]):
                self.acknowledged[operation["op_id"]] = operation["kind"], operation["entity_id"]
        return True


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=200, help="how often it is killed (default 200)")
    parser.add_argument("--seed", type=int, default=None, help="of the moments and of what is sent")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**9) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="prove_kill_") as folder:
        return prove(World(Path(folder) / "world", phones=PHONES), options.rounds, seed)


def prove(world: World, rounds: int, seed: int) -> int:
    dice = random.Random(seed)  # noqa: S311
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    phones = [Pushing(world, number, seed, port) for number in range(PHONES)]
    for phone in phones:
        phone.start()
    for _ in range(rounds):
        with serving(world, port) as server:
            before = [len(phone.acknowledged) for phone in phones]
            while [len(phone.acknowledged) for phone in phones] == before:
                time.sleep(0.005)
            time.sleep(dice.random() * LONGEST_LIFE)
            os.killpg(server.pid, signal.SIGKILL)
    with serving(world, port):
        for phone in phones:
            phone.ended.set()
        for phone in phones:
            phone.join()
    faults = list(found_faults(world, phones))
    told = sum(len(phone.acknowledged) for phone in phones)
    again = sum(phone.sent_again for phone in phones)
    print(
        f"kill -9, {rounds} rounds: {told} operations acknowledged, {again} pushes sent again: "
        f"{', '.join(faults) or '0 lost, 0 doubled, the database whole'}"
    )
    return 1 if faults else 0


@contextlib.contextmanager
def serving(world: World, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server of its own process group, so that a kill leaves no worker behind."""
    command = [sys.executable, "-m", "outreach_api.cli", "serve", "--port", str(port)]
    with (world.folder / "server.log").open("ab") as log:
        server = subprocess.Popen(
            command, env=world.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until and server.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            time.sleep(0.02)
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def found_faults(world: World, phones: list[Pushing]) -> Iterator[str]:
    copies.check(world.path)  # integrity and references; raises what is wrong
    database = Database(f"sqlite:///{world.path}")
    try:
        with database.read() as session:
            receipts = {str(one) for one in session.scalars(sa.select(Receipt.op_id))}
            rows = {
                kind: {str(one) for one in session.scalars(sa.select(table.id))}  # type: ignore[attr-defined]
                for kind, table in TABLES.items()
            }
            told = {op: fact for phone in phones for op, fact in phone.acknowledged.items()}
            lost = [
                op for op, (kind, entity) in told.items() if op not in receipts or entity not in rows[kind]
            ]
            if lost:
                yield f"{len(lost)} LOST"
            if sum(map(len, rows.values())) != len(receipts):
                yield f"{sum(map(len, rows.values()))} facts for {len(receipts)} receipts"
            if recount.differences(session):
                yield "totals differ from the facts"
            counter = session.scalar(sa.select(ChangeCounter.value)) or 0
            if counter < (session.scalar(sa.select(sa.func.max(Receipt.change_no))) or 0):
                yield "the counter went back"
    finally:
        database.close()


if __name__ == "__main__":
    sys.exit(main())
