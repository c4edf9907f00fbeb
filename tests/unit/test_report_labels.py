"""No figure of a report is without a name: whatever the JSON says, every form can call it in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import fields

from outreach_api.messages import TEXTS
from outreach_api.reports.rules.figures import CHARTED, FIGURES, HEADLINES, LISTED, Figure, described
from outreach_api.reports.rules.labels import figure_label, key_label, section_label, unit_label
from schemas.reports import ReachReportOut
from schemas.vocabulary import (
    Against,
    Band,
    CancelReason,
    DestinationKind,
    Familiarity,
    ItemCategory,
    Payment,
    PermissionType,
    Stage,
    Topic,
)

VOCABULARIES: dict[str, Any] = {
    "band": Band,
    "familiarity": Familiarity,
    "stage": Stage,
    "topic": [topic for topic in Topic if topic is not Topic.VIOLENCE],
    "destination": DestinationKind,
    "reason": CancelReason,
    "permission": PermissionType,
    "category": ItemCategory,
    "payment": Payment,
    "answer": ("yes", "no"),
    "against": Against,
}
# What says of which period, when and how: no figures.
ABOUT = {
    "period",
    "as_of",
    "reference_day",
    "change_no",
    "method",
    "state",
    "late",
    "changed_figures",
    "what_changed",
}
BESIDE = {
    *("coverage.unknown_because", "coverage.population", "stamp_cards.unknown_because"),
    *("trend.period", "compared.period", "compared.against", "months.period", "programmes.programme"),
    *("stamp_cards.from", "stamp_cards.split", "stamp_cards.to", "stamp_cards.method"),
}


def told(schema: Any, path: str = "") -> Iterator[str]:
    """The path of everything that a report says, down to what has no parts of its own."""
    for name, field in schema().fields.items():
        here = f"{path}{field.data_key or name}"
        if here in ABOUT | BESIDE:
            continue
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested) and (inner is field or here in LISTED):
            yield from told(type(inner.schema), f"{here}.")
        else:
            yield here


def test_everything_that_a_report_says_is_a_figure() -> None:
    assert set(told(ReachReportOut)) == {figure.name for figure in FIGURES}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_figure_its_section_its_unit_and_all_its_keys_have_a_name(figure: Figure) -> None:
    for lang in ("ja", "en"):
        assert figure_label(figure, lang)
        assert section_label(figure.section, lang)
        assert unit_label(figure.unit, lang)
        for word in VOCABULARIES[figure.words] if figure.words else ():
            assert key_label(figure, word, "", lang) not in ("", word) or lang == "en"


def test_what_stands_large_and_what_the_chart_draws_are_figures() -> None:
    assert {*HEADLINES, *CHARTED} <= {figure.name for figure in FIGURES}


def test_the_example_has_every_figure() -> None:
    for figure in FIGURES:
        assert all(key is not None for key, _, _ in described(ReachReportOut.example, figure)), figure.name


def test_no_name_of_a_figure_is_left_without_one() -> None:
    named = {code.removeprefix("report_figure.") for code in TEXTS if code.startswith("report_figure.")}
    assert named == {figure.name for figure in FIGURES}
