"""What may be tried only so often: tokens that are none, and reading what families said."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

import pytest

from outreach_api.app import create_app
from outreach_api.settings import Settings
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from outreach_api.web.resource import _REFUSED_TOKENS
from tests.api import Answer, Api, StandingClock
from tests.http.test_contact_notes import visit_of, write_note
from tests.http.test_note_texts import TEXT, audited, read_text

FAR, PHONE = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def proxied(database: Database, clock: StandingClock, keyring: Keyring) -> Api:
    """An API behind one proxy, where three texts may be read an hour."""
    settings = Settings(proxies=1, texts_per_hour=3)
    return Api(create_app(settings, database=database, keyring=keyring, now=clock), database, clock)


def guess(api: Api, address: str = FAR, token: str = "") -> Answer:
    token = token or f"oc_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"
    return api.get("/v1/me", token=token, headers={"X-Forwarded-For": address})


def guess_too_often(api: Api, address: str = FAR) -> None:
    for _ in range(_REFUSED_TOKENS.most):
        assert guess(api, address).status == 401


def test_whoever_tries_many_tokens_that_are_none_is_told_to_wait(proxied: Api) -> None:
    guess_too_often(proxied)
    refused = guess(proxied)
    assert (refused.status, refused.code) == (429, "too_many_attempts")
    assert refused.headers["Retry-After"] == "600"
    proxied.clock.forward(minutes=9)
    assert guess(proxied).headers["Retry-After"] == "60"
    proxied.clock.forward(minutes=1)
    assert guess(proxied).status == 401


def test_a_valid_token_is_never_held_up_by_what_others_try_from_its_address(proxied: Api) -> None:
    guess_too_often(proxied)
    assert guess(proxied).status == 429
    assert guess(proxied, token=proxied.token("crew")).status == 200


def test_other_addresses_are_not_held_up(proxied: Api) -> None:
    guess_too_often(proxied)
    assert guess(proxied, PHONE).status == 401


def test_addresses_of_one_home_count_together_and_forged_ones_do_not_help(proxied: Api) -> None:
    for number in range(_REFUSED_TOKENS.most):
        assert guess(proxied, f"10.0.0.{number}, 2001:db8:1:2:{number:x}::1").status == 401
    assert guess(proxied, "2001:db8:1:2::ffff").status == 429


def test_no_token_at_all_is_no_attempt(proxied: Api) -> None:
    for _ in range(_REFUSED_TOKENS.most + 5):
        assert proxied.get("/v1/me", role=None).status == 401


@pytest.fixture
def note(proxied: Api) -> str:
    return write_note(proxied, visit_of(proxied), text=TEXT)


def test_a_holder_opens_so_many_texts_an_hour_and_one_more_is_refused_and_recorded(
    proxied: Api, note: str
) -> None:
    assert [read_text(proxied, note).status for _ in range(3)] == [200, 200, 200]
    refused = read_text(proxied, note)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "3600")
    assert TEXT not in refused.text
    assert [row[3] for row in audited(proxied)] == ["allowed"] * 3 + ["denied: too_many_attempts"]
    proxied.clock.forward(hours=1)
    assert read_text(proxied, note).status == 200


def test_what_is_refused_again_and_again_fills_neither_audit_nor_disk(proxied: Api, note: str) -> None:
    for _ in range(10):
        read_text(proxied, note)
    assert [row[3] for row in audited(proxied)] == ["allowed"] * 3 + ["denied: too_many_attempts"]


def test_refused_attempts_to_open_a_text_count_too(proxied: Api, note: str) -> None:
    for _ in range(3):
        assert read_text(proxied, note, purpose=None).status == 422
    assert read_text(proxied, note).status == 429


def test_another_holder_is_not_held_up(proxied: Api, note: str) -> None:
    for _ in range(4):
        read_text(proxied, note)
    other = proxied.token("safeguarding", another=True)
    assert read_text(proxied, note, token=other).status == 200


def test_texts_and_what_phones_could_not_send_count_together(proxied: Api, note: str) -> None:
    for _ in range(3):
        read_text(proxied, note)
    somewhere = f"/v1/sync/rejections/{note}/content?purpose=safeguarding"
    assert proxied.get(somewhere, role="safeguarding").status == 429


NO_CONTENT = ("readShiftPins", "printRunSheet", "printReceipt", "drawSuggestion")


def test_every_read_that_shows_what_somebody_said_is_limited(api: Api) -> None:
    """Audited reads of single things show content, but for PINs that the office reads out, and plans that are printed."""
    from outreach_api.web.declared import declared_of

    opening: list[Any] = []
    for rule in api.app.url_map.iter_rules():
        view = getattr(api.app.view_functions[rule.endpoint], "view_class", None)
        get = getattr(view, "get", None)
        if get is not None and declared_of(get).audited_as not in (None, *NO_CONTENT):
            opening.append(declared_of(get))
    assert len(opening) >= 2
    assert all(declared.opens_text for declared in opening)


def test_the_windows_are_short_enough_to_wait_for() -> None:
    assert _REFUSED_TOKENS.window <= dt.timedelta(minutes=10)
