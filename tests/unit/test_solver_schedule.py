"""Times of a shift and reasons against a place: what the solver's judge says is what trying every minute says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.plans.solver.answer import value_of
from outreach_api.plans.solver.inserting import cheapest_insertion, has_room, least_missing
from outreach_api.plans.solver.lacking import Lacking, stretched
from outreach_api.plans.solver.problem import Break, Place, Problem, Shift
from outreach_api.plans.solver.schedule import fits, schedule
from tests.solver_worlds import best_times, owed, problems


def orders(problem: Problem) -> st.SearchStrategy[tuple[int, ...]]:
    every = range(len(problem.places))
    return st.permutations(every).flatmap(
        lambda order: st.integers(0, len(order)).map(lambda length: tuple(order[:length]))
    )


@given(st.data())
def test_a_schedule_has_the_best_times_that_any_minute_gives(data: st.DataObject) -> None:
    problem = data.draw(problems(most_places=4))
    order = data.draw(orders(problem).filter(bool))
    route = schedule(problem, 0, order)
    assert (route and (route.begins, route.ends)) == best_times(problem, 0, order)
    assert fits(problem, 0, order) == (route is not None)


@given(st.data())
def test_no_schedule_breaks_a_rule(data: st.DataObject) -> None:
    problem = data.draw(problems(most_places=4))
    order = data.draw(orders(problem))
    route = schedule(problem, 0, order)
    if route is None or not order:
        return
    shift = problem.shifts[0]
    assert shift.earliest <= route.begins <= route.ends <= shift.latest
    assert route.duration <= shift.longest
    assert route.order == order
    free, before = route.begins, problem.start
    for stay in route.stays:
        place = problem.places[stay.place]
        assert not place.never
        assert stay.place not in shift.barred
        assert stay.depart - stay.arrive == place.stay
        assert any(o <= stay.arrive and stay.depart <= c for o, c in place.windows[shift.day])
        assert stay.arrive - free >= problem.leg(0, before, stay.place)
        free, before = stay.depart, stay.place
    assert route.ends - free >= problem.leg(0, before, problem.end)
    if shift.pause is not None and owed(shift, route.duration):
        assert route.pause is not None
        begin, end = route.pause
        assert end - begin >= owed(shift, route.duration)
        assert shift.pause.earliest <= begin
        assert end <= shift.pause.latest
        assert route.stays[0].depart <= begin, "within the work: not before it has begun"
        assert end <= route.stays[-1].arrive, "nor when it is over"
        assert all(end <= stay.arrive - problem.places[stay.place].setup or
                   begin >= stay.depart + problem.places[stay.place].teardown for stay in route.stays)  # fmt: skip


@given(st.data())
def test_an_insertion_is_the_cheapest_that_fits_or_says_truly_what_it_lacks(data: st.DataObject) -> None:
    problem = data.draw(problems())
    order = data.draw(orders(problem).filter(lambda order: len(order) < len(problem.places)))
    if not fits(problem, 0, order):
        return
    place = data.draw(st.sampled_from([p for p in range(len(problem.places)) if p not in order]))
    found = cheapest_insertion(problem, 0, order, place)
    assert least_missing(problem, 0, order, place) <= found.missing
    assert has_room(problem, 0, order, place) == found.possible
    longer = [(*order[:at], place, *order[at:]) for at in range(len(order) + 1)]
    worth = [value_of(problem, [(0, way)]) for way in longer if fits(problem, 0, way)]
    if found.possible:
        assert value_of(problem, [(0, longer[found.position])]) == max(worth)
        assert fits(problem, 0, longer[found.position])
        return
    assert not worth
    assert all(lack.minutes + lack.load > 0 for lack in found.lacks) or len(found.lacks) == 1
    if found.lacks[0].kind not in (Lacking.NEVER, Lacking.BARRED, Lacking.SHUT):
        assert fits(stretched(problem, 0, found.lacks), 0, longer[found.position])


def day(*places: Place, **shift: object) -> Problem:
    """Places ten minutes from each other and from the van's yard, on a day from 9:00 to 17:00."""
    rows = len(places) + 2
    drives = [[0 if a == b else 10 for b in range(rows)] for a in range(rows)]
    rules = {"earliest": 540, "latest": 1020, "longest": 480, "drives": drives} | shift
    return Problem(places=places, shifts=(Shift(key="van", day=0, **rules),))  # type: ignore[arg-type]


