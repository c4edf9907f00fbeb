"""Moments of a local day, as the demo's timetable names them."""

from __future__ import annotations

import datetime as dt

from outreach_api.kernel.week import TOKYO


def at(day: dt.date, time: str) -> dt.datetime:
    """HH:MM in Tokyo on a day."""
    return dt.datetime.combine(day, dt.time.fromisoformat(time), TOKYO)
