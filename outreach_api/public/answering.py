"""How what anyone may see is answered: in the language and with the readings that were wished for, and asked again."""

from __future__ import annotations

import hashlib

from flask import Response, g, request

from outreach_api.messages import Language
from outreach_api.public.readings import Reader
from outreach_api.web.problems import language

# Whoever keeps it asks every time whether it still holds (a 304 is short): what is cancelled must show at once.
_CACHE = "public, no-cache"
_OF_PAGES = ("Content-Security-Policy", "Content-Language")
PAGE_WISHES = [
    {
        "name": "lang",
        "in": "query",
        "required": False,
        "schema": {"type": "string", "enum": ["ja", "en"]},
        "description": "Default: as Accept-Language says, else Japanese.",
    },
    {
        "name": "furigana",
        "in": "query",
        "required": False,
        "schema": {"type": "string", "enum": ["1"]},
        "description": "1: with readings over the kanji.",
    },
]


def reader() -> Reader:
    """Who reads the page, as its address or else the browser says."""
    wished = request.args.get("lang")
    lang: Language = "en" if wished == "en" else "ja" if wished == "ja" else language()
    return Reader(lang, furigana=request.args.get("furigana") == "1")


def cached(body: bytes, content_type: str) -> Response:
    return conditional(Response(body, content_type=content_type))


def conditional(response: Response) -> Response:
    """Its ETag is a hash of the body alone: the change counter would show that something hidden changed."""
    g.etag = hashlib.blake2b(response.get_data(), digest_size=12).hexdigest()
    if request.if_none_match.contains_weak(g.etag):
        # Browsers put these in the place of those that they kept: without its policy the page would lose its style.
        kept = {name: response.headers[name] for name in _OF_PAGES if name in response.headers}
        response = Response(status=304, headers=kept)
    response.headers["Cache-Control"] = _CACHE
    return response
