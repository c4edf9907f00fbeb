"""Every violation of a plan, with its cause in numbers. Exactly enough is enough."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from outreach_api.plans.rules.facts import OtherPlan, PlanFacts, Stay, VanFacts, Violation
from outreach_api.plans.rules.travel import drive_between, minute_of, needed_between
from outreach_api.stops.rules import last_valid_day, permitted, windows_on
from schemas.vocabulary import HostAnswer, Publicity, Severity, StopStatus

_PAPERS = ("inspection", "insurance", "food_permit")


def check(plan: PlanFacts) -> list[Violation]:
    """All violations: of the van, of each stay in its order, between stays, of the whole day."""
    stays = sorted(plan.stays, key=lambda stay: (stay.arrive, stay.depart))
    found = list(_of_van(plan.van, plan.day))
    for stay in stays:
        found += _of_place(stay, plan.day)
        found += _of_van_there(stay, plan.van)
        found += _of_announcement(stay)
        found += _of_host(stay)
    for before, after in pairwise(stays):
        found += _between(before, after, plan)
    found += _of_day(stays, plan)
    for other in plan.others:
        found += _beside(stays, other, plan)
    return found


def hard(violations: Iterable[Violation]) -> list[Violation]:
    return [violation for violation in violations if violation.severity is Severity.HARD]


def _hard(code: str, *stays: Stay, **numbers: int | str) -> Violation:
    return Violation(code, Severity.HARD, tuple(stay.plan_stop_id for stay in stays), numbers)


def _soft(code: str, *stays: Stay, **numbers: int | str) -> Violation:
    return Violation(code, Severity.SOFT, tuple(stay.plan_stop_id for stay in stays), numbers)


def _of_van(van: VanFacts, day: dt.date) -> Iterator[Violation]:
    if not van.active:
        yield _hard("van_inactive")
    for paper in _PAPERS:
        until: dt.date | None = getattr(van, f"{paper}_until")
        if until is not None and until < day:
            yield _hard(f"van_{paper}_ends", ends_on=until.isoformat(), days_before=(day - until).days)


def _of_place(stay: Stay, day: dt.date) -> Iterator[Violation]:
    stop = stay.stop
    if stop.status is not StopStatus.AGREED:
        yield _hard("stop_not_agreed", stay, status=stop.status.value)
    if not permitted(stop.permissions, day):
        yield _permission(stay, day)
    windows = windows_on(stop.openings, day, closed_on_holidays=stop.closed_on_holidays)
    if windows is None:
        return
    if not windows:
        yield _hard("no_window_that_day", stay)
        return
    outside = _minutes_outside(stay, windows)
    if outside:
        shown = " ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in windows)
        yield _hard("outside_window", stay, minutes_outside=outside, windows=shown)


def _permission(stay: Stay, day: dt.date) -> Violation:
    """Why no permission holds on the day. A place that needs none has one of type `none` that says so."""
    ended = [last for p in stay.stop.permissions if (last := last_valid_day(p)) < day]
    if ended:
        end = max(ended)
        return _hard("permission_ended", stay, ended_on=end.isoformat(), days_after=(day - end).days)
    later = [p.valid_from for p in stay.stop.permissions if p.valid_from > day]
    if later:
        start = min(later)
        return _hard("permission_not_yet", stay, starts_on=start.isoformat(), days_before=(start - day).days)
    return _hard("permission_missing", stay)


def _minutes_outside(stay: Stay, windows: Sequence[tuple[dt.time, dt.time]]) -> int:
    """Minutes of the stay in none of the windows, which are sorted and may overlap or touch."""
    covered, reached = 0, minute_of(stay.arrive)
    for opens, closes in windows:
        start = max(minute_of(opens), reached)
        end = min(minute_of(closes), minute_of(stay.depart))
        if end > start:
            covered += end - start
            reached = end
    return minute_of(stay.depart) - minute_of(stay.arrive) - covered


def _of_van_there(stay: Stay, van: VanFacts) -> Iterator[Violation]:
    stop = stay.stop
    for code, size, limit in (
        ("van_too_wide", van.width_cm, stop.max_width_cm),
        ("van_too_high", van.height_cm, stop.max_height_cm),
    ):
        if size is not None and limit is not None and size > limit:
            yield _hard(code, stay, van_cm=size, limit_cm=limit)
    if van.needs_power and not stop.power:
        yield _soft("no_power_there", stay)


def _of_announcement(stay: Stay) -> Iterator[Violation]:
    if not stay.announce:
        return
    if stay.stop.publicity is Publicity.MEMBERS:
        yield _hard("members_announced", stay)
    elif stay.stop.publicity is Publicity.AREA_ONLY and not stay.stop.announced_area:
        yield _hard("announced_area_missing", stay)


def _of_host(stay: Stay) -> Iterator[Violation]:
    if not stay.host_asked:
        yield _soft("host_not_asked", stay)
    elif stay.host_answer is HostAnswer.NO:
        yield _hard("host_said_no", stay)
    elif stay.host_answer is not HostAnswer.YES:
        yield _soft("host_waiting", stay)


def _between(before: Stay, after: Stay, plan: PlanFacts) -> Iterator[Violation]:
    available = minute_of(after.arrive) - minute_of(before.depart)
    if available < 0:
        yield _hard("stays_overlap", before, after, overlap_minutes=-available)
        return
    if before.stop.id == after.stop.id:  # the van stays where it is
        return
    drive = drive_between(before, after, plan)
    needed = needed_between(before, after, plan)
    if available < needed:
        yield _hard(
            "drive_too_short",
            before,
            after,
            needed_minutes=needed,
            available_minutes=available,
            missing_minutes=needed - available,
            drive_minutes=drive,
        )


def _of_day(stays: Sequence[Stay], plan: PlanFacts) -> Iterator[Violation]:
    if not stays:
        yield _hard("plan_without_stops")
        return
    begins, ends = _span(stays[0].arrive, max(stay.depart for stay in stays), plan)
    most = plan.limits.shift_minutes
    if ends - begins > most:
        yield _hard(
            "shift_too_long", minutes=ends - begins, limit_minutes=most, too_many_minutes=ends - begins - most
        )
    for stop_id, times in Counter(stay.stop.id for stay in stays).items():
        if times > 1:
            yield _soft("same_stop_twice", *_at(stays, stop_id), times=times)


def _at(stays: Sequence[Stay], stop_id: uuid.UUID) -> list[Stay]:
    return [stay for stay in stays if stay.stop.id == stop_id]


def _span(first_arrival: dt.time, last_departure: dt.time, plan: PlanFacts) -> tuple[int, int]:
    """From the first set-up to the last teardown, in minutes since midnight (may lie outside the day)."""
    begins = minute_of(first_arrival) - plan.limits.setup_minutes
    return begins, minute_of(last_departure) + plan.limits.teardown_minutes


def _beside(stays: Sequence[Stay], other: OtherPlan, plan: PlanFacts) -> Iterator[Violation]:
    """One van can't be in two plans at once, and must also get from one to the other."""
    if not stays:
        return
    last = max(stays, key=lambda stay: stay.depart)
    begins, ends = _span(stays[0].arrive, last.depart, plan)
    other_begins, other_ends = _span(other.begins, other.ends, plan)
    overlap = min(ends, other_ends) - max(begins, other_begins)
    if overlap > 0:
        yield _hard("plan_overlap", overlap_minutes=overlap, other_plan_id=str(other.plan_id))
        return
    if ends <= other_begins:
        nearest, drive = last, plan.drives.minutes(last.stop.point, other.first, ends)
    else:
        nearest, drive = stays[0], plan.drives.minutes(other.last, stays[0].stop.point, other_ends)
    if -overlap < drive:
        yield _hard(
            "drive_between_plans",
            nearest,
            drive_minutes=drive,
            available_minutes=-overlap,
            missing_minutes=drive + overlap,
            other_plan_id=str(other.plan_id),
        )
