"""When it is decided whether a stay takes place: at its own time, else at the time of every morning."""

from __future__ import annotations

import datetime as dt

from outreach_api.kernel.week import TOKYO


def own_moment(day: dt.date, time: dt.time | None, days_before: int) -> dt.datetime | None:
    """The moment that was said of one stay, `days_before` its local day; None where nothing was said."""
    if time is None:
        return None
    return moment(day - dt.timedelta(days=days_before), time)


def decision(
    own: dt.datetime | None, day: dt.date, opens: dt.time | None, usual: dt.time | None
) -> dt.datetime | None:
    """The moment that counts for a stay. The usual one says nothing of what opens before it."""
    if own is not None or usual is None or (opens is not None and opens <= usual):
        return own
    return moment(day, usual)


def moment(day: dt.date, time: dt.time) -> dt.datetime:
    """A local time of a local day, in UTC."""
    return dt.datetime.combine(day, time, TOKYO).astimezone(dt.UTC)