def place(*windows: tuple[int, int], stay: int = 60) -> Place:
    return Place(key="p", stay=stay, value=10, windows={0: windows})


def test_the_van_leaves_as_late_as_its_first_window_allows() -> None:
    route = schedule(day(place((600, 700))), 0, [0])
    assert route is not None
    assert (route.begins, route.stays[0].arrive, route.ends) == (590, 600, 670)


def test_a_later_window_is_taken_where_the_earlier_one_makes_the_shift_too_long() -> None:
    problem = day(place((560, 640), (740, 820)), place((840, 900)), longest=200)
    route = schedule(problem, 0, [0, 1])
    assert route is not None
    assert [stay.arrive for stay in route.stays] == [760, 840]


@pytest.mark.parametrize(
    ("steps", "pause"),
    [
        (((150, 30),), None),
        (((149, 30),), (610, 640)),
        (((100, 30), (180, 50)), (610, 640)),
        (((100, 30), (179, 50)), (610, 660)),
    ],
)
def test_a_longer_shift_owes_a_longer_break_between_two_stays(
    steps: tuple[tuple[int, int], ...], pause: tuple[int, int] | None
) -> None:
    """Two hours of stays with three drives take 150 minutes."""
    rule = Break(steps=steps, earliest=540, latest=1020)
    problem = day(place((540, 1020)), place((540, 1020)), pause=rule)
    route = schedule(problem, 0, [0, 1])
    assert route is not None
    assert route.pause == pause
    assert route.duration == 150 + (pause[1] - pause[0] if pause else 0)


def test_a_single_stay_leaves_no_break_and_says_how_much_too_long_it_is() -> None:
    """On the way there or back nobody works: that is no break within the work."""
    rule = Break(steps=((70, 30), (75, 45)), earliest=540, latest=1020)
    problem = day(place((540, 1020)), pause=rule)
    assert schedule(problem, 0, [0]) is None
    (lack,) = cheapest_insertion(problem, 0, [], 0).lacks
    assert (lack.kind, lack.minutes) == (Lacking.NO_BREAK, 10)
    assert schedule(stretched(problem, 0, [lack]), 0, [0]) is not None
    assert schedule(day(place((540, 1020), stay=50), pause=rule), 0, [0]) is not None


def test_a_window_that_closed_too_early_is_told_in_minutes() -> None:
    problem = day(place((540, 620)), place((540, 640)))
    (lack,) = cheapest_insertion(problem, 0, [0], 1).lacks
    assert (lack.kind, lack.minutes, lack.place, lack.window) == (Lacking.LATE, 40, 1, (540, 640))


def test_a_full_shift_is_told_in_minutes() -> None:
    problem = day(place((540, 1020), stay=400), place((540, 1020)), latest=2000)
    (lack,) = cheapest_insertion(problem, 0, [0], 1).lacks
    assert (lack.kind, lack.minutes) == (Lacking.TOO_LONG, 10)


def test_a_stay_without_minutes_and_a_break_without_room_are_refused() -> None:
    with pytest.raises(ValueError, match="a minute at least"):
        place((540, 600), stay=0)
    with pytest.raises(ValueError, match="must fit"):
        Break(steps=((300, 30),), earliest=600, latest=620)
    with pytest.raises(ValueError, match="a longer break"):
        Break(steps=((300, 30), (400, 30)), earliest=600, latest=700)
