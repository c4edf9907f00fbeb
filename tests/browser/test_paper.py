"""On paper: A4 upright and across, with legend, figures, date and credit, and without what is not announced."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import Looking

Look = Callable[..., Looking]
A4 = (595, 842)  # points


@pytest.mark.parametrize("across", [False, True])
def test_it_is_two_or_three_pages_of_a4(page: Page, across: bool) -> None:
    pdf = page.pdf(format="A4", landscape=across)
    boxes = {
        tuple(round(float(edge)) for edge in box.split())
        for box in re.findall(rb"/MediaBox \[([^\]]*)\]", pdf)
    }
    (box,) = boxes
    wide, high = sorted(A4, reverse=across)
    assert abs(box[2] - wide) <= 1
    assert abs(box[3] - high) <= 1
    assert 1 <= len(re.findall(rb"/Type /Page\b", pdf)) <= 3


def test_the_paper_says_what_it_is(page: Page) -> None:
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for shown in ("#legend", "#summary", "#next", "#map", "#period", "#table tbody tr"):
        expect(page.locator(shown).first).to_be_visible()
    paper = page.locator("#paper")
    for said in ("駄菓子屋カフェくるくる", "2026/11/28 現在", "試しの人口", "内部資料"):
        expect(paper).to_contain_text(said)
    for hidden in ("#print", "#play", "#week", "#card", "#layers", ".leaflet-control-zoom"):
        expect(page.locator(hidden)).to_be_hidden()


def test_a_place_that_is_not_announced_is_not_printed(page: Page) -> None:
    page.locator("#table-toggle").click()
    page.select_option("#table-of", "stops")
    expect(page.locator("#table")).to_contain_text("だれかの家の庭")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert "だれかの家の庭" not in page.locator("body").inner_text()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(page.locator("#table")).to_contain_text("だれかの家の庭")


def test_paper_is_light_for_who_looks_at_a_dark_screen(look: Look) -> None:
    page = look(color_scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('#paper')).color") == "rgb(51, 51, 51)"


def test_after_printing_all_is_as_it_was(page: Page) -> None:
    seen = "() => [document.querySelector('#map').clientWidth, document.querySelector('.leaflet-control-scale').innerText]"
    before = page.evaluate(seen)
    page.pdf(format="A4")
    expect(page.locator("html")).not_to_have_attribute("data-printing", "yes")
    assert page.evaluate(seen) == before
