"""The map: what its colours, steps and panels say, and to whom."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import Looking

Look = Callable[..., Looking]
MEASURES = ("people", "missed", "covered", "since", "visits", "attendance", "came", "rate")


def middle_of_map(page: Page) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def cell_at(page: Page, x: float, y: float) -> str:
    """The code of the cell that a click there tells of."""
    page.mouse.click(x, y)
    found = re.search(r"マス (\d{8,10})", page.locator("#card").inner_text())
    assert found is not None
    page.get_by_role("button", name="閉じる").click()
    return found[1]


def test_one_look_says_whom_we_were_near_how_often_we_went_and_who_came(page: Page) -> None:
    expect(page).to_have_title("アウトリーチマップ")
    said = page.locator("#summary").inner_text()
    for part in ("の子どもの近くに行けた", "出店", "来た"):
        assert part in said


def test_every_colour_has_a_legend_that_counts_each_cell_once(page: Page) -> None:
    assert page.locator("#measure option").count() == len(MEASURES)
    for measure in MEASURES:
        page.select_option("#measure", measure)
        counted = [
            int(text.removesuffix("マス")) for text in page.locator("#legend .count").all_inner_texts()
        ]
        assert len(counted) >= 2, measure
        assert sum(counted) == 9, measure


def test_a_click_tells_of_a_place_and_stays_with_it_when_the_map_is_moved(page: Page) -> None:
    x, y = middle_of_map(page)
    code = cell_at(page, x + 8, y + 8)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y + 70, steps=8)
    page.mouse.up()
    page.wait_for_timeout(600)  # the map glides on a little
    shifted = page.evaluate(
        "new DOMMatrix(getComputedStyle(document.querySelector('.leaflet-map-pane')).transform)"
    )
    assert (shifted["e"], shifted["f"]) != (0, 0)
    assert cell_at(page, x + 8 + shifted["e"], y + 8 + shifted["f"]) == code


def test_cells_are_drawn_where_they_are_and_drawn_anew_when_one_comes_nearer(page: Page) -> None:
    drawn = "() => document.querySelector('.leaflet-cells-pane canvas').toDataURL().length"
    before, scale = page.evaluate(drawn), page.locator(".leaflet-control-scale").inner_text()
    for _ in range(4):
        page.get_by_role("button", name="大きく").click()
        page.wait_for_timeout(350)
    assert page.locator(".leaflet-control-scale").inner_text() != scale
    assert page.evaluate(drawn) != before


def test_weeks_are_stepped_through_by_keyboard(page: Page) -> None:
    slider = page.get_by_label("どの週までを見るか")
    page.select_option("#measure", "visits")
    first = page.locator("#period").inner_text()
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    assert page.locator("#period").inner_text() != first
    assert slider.get_attribute("aria-valuetext") == page.locator("#period").inner_text()
    page.get_by_role("button", name="1週間すすめる").press("Enter")
    page.get_by_role("button", name="1週間すすめる").press("Enter")
    page.get_by_role("button", name="1週間すすめる").press("Enter")
    assert page.locator("#period").inner_text() == first


def test_the_sums_are_those_of_the_weeks_looked_at(page: Page) -> None:
    page.select_option("#length", "1")
    visits = page.locator("#summary li").nth(1)
    expect(visits).to_contain_text("1回")
    page.get_by_label("どの週までを見るか").press("ArrowLeft")
    expect(visits).to_contain_text("8回")  # those with the strange names
    page.select_option("#length", "52")
    expect(visits).to_contain_text("14回")


def test_playing_goes_on_to_the_last_week_and_can_be_stopped(page: Page) -> None:
    last = page.locator("#period").inner_text()
    play = page.get_by_role("button", name="週を進めて見る")
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    first = page.locator("#period").inner_text()
    assert first != last
    expect(page.locator("#period")).not_to_have_text(first)
    play.click()
    stopped = page.locator("#period").inner_text()
    page.wait_for_timeout(1200)
    assert page.locator("#period").inner_text() == stopped


def test_two_periods_are_compared_in_words_and_numbers(page: Page) -> None:
    page.select_option("#measure", "came")
    page.get_by_label("二つの期間をくらべる").check()
    expect(page.locator("#against-period")).to_contain_text("くらべる相手")
    legend = page.locator("#legend").inner_text()
    for word in ("へった", "ふえた", "同じ"):
        assert word in legend
    page.locator("#table-toggle").click()
    expect(page.locator("th[aria-sort]")).to_contain_text("差")
    place = page.locator("tbody tr", has_text="533957423").locator("td")
    now, then, more = (page.locator("thead th").all_inner_texts().index(name) for name in NOW_THEN_MORE)
    cells = [text.replace("+", "") for text in place.all_inner_texts()]
    assert int(cells[more - 1]) == int(cells[now - 1]) - int(cells[then - 1])


NOW_THEN_MORE = ("来た子ども（延べ）", "相手の期間：来た子ども（延べ）", "差：来た子ども（延べ）")


def test_the_language_changes_at_once_and_everywhere(page: Page) -> None:
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_title("Outreach map")
    page.locator("#table-toggle").click()
    japanese = re.compile("[ぁ-んァ-ヶ一-龠]")

    for selector in ("#legend", "#time", "#layers", "#table thead", "#summary"):
        text = page.locator(selector).inner_text().replace("試しの人口", "")
        assert not japanese.search(text), (selector, text)
    assert "Tokiwadaira, Keyaki square" in page.locator("#table").inner_text()

    page.get_by_role("button", name="日本語").click()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("#legend")).to_contain_text("くらす子ども")


def test_a_crew_sees_what_its_van_did_and_nothing_of_need(look: Look) -> None:
    page = look("crew").page
    options = page.locator("#measure option").all_inner_texts()
    assert not [text for text in options if "くらす" in text or "近く" in text]
    expect(page.locator("#next-part")).to_be_hidden()
    expect(page.locator("#summary")).not_to_contain_text("の近くに行けた")


def test_a_reporter_sees_no_place(look: Look) -> None:
    looking = look("reporter")
    page = looking.page
    page.locator("#table-toggle").click()
    expect(page.locator("#table")).to_contain_text("533957423")
    assert "けやき" not in page.locator("body").inner_text()
    assert [url for url in looking.asked if "/v1/map/stops" in url or "/v1/map/visits" in url] == []
    assert page.locator("#table-of option").count() == 2


def test_nothing_that_is_not_announced_stands_there_when_it_is_shown_to_others(page: Page) -> None:
    page.locator("#table-toggle").click()
    page.select_option("#table-of", "stops")
    expect(page.locator("#table")).to_contain_text("だれかの家の庭")
    page.get_by_role("button", name="人に見せる").click()
    expect(page.locator("#table")).to_contain_text("けやきの広場")
    assert "だれかの家の庭" not in page.locator("body").inner_text()


def test_a_host_who_has_not_agreed_is_shown_to_nobody_else(page: Page) -> None:
    page.locator("#table-toggle").click()
    page.select_option("#table-of", "stops")
    expect(page.locator("#table")).to_contain_text("相談中")
    page.get_by_role("button", name="人に見せる").click()
    expect(page.locator("#table")).not_to_contain_text("相談中")
    assert "とても長い名前の" not in page.locator("body").inner_text()


def test_shown_to_others_no_cell_is_small_enough_to_point_at_a_home(page: Page) -> None:
    page.get_by_role("button", name="人に見せる").click()
    expect(page.locator("#level optgroup").first.locator("option")).to_have_text(["1000 m 四方"])
    expect(page.locator("#level")).to_have_value("1000")
    page.locator("#table-toggle").click()
    expect(page.locator("#table")).to_contain_text("53395742")
    assert "533957423" not in page.locator("#table").inner_text()
    page.get_by_role("button", name="人に見せる").click()
    expect(page.locator("#level optgroup").first.locator("option")).to_have_count(3)


def test_shown_to_others_colours_are_cut_for_the_cells_that_are_drawn(page: Page) -> None:
    page.select_option("#level", "1000")
    expect(page.locator("#map-part:not([aria-busy])")).to_be_attached()
    expected = page.locator("#legend .legend-lines").first.inner_text()
    page.select_option("#level", "500")
    expect(page.locator("#legend .legend-lines").first).not_to_have_text(expected)
    page.get_by_role("button", name="人に見せる").click()
    expect(page.locator("#level")).to_have_value("1000")
    expect(page.locator("#legend .legend-lines").first).to_have_text(expected, use_inner_text=True)
    expect(page.locator("#legend")).not_to_contain_text("相談中・休止・終了")
    page.get_by_role("button", name="人に見せる").click()
    expect(page.locator("#level")).to_have_value("500")


def test_shown_to_others_nothing_that_we_counted_is_there(page: Page) -> None:
    page.get_by_label("二つの期間をくらべる").check()
    page.select_option("#measure", "since")
    expect(page.locator("#legend")).to_contain_text("二つの期間の差では見られません")
    page.select_option("#measure", "visits")
    expect(page.locator("#legend")).not_to_contain_text("二つの期間の差では見られません")
    page.locator("#table-toggle").click()
    expect(page.locator("#table thead")).to_contain_text("来た人")
    page.get_by_role("button", name="人に見せる").click()
    expect(page.locator("#measure option")).to_have_text(["くらす子ども"])
    for part in ("#summary", "#next-part", "#time", "#card"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator("#layers input")).to_have_count(2)
    expect(page.locator("#table thead")).not_to_contain_text("来た人")
    expect(page.locator("#table-of option")).to_have_count(2)
    expect(page.get_by_role("link", name="公表版を開く")).to_have_attribute("href", "/reach")
    page.locator("#table tbody button").first.click()
    expect(page.locator("#card")).to_be_hidden()
    page.get_by_role("button", name="人に見せる").click()
    expect(page.locator("#measure")).to_have_value("visits")
    expect(page.locator("#compare")).to_be_checked()
    expect(page.locator("#summary")).to_be_visible()


def test_a_period_over_two_years_says_both_and_is_compared_with_the_one_before_it(page: Page) -> None:
    page.select_option("#measure", "visits")
    page.get_by_label("二つの期間をくらべる").check()
    page.select_option("#length", "52")
    expect(page.locator("#summary")).to_contain_text("2025/12/1〜2026/11/28")
    expect(page.locator("#against-period")).to_contain_text("2025/11/30")


def test_a_change_of_a_share_is_said_in_points(page: Page) -> None:
    page.select_option("#measure", "covered")
    page.get_by_label("二つの期間をくらべる").check()
    expect(page.locator("#legend")).to_contain_text("20ポイント 以上ふえた")
    assert "%" not in page.locator("#legend").inner_text()


def test_weeks_since_a_visit_are_those_of_the_calendar_for_districts_too(page: Page) -> None:
    """On a Tuesday, the Friday before is last week: cells say so."""
    weeks = page.evaluate(
        """async () => {
          const files = document.querySelector('script[type=module]').src.replace('main.js', '');
          const {areaFigures} = await import(files + 'figures.js');
          const one = {name: ['a', 'b'], covered_share: [0, 0], target: [1, 1], visits: [1, 1],
            attendance: {total: [1, 1], children: [1, 1]}, last_visit_day: ['2026-11-27', '2026-12-01']};
          const now = {ids: ['a', 'b'], columns: one, summary: {population_basis: 'target'}};
          return [...areaFigures(now, null, '2026-W49').columns.since];
        }"""
    )
    assert weeks == [1, 0]


def test_other_cells_come_to_the_same_sums(page: Page) -> None:
    before = page.locator("#summary strong").all_inner_texts()
    for level in ("250", "1000"):
        page.select_option("#level", level)
        expect(page.locator("#map-part:not([aria-busy])")).to_be_attached()
        page.wait_for_load_state("networkidle")
        assert page.locator("#summary strong").all_inner_texts()[1:] == before[1:]


def test_districts_are_looked_at_as_cells_are(page: Page) -> None:
    page.select_option("#level", label="小学校区")
    expect(page.locator("#legend .count").first).to_contain_text("地区")
    page.locator("#table-toggle").click()
    page.get_by_role("button", name="西小学校").click()
    card = page.locator("#card")
    expect(card.locator("h2")).to_have_text("西小学校")
    for said in ("くらす子ども", "出店した回数", "最後に行った週"):
        expect(card).to_contain_text(said)
    page.get_by_role("button", name="閉じる").click()
    page.select_option("#measure", "covered")
    page.get_by_label("二つの期間をくらべる").check()
    expect(page.locator("#legend")).to_contain_text("ふえた")
    expect(page.locator("th[aria-sort]")).to_contain_text("差")


def test_a_gap_says_where_to_stop_for_it_and_how_many_that_would_reach(page: Page) -> None:
    first = page.locator("#next button").first
    assert re.search(r"あと[\d,]+人に届", first.inner_text())
    first.click()
    expect(page.locator("#card")).to_contain_text("次の候補 1番")
    assert re.search(r"あと[\d,]+人に届", page.locator("#card").inner_text())


def test_what_a_place_reaches_of_several_gaps_is_said_once(page: Page) -> None:
    """Somebody adds up what the lines say."""
    lines = page.locator("#next .hope").all_inner_texts()
    shared = [line for line in lines if "番は同じ場所で、合わせてあと" in line]
    same = [line for line in lines if "番と同じ" in line]
    assert len(shared) == 1
    assert len(same) == shared[0].count("・") > 0
    assert not any(re.search(r"あと[\d,]+人", line) for line in same)
    page.locator("#next button").first.click()
    expect(page.locator("#card")).to_contain_text("番は同じ場所で届きます")


@pytest.mark.parametrize("size", [(390, 844), (360, 640)])
def test_on_a_phone_everything_is_within_reach(look: Look, size: tuple[int, int]) -> None:
    page = look(size=size, has_touch=True, is_mobile=True).page
    assert page.evaluate("document.documentElement.scrollWidth") == size[0], "nothing sticks out"
    box = page.locator("#map").bounding_box()
    assert box is not None
    assert box["height"] > size[1] / 3
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input:not([type=checkbox]), label.check')]
          .filter(one => one.offsetParent)
          .map(one => [one.id, one.getBoundingClientRect()]).filter(([, {width, height}]) => Math.min(width, height) < 24)
          .map(([id]) => id)"""
    )
    assert small == []
    page.locator("#next button").first.tap()
    expect(page.locator("#card")).to_be_visible()


def test_who_wants_no_motion_gets_none(look: Look) -> None:
    page = look(reduced_motion="reduce").page
    assert page.locator(".leaflet-zoom-anim").count() == 0
