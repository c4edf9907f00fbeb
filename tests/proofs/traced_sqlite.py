"""Records what SQLite writes and syncs: a layer over its own file system interface (VFS), while a proof runs.

Every file stays SQLite's own; of its methods only those that change or sync a file are replaced, by functions
that call the original and note what it did. So nothing else is slower or different, shared memory and locks included.
See https://www.sqlite.org/vfs.html and, for which calls sync a folder, os_unix.c of SQLite.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.proofs import sqlite_interface as c
from tests.proofs.disk import Created, Event, FolderSynced, Removed, Synced, Truncated, Wrote

SURVIVING = c.OPEN_MAIN_DB | c.OPEN_MAIN_JOURNAL | c.OPEN_SUPER_JOURNAL | c.OPEN_WAL
"""Kinds of files that a power cut matters to; the others are made anew."""
GRANTED = c.IOCAP_UNDELETABLE_WHEN_OPEN | c.IOCAP_POWERSAFE_OVERWRITE | c.IOCAP_SUBPAGE_READ
"""What SQLite may be told of a disk: had it more (atomic writes, say), it would sync less than our disk demands."""


class Trace:
    """What was done to the files of one folder, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.half_syncs = 0
        """Syncs that on a Mac would not reach the disk; they count for nothing."""
        self.faults: list[BaseException] = []
        """What went wrong in the recording itself: SQLite can't pass it on."""

    @property
    def position(self) -> int:
        return len(self.events)


@contextmanager
def traced(folder: Path) -> Iterator[Trace]:
    """Record the databases of an empty folder that are opened meanwhile; they must be closed at the end.

    Raises NotTraceable.
    """
    if any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty")
    layer = _Layer(c.library(), folder.resolve())
    layer.put_in_place()
    try:
        yield layer.trace
    finally:
        layer.take_away()
        if layer.trace.faults:
            raise layer.trace.faults[0]
    layer.check_all_closed()


