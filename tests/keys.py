"""One keyring for all of a test process: making keys costs more than most tests, and none of them cares which."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from outreach_api.settings import Settings
from outreach_api.storage.keyring import Keyring, make_keys


@cache
def some_keyring() -> Keyring:
    folder = tempfile.mkdtemp(prefix="keys_")
    made = make_keys(Settings(home=Path(folder)))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(made.close)  # comes first
    return made
