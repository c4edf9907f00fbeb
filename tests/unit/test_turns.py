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
        with turns.writing():
            turns.take()
            served.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    with turns.writing():
        turns.take()
        for number, thread in enumerate(threads, start=1):
            thread.start()
            waiting(turns, number)
    for thread in threads:
        thread.join()
    assert served == list(range(8))


def test_a_turn_is_taken_once_and_given_back_also_after_a_failure() -> None:
    turns = Turns(patience=0.01)
    with pytest.raises(ZeroDivisionError), turns.writing():
        turns.take()
        turns.take()
        raise ZeroDivisionError
    with turns.writing():
        turns.take()


def test_whoever_waits_too_long_leaves_the_queue_in_order() -> None:
    turns, gave_up = Turns(patience=0.02), []

    def write() -> None:
        with turns.writing():
            try:
                turns.take()
            except NoTurn:
                gave_up.append(True)

    with turns.writing():
        turns.take()
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert gave_up == [True]
    with turns.writing():
        turns.take()


def test_a_reader_needs_no_turn_and_a_writer_does_not_wait_for_itself() -> None:
    turns = Turns(patience=0.01)
    with turns.writing():
        turns.take()
        other = threading.Thread(target=turns.take)  # outside of `writing`: it comes back at once
        other.start()
        other.join()
        with pytest.raises(RuntimeError), turns.writing():
            pass