class _Layer:
    def __init__(self, sqlite: ctypes.CDLL, folder: Path) -> None:
        self.trace = Trace()
        self._sqlite = sqlite
        self._folder = str(folder)
        self._real = sqlite.sqlite3_vfs_find(None)
        real = self._real.contents
        if real.version < 3 or not real.name.startswith(b"unix"):
            raise c.NotTraceable(f"SQLite's default VFS is {real.name!r}")
        self._files: dict[int, int] = {}
        """Open files of the folder, by the address of their sqlite3_file."""
        self._names: dict[str, int] = {}
        self._made = 0
        self._tables: dict[int, c.Methods] = {}
        self._called_back: list[Any] = []
        """Python must not collect what C still calls."""
        self._here = threading.local()
        self._naming = threading.Lock()
        """Two connections may open the log at once, and one of them makes it."""
        self._real_open = c.XOpen(real.open)
        self._real_delete = c.XDelete(real.delete)
        self._vfs = c.Vfs.from_buffer_copy(real)
        self._vfs.name = b"outreach-traced"
        self._vfs.open = self._callback(c.XOpen, self._open)
        self._vfs.delete = self._callback(c.XDelete, self._delete)
        self._set_system_call = c.XSetSystemCall(real.set_system_call)
        self._real_open_directory = c.OpenDirectory(
            c.XGetSystemCall(real.get_system_call)(self._real, b"openDirectory")
        )

    def put_in_place(self) -> None:
        watching = self._callback(c.OpenDirectory, self._open_directory)
        self._set_system_call(self._real, b"openDirectory", watching)
        self._sqlite.sqlite3_vfs_register(ctypes.byref(self._vfs), 1)

    def take_away(self) -> None:
        self._sqlite.sqlite3_vfs_unregister(ctypes.byref(self._vfs))
        self._sqlite.sqlite3_vfs_register(self._real, 1)
        self._set_system_call(self._real, b"openDirectory", None)
        if self._files:
            _STILL_CALLED.append(self)

    def check_all_closed(self) -> None:
        if self._files:
            raise RuntimeError(f"{len(self._files)} files of {self._folder} were left open")

    def _callback(self, kind: Any, function: Callable[..., int]) -> int | None:
        """The address that C calls. An exception can't pass through C: it is kept, and SQLite hears of an error."""

        def guarded(*arguments: Any) -> int:
            try:
                return function(*arguments)
            except BaseException as fault:
                self.trace.faults.append(fault)
                return c.FAILED

        kept = kind(guarded)
        self._called_back.append(kept)
        return ctypes.cast(kept, ctypes.c_void_p).value

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, flags_out: int | None) -> int:
        path = os.fsdecode(ctypes.string_at(name)) if name else ""
        with self._naming:
            existed = os.path.exists(path)
            # The name goes on as the address it came as: SQLite keeps parameters behind its end.
            code: int = self._real_open(self._real_address, name, file, flags, flags_out)
            if code == c.OK and flags & SURVIVING and os.path.dirname(path) == self._folder:
                self._files[file] = self._known(os.path.basename(path), existed)
                table = ctypes.cast(file, ctypes.POINTER(ctypes.c_void_p))
                table[0] = self._watching(table[0], file)
        return code

    def _known(self, name: str, existed: bool) -> int:
        """The number of the file behind a name."""
        if not existed:
            self._made += 1
            self._names[name] = self._made
            self.trace.events.append(Created(self._made, name))
        return self._names[name]

    @property
    def _real_address(self) -> int | None:
        return ctypes.cast(self._real, ctypes.c_void_p).value

    def _delete(self, _vfs: int, name: int, sync_folder: int) -> int:
        path = os.fsdecode(ctypes.string_at(name))
        self._here.folder_opened = False
        with self._naming:
            code: int = self._real_delete(self._real_address, name, sync_folder)
            if code == c.OK and os.path.dirname(path) == self._folder:
                self._names.pop(os.path.basename(path), None)
                self.trace.events.append(Removed(os.path.basename(path)))
                if self._here.folder_opened:
                    self.trace.events.append(FolderSynced(self.trace.position))
        return code

    def _open_directory(self, path: bytes, handle: int) -> int:
        """The unix VFS opens a folder for one thing only: to sync it."""
        self._here.folder_opened = True
        code: int = self._real_open_directory(path, handle)
        return code

    def _watching(self, address: int | None, file: int) -> int:
        """The address of a table of methods like the one given, but for those that change a file or sync it."""
        assert address is not None
        if address not in self._tables:
            self._tables[address] = self._watching_table(c.Methods.from_address(address), file)
        return ctypes.addressof(self._tables[address])

    def _watching_table(self, real: c.Methods, any_file: int) -> c.Methods:
        claimed = c.XDeviceCharacteristics(real.device_characteristics)(any_file)
        if claimed & ~GRANTED:
            raise c.NotTraceable(f"SQLite relies on more than tests/proofs/disk.py grants: {claimed:#x}")
        real_close, real_write = c.XClose(real.close), c.XWrite(real.write)
        real_truncate, real_sync = c.XTruncate(real.truncate), c.XSync(real.sync)
        trace, events, files, here = self.trace, self.trace.events, self._files, self._here

        def close(file: int) -> int:
            files.pop(file, None)
            code: int = real_close(file)
            return code

        def write(file: int, data: int, amount: int, offset: int) -> int:
            code: int = real_write(file, data, amount, offset)
            # Noted when it is done: a sync that began meanwhile does not cover it.
            events.append(Wrote(files[file], offset, ctypes.string_at(data, amount)))
            return code

        def truncate(file: int, size: int) -> int:
            code: int = real_truncate(file, size)
            events.append(Truncated(files[file], size))
            return code

        def sync(file: int, flags: int) -> int:
            here.folder_opened = False
            through = len(events)
            code: int = real_sync(file, flags)
            if flags & 0xF != c.SYNC_FULL:
                trace.half_syncs += 1
            elif code == c.OK:
                events.append(Synced(files[file], through))
            if code == c.OK and here.folder_opened:
                events.append(FolderSynced(through))
            return code

        table = c.Methods.from_buffer_copy(real)
        table.close = self._callback(c.XClose, close)
        table.write = self._callback(c.XWrite, write)
        table.truncate = self._callback(c.XTruncate, truncate)
        table.sync = self._callback(c.XSync, sync)
        return table


_STILL_CALLED: list[_Layer] = []
"""Layers of days that ended in an error with files open: Python must not collect what C may still call."""
