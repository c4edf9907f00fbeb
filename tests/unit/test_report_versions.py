"""A kept report is read back as it was written, whatever kinds of values stand in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import marshmallow as ma
from marshmallow import fields as plain

from outreach_api.kernel.ids import new_id
from outreach_api.reports.rules import figures
from outreach_api.reports.weeks import rules
from schemas import fields
from schemas.report_example import A_WEEK
from schemas.reports import ReachReportOut

APART = {"as_of", "change_no", "state", "late", "changed_figures"}
"""What is said beside a version's figures."""
VALUES = {
    fields.Day: dt.date(2026, 11, 28),
    fields.Id: new_id(),
    fields.Whole: 7,
    fields.Number: 0.25,
    fields.Text: "2026-11-28",
    fields.Word: "consent",
    plain.Dict: {"infant": 3, "2026-11-28": 1},
    plain.String: "常盤平",
}


def tree(schema: ma.Schema) -> dict[str, Any]:
    """A report with a value in every field that it declares."""
    return {
        field.attribute or name: value(field) for name, field in schema.fields.items() if name not in APART
    }


def value(field: Any) -> Any:
    if isinstance(field, plain.Nested):
        return tree(field.schema)
    if isinstance(field, plain.List):
        return [value(field.inner)]
    return next(made for kind, made in VALUES.items() if isinstance(field, kind))


def test_every_value_of_a_report_comes_back_as_it_was() -> None:
    made = tree(ReachReportOut())
    assert rules.as_it_was(rules.to_keep({**made, "as_of": dt.datetime.now(dt.UTC), "change_no": 1})) == made


def names() -> Iterator[str]:
    yield from (figure.name for figure in figures.FIGURES)


def test_what_is_compared_are_figures_of_reports() -> None:
    for start in rules.COUNTED:
        assert any(name.startswith(start) for name in names()), start


def test_a_figure_that_one_of_two_tellings_lacks_is_passed_over() -> None:
    older = {name: part for name, part in A_WEEK.items() if name != "completeness"}
    assert list(rules.differing(older, A_WEEK)) == []
    more = {**A_WEEK, "attendance": {**A_WEEK["attendance"], "total": 132}}
    assert list(rules.differing(older, more)) == [
        {"figure": "attendance.total", "key": "", "kept": 131, "now": 132}
    ]


def test_a_figure_that_reports_got_later_is_unknown_in_an_older_version() -> None:
    older = rules.to_keep({name: part for name, part in A_WEEK.items() if name != "principles"})
    del older["attendance"]["children"], older["sales"]["by_category_yen"], older["trend"][0]["held"]
    shown = rules.with_unknown(rules.as_it_was(older), A_WEEK)
    assert shown["attendance"]["children"] is None
    assert shown["attendance"]["total"] == 131
    assert shown["sales"]["by_category_yen"] == {}
    assert shown["trend"][0]["held"] is None
    assert shown["principles"]["unconnected"]["recontact_rate"] is None
    assert list(rules.differing(older, A_WEEK)) == [], "and makes no difference"
