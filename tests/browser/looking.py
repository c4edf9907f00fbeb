"""Somebody who looks at the page /map, and what their browser said meanwhile."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.api import Api
from tests.browser.town import Town

READY_MS = 20_000


class Looking:
    """A page with its town. `refusals`: statuses that the test expects, which browsers write into their console."""

    def __init__(self, page: Page, api: Api, town: Town, address: str) -> None:
        self.page, self.api, self.town, self.address = page, api, town, address
        self.asked: list[str] = []
        self.said: list[str] = []
        self.refusals: set[int] = set()
        page.set_default_timeout(READY_MS)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda fault: self.said.append(f"fault: {fault}"))

    def link(self, role: str) -> str:
        """A link to the map, as the API gives it, at the address where it is served here."""
        made = self.api.post("/v1/map-links", {}, role=role)
        return f"{self.address}/map#{made.json['link'].partition('#')[2]}"

    def come_in(self, role: str) -> None:
        self.page.goto(self.link(role))
        self.wait_for_map()

    def wait_for_map(self) -> None:
        expect(self.page.locator("#legend .legend-lines").first).to_be_visible(timeout=READY_MS)
        self.settle()

    def settle(self) -> None:
        """Until nothing more is asked of the server."""
        expect(self.page.locator("#map-part:not([aria-busy])")).to_be_attached()
        self.page.wait_for_load_state("networkidle")

    def texts(self, selector: str) -> list[str]:
        return self.page.locator(selector).all_inner_texts()

    def assert_quiet(self) -> None:
        """Nothing was asked of any other server, and the console is empty but for what the test expects."""
        elsewhere = [url for url in self.asked if not url.startswith((self.address, "data:", "blob:"))]
        assert elsewhere == []
        expected = {f"status of {status}" for status in self.refusals}
        assert [line for line in self.said if not any(one in line for one in expected)] == []
