"""Proof that a power cut loses nothing that was acknowledged, and that these cuts would find out if it did.

A day of four phones is recorded, write by write. At each cut the disk is rebuilt as it may then have been
(tests/proofs/disk.py), opened as outreach opens it, and held against what the phones had been told by then.
Days on which less is synced than outreach asks for must lose something, or the proof proves nothing.
"""

from __future__ import annotations

import random
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import sqlalchemy as sa

from outreach_api.storage import session as opening
from tests.proofs.disk import Disk
from tests.proofs.house import House
from tests.proofs.phones import MOST_IN_A_PUSH, Phone
from tests.proofs.recorded_day import SHIFTS, Day, Findings, Held, examine

PUSHES = 150
"""In a day that many cuts are made of; a log holds a few of them."""
CHECKPOINT = "wal_autocheckpoint=80"
"""Pages, two pushes or three: at SQLite's own 1,000 a day this short would hardly see a checkpoint."""
LEAST_SHARE = 0.1
"""Of its cuts, a control must lose something in as many; it does in a third to a half of them."""
SEND_AGAIN_EVERY = 20
"""After one cut in so many, the phones send what they hold no answer for, and the day must end as it did."""
IN_TURNS_AND_AT_ONCE = (False, True)
"""A day of one push after the other, which its seed brings back; and one of all phones at once, as threads fall."""
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Way:
    """A way to open the database."""

    name: str
    pragmas: tuple[str, ...] = ()
    affected: bool = False
    """As on an SQLite with the WAL-reset fault, where outreach takes journal_mode=DELETE."""
    control: bool = False
    """Syncs less than outreach does, and must lose something."""


WAL = Way("write-ahead log")
WAL_NORMAL = Way("write-ahead log, synchronous=NORMAL", ("synchronous=NORMAL",), control=True)
JOURNAL = Way("rollback journal", affected=True)
JOURNAL_FULL = Way("rollback journal, synchronous=FULL", ("synchronous=FULL",), affected=True, control=True)


@dataclass(slots=True)
class Series:
    """The cuts of one way to open the database."""

    way: Way
    cuts: int = 0
    acknowledged: int = 0
    """Answers that had reached a phone, summed over all cuts."""
    lost: int = 0
    lost_in: int = 0
    """Cuts that lost something."""
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        if self.faults or not self.cuts:
            return False
        return self.lost_in >= LEAST_SHARE * self.cuts if self.way.control else self.lost_in == 0

    def __str__(self) -> str:
        said = f"{self.way.name}: {self.lost} lost in {self.lost_in} of {self.cuts} cuts"
        return "; ".join([said, *self.faults[:MOST_SHOWN]])


@dataclass(frozen=True, slots=True)
class Report:
    seed: int
    seconds: float
    series: tuple[Series, ...]

    @property
    def holds(self) -> bool:
        return all(series.holds for series in self.series)

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "FAILS"
        parts = " | ".join(str(series) for series in self.series)
        return f"power {verdict} (seed {self.seed}, {self.seconds:.0f} s): {parts}"


def run(seed: int, cuts: int) -> Report:
    """Cut the power so many times as outreach opens its database, and half as often in each other way.

    Raises NotTraceable where this Python's SQLite can't be watched.
    """
    began = time.monotonic()
    half = (cuts + 1) // 2
    if opening.wal_is_safe(opening.sqlite_driver().sqlite_version_info):
        shares = {WAL: cuts, WAL_NORMAL: half, JOURNAL: half, JOURNAL_FULL: half}
    else:
        shares = {JOURNAL: cuts, JOURNAL_FULL: half}
    series = tuple(cut_often(way, seed, share) for way, share in shares.items())
    return Report(seed, time.monotonic() - began, series)


