"""The tree of labelled figures that every form of a pack is made of: none of them knows a figure by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from outreach_api.kernel.csv_cells import Cell
from outreach_api.messages import say
from outreach_api.public.reach.reads import ROUNDED_TO
from schemas.vocabulary import PublishedStep, RareFigure

ONE = 1
HEADS = ("attendance", "children", "visits")
NEED = ("people", "visited", "recent", "ever")
HEADER = (
    *("period", "from_day", "to_day", "released_through", "section", "of", "figure", "value", "rounded_to"),
    *("section_ja", "section_en", "figure_ja", "figure_en"),
)


class Line(NamedTuple):
    """One figure. `of`: of which period, cell, quarter, issue or language; `rounded_to`: None of words."""

    section: str
    of: str
    figure: str
    value: Cell
    rounded_to: int | None


def lines(pack: Mapping[str, Any]) -> Iterator[Line]:
    """Every figure once, in the order in which it is read."""
    yield from _heads("attendance", "", pack["attendance"])
    yield Line("visits", "", "visits", pack["visits"], ONE)
    yield Line("visits", "", "squares", sum(cell["visits"] > 0 for cell in pack["cells"]), ONE)
    yield from _heads("not_on_map", "", pack["not_on_map"])
    for section in ("compared", "trend"):
        for figures in pack[section]:
            for name in HEADS:
                base = ONE if name == "visits" else ROUNDED_TO
                yield Line(section, figures["period"], name, figures[name], base)
    for cell in pack["cells"]:
        yield from _of_cell(cell)
    if pack["need"] is not None:
        for name in NEED:
            yield Line("need", "", name, pack["need"][name], ONE)
        for cell in pack["need"]["largest_unvisited"]:
            yield Line("need_cell", str(cell["mesh1000"]), "census", cell["people"], ONE)
    for quarter in pack["quarters"]:
        for rare in RareFigure:
            yield Line("quarter", quarter["quarter"], rare.value, quarter[rare], ROUNDED_TO)
    for issue in pack["issues"]:
        for step in PublishedStep:
            if issue[step] is not None:
                yield Line("issue", str(issue["id"]), f"{step}_on", issue[step]["on_day"], None)
                yield Line("issue", str(issue["id"]), step.value, issue[step]["text"], None)
    for link in pack["links"]:
        yield Line("link", link["kind"], "url", link["url"], None)
    for note in pack["method"]:
        yield Line("method", note["code"], "note", note["ja"], None)


def _heads(section: str, of: str, heads: Mapping[str, Any]) -> Iterator[Line]:
    yield Line(section, of, "attendance", heads["total"], ROUNDED_TO)
    yield Line(section, of, "children", heads["children"], ROUNDED_TO)
    for group, value in heads["by_group"].items():
        yield Line(section, of, group, value, ROUNDED_TO)


def _of_cell(cell: Mapping[str, Any]) -> Iterator[Line]:
    of = str(cell["mesh1000"])
    if cell["places"]:
        yield Line("place", of, "places", " / ".join(cell["places"]), None)
    if cell["visits"]:
        yield Line("place", of, "visits", cell["visits"], ONE)
        yield from _heads("place", of, cell["attendance"])
    if cell["weeks_since_visit"] is not None:
        yield Line("place", of, "weeks_since_visit", cell["weeks_since_visit"], ONE)
    if cell["census"] is not None:
        yield Line("place", of, "census", cell["census"], ONE)


def rows(pack: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """As HEADER says, one row a figure."""
    head = (pack["period"], pack["from_day"], pack["to_day"], str(pack["released_through"] or ""))
    for line in lines(pack):
        section, figure = f"pack_section.{line.section}", f"pack_figure.{line.figure}"
        yield *head, *line, say(section, "ja"), say(section, "en"), say(figure, "ja"), say(figure, "en")
