"""Draws days of sync in which anything may happen in any order: a state machine for hypothesis.

What may happen, and what must hold then, is said in tests/proofs/day_of_sync.py; what is entered, in entering.py.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import hypothesis
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.proofs.day_of_sync import DayOfSync
from tests.proofs.entering import WHATS, Entering, Thing
from tests.proofs.handsets import Handset
from tests.proofs.organisation import Organisation

ANY = st.integers(0, 11)
"""One of what there is, counted round."""
PHONES = st.integers(0, 3)
PAGES = st.sampled_from([1, 3, 200])
THINGS = st.lists(
    st.builds(Thing, st.sampled_from(WHATS), ANY, st.integers(-3, 9), st.booleans()), min_size=1, max_size=6
)
FATES = st.sampled_from(["heard", "heard", "heard", "lost", "twice", "doubled"])


class SyncDay(RuleBasedStateMachine):
    """Give it an organisation in a subclass.

    Hypothesis leaves rules out of a run at random: what must meet in one day stands in few of them.
    """

    organisation: ClassVar[Organisation]

    def __init__(self) -> None:
        super().__init__()
        self.day = DayOfSync(self.organisation)
        self.crews = Entering(self.day)

    @initialize(late=st.sets(PHONES))
    def begin(self, late: set[int]) -> None:
        """All but a few have arrived, as planned and unplanned, and the server knows it."""
        for phone, handset in enumerate(self.day.handsets):
            if phone not in late:
                for what in ("planned", "unplanned"):
                    self.crews.enter(handset, Thing(what, 0, 0, False))
                self._send(handset, "heard", alone=False)

    @rule(phone=PHONES, things=THINGS, fate=FATES, alone=st.booleans())
    def work_with_a_signal(self, phone: int, things: list[Thing], fate: str, alone: bool) -> None:
        for thing in things:
            self.crews.enter(self.day.handsets[phone], thing)
        self._send(self.day.handsets[phone], fate, alone=alone)

    @rule(phone=PHONES, things=THINGS)
    def work_without(self, phone: int, things: list[Thing]) -> None:
        for thing in things:
            self.crews.enter(self.day.handsets[phone], thing)

    @rule(
        phone=PHONES,
        order=st.sampled_from(["as entered", "backwards", "shuffled"]),
        part=st.sampled_from(["all", "all", "first half", "last half", "one"]),
        fate=FATES,
        alone=st.booleans(),
    )
    def push(self, phone: int, order: str, part: str, fate: str, alone: bool) -> None:
        self._send(self.day.handsets[phone], fate, order, part, alone=alone)

    @rule(phone=PHONES, which=ANY, how=st.sampled_from(["as it was", "numbered anew", "elsewhere"]))
    def send_again_what_ended(self, phone: int, which: int, how: str) -> None:
        handset = self.day.handsets[phone]
        if how != "as it was":
            self.crews.number_anew(handset, which, elsewhere=how == "elsewhere")
            return
        entries = list(handset.held.values())[which % 3 :: 2]
        answer = self.day.push(handset, entries)
        handset.hear(answer["epoch"], entries, answer["results"])

    @rule(
        phone=PHONES, days=st.sampled_from([0, 0, -1, 1, -366, 366]), minutes=st.sampled_from([0, 1, 20, 600])
    )
    def time_passes(self, phone: int, days: int, minutes: int) -> None:
        """For everybody; and somebody sets a phone's clock."""
        self.day.handsets[phone].offset = dt.timedelta(days=days)
        self.organisation.clock.forward(minutes=minutes)

    @rule(phone=PHONES, limit=PAGES, how_far=st.sampled_from(["a page", "to the end", "the answer is lost"]))
    def pull(self, phone: int, limit: int, how_far: str) -> None:
        handset = self.day.handsets[phone]
        if how_far == "to the end":
            self.day.catch_up(handset, limit)
        else:
            self.day.pull(handset, limit, arrives=how_far == "a page")

    @rule(phone=PHONES)
    def revoke(self, phone: int) -> None:
        self.day.revoke(self.day.handsets[phone])

    @rule(what=st.sampled_from(["join", "join", "settle"]), which=ANY, other=ANY)
    def office(self, what: str, which: int, other: int) -> None:
        if what == "join":
            self.day.join(*self.crews.two_visits(which, other))
        else:
            self.day.settle(which)

    @rule(forgetful=st.lists(PHONES, max_size=4), things=THINGS, then=st.booleans())
    def back_up(self, forgetful: list[int], things: list[Thing], then: bool) -> None:
        """Phones may forget what is in the backup; what comes after it is lost by a restore, and must come again."""
        self.day.back_up()
        for phone in forgetful[::2]:
            self.day.forget(self.day.handsets[phone])
        for handset, thing in zip(self.day.handsets, things, strict=False):
            self.crews.enter(handset, thing)
            self._send(handset, "heard", alone=False)
        for phone in forgetful[1::2]:  # of what is only partly in the backup
            self.day.forget(self.day.handsets[phone])
        if then:
            self.day.restore()

    @rule()
    def restore(self) -> None:
        self.day.restore()

    @rule()
    def look(self) -> None:
        self.day.look()

    def teardown(self) -> None:
        self.day.end()

    def _send(
        self, handset: Handset, fate: str, order: str = "as entered", part: str = "all", *, alone: bool
    ) -> None:
        entries = list(handset.queue)
        if order == "backwards":
            entries.reverse()
        elif order == "shuffled":
            self.day.dice.shuffle(entries)
        half = (len(entries) + 1) // 2
        parts = {"one": entries[:1], "first half": entries[:half], "last half": entries[half:]}
        entries = parts.get(part, entries)
        if fate == "doubled":
            entries += entries[:half]
        answer = self.day.push(handset, entries, apart=alone)
        if fate == "twice":
            answer = self.day.push(handset, entries)
        if fate != "lost":
            handset.hear(answer["epoch"], entries, answer["results"])


def live_through(
    organisation: Organisation, seed: int, *, runs: int, steps: int, shortens: bool = True
) -> None:
    """Draw so many days and live through them; the first fault that is found ends it and is raised.

    The day that shows it stands in the exception's notes: as it was drawn at once, or after minutes the shortest one.
    """
    machine = type("Day", (SyncDay,), {"organisation": organisation})
    run_state_machine_as_test(
        hypothesis.seed(seed)(machine),
        settings=hypothesis.settings(
            max_examples=runs,
            stateful_step_count=steps,
            database=None,
            deadline=None,
            derandomize=False,
            print_blob=False,
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.shrink) if shortens else (Phase.generate,),
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
