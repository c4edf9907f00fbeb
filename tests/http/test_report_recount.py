"""Every figure of a report, counted again from the raw rows of random seasons that came in as phones send them."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest

from outreach_api.kernel.mesh import mesh_code, micro, parent
from outreach_api.ledger import held_anew
from outreach_api.ledger.recount import differences
from outreach_api.outreach_map.imports import Source, keep_population
from outreach_api.outreach_map.population import PopulationTable, Unit
from outreach_api.reports.rules import figures, periods
from outreach_api.settings import Settings
from tests import recount, recount_changes
from tests.api import Api
from tests.history import Season

FIRST, LAST = dt.date(2026, 10, 19), dt.date(2027, 1, 16)


TEXTS = {"method", "what_changed"}


def import_people(api: Api) -> None:
    """Nine cells of 500 m with some children in each."""
    cells = sorted(
        {
            parent(mesh_code(micro(35.78 + 0.012 * row), micro(139.89 + 0.015 * column)), 500)
            for row in range(3)
            for column in range(3)
        }
    )
    units = tuple(Unit((cell,), (900.0 + n,), {"target": 100.0 + 7 * n}) for n, cell in enumerate(cells))
    with api.database.write() as session:
        keep_population(
            session,
            PopulationTable(500, units, {"target": "0–14"}),
            label="国勢調査",
            source=Source.of([("people.csv", b"people")]),
            boundary_code=None,
            now=api.clock(),
        )


def told(api: Api, kind: str, name: str) -> dict[tuple[str, str], float | None]:
    answer = api.get(f"/v1/reports/{kind}/{name}?format=csv&bom=0")
    assert answer.status == 200, answer
    rows = [row for row in csv.DictReader(io.StringIO(answer.text)) if row["figure"] not in TEXTS]
    assert {row["period"] for row in rows} == {name}
    found = {(row["figure"], row["key"]): float(row["value"]) if row["value"] else None for row in rows}
    assert len(found) == len(rows), "a figure stands in it twice"
    return found


def told_changes(api: Api, kind: str, name: str) -> list[recount_changes.Told]:
    return [
        (
            line["figure"],
            line["against"],
            line["now"],
            line["then"],
            frozenset(
                (
                    *(cause[name] for name in ("cause", "count", "reason", "before", "amount")),
                    tuple(stop["code"] for stop in cause["stops"]),
                )
                for cause in line["causes"]
            ),
        )
        for line in api.get(f"/v1/reports/{kind}/{name}").json["what_changed"]
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_equals_a_recount_of_the_raw_rows(api: Api, seed: int) -> None:
    api.clock.now = dt.datetime(2027, 1, 14, 3, 0, tzinfo=dt.UTC)
    import_people(api)
    season = Season(api, seed, FIRST, LAST)
    assert season.answers["applied"] > 300, season.answers
    settings = Settings()
    figured: set[str] = set()
    causes: set[str] = set()
    for kind, name in (
        ("week", "2026-W48"),
        ("week", "2026-W53"),
        ("week", "2027-W02"),
        ("month", "2026-11"),
        ("quarter", "FY2026-Q3"),
        ("fiscal-year", "FY2026"),
    ):
        period = periods.parse(kind, name)
        assert not isinstance(period, periods.Refusal)
        with api.database.read() as session:
            assert differences(session) == held_anew.differences(session) == []
            wanted = recount.expected(session, period, now=api.clock(), settings=settings)
            changed = recount_changes.changes(session, period, wanted, now=api.clock(), settings=settings)
            causes |= {cause[0] for *_, why in changed for cause in why}
        shown = told(api, kind, name)
        assert shown == wanted, name
        assert told_changes(api, kind, name) == changed, name
        figured |= {figure for (figure, _), value in shown.items() if value}
    assert figured == {figure.name for figure in figures.FIGURES}, "nothing in the season feeds a figure"
    assert len(causes) > 5, causes
