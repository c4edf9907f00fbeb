"""A disk that loses its power: what files may hold afterwards, given what was written and what was synced.

Assumed is what SQLite's documentation assumes of a disk ("Atomic Commit In SQLite", "Powersafe Overwrite"), no more:

- what a sync covered is there, whatever comes after it;
- of what no sync covered, each write and each truncation is there or not, independently of the order they were
  made in, in other files too; a write may be torn at any 512-byte sector, and one sector be written in part;
- a file that was growing may have grown without its content: zeros or rubbish stand where a write did not arrive;
- a write changes no byte outside itself (powersafe overwrite);
- a name in a folder is there, gone, or back again, until the folder is synced: each name for itself.

So a sync is only what the operating system was asked to carry through to the disk itself: on a Mac that is
F_FULLFSYNC alone, which SQLite calls a full sync.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Created:
    """A new, empty file under a name."""

    file: int
    name: str


@dataclass(frozen=True, slots=True)
class Wrote:
    file: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    file: int
    size: int


@dataclass(frozen=True, slots=True)
class Removed:
    """A name taken from the folder; the file behind it is gone with it."""

    name: str


@dataclass(frozen=True, slots=True)
class Synced:
    """A file's content was carried to the disk: what was recorded of it before `through`."""

    file: int
    through: int


@dataclass(frozen=True, slots=True)
class FolderSynced:
    """The folder's names were carried to the disk: what was recorded of them before `through`."""

    through: int


Change = Wrote | Truncated
Event = Created | Change | Removed | Synced | FolderSynced


@dataclass(slots=True)
class _File:
    kept: bytearray = field(default_factory=bytearray)
    """What syncs have covered."""
    pending: list[tuple[int, Change]] = field(default_factory=list)


class Disk:
    """Plays recorded events up to any position, forwards only."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._at = 0
        self._files: dict[int, _File] = {}
        self._kept_names: dict[str, int | None] = {}
        self._pending_names: list[tuple[int, str, int | None]] = []

    def play(self, to: int) -> None:
        """Go on until just before event `to`."""
        for index in range(self._at, to):
            self._take(index, self._events[index])
        self._at = max(self._at, to)

    def as_written(self) -> dict[str, bytes]:
        """The files as programs see them while the power is on."""
        names = self._kept_names | {name: file for _, name, file in self._pending_names}
        return {
            name: bytes(_applied(self._files[file].kept, [change for _, change in self._files[file].pending]))
            for name, file in names.items()
            if file is not None
        }

    def after_a_power_cut(self, chance: random.Random) -> dict[str, bytes]:
        """The files as they may be found when the power goes here and comes back."""
        found: dict[str, bytes] = {}
        for name in sorted(self._kept_names.keys() | {name for _, name, _ in self._pending_names}):
            stood = [self._kept_names.get(name), *(file for _, n, file in self._pending_names if n == name)]
            file = chance.choice(stood)
            if file is not None:
                found[name] = _survived(self._files[file], chance)
        return found

    def _take(self, index: int, event: Event) -> None:
        match event:
            case Created():
                self._files[event.file] = _File()
                self._pending_names.append((index, event.name, event.file))
            case Removed():
                self._pending_names.append((index, event.name, None))
            case Wrote() | Truncated():
                self._files[event.file].pending.append((index, event))
            case Synced():
                file = self._files[event.file]
                covered = [change for at, change in file.pending if at < event.through]
                file.kept = _applied(file.kept, covered)
                file.pending = [line for line in file.pending if line[0] >= event.through]
            case FolderSynced():
                covered_names = [line for line in self._pending_names if line[0] < event.through]
                self._kept_names.update((name, known) for _, name, known in covered_names)
                self._pending_names = [line for line in self._pending_names if line[0] >= event.through]


def _applied(content: bytearray, changes: Sequence[Change]) -> bytearray:
    """The content after these changes; the one given stays as it is."""
    made = bytearray(content)
    for change in changes:
        if isinstance(change, Truncated):
            del made[change.size :]
            made.extend(bytes(change.size - len(made)))
        else:
            made.extend(bytes(max(0, change.offset - len(made))))
            made[change.offset : change.offset + len(change.data)] = change.data
    return made


def _survived(file: _File, chance: random.Random) -> bytes:
    changes = [change for _, change in file.pending]
    if not changes:
        return bytes(file.kept)
    content = file.kept
    if chance.random() < 1 / 3:
        content = _grown(content, changes, chance)
    return bytes(_applied(content, chance.choice(FATES)(changes, chance)))


def _grown(content: bytearray, changes: Sequence[Change], chance: random.Random) -> bytearray:
    """The file took the size that the writes wanted; what did not arrive is rubbish, or zeros."""
    wanted = max((c.offset + len(c.data) for c in changes if isinstance(c, Wrote)), default=0)
    more = max(0, wanted - len(content))
    return content + (chance.randbytes(more) if chance.random() < 0.5 else bytes(more))


def _nothing(_changes: Sequence[Change], _chance: random.Random) -> list[Change]:
    return []


def _everything(changes: Sequence[Change], _chance: random.Random) -> list[Change]:
    return list(changes)


def _some(changes: Sequence[Change], chance: random.Random) -> list[Change]:
    share = chance.choice((0.1, 0.5, 0.9))
    return [change for change in changes if chance.random() < share]


def _oldest(changes: Sequence[Change], chance: random.Random) -> list[Change]:
    return list(changes[: chance.randrange(len(changes) + 1)])


def _newest(changes: Sequence[Change], chance: random.Random) -> list[Change]:
    return list(changes[chance.randrange(len(changes) + 1) :])


def _torn(changes: Sequence[Change], chance: random.Random) -> list[Change]:
    share = chance.choice((0.1, 0.5, 0.9))
    return [piece for change in changes for piece in _pieces(change, chance) if chance.random() < share]


def _pieces(change: Change, chance: random.Random) -> Iterator[Change]:
    """A write sector by sector; of one in sixteen sectors only the first or the last bytes arrive."""
    if isinstance(change, Truncated):
        yield change
        return
    start, end = change.offset, change.offset + len(change.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        first, last = start, stop
        if chance.random() < 1 / 16:
            first, last = chance.choice(
                ((start, chance.randint(start, stop)), (chance.randint(start, stop), stop))
            )
        yield Wrote(change.file, first, change.data[first - change.offset : last - change.offset])
        start = stop


FATES: tuple[Callable[[Sequence[Change], random.Random], list[Change]], ...] = (
    _nothing,
    _everything,
    _some,
    _oldest,
    _newest,
    _torn,
)
"""What may happen to the unsynced changes of one file; each file draws its own at each cut."""
