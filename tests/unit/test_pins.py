"""PINs of a shift: another one for each, the same each time, and a slip of the finger is found."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.ids import derived
from outreach_api.kernel.pins import check_digit, is_pin, pins_of

VAN, DAY, KEY = derived("pins", "van"), dt.date(2026, 11, 28), bytes(32)
PEOPLE = [derived("pins", str(number)) for number in range(20)]


def test_the_check_digit_is_damms() -> None:
    assert check_digit("572") == "4"  # the example in the thesis


@given(st.from_regex(r"[0-9]{3}", fullmatch=True), st.integers(0, 3), st.integers(1, 9))
def test_one_wrong_digit_is_found(digits: str, place: int, by: int) -> None:
    pin = digits + check_digit(digits)
    wrong = pin[:place] + str((int(pin[place]) + by) % 10) + pin[place + 1 :]
    assert is_pin(pin)
    assert not is_pin(wrong)


@given(st.from_regex(r"[0-9]{3}", fullmatch=True), st.integers(0, 2))
def test_two_neighbours_that_changed_places_are_found(digits: str, place: int) -> None:
    pin = digits + check_digit(digits)
    swapped = pin[:place] + pin[place + 1] + pin[place] + pin[place + 2 :]
    assert is_pin(swapped) == (swapped == pin)


def test_what_has_another_form_is_no_pin() -> None:
    assert not any(is_pin(text) for text in ("", "572", "57245", "57 4", "５７２４", "572x", "5724\n"))


@given(st.lists(st.sampled_from(PEOPLE), unique=True), st.binary(min_size=1, max_size=32))
def test_everybody_has_another_one_and_who_comes_later_changes_none(people: list, key: bytes) -> None:  # type: ignore[type-arg]
    pins = pins_of(key, VAN, DAY, people)
    assert len(set(pins.values())) == len(people)
    assert all(map(is_pin, pins.values()))
    for fewer, more in pairwise([pins_of(key, VAN, DAY, people[:n]) for n in range(len(people) + 1)]):
        assert fewer.items() <= more.items()


def test_they_are_others_with_every_key_van_and_day() -> None:
    told = {
        tuple(pins_of(key, van, day, PEOPLE).values())
        for key in (KEY, b"\x01" * 32)
        for van in (VAN, derived("pins", "another"))
        for day in (DAY, DAY + dt.timedelta(days=1))
    }
    assert len(told) == 8
