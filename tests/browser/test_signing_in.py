"""Coming in: by a link that works once, or by a token that is kept nowhere; and going out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.looking import Looking

Look = Callable[..., Looking]


def kept(page: Page) -> Any:
    return json.loads(page.evaluate("sessionStorage.getItem('kurukuru-map')") or "null")


def test_a_link_opens_the_map_once_and_leaves_no_secret_in_the_address(look: Look) -> None:
    first, second = look(None), look(None)
    link = first.link("coordinator")
    first.page.goto(link)
    first.wait_for_map()
    assert "#" not in first.page.url
    secret = link.partition("#")[2]
    assert not [url for url in first.asked if secret in url and url != link]
    second.refusals.add(422)
    second.page.goto(link)
    expect(second.page.get_by_role("status")).to_contain_text("もう使われた")
    expect(second.page.locator("#app")).to_be_hidden()


def test_a_pasted_token_is_exchanged_and_kept_nowhere(look: Look) -> None:
    looking = look(None)
    looking.page.goto(f"{looking.address}/map")
    token = looking.api.token("coordinator")
    looking.page.get_by_label("トークン").fill(token)
    looking.page.get_by_role("button", name="地図を見る").click()
    looking.wait_for_map()
    mine = kept(looking.page)["token"]
    assert mine != token
    assert token not in looking.page.content()
    assert looking.page.evaluate("localStorage.length + document.cookie.length") == 0
    assert not [url for url in looking.asked if token in url or mine in url]
    assert looking.api.get("/v1/stops", role=None, token=mine).status == 403, "it reads the map only"


def test_a_wrong_token_is_told_so(look: Look) -> None:
    looking = look(None)
    looking.refusals.add(401)
    looking.page.goto(f"{looking.address}/map")
    looking.page.get_by_label("トークン").fill("okk_" + "0" * 12 + "_" + "x" * 43)
    looking.page.keyboard.press("Enter")
    expect(looking.page.get_by_role("status")).to_contain_text("入れません")


def test_whoever_signs_out_is_out(look: Look) -> None:
    looking = look()
    mine = kept(looking.page)["token"]
    looking.page.get_by_role("button", name="終わる").click()
    expect(looking.page.locator("#door")).to_be_visible()
    assert kept(looking.page) is None
    assert looking.api.get("/v1/me", role=None, token=mine).status == 401


def test_a_reload_stays_in_until_the_time_is_over(look: Look) -> None:
    looking = look()
    looking.page.reload()
    looking.wait_for_map()
    looking.api.clock.now += dt.timedelta(hours=9)
    looking.refusals.add(401)
    looking.page.reload()
    expect(looking.page.locator("#door-said")).to_contain_text("時間が過ぎた")
    assert kept(looking.page) is None


def test_another_tab_must_come_in_by_itself(look: Look) -> None:
    looking = look()
    other = looking.page.context.new_page()
    other.goto(f"{looking.address}/map")
    expect(other.locator("#door")).to_be_visible()
