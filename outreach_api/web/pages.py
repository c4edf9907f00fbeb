"""What stands around the API: the start page, /docs without any outside request, the description, health."""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path

import flask_swagger_ui
import sqlalchemy as sa
from flask import Flask, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import counter
from outreach_api.messages import say
from outreach_api.web.every_request import POLICY
from outreach_api.web.openapi import EXAMPLE_KEY
from outreach_api.web.problems import language, problem_response
from outreach_api.web.services import services

_DOCS_FILES = Path(flask_swagger_ui.__file__).parent / "dist"
_DOCS_ALLOWED = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}
# Swagger UI brings its own pictures as data; styles it sets one by one, which needs no leave.
DOCS_POLICY = f"{POLICY}; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
PAGE_POLICY = f"{POLICY}; style-src 'self'; img-src 'self'"

# The form shows one example of a key. Sent as it is, it would be refused from the second change on: each gets its own.
_DOCS_START = """function freshKey() {
  var bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  var hex = Array.from(bytes, function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
window.addEventListener("load", function () {
  SwaggerUIBundle({
    requestInterceptor: function (request) {
      var headers = request.headers || {};
      if (headers["Idempotency-Key"] === "EXAMPLE_KEY") { headers["Idempotency-Key"] = freshKey(); }
      return request;
    },
    url: "/openapi.json",
    dom_id: "#docs",
    validatorUrl: null,
    deepLinking: true,
    docExpansion: "none",
    persistAuthorization: false
  });
});
""".replace("EXAMPLE_KEY", EXAMPLE_KEY)

_STYLE = """:root { color-scheme: light dark; }
body { font: 1.05rem/1.7 system-ui, sans-serif; max-width: 44rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.3; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .2rem; }
dt { font-weight: 600; margin-top: .8rem; }
dd { margin: 0; }
p, li, dd { text-wrap: pretty; }
li { margin-top: .3rem; }
a { color: inherit; overflow-wrap: anywhere; }
a:focus-visible { outline: 3px solid; outline-offset: 2px; }
"""

# A lollipop: without one of its own, browsers ask for /favicon.ico and note the 404 as an error of the page.
_ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<path d="M16 14v17" stroke="#a67c52" stroke-width="3" stroke-linecap="round"/>
<circle cx="16" cy="13" r="12" fill="#d6336c"/>
<path d="M16 13a2 2 0 0 1 3 2 4 4 0 0 1-7 1 6 6 0 0 1 4-9 8 8 0 0 1 8 7"
 fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round"/>
