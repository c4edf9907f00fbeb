"""CSV cells: what a spreadsheet would run as a formula arrives as text, numbers arrive as numbers."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.csv_cells import neutralise, write_csv
from outreach_api.kernel.errors import KernelError


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+SUM(A1)",
        "-2+3",
        "@cmd",
        "\tx",
        "\rx",
        "\n=1",
        "  =1",
        "　＝1",
        "＝1",
        "＋1",
        "－1+1",
        "＠x",
        "\u200b=1",
        "\ufeff=1",
        " \t-a",
        "\x00=1",
        "-",
    ],
)
def test_a_formula_becomes_text(text: str) -> None:
    assert neutralise(text) == "'" + text


@pytest.mark.parametrize("text", ["本福寺", "a=b", "3-5歳", "", " ", "1,000", "x@y", "'=1"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert neutralise(text) == text


def test_numbers_days_and_flags_are_written_plainly() -> None:
    cells = (-5, -0.5, Decimal("-1.20"), "-5", "+3.5", True, None, date(2026, 11, 23))
    assert [neutralise(cell) for cell in cells] == [
        "-5",
        "-0.5",
        "-1.20",
        "-5",
        "+3.5",
        "true",
        "",
        "2026-11-23",
    ]
    assert neutralise(datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)) == "2026-11-23T01:02:03+00:00"


def test_lines_end_with_cr_lf_and_the_mark_stands_first() -> None:
    assert write_csv([["寺", 3]], ["stop", "people"], bom=True) == "\ufeffstop,people\r\n寺,3\r\n"
    assert write_csv([], ["=stop"], bom=False) == "'=stop\r\n"


def test_a_row_that_does_not_fit_the_header_is_refused() -> None:
    with pytest.raises(KernelError, match="csv_row_length"):
        write_csv([["a"]], ["x", "y"], bom=False)


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_a_reader_gets_back_every_cell_and_none_starts_a_formula(rows: list[list[str]]) -> None:
    written = write_csv(rows, ["a", "b"], bom=False)
    back = list(csv.reader(io.StringIO(written, newline="")))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in back] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    for row in back:
        for cell in row:
            number = cell.lstrip("+-").replace(".", "", 1).isdigit()
            assert number or not cell.strip().startswith(("=", "+", "-", "@"))
