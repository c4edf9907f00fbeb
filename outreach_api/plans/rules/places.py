"""What a stay asks of its place and its host on the day: leave, hours, room, power, heat, and how often one comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise

from outreach_api.plans.rules.facts import Mend, PlanFacts, Stay, Violation
from outreach_api.plans.rules.travel import minute_of
from outreach_api.plans.rules.violations import Numbers, clock, hard, kept, move, of_stay, soft
from outreach_api.stops.rules import last_valid_day, permitted, windows_on
from schemas.vocabulary import HostAnswer, Publicity, Remedy, StopStatus

_DAYS_AHEAD = 62
Span = tuple[int, int]


def of_stay_there(stay: Stay, plan: PlanFacts) -> Iterator[Violation]:
    """Everything that the place, its host and the day say to one stay."""
    yield from _of_status(stay)
    yield from _of_permission(stay, plan.day)
    yield from _of_hours(stay, plan.day)
    yield from _of_van_there(stay, plan)
    yield from _of_heat(stay, plan)
    yield from _of_days_between(stay, plan)
    yield from _of_announcement(stay)
    yield from _of_host(stay)


def _of_status(stay: Stay) -> Iterator[Violation]:
    if stay.stop.status is not StopStatus.AGREED:
        mends = (of_stay(Remedy.AGREE_STOP, stay), of_stay(Remedy.OTHER_STOP, stay))
        yield hard("stop_not_agreed", stay, mends=mends, numbers={"status": stay.stop.status.value})


def _of_permission(stay: Stay, day: dt.date) -> Iterator[Violation]:
    """Why no permission holds on the day. A place that needs none has one of type `none` that says so."""
    renew = Mend(what=Remedy.RENEW_PERMISSION, plan_stop_id=stay.plan_stop_id, from_day=day)
    if permitted(stay.stop.permissions, day):
        yield from _of_ending(stay, day)
        return
    ended = [last for p in stay.stop.permissions if (last := last_valid_day(p)) < day]
    if ended:
        end = max(ended)
        mends = (renew, Mend(what=Remedy.OTHER_DAY, to_day=end))
        numbers: Numbers = {"ended_on": end.isoformat(), "days_after": (day - end).days}
        yield hard("permission_ended", stay, mends=mends, numbers=numbers)
        return
    later = [p.valid_from for p in stay.stop.permissions if p.valid_from > day]
    if later:
        start = min(later)
        mends = (Mend(what=Remedy.OTHER_DAY, from_day=start), renew)
        numbers = {"starts_on": start.isoformat(), "days_before": (start - day).days}
        yield hard("permission_not_yet", stay, mends=mends, numbers=numbers)
        return
    yield hard("permission_missing", stay, mends=(renew,))


def _of_ending(stay: Stay, day: dt.date) -> Iterator[Violation]:
    """It holds on the day, and no longer than that week: whoever goes there can ask for the next one."""
    end, sunday = day, day + dt.timedelta(days=6 - day.weekday())
    while end <= sunday:
        running = [p for p in stay.stop.permissions if p.valid_from <= end <= last_valid_day(p)]
        if not running:
            last = end - dt.timedelta(days=1)
            renew = Mend(what=Remedy.RENEW_PERMISSION, plan_stop_id=stay.plan_stop_id, from_day=end)
            days_left = (last - day).days
            numbers: Numbers = {"ends_on": last.isoformat(), "days_left": days_left}
            yield soft("permission_ends_soon", stay, mends=(renew,), numbers=numbers)
            return
        end += dt.timedelta(days=1)


def _of_hours(stay: Stay, day: dt.date) -> Iterator[Violation]:
    windows = _windows(stay, day)
    if windows is None:
        return
    spans = [(minute_of(opens), minute_of(closes)) for opens, closes in windows]
    shown = " ".join(f"{clock(opens)}–{clock(closes)}" for opens, closes in spans)
    if any(after[0] < before[1] for before, after in pairwise(spans)):
        yield soft(
            "windows_overlap", stay, mends=(of_stay(Remedy.CHANGE_STOP, stay),), numbers={"windows": shown}
        )
    if not spans:
        yield _shut(stay, day)
        return
    outside = _minutes_outside(stay, spans)
    if outside:
        mend, way = _into(stay, joined(spans))
        numbers: dict[str, int | str] = {"minutes_outside": outside, "windows": shown}
        if mend is not None and mend.arrive and mend.depart:
            numbers |= {"arrive": f"{mend.arrive:%H:%M}", "depart": f"{mend.depart:%H:%M}"}
        yield hard("outside_window", stay, mends=kept(mend), way=way, numbers=numbers)


def _windows(stay: Stay, day: dt.date) -> list[tuple[dt.time, dt.time]] | None:
    return windows_on(stay.stop.openings, day, closed_on_holidays=stay.stop.closed_on_holidays)


def _shut(stay: Stay, day: dt.date) -> Violation:
    """Not on that day at all; the next day on which it is open, if there is one soon."""
    for ahead in range(1, _DAYS_AHEAD + 1):
        other = day + dt.timedelta(days=ahead)
        if _windows(stay, other) and permitted(stay.stop.permissions, other):
            mend = Mend(what=Remedy.OTHER_DAY, from_day=other, to_day=other)
            numbers = {"next_day": other.isoformat()}
            return hard("no_window_that_day", stay, mends=(mend,), way="next", numbers=numbers)
    return hard("no_window_that_day", stay, mends=(of_stay(Remedy.CHANGE_STOP, stay),))


def joined(spans: Sequence[Span]) -> list[Span]:
    """Sorted windows as those times during which one may stay: what overlaps or touches is one."""
    found: list[Span] = []
    for opens, closes in spans:
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(closes, found[-1][1]))
        else:
            found.append((opens, closes))
    return found


def closing(stay: Stay, minute: int, day: dt.date) -> int | None:
    """When the window closes that is open at a minute; None where none is, or the place has no hours."""
    return next((closes for opens, closes in hours(stay, day) or () if opens <= minute < closes), None)


def hours(stay: Stay, day: dt.date) -> list[Span] | None:
    """When one may stay there; None where no hours are known."""
    known = _windows(stay, day)
    return (
        None if known is None else joined([(minute_of(opens), minute_of(closes)) for opens, closes in known])
    )


def _into(stay: Stay, spans: Sequence[Span]) -> tuple[Mend | None, str]:
    """The smallest move that brings a stay into the windows whole; else as much of it as the longest holds."""
    arrive, length = minute_of(stay.arrive), minute_of(stay.depart) - minute_of(stay.arrive)
    starts = [min(max(arrive, opens), closes - length) for opens, closes in spans if closes - opens >= length]
    if starts:
        start = min(starts, key=lambda one: (abs(one - arrive), one))
        return move(stay, start, start + length), "move"
    opens, closes = max(spans, key=lambda span: (span[1] - span[0], -span[0]))
    return move(stay, opens, closes), "shorten"


def _minutes_outside(stay: Stay, windows: Sequence[Span]) -> int:
    """Minutes of the stay in none of the windows, which are sorted and may overlap or touch."""
    covered, reached = 0, minute_of(stay.arrive)
    for opens, closes in windows:
        start = max(opens, reached)
        end = min(closes, minute_of(stay.depart))
        if end > start:
            covered += end - start
            reached = end
    return minute_of(stay.depart) - minute_of(stay.arrive) - covered


def _of_van_there(stay: Stay, plan: PlanFacts) -> Iterator[Violation]:
    stop, van = stay.stop, plan.van
    for code, size, limit in (
        ("van_too_wide", van.width_cm, stop.max_width_cm),
        ("van_too_high", van.height_cm, stop.max_height_cm),
    ):
        if size is not None and limit is not None and size > limit:
            mends = (Mend(what=Remedy.OTHER_VAN), of_stay(Remedy.OTHER_STOP, stay))
            numbers = {"van_cm": size, "limit_cm": limit, "too_many_cm": size - limit}
            yield hard(code, stay, mends=mends, numbers=numbers)
    if van.needs_power and not stop.power:
        yield soft("no_power_there", stay)


def _of_heat(stay: Stay, plan: PlanFacts) -> Iterator[Violation]:
    """By WBGT. Whether the van or the place gives shade is the place's `shelter`."""
    if plan.wbgt is None or plan.wbgt < plan.limits.heat_warn:
        return
    limits = plan.limits

    def numbers(limit: float) -> Numbers:
        return {"wbgt": f"{plan.wbgt:g}", "limit": f"{limit:g}"}

    if plan.wbgt >= limits.heat_refuse:
        mends = (Mend(what=Remedy.OTHER_DAY), of_stay(Remedy.REMOVE_STAY, stay))
        yield hard("heat_too_great", stay, mends=mends, numbers=numbers(limits.heat_refuse))
    elif plan.wbgt >= limits.heat_shade and not stay.stop.shelter:
        mends = (of_stay(Remedy.OTHER_STOP, stay), Mend(what=Remedy.OTHER_DAY))
        yield hard("heat_needs_shade", stay, mends=mends, numbers=numbers(limits.heat_shade))
    else:
        yield soft("heat_warning", stay, numbers=numbers(limits.heat_warn))


