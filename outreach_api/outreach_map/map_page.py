"""The page /map: its files, served from memory, and Leaflet's from its package. Who looks is settled by the API alone."""

from __future__ import annotations

import hashlib
import html
import importlib.util
import re
import string
from functools import cache
from pathlib import Path

import orjson
from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue

from outreach_api.kernel.week import local_day
from outreach_api.messages import TEXTS, Language, say
from outreach_api.web.every_request import POLICY
from outreach_api.web.problems import language
from outreach_api.web.services import services

_OURS = Path(__file__).parent / "page"
_PAGE = "map.html"
_FILES = "/map/files"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_LEAFLET = ("leaflet.js", "leaflet.css")
_TEXT = "map_page."
_TEXT_PLACE = re.compile(r'data-text="(\w+)">')
_LABEL_PLACE = re.compile(r'data-label="(\w+)"')
# The only other place that the page may ever load anything from, and only if the installer wants a base map.
_TILES = "https://cyberjapandata.gsi.go.jp"
_FOR_EVER = "public, max-age=31536000, immutable"


def register(app: Flask) -> None:
    app.add_url_rule("/map", view_func=map_page)
    app.add_url_rule(f"{_FILES}/<version>/<name>", view_func=map_file)


def map_page() -> ResponseReturnValue:
    """The same for everybody: what it shows comes from the API, and only to who is signed in."""
    settings = services().settings
    wished = request.args.get("lang")
    lang: Language = "en" if wished == "en" else "ja" if wished == "ja" else language()
    given = {
        "lang": lang,
        "title": _said("title", lang),
        "files": f"{_FILES}/{_version()}",
        "base_map": settings.base_map,
        "organisation": settings.organisation,
        "today": local_day(services().now()),
        "coverage_days": settings.coverage_days,
        "gap_full_days": settings.gap_full_days,
        "catchment_m": settings.catchment_m,
    }
    template = string.Template((_OURS / _PAGE).read_text(encoding="utf-8"))
    escaped = {name: html.escape(str(value)) for name, value in given.items()}
    text = template.substitute(escaped, preloads=_preloads(escaped["files"]))
    text = _TEXT_PLACE.sub(lambda place: place[0] + html.escape(_said(place[1], lang)), text)
    text = _LABEL_PLACE.sub(
        lambda place: f'{place[0]} aria-label="{html.escape(_said(place[1], lang))}"', text
    )
    response = Response(text, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _policy(settings.base_map)
    response.headers["Content-Language"] = lang
    return response


def map_file(version: str, name: str) -> ResponseReturnValue:
    """A file of the page. Its address changes with any of them, so that no two versions ever meet in a browser."""
    if version != _version() or name not in _files():
        abort(404)
    response = Response(_files()[name], content_type=_TYPES[Path(name).suffix])
    response.headers["Cache-Control"] = _FOR_EVER
    response.add_etag()
    return response.make_conditional(request)


def _policy(base_map: str) -> str:
    pictures = "'self' data:" if base_map == "none" else f"'self' data: {_TILES}"
    return f"{POLICY}; script-src 'self'; style-src 'self'; img-src {pictures}; connect-src 'self'"


def _preloads(files: str) -> str:
    """All scripts at once: by their imports a browser would find them in five rounds, one after the other."""
    scripts = (name for name in _files() if name.endswith(".js") and name not in _LEAFLET)
    return "\n".join(f'<link rel="modulepreload" href="{files}/{name}">' for name in scripts)


def _said(code: str, lang: Language) -> str:
    return say(f"map_page.{code}", lang)


@cache
def _files() -> dict[str, bytes]:
    """From memory and in one piece: whoever reads a file slowly would hold a thread for as long."""
    files = {path.name: path.read_bytes() for path in sorted(_OURS.iterdir()) if path.suffix in _TYPES}
    leaflet = importlib.util.find_spec("xstatic.pkg.leaflet")
    if leaflet is None or leaflet.origin is None:
        raise RuntimeError("the package xstatic-leaflet is not installed")
    for name in _LEAFLET:
        files[name] = (Path(leaflet.origin).parent / "data" / name).read_bytes()
    words = {code.removeprefix(_TEXT): list(text) for code, text in TEXTS.items() if code.startswith(_TEXT)}
    files["words.js"] = b"export default " + orjson.dumps(words) + b";\n"
    return files


@cache
def _version() -> str:
    seen = hashlib.blake2b(digest_size=8)
    for name, content in sorted(_files().items()):
        seen.update(name.encode() + b"\0" + content)
    return seen.hexdigest()
