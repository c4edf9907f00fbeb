"""Who is alerted, and when: pure, so that the whole table of it can be read and tested.

The lead at once; lead and deputy when nobody acknowledged it after some minutes, and again, after longer and longer;
once it is acknowledged both are reminded each morning until it is closed. A concern about one of us goes to the
outside person alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from outreach_api.kernel.week import TOKYO, local_day
from schemas.vocabulary import AlertRecipient

_LEAD, _DEPUTY, _OUTSIDE = AlertRecipient
LONGEST_GAP = dt.timedelta(hours=4)
"""Between two alerts of what nobody acknowledged."""
REMINDERS_AT = dt.time(9)
"""In Tokyo: what somebody has in hand needs no call at night."""
ALARM = "alarm"
"""The kind of its job."""


class Subject(StrEnum):
    CONCERN = "concern"
    LETTER = "letter"


class Audience(StrEnum):
    TEAM = "team"
    OUTSIDE = "outside"
    ALL = "all"
    """Nobody could read it, so it may be about a child as well as about one of us."""


_FIRST = {Audience.TEAM: (_LEAD,), Audience.OUTSIDE: (_OUTSIDE,), Audience.ALL: (_LEAD, _OUTSIDE)}
_EVERYBODY = {
    Audience.TEAM: (_LEAD, _DEPUTY),
    Audience.OUTSIDE: (_OUTSIDE,),
    Audience.ALL: (_LEAD, _DEPUTY, _OUTSIDE),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of an alarm's subject."""

    subject: Subject
    audience: Audience
    since: dt.datetime
    acknowledged_at: dt.datetime | None = None
    ended: bool = False
    may_settle_itself: bool = False
    """A letter that waits for what another push brings: within minutes it is mostly in."""


@dataclass(frozen=True, slots=True)
class Round:
    """Whom to tell, not before when. `spare` are told as well if none of them can be reached."""

    due_at: dt.datetime
    recipients: tuple[AlertRecipient, ...]
    spare: tuple[AlertRecipient, ...]


def next_round(waiting: Waiting, rounds: int, last_at: dt.datetime | None, gap_minutes: int) -> Round | None:
    """The next time that somebody is told; None when all is done. `rounds` were told already, `last_at` the last."""
    if waiting.ended:
        return None
    everybody, gap = _EVERYBODY[waiting.audience], dt.timedelta(minutes=gap_minutes)
    if waiting.acknowledged_at is not None:
        last = waiting.acknowledged_at if last_at is None else max(waiting.acknowledged_at, last_at)
        return Round(_next_morning(last), everybody, ())
    if last_at is None:
        due_at = waiting.since + (gap if waiting.may_settle_itself else dt.timedelta())
        first = _FIRST[waiting.audience]
        return Round(due_at, first, tuple(one for one in everybody if one not in first))
    return Round(last_at + _gap_after(rounds, gap), everybody, ())


def is_overdue(waiting: Waiting, now: dt.datetime, gap_minutes: int) -> bool:
    """Nobody took care of it in the time that one person has before others are told."""
    unseen = waiting.acknowledged_at is None and not waiting.ended
    return unseen and now - waiting.since >= dt.timedelta(minutes=gap_minutes)


def unreachable(
    audience: Audience, addresses: Collection[AlertRecipient], *, can_send: bool
) -> tuple[AlertRecipient, ...]:
    """Of those whom an alarm should reach in the end, whom it can't."""
    return tuple(one for one in _EVERYBODY[audience] if not can_send or one not in addresses)


def waited(since: dt.datetime, now: dt.datetime) -> tuple[str, int]:
    """How long something waits, as roughly as it should be told: a unit ("minutes", "hours", "days") and a number."""
    minutes = max(0, (now - since) // dt.timedelta(minutes=1))
    if minutes < 120:
        return "minutes", minutes
    return ("hours", minutes // 60) if minutes < 48 * 60 else ("days", minutes // (24 * 60))


def _gap_after(rounds: int, gap: dt.timedelta) -> dt.timedelta:
    """After the first two rounds as it is set, then each time twice as long."""
    return max(gap, min(LONGEST_GAP, gap * (1 << min(max(0, rounds - 2), 10))))


def _next_morning(after: dt.datetime) -> dt.datetime:
    day = local_day(after) + dt.timedelta(days=1)
    return dt.datetime.combine(day, REMINDERS_AT, TOKYO).astimezone(dt.UTC)
