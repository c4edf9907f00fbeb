"""How the examples ask the API a question: one GET with a token. Nothing but the standard library.

OUTREACH_URL says where the server is, OUTREACH_TOKEN who asks (`outreach token --role coordinator --label examples`).
"""

from __future__ import annotations

import http.client
import json
import os
import sys
from typing import Any
from urllib.parse import urlencode, urlsplit


def ask(path: str, **query: str) -> Any:
    """The answer's JSON: ask("/v1/reports/week/2026-W47", version="1"). Ends the script where there is none."""
    server = urlsplit(os.environ.get("OUTREACH_URL", "http://127.0.0.1:8000"))
    plain = server.scheme == "http"
    # Neither class follows a redirect, which would carry the token to somebody else.
    make = http.client.HTTPConnection if plain else http.client.HTTPSConnection
    token = os.environ.get("OUTREACH_TOKEN")
    headers = {"Accept-Language": "ja", **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        connection = make(server.netloc, timeout=60)
        connection.request("GET", f"{server.path}{path}?{urlencode(query)}", headers=headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError) as fault:
        sys.exit(f"{server.geturl()} では受け取れません: {fault}")
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status} {said.get('title')} {said.get('detail') or ''}")
    return said
