"""The table twin: by keyboard alone, sorted, linked with the map, and the same figures as the API's."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.looking import Looking
from tests.mapped import cells

Look = Callable[..., Looking]


def tab_to(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way to {selector} by keyboard")


def column(page: Page, name: str) -> list[str]:
    at = [text.rstrip(" ▼▲") for text in page.locator("thead th").all_inner_texts()].index(name)
    return page.locator(f"tbody tr > :nth-child({at + 1})").all_inner_texts()


def test_it_opens_sorts_and_chooses_by_keyboard_alone(page: Page) -> None:
    tab_to(page, "#table-toggle")
    page.keyboard.press("Enter")
    expect(page.locator("#table-toggle")).to_have_attribute("aria-expanded", "true")
    tab_to(page, "[data-sort='visits']")
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort='descending']")).to_contain_text("出店した回数")
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort='ascending']")).to_contain_text("出店した回数")
    found = [int(text) for text in column(page, "出店した回数")]
    assert found == sorted(found)
    tab_to(page, "tbody [data-row]")
    page.keyboard.press("Enter")
    expect(page.locator("#card")).to_be_visible()
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true", (
        "one stays where one was"
    )
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()


def test_what_is_chosen_on_the_map_is_marked_in_the_table(page: Page) -> None:
    page.locator("#table-toggle").click()
    page.locator("#next button").first.click()
    chosen = page.locator("tr.chosen")
    expect(chosen).to_have_count(1)
    code = chosen.locator("td").first.inner_text()
    expect(page.locator("#card")).to_contain_text(code)


def test_it_has_the_figures_of_the_api(look: Look) -> None:
    looking = look()
    page = looking.page
    page.locator("#table-toggle").click()
    known = cells(looking.api.get("/v1/map/coverage?level=500"))
    reach = cells(looking.api.get("/v1/map/reach?level=500&from_day=2026-09-07&to_day=2026-11-28"))
    codes = [int(code) for code in column(page, "メッシュ")]
    assert sorted(codes) == sorted(known)
    assert [float(text.replace(",", "")) for text in column(page, "くらす子ども")] == [
        known[code]["target"] for code in codes
    ]
    assert [int(text) for text in column(page, "出店した回数")] == [
        reach.get(code, {"visits": 0})["visits"] for code in codes
    ]
    came = [reach[code]["attendance"]["total"] if code in reach else 0 for code in codes]
    assert [int(text) for text in column(page, "来た人（延べ）")] == came


def test_everything_that_is_drawn_stands_in_it(page: Page) -> None:
    page.get_by_label("出店のきろく").check()
    page.locator("#table-toggle").click()
    expect(page.locator("#table-of option")).to_have_count(4)
    for rows, name in (("gaps", "次の候補"), ("stops", "出店場所"), ("visits", "出店のきろく")):
        page.select_option("#table-of", rows)
        expect(page.locator("caption")).to_contain_text(name)
        expect(page.locator("tbody tr").first).to_be_visible()
    page.select_option("#table-of", "stops")
    page.get_by_role("button", name="小金 かえで寺", exact=True).click()
    expect(page.locator("#card")).to_contain_text("K2")