def _of_days_between(stay: Stay, plan: PlanFacts) -> Iterator[Violation]:
    """What the place itself says is a condition, what is set for all is a wish."""
    stop, day = stay.stop, plan.day
    least = plan.limits.revisit_days if stop.min_days_between is None else stop.min_days_between
    for other in (stop.day_before, stop.day_after):
        days = least if other is None else abs((other - day).days)
        if other is None or days >= least:
            continue
        is_after = other < day
        good = other + dt.timedelta(days=least if is_after else -least)
        mend = Mend(
            what=Remedy.OTHER_DAY, from_day=good if is_after else None, to_day=None if is_after else good
        )
        numbers: Numbers = {
            "days": days,
            "least_days": least,
            "missing_days": least - days,
            "other_day": other.isoformat(),
            "good_day": good.isoformat(),
        }
        say = soft if stop.min_days_between is None else hard
        way = "" if is_after else "before"
        yield say("stop_too_soon_again", stay, mends=(mend,), way=way, numbers=numbers)
    most = stop.max_days_between
    if most is not None and stop.day_before is not None and (day - stop.day_before).days > most:
        good = stop.day_before + dt.timedelta(days=most)
        mend = Mend(what=Remedy.OTHER_DAY, to_day=good)
        numbers = {
            "days": (day - stop.day_before).days,
            "most_days": most,
            "other_day": stop.day_before.isoformat(),
            "good_day": good.isoformat(),
        }
        yield soft("stop_too_late_again", stay, mends=(mend,), numbers=numbers)


def _of_announcement(stay: Stay) -> Iterator[Violation]:
    if not stay.announce:
        return
    hide = of_stay(Remedy.DO_NOT_ANNOUNCE, stay)
    if stay.stop.publicity is Publicity.MEMBERS:
        yield hard("members_announced", stay, mends=(hide,))
    elif stay.stop.publicity is Publicity.AREA_ONLY and not stay.stop.announced_area:
        yield hard("announced_area_missing", stay, mends=(of_stay(Remedy.CHANGE_STOP, stay), hide))


def _of_host(stay: Stay) -> Iterator[Violation]:
    ask = of_stay(Remedy.ASK_HOST, stay)
    if not stay.host_asked:
        yield soft("host_not_asked", stay, mends=(ask,))
    elif stay.host_answer is HostAnswer.NO:
        mends = (of_stay(Remedy.OTHER_STOP, stay), Mend(what=Remedy.OTHER_DAY))
        yield hard("host_said_no", stay, mends=mends)
    elif stay.host_answer is not HostAnswer.YES:
        yield soft("host_waiting", stay, mends=(ask,))
