"""The pages around the API: nothing on them leads nowhere, and none asks anything of another host."""

from __future__ import annotations

import re

import pytest

from tests.api import Api


@pytest.mark.parametrize(("language", "said"), [("ja", "だれでも見られるもの"), ("en", "For everybody")])
def test_every_link_of_the_start_page_leads_somewhere(api: Api, language: str, said: str) -> None:
    page = api.get("/", role=None, headers={"Accept-Language": language})
    assert said in page.text
    assert f'<html lang="{language}">' in page.text
    links = re.findall(r'href="([^"]+)"', page.text)
    assert len(links) > 5
    for link in links:
        assert api.get(link, role=None).status == 200, link


@pytest.mark.parametrize("path", ["/", "/docs", "/when", "/pair"])
def test_a_page_works_without_any_other_host(api: Api, path: str) -> None:
    page = api.get(path, role=None)
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page.text) == []
    (icon,) = re.findall(r'rel="icon" href="([^"]+)"', page.text)
    assert api.get(icon, role=None).headers["Content-Type"].startswith("image/"), (
        "or browsers ask for another"
    )
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy


def test_the_docs_bring_all_their_files(api: Api) -> None:
    files = re.findall(r'(?:src|href)="(/docs/[^"]+)"', api.get("/docs", role=None).text)
    assert len(files) >= 4
    for file in files:
        assert api.get(file, role=None).status == 200, file
    assert api.get("/docs/..%2fpages.py", role=None).status == 404