</svg>
"""

# (heading, [(address, what stands there)]), each in Japanese and English.
_LINKS = (
    (
        ("だれでも見られるもの", "For everybody"),
        (
            ("/when", "くるくるが来る日", "when the van comes"),
            (
                "/v1/public/timetable.ics",
                "カレンダーに入れる（iCalendar）",
                "the same for a calendar (iCalendar)",
            ),
            ("/v1/public/timetable.json", "出店予定（JSON）", "the same as JSON"),
            ("/reach", "くるくるが行ったところ", "where the van has been"),
            ("/v1/public/reach.csv", "公表した数（CSV）", "the figures that were released (CSV)"),
        ),
    ),
    (
        ("なかの人へ", "For those inside"),
        (
            (
                "/map",
                "アウトリーチマップ：どこに子どもがいて、どこへ行けたか",
                "the outreach map: where children live, where the van was",
            ),
        ),
    ),
    (
        ("アプリと報告をつくる人へ", "For those who build apps and reports"),
        (
            ("/docs", "API の説明書。ここで試せます", "the API, to read and to try out"),
            ("/openapi.json", "API の定義（OpenAPI 3.1）", "its description (OpenAPI 3.1)"),
        ),
    ),
    (
        ("見守る人へ", "For those who watch over it"),
        (
            ("/livez", "動いているか", "is it alive"),
            ("/readyz", "使えるか", "is it ready"),
        ),
    ),
)
_NEEDS_TOKEN = (
    "週報（/v1/reports/week/2026-W47 の形）と地図（/v1/map/reach など、GIS で開ける GeoJSON）には、"
    "トークンが必要です。",
    "The weekly report (as /v1/reports/week/2026-W47) and the map (/v1/map/reach and others, GeoJSON for any GIS "
    "program) need a token.",
)


def register(app: Flask) -> None:
    app.add_url_rule("/", view_func=start)
    app.add_url_rule("/style.css", view_func=style)
    app.add_url_rule("/icon.svg", view_func=icon)
    app.add_url_rule("/docs", view_func=docs)
    app.add_url_rule("/docs/<name>", view_func=docs_file)
    app.add_url_rule("/pair", view_func=pair)
    app.add_url_rule("/openapi.json", view_func=description)
    app.add_url_rule("/livez", view_func=livez)
    app.add_url_rule("/readyz", view_func=readyz)


def start() -> ResponseReturnValue:
    lang = language()
    name = html.escape(services().settings.organisation)
    title = f"{name} — 移動アウトリーチ API" if lang == "ja" else f"{name} — mobile outreach API"
    words = 0 if lang == "ja" else 1
    sections = "\n".join(
        f"<h2>{heading[words]}</h2>\n<dl>\n"
        + "\n".join(f'<dt><a href="{to}">{to}</a></dt><dd>{said[words]}</dd>' for to, *said in links)
        + "\n</dl>"
        for heading, links in _LINKS
    )
    return page(title, f"<h1>{title}</h1>\n{sections}\n<p>{_NEEDS_TOKEN[words]}</p>", lang)


def pair() -> ResponseReturnValue:
    """Where a phone's own camera ends up. What stands after the # stays in the browser: nothing of it comes here."""
    lang = language()
    title = say("pair_title", lang)
    steps = "".join(
        f"<li>{say(step, lang)}</li>" for step in ("pair_step_app", "pair_step_scan", "pair_step_type")
    )
    before, after = say("pair_intro", lang), say("pair_new_code", lang)
    return page(title, f"<h1>{title}</h1>\n<p>{before}</p>\n<ol>{steps}</ol>\n<p>{after}</p>", lang)


def page(title: str, body: str, lang: str, *, style: str = "") -> Response:
    """A plain page; title and body must be escaped already. `style`: the address of a style sheet of its own."""
    own_style = f'<link rel="stylesheet" href="{style}">' if style else ""
    text = (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f'<link rel="stylesheet" href="/style.css">{own_style}<link rel="icon" href="/icon.svg">'
        f"</head>\n<body><main>\n{body}\n</main></body></html>\n"
    )
    response = Response(text, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    response.headers["Content-Language"] = lang
    return response


def style() -> ResponseReturnValue:
    return Response(_STYLE, content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=3600"})


def icon() -> ResponseReturnValue:
    return Response(_ICON, content_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})


def docs() -> ResponseReturnValue:
    text = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>kurukuru outreach API</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/favicon-32x32.png">'
        '</head><body><div id="docs"></div><script src="/docs/swagger-ui-bundle.js"></script>'
        '<script src="/docs/start.js"></script></body></html>\n'
    )
    response = Response(text, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = DOCS_POLICY
    return response


def docs_file(name: str) -> ResponseReturnValue:
    if name == "start.js":
        return Response(_DOCS_START, content_type="text/javascript; charset=utf-8")
    if name not in _DOCS_ALLOWED:
        abort(404)
    # From memory and in one piece: whoever reads a file slowly would hold a thread for as long.
    response = Response(_docs_bytes(name), content_type=_DOCS_ALLOWED[name])
    response.headers["Cache-Control"] = "max-age=86400"
    response.add_etag()
    return response.make_conditional(request)


@cache
def _docs_bytes(name: str) -> bytes:
    return (_DOCS_FILES / name).read_bytes()


def description() -> ResponseReturnValue:
    response = jsonify(current_app.extensions["outreach_openapi"])
    response.add_etag()
    return response.make_conditional(request)


def livez() -> ResponseReturnValue:
    return jsonify({"status": "alive"})


def readyz() -> ResponseReturnValue:
    """Ready when the database answers and is migrated."""
    try:
        with services().database.read() as session:
            number, _ = counter.current(session)
    except sa.exc.SQLAlchemyError:
        return problem_response(Refusal("not_ready", 503))
    return jsonify({"status": "ready", "change_no": number})
