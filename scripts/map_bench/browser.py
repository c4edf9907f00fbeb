"""The browser of this machine, without a screen: for what is measured and tested in a real one."""

from __future__ import annotations

import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = (
    "/usr/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
# It asks nobody for updates and the like; a container has no sandbox and no graphics card.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def installed() -> str | None:
    """Where it is; None where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((place for place in _PLACES if Path(place).exists()), None)
