"""Names are text, whatever somebody typed: on the map, in the table, in lists and on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import Looking

Look = Callable[..., Looking]


def assert_untouched(page: Page) -> None:
    expect(page).to_have_title("アウトリーチマップ")
    assert page.locator("#app script, #app img[src='x'], [onerror], [onmouseover]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "a long name widens nothing"


def test_a_name_is_shown_as_it_was_typed_in_the_table_and_on_the_card(look: Look) -> None:
    looking = look()
    page = looking.page
    page.locator("#table-toggle").click()
    page.select_option("#table-of", "stops")
    for stop in looking.town.hostile.values():
        row = page.locator(f"[data-row='{stop.id}']")
        assert row.text_content() == stop.name
        row.click()
        assert page.locator("#card h2").text_content() == stop.name
        row.hover()
        assert_untouched(page)


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_cells_that_are_called_after_such_a_place_say_so_as_text(look: Look, size: tuple[int, int]) -> None:
    page = look(size=size).page
    page.locator("#table-toggle").click()
    page.get_by_label("出店のきろく").check()
    for rows in ("ground", "gaps", "stops", "visits"):
        page.select_option("#table-of", rows)
        assert_untouched(page)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page).to_have_title("アウトリーチマップ")
    assert page.locator("#app script, #app img[src='x']").count() == 0
