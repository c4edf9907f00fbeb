"""New files that come whole or not at all: written beside their place, on the disk before they get their name."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A private file in the target's folder that is gone afterwards, whatever happens.

    Raises FileExistsError when the target is there already.
    """
    if target.exists():
        raise FileExistsError(17, "it exists already", str(target))
    unfinished = _unfinished(target)
    try:
        yield unfinished
    finally:
        for leftover in ("", "-journal", "-wal", "-shm"):
            unfinished.with_name(unfinished.name + leftover).unlink(missing_ok=True)


@contextlib.contextmanager
def replace(target: Path) -> Iterator[Path]:
    """The same for a file that takes the place of one that is there: readers see the old one or the new one."""
    unfinished = _unfinished(target)
    try:
        yield unfinished
        sync(unfinished)
        unfinished.replace(target)
        sync(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def finish(unfinished: Path, target: Path) -> None:
    """Give a written file its name, its content first on the disk. Raises FileExistsError rather than replace one."""
    sync(unfinished)
    try:
        os.link(unfinished, target)  # unlike a rename, it never replaces what came there meanwhile
    except FileExistsError:
        raise
    except OSError:  # a memory stick has no links
        if target.exists():
            raise FileExistsError(17, "it exists already", str(target)) from None
        unfinished.rename(target)
    sync(target.parent)


def _unfinished(target: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".unfinished", dir=target.parent)
    os.close(handle)  # mkstemp made it with mode 0600
    return Path(name)


def sync(path: Path) -> None:
    """Have the disk itself keep it: a file's content, or the names in a folder."""
    folder = path.is_dir()
    if folder and sys.platform == "win32":
        return  # gives no handle on a folder, and writes names down in their order
    # Windows syncs nothing that was opened for reading.
    handle = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        if not _through_the_drive(handle):
            os.fsync(handle)
    finally:
        os.close(handle)


def _through_the_drive(handle: int) -> bool:
    """On a Mac fsync stops at the drive's own memory, and one more request goes further. False: there is none."""
    if sys.platform == "darwin":
        import fcntl

        with contextlib.suppress(OSError):  # a network's file system knows no such request
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return True
    return False
