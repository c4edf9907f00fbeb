"""The folder of a demo. A marker file tells it from a folder with somebody's data, which is never touched."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from outreach_api.settings import Settings

_MARKER = "demo.json"
_JOURNALS = ("", "-wal", "-shm", "-journal")


class NotADemo(Exception):
    """A folder that holds something, but no demo."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What a demo was made of."""

    seed: int
    weeks: int
    until: str
    finished: bool = False


def marker(settings: Settings) -> Marker | None:
    """What the home's demo was made of; None for a home that is not there or empty. Raises NotADemo."""
    file = settings.home / _MARKER
    try:
        return Marker(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        if settings.home.is_dir() and not any(settings.home.iterdir()):
            return None
        if not settings.home.exists():
            return None
        raise NotADemo(str(settings.home)) from None
    except (ValueError, TypeError):
        raise NotADemo(str(settings.home)) from None


def mark(settings: Settings, made: Marker) -> None:
    """Write the marker; before anything else is made, so that what was cut off is known as a demo too."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (settings.home / _MARKER).write_text(json.dumps(asdict(made)) + "\n", encoding="utf-8")


def clear(settings: Settings) -> None:
    """Remove a demo's database and key. Anything else in the folder stays. Raises NotADemo without a marker."""
    if marker(settings) is None:
        return
    for file in (settings.home / "outreach.db", settings.master_key_file.with_suffix(".cabinet")):
        for journal in _JOURNALS:
            file.with_name(file.name + journal).unlink(missing_ok=True)
    settings.master_key_file.unlink(missing_ok=True)
