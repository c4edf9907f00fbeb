"""Writers get their turn in the order in which they asked."""

from __future__ import annotations

import threading

import pytest

from outreach_api.storage.turns import NoTurn, Turns


def waiting(turns: Turns, how_many: int) -> None:
    """Until so many stand in the queue."""
    while len(turns._queue) < how_many:
        threading.Event().wait(0.001)


def test_who_came_first_is_served_first() -> None:
    turns, served = Turns(patience=60), []

    def write(number: int) -> None:
        with turns.ticket():
            turns.take()
            served.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    with turns.ticket():
        turns.take()
        for number, thread in enumerate(threads, start=1):
            thread.start()
            waiting(turns, number)
    for thread in threads:
        thread.join()
    assert served == list(range(8))


def test_a_turn_is_taken_once_and_given_back_also_after_a_failure() -> None:
    turns = Turns(patience=0.01)

    def fail() -> None:
        with turns.ticket():
            turns.take()
            turns.take()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with turns.ticket():
        turns.take()


def test_whoever_waits_too_long_leaves_the_queue_in_order() -> None:
    turns, gave_up = Turns(patience=0.02), []

    def write() -> None:
        with turns.ticket():
            try:
                turns.take()
            except NoTurn:
                gave_up.append(True)

    with turns.ticket():
        turns.take()
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert gave_up == [True]
    with turns.ticket():
        turns.take()


def test_a_turn_given_back_can_be_taken_again_also_by_a_ticket_inside() -> None:
    turns = Turns(patience=0.01)
    with turns.ticket() as outer:
        turns.take()
        turns.give_back(outer)
        with turns.ticket():
            turns.take()
        turns.take()
        with turns.ticket(), pytest.raises(NoTurn):
            turns.take()  # it would wait for itself


def test_who_has_no_ticket_needs_no_turn() -> None:
    turns = Turns(patience=0.01)
    with turns.ticket():
        turns.take()
        other = threading.Thread(target=turns.take)
        other.start()
        other.join()
