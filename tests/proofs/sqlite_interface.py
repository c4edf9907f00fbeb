"""SQLite's C interface as Python's driver carries it: the parts of sqlite3.h that tests/proofs/traced_sqlite.py needs.

See https://www.sqlite.org/c3ref/vfs.html and https://www.sqlite.org/c3ref/io_methods.html.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
from typing import Any

from outreach_api.storage.session import sqlite_driver

OK, FAILED = 0, 1
OPEN_CREATE = 0x4
OPEN_MAIN_DB, OPEN_MAIN_JOURNAL, OPEN_SUPER_JOURNAL, OPEN_WAL = 0x100, 0x800, 0x4000, 0x80000
SYNC_FULL = 0x3
IOCAP_UNDELETABLE_WHEN_OPEN, IOCAP_POWERSAFE_OVERWRITE, IOCAP_SUBPAGE_READ = 0x800, 0x1000, 0x8000

Call: Any = ctypes.CFUNCTYPE
_int, _ptr = ctypes.c_int, ctypes.c_void_p
XOpen = Call(_int, _ptr, _ptr, _ptr, _int, _ptr)
XDelete = Call(_int, _ptr, _ptr, _int)
XClose = Call(_int, _ptr)
XWrite = Call(_int, _ptr, _ptr, _int, ctypes.c_int64)
XTruncate = Call(_int, _ptr, ctypes.c_int64)
XSync = Call(_int, _ptr, _int)
XDeviceCharacteristics = Call(_int, _ptr)
XSetSystemCall = Call(_int, _ptr, ctypes.c_char_p, _ptr)
XGetSystemCall = Call(_ptr, _ptr, ctypes.c_char_p)
OpenDirectory = Call(_int, ctypes.c_char_p, _ptr)


class NotTraceable(Exception):
    """This Python's SQLite can't be watched; the text says why."""


class Vfs(ctypes.Structure):
    """sqlite3_vfs, version 3."""

    _fields_ = [
        ("version", _int),
        ("file_size", _int),
        ("longest_name", _int),
        ("next", _ptr),
        ("name", ctypes.c_char_p),
        ("data", _ptr),
        ("open", _ptr),
        ("delete", _ptr),
        *((name, _ptr) for name in ("access", "full_name", "dl_open", "dl_error", "dl_sym", "dl_close")),
        *((name, _ptr) for name in ("randomness", "sleep", "current_time", "last_error", "current_time_64")),
        *((name, _ptr) for name in ("set_system_call", "get_system_call", "next_system_call")),
    ]


class Methods(ctypes.Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = [
        ("version", _int),
        ("close", _ptr),
        ("read", _ptr),
        ("write", _ptr),
        ("truncate", _ptr),
        ("sync", _ptr),
        *((name, _ptr) for name in ("size", "lock", "unlock", "reserved", "control", "sector_size")),
        ("device_characteristics", _ptr),
        *((name, _ptr) for name in ("shm_map", "shm_lock", "shm_barrier", "shm_unmap", "fetch", "unfetch")),
    ]


def library() -> ctypes.CDLL:
    """SQLite's C interface, as the driver that outreach uses has it. Raises NotTraceable."""
    if sys.platform not in ("linux", "darwin"):
        raise NotTraceable(f"there is no recording layer for {sys.platform}")
    package = sqlite_driver().__name__.partition(".")[0]
    binding = importlib.import_module("_sqlite3" if package == "sqlite3" else f"{package}._sqlite3")
    try:
        loaded = ctypes.CDLL(str(binding.__file__))
        loaded.sqlite3_vfs_find.restype = ctypes.POINTER(Vfs)
        loaded.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
        loaded.sqlite3_vfs_register.argtypes = [ctypes.POINTER(Vfs), _int]
        loaded.sqlite3_vfs_unregister.argtypes = [ctypes.POINTER(Vfs)]
    except (AttributeError, OSError) as fault:
        raise NotTraceable(f"{package} does not show SQLite's C interface: {fault}") from None
    return loaded
