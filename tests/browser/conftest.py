"""The page /map in a real browser, headless, as people meet it: one browser and one server for all tests of a worker.

The browser is the machine's own (chromium or Chrome); without one the tests are skipped, and with "browser" in
OUTREACH_REQUIRE they fail instead. They run on SQLite only: what differs between databases, other tests ask.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from map_bench.browser import FLAGS, NAMES, installed
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from outreach_api.app import create_app
from outreach_api.settings import Settings
from outreach_api.storage import migrate
from outreach_api.storage.attempts import Attempt
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from tests.api import Api, StandingClock
from tests.browser.looking import Looking
from tests.browser.town import Town, make_town
from tests.conftest import START


class _Silent(WSGIRequestHandler):
    """On one connection as long as the browser likes, without a line for each answer."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        pass


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = installed()
    if executable is None:
        reason = f"no browser is installed here (looked for {', '.join(NAMES)})"
        if "browser" in os.environ.get("OUTREACH_REQUIRE", "").split(","):
            pytest.fail(f"OUTREACH_REQUIRE names browser, but {reason}", pytrace=False)
        pytest.skip(reason)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def town_api(keyring: Keyring, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The API with a small town in it, which the tests only look at."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('town') / 'outreach.db'}", pool_size=8)
    migrate.upgrade(database)
    clock = StandingClock(START)
    app = create_app(Settings(), database=database, keyring=keyring, now=clock)
    yield Api(app, database, clock)
    database.close()


@pytest.fixture(scope="package")
def town(town_api: Api) -> Town:
    return make_town(town_api)


@pytest.fixture(scope="package")
def address(town_api: Api) -> Iterator[str]:
    """Where the API is served."""
    server = make_server("127.0.0.1", 0, town_api.app, threaded=True, request_handler=_Silent)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def look(browser: Browser, town_api: Api, town: Town, address: str) -> Iterator[Callable[..., Looking]]:
    """Opens the page as somebody; whatever went wrong in the browser meanwhile fails the test."""
    opened: list[Looking] = []
    town_api.clock.now = START
    with town_api.database.write() as session:
        session.execute(sa.delete(Attempt))  # all tests come from one address, at one time

    def open_page(
        role: str | None = "coordinator", *, size: tuple[int, int] = (1440, 900), **how: Any
    ) -> Looking:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, **{"locale": "ja-JP", **how}
        )
        looking = Looking(context.new_page(), town_api, town, address)
        opened.append(looking)
        if role is not None:
            looking.come_in(role)
        return looking

    yield open_page
    for looking in opened:
        looking.page.context.close()
    for looking in opened:
        looking.assert_quiet()


@pytest.fixture
def page(look: Callable[..., Looking]) -> Page:
    """The map on a desk, for a coordinator."""
    return look().page
