"""Figures about reading reports: what years cost, what SQL alone costs, and what the forms of a report cost."""

from __future__ import annotations

import contextlib
import gc
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from map_bench.asking import Office
from map_bench.figure import CLOCK, Figure, medians

from outreach_api.reports import reads
from outreach_api.reports.reads import people, places, stays, totals
from outreach_api.settings import Settings
from outreach_api.storage.keyring import make_keys
from report_bench import fleet
from report_bench.history import A_MONTH, LAST_WEEK, NOW, TEN_YEARS, History
from report_bench.raw import Raw
from report_bench.visits import Habits

WEEK = f"/v1/reports/week/{LAST_WEEK}"
TREND = f"/v1/reports/trend?week={LAST_WEEK}&weeks="
_STEPS: tuple[tuple[Any, str], ...] = (
    *((totals, name) for name in ("sums", "tickets_until")),
    *((stays, name) for name in ("doings", "outings")),
    *((people, name) for name in ("referrals", "promises", "active_partners", "issues", "stamp_cards")),
    *((places, name) for name in ("known_stops", "unvisited_stops", "permissions_ending", "coverage")),
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the histories are, and how often each pair is measured."""

    sales: int
    """Of one van in all its weeks."""
    fleet_sales: int
    vans: int
    weeks: int = TEN_YEARS
    rounds: int = 41


class Place:
    """A history in a file of its own, and an office that asks for its reports."""

    def __init__(self, folder: Path, name: str, habits: Habits, *, weeks: int, vans: int) -> None:
        began = CLOCK()
        self.path = folder / f"{name}.db"
        key = folder / f"{name}.key"
        made = History(f"sqlite:///{self.path}", habits, weeks=weeks, towns=fleet.towns(vans))
        if vans > 1:
            fleet.multiply(self.path, vans)
        make_keys(Settings(key_file=key)).close()
        self.office = Office(self.path, key, lambda: NOW)
        size = self.path.stat().st_size / 1e9
        say(f"{name}: {vans:,} × ({made.size()}), {size:.2f} GB, in {CLOCK() - began:.0f} s")

    def asking(self, path: str) -> Callable[[], Any]:
        return lambda: self.office.get(path, "application/json", packing="identity")

    def answer(self, path: str) -> Any:
        return json.loads(self.office.get(path, "application/json", packing="identity").body)


def of_one_van(folder: Path, sizes: Sizes) -> Iterator[Figure]:
    weekdays = (2, 4, 5)
    habits = Habits(weekdays, sizes.sales // (sizes.weeks * len(weekdays)), taps=20, notes=15, cards=8)
    with both(folder, "van", habits, sizes.weeks, vans=1) as (month, years):
        yield compared("report_10y_vs_1m", month, years, sizes.rounds)
        yield from over_sql(years, sizes.rounds)
        yield from forms(years, sizes.rounds)


def of_a_fleet(folder: Path, sizes: Sizes) -> Iterator[Figure]:
    habits = Habits((2,), sizes.fleet_sales // (sizes.weeks * sizes.vans), taps=6, notes=3, cards=4)
    with both(folder, "fleet", habits, sizes.weeks, vans=sizes.vans) as (month, years):
        rounds = min(sizes.rounds, 9)
        yield compared("report_10y_vs_1m_fleet", month, years, rounds)
        yield trend(years, min(52, sizes.weeks), rounds)


@contextlib.contextmanager
def both(folder: Path, name: str, habits: Habits, weeks: int, vans: int) -> Iterator[tuple[Place, Place]]:
    """The last month alone, and all years; their files are removed at the end."""
    places = [
        Place(folder, f"{name}_{span}", habits, weeks=count, vans=vans)
        for span, count in (("month", min(A_MONTH, weeks)), ("years", weeks))
    ]
    # As in outreach_api/wsgi.py.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    yield places[0], places[1]
    for place in places:
        for file in folder.glob(f"{place.path.name}*"):
            file.unlink()


def compared(name: str, month: Place, years: Place, rounds: int) -> Figure:
    """The report of one and the same week, in which the same happened."""
    shown = [place.answer(WEEK) for place in (month, years)]
    counted = [{part: told[part] for part in ("attendance", "contacts", "visits", "sales")} for told in shown]
    if counted[0] != counted[1]:
        raise SystemExit("the two databases tell that week otherwise")
    short, long = medians(rounds, month.asking(WEEK), years.asking(WEEK))
    for place, took in ((month, short), (years, long)):
        say(f"{place.path.stem}: {ms(took)}, {breakdown(place, WEEK)}")
    return Figure(name, round(long / short, 2), "ratio")


def over_sql(years: Place, rounds: int) -> Iterator[Figure]:
    raw = Raw(years.path)
    sold = years.answer(WEEK)["sales"]
    alone = raw.receipts(LAST_WEEK, LAST_WEEK)[str(LAST_WEEK)]
    if (sum(sold["receipts_by_payment"].values()), sold["total_yen"]) != alone:
        raise SystemExit("the report and the aggregate differ")
    etag = years.office.get(WEEK, "application/json", packing="identity").etag
    whole, plain, again = medians(
        rounds,
        years.asking(WEEK),
        lambda: raw.receipts(LAST_WEEK, LAST_WEEK),
        lambda: years.office.get(WEEK, "application/json", etag, packing="identity"),
    )
    raw.close()
    say(
        f"report {ms(whole)}, one aggregate of its receipts {ms(plain)}, asked again with its ETag {ms(again)}"
    )
    yield Figure("report_week_vs_sql", round(whole / plain, 1), "ratio")


def forms(years: Place, rounds: int) -> Iterator[Figure]:
    """A closed week and its files, over the same week as known now."""
    years.office.post(f"/v1/report-weeks/{LAST_WEEK}/close")
    live = f"{WEEK}?version=live"
    kinds = {
        "closed": f"{WEEK}?version=1",
        **{form: f"{live}&format={form}" for form in ("csv", "xlsx", "pdf")},
    }
    for name, path in kinds.items():
        one, other = medians(min(rounds, 9), years.asking(path), years.asking(live))
        yield Figure(f"report_{name}_vs_json", round(one / other, 2), "ratio")


def trend(years: Place, weeks: int, rounds: int) -> Figure:
    raw, first, path = Raw(years.path), LAST_WEEK.previous(weeks - 1), f"{TREND}{weeks}"
    aggregate = raw.trend(first, LAST_WEEK)
    for point in years.answer(path)["trend"]:
        told = {name: value for name, value in point.items() if name in aggregate[point["period"]]}
        if told != aggregate[point["period"]]:
            raise SystemExit(f"{point['period']}: the trend and the aggregate differ: {told}")
    kept, counted, receipts = medians(
        rounds,
        years.asking(path),
        lambda: raw.trend(first, LAST_WEEK),
        lambda: raw.receipts(first, LAST_WEEK),
    )
    raw.close()
    say(
        f"{weeks} weeks: {ms(kept)} over {ms(counted)} for the same figures from facts, "
        f"of which {ms(receipts)} for receipts alone, by a covering index"
    )
    return Figure("trend_52w_vs_raw", round(kept / counted, 4), "ratio")


def breakdown(place: Place, path: str) -> str:
    """Where one request's time goes, the largest part first."""
    spent: dict[str, float] = {}

    def timed(module: Any, name: str) -> Any:
        real = getattr(module, name)

        def run(*args: Any, **named: Any) -> Any:
            began = CLOCK()
            try:
                return real(*args, **named)
            finally:
                spent[name] = CLOCK() - began

        return mock.patch.object(module, name, run)

    with contextlib.ExitStack() as patches:
        for module, name in (*_STEPS, (reads, "report")):
            patches.enter_context(timed(module, name))
        began = CLOCK()
        place.asking(path)()
        whole = CLOCK() - began
    together = spent.pop("report")
    spent |= {
        "putting together": together - sum(spent.values()),
        "HTTP, token, state and JSON": whole - together,
    }
    return "of which " + ", ".join(
        f"{name} {ms(took)}" for name, took in sorted(spent.items(), key=lambda one: -one[1])
    )


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
