"""The page /map as a server gives it: its own files only, strict about what may run, the same for everybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import outreach_api.outreach_map
from outreach_api.app import create_app
from outreach_api.messages import TEXTS
from outreach_api.settings import Settings
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from tests.api import Answer, Api, StandingClock
from tests.http.test_roles import ONE_DATABASE

PAGE = Path(outreach_api.outreach_map.__file__).parent / "page"
PREFIX = "map_page."
# Made of a word and what follows it: say(`status_${stop.status}`).
MADE = {
    "m": ("people", "missed", "covered", "since", "visits", "attendance", "came", "rate"),
    "n": ("people", "times", "weeks", "rate"),
    "l": ("stops", "visits", "catchments", "gaps", "outlines"),
    "t": ("ground", "gaps", "stops", "visits"),
    "s_covered": ("children", "residents"),
    "status": ("requested", "talking", "agreed", "paused", "ended"),
    "publicity": ("public", "area_only", "members"),
}


def files_of(page: Answer) -> list[str]:
    return re.findall(r'(?:src|href)="(/map/files/[^"]+)"', page.text)


def policy_of(page: Answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in page.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize(
    ("wished", "language", "said"), [("", "ja", "地図を見る"), ("?lang=en", "en", "Open the map")]
)
def test_it_is_there_in_both_languages(api: Api, wished: str, language: str, said: str) -> None:
    page = api.get(f"/map{wished}", role=None)
    assert page.status == 200
    assert f'<html lang="{language}">' in page.text
    assert said in page.text
    assert api.get("/map", role=None, headers={"Accept-Language": language}).text == page.text


def test_it_says_nothing_that_needs_a_token(api: Api) -> None:
    assert api.get("/map", role=None).text == api.get("/map", role="admin").text


def test_only_our_own_files_may_run(api: Api) -> None:
    page = api.get("/map", role=None)
    policy = policy_of(page)
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["default-src"] == "'none'"
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", page.text), (
        "nothing stands in the page"
    )


@ONE_DATABASE
@pytest.mark.parametrize("kind", ["std", "pale"])
def test_a_base_map_is_the_only_other_place_and_only_for_pictures(
    database: Database, clock: StandingClock, keyring: Keyring, kind: str
) -> None:
    api = Api(
        create_app(Settings(base_map=kind), database=database, keyring=keyring, now=clock), database, clock
    )
    page = api.get("/map", role=None)
    assert f'data-base-map="{kind}"' in page.text
    policy = policy_of(page)
    assert policy.pop("img-src") == "'self' data: https://cyberjapandata.gsi.go.jp"
    assert "https" not in " ".join(policy.values())


@ONE_DATABASE
def test_what_the_installer_wrote_is_text(database: Database, clock: StandingClock, keyring: Keyring) -> None:
    settings = Settings(organisation='"><script>alert(1)</script>${lang}')
    api = Api(create_app(settings, database=database, keyring=keyring, now=clock), database, clock)
    page = api.get("/map", role=None)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;${lang}" in page.text


def test_its_files_are_kept_for_ever_under_an_address_of_this_version(api: Api) -> None:
    files = files_of(api.get("/map", role=None))
    assert len(files) >= 5
    for file in files:
        first = api.get(file, role=None)
        assert first.status == 200
        assert "immutable" in first.headers["Cache-Control"]
        again = api.get(file, role=None, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status, again.text) == (304, "")
    folder = files[0].rpartition("/")[0]
    script = "text/javascript; charset=utf-8"
    assert api.get(f"{folder}/main.js", role=None).headers["Content-Type"] == script
    for wrong in (
        f"{folder}/map.html",
        f"{folder}/..%2fmap_page.py",
        f"{folder}x/main.js",
        f"{folder}/nothing.js",
    ):
        assert api.get(wrong, role=None).status == 404, wrong


def test_what_its_scripts_import_is_there(api: Api) -> None:
    folder = files_of(api.get("/map", role=None))[0].rpartition("/")[0]
    for script in PAGE.glob("*.js"):
        for imported in re.findall(r'from "\./([^"]+)"', script.read_text(encoding="utf-8")):
            assert api.get(f"{folder}/{imported}", role=None).status == 200, (script.name, imported)


def used() -> set[str]:
    """The codes of all texts that the page and its scripts name."""
    page = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PAGE.iterdir()))
    found = set(re.findall(r'\bsay\(\s*"(\w+)"', page) + re.findall(r'data-(?:text|label)="(\w+)"', page))
    for choice in re.findall(r"\bsay\([^\"`]*\? \"(\w+)\" : \"(\w+)\"", page):
        found |= set(choice)
    for before in re.findall(r"\bsay\(`(\w+)_\$\{", page):
        found |= {f"{before}_{after}" for after in MADE[before]}
    winds = re.search(r"WINDS = \[([^\]]+)\]", page)
    assert winds is not None
    return (
        found
        | set(re.findall(r'"(\w+)"', winds[1]))
        | {f"m_{name}_residents" for name in ("people", "missed", "covered")}
    )


def test_every_text_is_there_and_every_one_is_used() -> None:
    there = {code.removeprefix(PREFIX) for code in TEXTS if code.startswith(PREFIX)} - {"title"}
    assert used() - {"title"} == there


def test_nothing_is_ever_written_as_markup() -> None:
    """All that people wrote becomes text; so no script may use what takes markup."""
    for script in PAGE.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|bindPopup|bindTooltip|eval\(", text
        ), script.name
