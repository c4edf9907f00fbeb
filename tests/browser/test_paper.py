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


def test_every_number_on_the_map_stands_in_a_table(page: Page) -> None:
    numbers = page.locator("#next .rank").all_inner_texts()
    assert len(numbers) > 1
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    gaps, ground = page.locator("#table table").all()
    assert "次の候補" in gaps.locator("caption").inner_text()
    assert gaps.locator("tbody tr td:nth-child(2)").all_inner_texts() == numbers
    expect(page.locator("#next-more")).to_be_visible()
    assert "マスごと" in ground.locator("caption").inner_text()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    for part in ("#table", "#next-more"):
        expect(page.locator(part)).to_be_hidden()


def test_paper_explains_the_marks_that_are_on_it_and_no_others(page: Page) -> None:
    """The town's other places are asked for only, or are announced to nobody."""
    expect(page.locator("#legend")).to_contain_text("相談中・休止・終了")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    legend = page.locator("#legend")
    for there, said in ((True, "6週間以内に行った"), (False, "相談中・休止・終了"), (True, "次の候補")):
        assert (said in legend.inner_text()) == there, said


def test_paper_says_what_its_colours_count(page: Page) -> None:
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#paper")).to_contain_text("色と数字は、ほかの場所も数えています")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    page.get_by_role("button", name="人に見せる").click()
    expect(page.locator("#map-part:not([aria-busy])")).to_be_attached()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#paper")).to_contain_text("国勢調査の人数と、公開していて承諾のある場所だけ")


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
