"""The benchmark of reports compares with what it says: histories are whole, and every figure comes out of a small run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from map_bench.figure import Figure
from report_bench import fleet, reports, rollups
from report_bench.history import History
from report_bench.reports import Sizes
from report_bench.visits import Habits

from outreach_api.ledger import held_anew, recount
from outreach_api.storage.session import Database

VANS, WEEKS = 12, 9
SMALL = Sizes(sales=9 * 3 * 2, fleet_sales=VANS * WEEKS * 2, vans=VANS, weeks=WEEKS, rounds=1)


def test_a_fleet_is_whole_as_its_one_van_was(tmp_path: Path) -> None:
    path = tmp_path / "fleet.db"
    made = History(f"sqlite:///{path}", Habits((2,), 2, 6, 3, 4), weeks=WEEKS, towns=fleet.towns(VANS))
    assert made.counted["sales"] > 0
    fleet.multiply(path, VANS)
    database = Database(f"sqlite:///{path}")
    with database.read() as session:
        wrong = [
            *recount.differences(session),
            *recount.week_differences(session),
            *held_anew.differences(session),
        ]
        sales, stops, vans = (
            session.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in ("sales", "stops", "vans")
        )
        elsewhere = session.scalar(
            sa.text(
                "SELECT count(*) FROM sales JOIN visits ON visits.id = visit_id JOIN stops ON stops.id = stop_id"
                " WHERE sales.van_id <> visits.van_id OR sales.mesh <> stops.mesh"
            )
        )
        astray = session.execute(sa.text("PRAGMA foreign_key_check")).all()
        indexes = session.scalar(sa.text("SELECT count(*) FROM sqlite_master WHERE name LIKE 'ix_sales%'"))
    database.close()
    assert (wrong, astray, elsewhere, indexes) == ([], [], 0, 2)
    assert (sales, stops, vans) == (made.counted["sales"] * VANS, 20 * VANS, VANS)


@pytest.mark.parametrize(
    ("measure", "names"),
    [
        (
            reports.of_one_van,
            ["report_10y_vs_1m", "report_week_vs_sql"]
            + [f"report_{form}_vs_json" for form in ("closed", "csv", "xlsx", "pdf")],
        ),
        (reports.of_a_fleet, ["report_10y_vs_1m_fleet", "trend_52w_vs_raw"]),
        (rollups.cost, ["rollup_cost"]),
    ],
)
def test_a_small_run_measures_every_figure(
    tmp_path: Path, measure: Callable[[Path, Sizes], Iterator[Figure]], names: list[str]
) -> None:
    found = list(measure(tmp_path, SMALL))
    assert [figure.figure for figure in found] == names
    assert all(figure.value > 0 and figure.unit == "ratio" for figure in found)
    assert list(tmp_path.glob("*_years.db*")) == []
