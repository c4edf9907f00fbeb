"""Whatever phones and the office tell of visits, in whatever order: each is counted by one telling, and exactly."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import sqlalchemy as sa
from hypothesis import given, settings

from outreach_api.ledger import recount
from outreach_api.sales.reads import tickets
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.sales import Sale, SaleVoid, TicketEntry
from outreach_api.storage.session import Database
from outreach_api.storage.visits import HeadCount
from tests.twice_told import VISITS, Model, Step, Town, town

few = settings(max_examples=15)

visits = st.sampled_from([0, 0, 1, 1, 2])
tellers = st.sampled_from([(0, None), (1, None), (2, "app"), (2, "paper"), (2, "paper"), (2, "paper")])
counts = st.sampled_from([{"adult": 1}, {"adult": -1}, {"adult": 2}, {"adult": 1, "infant": 1}])


def _told(kind: str, payload: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Step]:
    def step(teller: tuple[int, str | None], visit: int, said: dict[str, Any]) -> Step:
        by, source = teller
        return Step(kind, by, visit, tuple((said | ({"source": source} if source else {})).items()))

    return st.builds(step, tellers, visits, payload)


heads = _told("head_count.add", st.fixed_dictionaries({"counts": counts}))
money = st.fixed_dictionaries(
    {"payment": st.sampled_from(["cash", "paypay"]), "rush_yen": st.integers(1, 999)}
)
by_ticket = st.fixed_dictionaries(
    {"payment": st.just("ticket"), "rush_yen": st.just(200), "ticket_count": st.integers(1, 3)}
)
receipts = _told("sale.record", money | by_ticket)
bought = _told(
    "ticket.issue", st.fixed_dictionaries({"quantity": st.integers(1, 5), "payment": st.just("cash")})
)
used = _told("ticket.redeem", st.fixed_dictionaries({"quantity": st.integers(1, 3)}))
tills = _told(
    "cash_up.count",
    st.fixed_dictionaries(
        {
            "opening_float_yen": st.just(0),
            "counts": st.dictionaries(st.sampled_from(["100", "10"]), st.integers(0, 3), max_size=2),
            "difference_reason": st.just("数え直し"),
        }
    ),
)
facts = heads | receipts | bought | used
sources = st.sampled_from(["app", "paper"])
choices = st.builds(
    lambda visit, chosen: Step("visit.choose_telling", 2, visit, tuple(chosen.items())),
    visits,
    st.dictionaries(st.sampled_from(["heads", "receipts"]), sources, min_size=1),
)
voids = st.builds(lambda nth: Step("sale.void", 2, 0, (), nth), st.integers(0, 9))
pairs = st.sampled_from([(0, 1), (1, 0), (1, 2), (2, 1), (0, 2)])
merges = st.builds(lambda pair: Step("visit.merge", 2, pair[0], (), pair[1]), pairs)
openers = st.lists(sources, min_size=len(VISITS), max_size=len(VISITS))


def run(place: Town, model: Model, steps: list[Step], numbers: list[int] | None = None) -> None:
    sales: list[int] = []
    for number, step in zip(numbers or range(len(steps)), steps, strict=True):
        if step.kind == "sale.void":
            if not sales:
                continue
            step = replace(step, other=sales[step.other % len(sales)])
        (outcome,) = place.push([(number, step)])
        assert outcome.status < 500, outcome
        if outcome.stands and step.kind != "cash_up.count":
            model.take(number, step)
            sales += [number] if step.kind == "sale.record" else []


def assert_exact(place: Town, model: Model) -> None:
    assert recount.differences(place.session) == []
    assert recount.counted_twice(place.session) == []
    for visit in set(model.joined):
        told, kept = model.told[visit], place.totals(visit)
        assert {where: n for where, n in kept.items() if where[0] in model.MEASURES} == told.totals()
        shown = place.shown(visit)
        if told.tells(told.heads_stand):
            assert shown["heads"]["stands"] == told.heads_stand
        assert shown["receipts"]["stands"] == told.receipts_stand
    wanted: Counter[str] = Counter()
    for told in model.told:
        for (measure, event), quantity in told.totals().items():
            wanted[event] += quantity if measure == "tickets" else 0
    pool = tickets.balance(place.session, today=dt.date(2026, 11, 28))
    assert (pool["issued"], pool["redeemed"]) == (wanted["issued"], wanted["redeemed"])


@few
@given(
    openers,
    st.lists(facts, min_size=5, max_size=8),
    st.lists(choices | choices | voids | voids | merges | tills | facts, min_size=2, max_size=6),
)
def test_each_visit_is_counted_by_one_telling_and_totals_are_exact(
    migrated: Database, keyring: Keyring, opened: list[str], told: list[Step], then: list[Step]
) -> None:
    with town(migrated, keyring, opened) as place:
        model = Model()
        run(place, model, [*told, *then])
        assert_exact(place, model)
        for visit in set(model.joined):
            told = model.told[visit]
            assert_flags(place, visit, HeadCount, sa.true(), told.heads_stand)
            stands = ~sa.exists().where(SaleVoid.sale_id == Sale.id)
            assert_flags(place, visit, Sale, stands, told.receipts_stand)
            stands = ~sa.exists().where(SaleVoid.sale_id == TicketEntry.sale_id)
            assert_flags(place, visit, TicketEntry, stands, told.receipts_stand)


def assert_flags(place: Town, visit: int, fact: Any, which: Any, source: str | None) -> None:
    """Every row of the source that stands counts, and no other."""
    rows = sa.select(fact.source, fact.counted).where(fact.visit_id == VISITS[visit], which)
    for teller, counted in place.session.execute(rows):
        assert counted is (teller == source), (fact, visit, teller)


@few
@given(openers, st.lists(facts | tills | merges, max_size=8), facts, facts)
def test_the_order_of_two_pushes_changes_nothing_but_which_telling_stands(
    migrated: Database, keyring: Keyring, opened: list[str], before: list[Step], one: Step, two: Step
) -> None:
    seen = []
    for order in ([one, two], [two, one]):
        numbers = [*range(len(before)), *([100, 101] if order[0] is one else [101, 100])]
        with town(migrated, keyring, opened) as place:
            model = Model()
            run(place, model, [*before, *order], numbers)
            assert_exact(place, model)
            seen.append([(place.shown(visit), place.totals(visit)) for visit in sorted(set(model.joined))])
    for (shown, totals), (other_shown, other_totals) in zip(*seen, strict=True):
        stand = [said[subject].pop("stands") for said in (shown, other_shown) for subject in said]
        for said in (shown, other_shown):
            for telling in ("app", "paper"):
                for till in (said["receipts"][telling] or {}).get("tills", ()):
                    till.pop("counted")
        assert shown == other_shown
        if stand[:2] == stand[2:]:
            assert totals == other_totals


@few
@given(
    openers,
    st.lists(facts, min_size=1, max_size=8),
    st.sampled_from([((0, 1), (1, 2)), ((0, 2), (1, 2)), ((1, 2), (0, 2)), ((2, 1), (1, 0))]),
    st.lists(st.integers(0, 8), min_size=2, max_size=2).map(sorted),
)
def test_when_visits_are_joined_changes_nothing_but_which_telling_stands(
    migrated: Database,
    keyring: Keyring,
    opened: list[str],
    told: list[Step],
    chain: tuple[tuple[int, int], ...],
    when: list[int],
) -> None:
    seen = []
    for places in (when, [len(told)] * 2):
        steps = list(enumerate(told))
        for number, (place_of, (gone, kept)) in reversed(list(enumerate(zip(places, chain, strict=True)))):
            steps.insert(min(place_of, len(told)), (100 + number, Step("visit.merge", 2, gone, (), kept)))
        with town(migrated, keyring, opened) as place:
            model = Model()
            run(place, model, [step for _, step in steps], [number for number, _ in steps])
            assert_exact(place, model)
            assert len(set(model.joined)) == 1
            shown = place.shown(0)
            seen.append({subject: {**said, "stands": None} for subject, said in shown.items()})
    assert seen[0] == seen[1]