def cut_often(
    way: Way, seed: int, cuts: int, *, pushes: int = PUSHES, days: Sequence[bool] = IN_TURNS_AND_AT_ONCE
) -> Series:
    """Cut each of the days as often as the others. Raises NotTraceable."""
    series = Series(way)
    # What outreach warns of then is no news here.
    affected = mock.patch.multiple(opening, wal_is_safe=mock.Mock(return_value=False), log=mock.Mock())
    with affected if way.affected else nullcontext():
        for number, at_once in enumerate(days):
            share = cuts * (number + 1) // len(days) - cuts * number // len(days)
            dice = random.Random(f"{seed} {way.name} {at_once}")
            with tempfile.TemporaryDirectory() as lived, tempfile.TemporaryDirectory() as found:
                pragmas = (CHECKPOINT, *way.pragmas)
                day = Day(Path(lived), dice, pushes=pushes, at_once=at_once, pragmas=pragmas)
                _cut_a_day(series, day, Path(found), dice, share)
    return series


def _cut_a_day(series: Series, day: Day, folder: Path, dice: random.Random, cuts: int) -> None:
    disk, house = Disk(day.events), House(folder)
    if day.logs_begun <= SHIFTS + 1:
        series.faults.append("no log was begun anew while the server ran: there was no checkpoint to cut")
    for number, at in enumerate(_moments(day, dice, cuts)):
        disk.play(at)
        files = disk.after_a_power_cut(dice)
        series.cuts += 1
        series.acknowledged += sum(told.at <= at for told in day.told)
        with _found(folder, files, house):
            findings = _look(house, day, at)
            if not series.way.control and not any(findings) and number % SEND_AGAIN_EVERY == 0:
                findings.damage.extend(_send_again(house, day, at))
        series.lost += findings.lost
        series.lost_in += bool(findings.lost or findings.forgotten)
        series.faults += [f"cut at write {at}: {fault}" for fault in findings.damage]
        if findings.damage or (not series.way.control and any(findings)):
            series.faults.append(
                f"cut at write {at} of {len(day.events)}: {findings.lost} lost, see {_keep(files)}"
            )


def _moments(day: Day, dice: random.Random, cuts: int) -> list[int]:
    """Half of them anywhere, half in the very moment in which an answer arrived."""
    answers = sorted({told.at for told in day.told})
    anywhere = [dice.randint(day.began, len(day.events)) for _ in range(cuts // 2)]
    return sorted(anywhere + [dice.choice(answers) for _ in range(cuts - cuts // 2)])


@contextmanager
def _found(folder: Path, files: Mapping[str, bytes], house: House) -> Iterator[None]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        yield
    finally:
        house.database.close()
        for path in folder.iterdir():
            path.unlink()


def _look(house: House, day: Day, at: int) -> Findings:
    try:
        return examine(house.database, day, at)
    except sa.exc.DatabaseError as fault:
        return Findings(0, 0, [f"can't be read: {fault.orig}"])


def _send_again(house: House, day: Day, at: int) -> Iterator[str]:
    """The day's end, once all phones have sent what they hold no answer for: everything there, and once."""
    for phone in day.phones:
        yield from _finish(house, phone, at)
    with house.database.read() as session:
        end = Held.of(session)
    same = (
        end.receipts.keys() == day.end.receipts.keys()
        and all(end.facts[kind].keys() == day.end.facts[kind].keys() for kind in end.facts)
        and (end.visits, end.closed) == (day.end.visits, day.end.closed)
        and (end.dead_letters, end.totals) == (day.end.dead_letters, day.end.totals)
        and not end.wrong_totals
    )
    if not same:
        yield "sent again, the day ends otherwise"


def _finish(house: House, phone: Phone, at: int) -> Iterator[str]:
    waiting = phone.unanswered(at)
    for start in range(0, len(waiting), MOST_IN_A_PUSH):
        part = waiting[start : start + MOST_IN_A_PUSH]
        for operation, line in zip(part, house.push(phone.token, part)["results"], strict=True):
            told = phone.told[uuid.UUID(operation["op_id"])].result
            if (line["original"] or line["result"]) != told:
                yield f"{operation['kind']} was {told}, sent again it is {line['result']} {line['code']}"


def _keep(files: Mapping[str, bytes]) -> Path:
    """The disk as it was found, for whoever looks for the cause."""
    folder = Path(tempfile.mkdtemp(prefix="power-cut-"))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder
