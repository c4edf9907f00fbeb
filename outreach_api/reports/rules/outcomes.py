"""What became of referrals and promises in a period: each is counted once, however often it was reported."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from outreach_api.kernel.week import Period
from schemas.vocabulary import FollowUpResult, ReferralDirection, ReferralOutcome

_ACCEPTED = frozenset({ReferralOutcome.HANDED_OVER, ReferralOutcome.CONNECTED, ReferralOutcome.NOT_CONNECTED})


@dataclass(frozen=True, slots=True)
class Reported:
    """An outcome or result, the local day on which it was so, and its place in the order of receipt."""

    day: dt.date
    change_no: int
    outcome: str


@dataclass(frozen=True, slots=True)
class ReferralStory:
    opened_on: dt.date
    direction: str
    destination_id: uuid.UUID
    destination_kind: str
    events: Sequence[Reported] = ()

    def standing(self, up_to: dt.date) -> str:
        """The outcome of the latest day up to a day, last received; opening a referral is offering it."""
        past = [event for event in self.events if event.day <= up_to]
        last = max(past, key=lambda event: (event.day, event.change_no), default=None)
        return ReferralOutcome.OFFERED if last is None else last.outcome


@dataclass(frozen=True, slots=True)
class ReferralCounts:
    """By destination kind; kinds without any are left out."""

    offered: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    connected: Counter[str] = field(default_factory=Counter)


def count_referrals(stories: Iterable[ReferralStory], period: Period) -> dict[str, ReferralCounts]:
    """What a period added, by direction.

    offered: opened at a visit of the period. accepted: at the end of the period it stands at handed_over,
    connected or not_connected (who was handed over had accepted), and before the period it did not. connected:
    likewise. So periods add up, and an outcome that was corrected inside the period leaves no trace.
    """
    counts = {direction.value: ReferralCounts() for direction in ReferralDirection}
    before = period.first_day - dt.timedelta(days=1)
    for story in stories:
        mine, kind = counts[story.direction], story.destination_kind
        was, now = story.standing(before), story.standing(period.last_day)
        mine.offered[kind] += story.opened_on in period
        mine.accepted[kind] += now in _ACCEPTED and was not in _ACCEPTED
        mine.connected[kind] += now == ReferralOutcome.CONNECTED != was
    return {
        direction: ReferralCounts(+mine.offered, +mine.accepted, +mine.connected)
        for direction, mine in counts.items()
    }


def connected_rate(stories: Iterable[ReferralStory], period: Period) -> float | None:
    """Of the referrals out that were opened in the period, the share that stands at connected by now."""
    opened = [s for s in stories if s.direction == ReferralDirection.OUT and s.opened_on in period]
    return share(sum(s.standing(dt.date.max) == ReferralOutcome.CONNECTED for s in opened), len(opened))


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise to meet again, and what was reported of it."""

    promised_on: dt.date
    due_on: dt.date
    reports: Sequence[Reported] = ()


@dataclass(frozen=True, slots=True)
class FollowUpCounts:
    """due = met + not_met + overdue + those whose day is still to come.

    recontacted: met within the given number of days after the promise.
    """

    due: int
    met: int
    not_met: int
    overdue: int
    recontacted: int


def count_follow_ups(promises: Sequence[Promised], *, today: dt.date, recontact_days: int) -> FollowUpCounts:
    """What is known by now of promises that were due in a period. The report received last counts."""
    last = [(p, max(p.reports, key=lambda r: r.change_no, default=None)) for p in promises]
    met = [(p, r) for p, r in last if r is not None and r.outcome == FollowUpResult.MET]
    reported = sum(r is not None for _, r in last)
    return FollowUpCounts(
        due=len(promises),
        met=len(met),
        not_met=reported - len(met),
        overdue=sum(r is None and p.due_on < today for p, r in last),
        recontacted=sum((r.day - p.promised_on).days <= recontact_days for p, r in met),
    )


def share(part: float, whole: float) -> float | None:
    """A share to four decimals, 0 to 1; None of nothing."""
    return round(part / whole, 4) if whole else None
