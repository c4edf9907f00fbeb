"""What a visit of a stop is worth, in points that a coordinator can read part by part. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.vocabulary import ScorePart

MOST_PROMISES = 10
"""More of them add nothing: one crowded stop must not empty the rest of the month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Points for one of each; settings of the organisation."""

    per_person: float
    """For each person of the target population in the catchment who is not reached (the map's gap)."""
    per_day: float
    per_due: float
    """For a visit in time at a stop that wants one at least every so many days."""
    per_return: float
    per_follow_up: float
    per_weight: float
    per_drive_minute: float
    """Taken off for every minute on the road."""
    full_after_days: int
    """Days since the last visit count up to this; a stop never visited counts as this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecord:
    """What is known of a stop on the first day of a suggestion."""

    missed_people: float | None = None
    """None: no population was imported."""
    days_since: int | None = None
    """None: never visited."""
    returns: int = 0
    """Open promises to meet again there, due in the period."""
    follow_ups: int = 0
    """Other open promises that are due there."""
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """`amount` of something, and the points that it gives; days are None where nobody ever was."""

    code: ScorePart
    amount: float | None
    points: int
    shared: float = 0.0
    """Of people: more of them, whom other stops of the suggestion reach."""


def parts(record: StopRecord, rates: Rates) -> tuple[Part, ...]:
    """The parts of a stop's score; those that can't be known are left out. Their points add up to the score."""
    days = rates.full_after_days if record.days_since is None else record.days_since
    made = [
        Part(
            ScorePart.DAYS_SINCE,
            record.days_since,
            round(min(days, rates.full_after_days) * rates.per_day),
        ),
        Part(ScorePart.RETURNS, record.returns, round(min(record.returns, MOST_PROMISES) * rates.per_return)),
        Part(
            ScorePart.FOLLOW_UPS,
            record.follow_ups,
            round(min(record.follow_ups, MOST_PROMISES) * rates.per_follow_up),
        ),
        Part(ScorePart.WEIGHT, record.weight, round(record.weight * rates.per_weight)),
    ]
    if record.missed_people is not None:
        missed = round(record.missed_people, 1)
        made.insert(0, Part(ScorePart.GAP, missed, round(missed * rates.per_person)))
    return tuple(made)


def due(most_days: int, rates: Rates) -> Part:
    """What a visit is worth besides when it comes in time: at least every `most_days` days somebody must."""
    return Part(ScorePart.DUE, most_days, round(rates.per_due))


def gap_points(found: tuple[Part, ...]) -> int:
    """The points of the people around it."""
    return sum(part.points for part in found if part.code is ScorePart.GAP)


def with_people(found: tuple[Part, ...], people: float, shared: float, points: int) -> tuple[Part, ...]:
    """The parts of a stop that has so many people for itself, and shares others."""
    return tuple(
        Part(part.code, round(people, 1), points, round(shared, 1)) if part.code is ScorePart.GAP else part
        for part in found
    )


def points(found: tuple[Part, ...]) -> int:
    """A stop's score. At least 1: a stop that may be visited is better than none."""
    return max(1, sum(part.points for part in found))
