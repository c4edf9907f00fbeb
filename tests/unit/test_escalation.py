"""Who is alerted, and when: the whole table."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from outreach_api.contacts.escalation import (
    LONGEST_GAP,
    Audience,
    Subject,
    Waiting,
    is_overdue,
    next_round,
    waited,
)

T = dt.datetime(2026, 11, 28, 3, 0, tzinfo=dt.UTC)  # noon in Tokyo
MORNING = dt.datetime(2026, 11, 29, 0, 0, tzinfo=dt.UTC)  # nine o'clock in Tokyo
NEW = Waiting(Subject.CONCERN, Audience.TEAM, T)


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


def told(waiting: Waiting, rounds: int, last: dt.datetime | None, gap: int = 15) -> Any:
    found = next_round(waiting, rounds, last, gap)
    return found and (found.due_at, " ".join(found.recipients), " ".join(found.spare))


@pytest.mark.parametrize(
    ("audience", "first", "spare", "then"),
    [
        (Audience.TEAM, "lead", "deputy", "lead deputy"),
        (Audience.OUTSIDE, "outside", "", "outside"),
        (Audience.ALL, "lead outside", "deputy", "lead deputy outside"),
    ],
)
def test_who_is_told_first_and_who_then(audience: Audience, first: str, spare: str, then: str) -> None:
    waiting = replace(NEW, audience=audience)
    assert told(waiting, 0, None) == (T, first, spare)
    assert told(waiting, 1, T) == (T + minutes(15), then, "")
    in_hand = replace(waiting, acknowledged_at=T + minutes(5))
    assert told(in_hand, 1, T) == (MORNING, then, "")


def test_until_somebody_acknowledges_it_the_gaps_grow_and_never_beyond_four_hours() -> None:
    last, gaps = T, []
    for rounds in range(1, 12):
        due = told(NEW, rounds, last)[0]
        gaps.append((due - last) / minutes(1))
        last = due
    assert gaps == [15, 15, 30, 60, 120, 240, 240, 240, 240, 240, 240]


def test_a_longer_patience_is_never_shortened() -> None:
    assert told(NEW, 5, T, gap=300)[0] - T == minutes(300) > LONGEST_GAP


def test_late_alerts_do_not_come_in_a_heap_afterwards() -> None:
    late = T + minutes(600)
    assert told(NEW, 2, late)[0] == late + minutes(15)


def test_what_is_in_hand_is_remembered_each_morning_until_it_is_closed() -> None:
    in_hand = replace(NEW, acknowledged_at=T + minutes(20))
    assert told(in_hand, 1, T)[0] == MORNING
    assert told(in_hand, 2, MORNING)[0] == MORNING + dt.timedelta(days=1)
    assert told(in_hand, 0, None)[0] == MORNING
    at_night = replace(NEW, acknowledged_at=MORNING - minutes(60))
    assert told(at_night, 1, T)[0] == MORNING + dt.timedelta(days=1)
    assert told(replace(in_hand, ended=True), 2, MORNING) is None


def test_what_is_over_is_told_to_nobody() -> None:
    assert told(replace(NEW, ended=True), 0, None) is None


def test_a_letter_that_may_still_come_in_by_itself_has_a_moment_for_it() -> None:
    letter = Waiting(Subject.LETTER, Audience.TEAM, T, may_settle_itself=True)
    assert told(letter, 0, None) == (T + minutes(15), "lead", "deputy")
    assert told(replace(letter, may_settle_itself=False), 0, None)[0] == T


def test_overdue_is_what_nobody_took_care_of_in_time() -> None:
    assert not is_overdue(NEW, T + minutes(14.9), 15)
    assert is_overdue(NEW, T + minutes(15), 15)
    assert not is_overdue(replace(NEW, acknowledged_at=T), T + minutes(99), 15)
    assert not is_overdue(replace(NEW, ended=True), T + minutes(99), 15)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (0, ("minutes", 0)),
        (-5, ("minutes", 0)),
        (119.9, ("minutes", 119)),
        (120, ("hours", 2)),
        (48 * 60 - 1, ("hours", 47)),
        (48 * 60, ("days", 2)),
    ],
)
def test_how_long_it_waits_is_told_roughly(after: float, said: tuple[str, int]) -> None:
    assert waited(T, T + minutes(after)) == said
