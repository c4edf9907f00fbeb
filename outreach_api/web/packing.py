"""Packs answers as gzip for clients that ask: on a phone's bad network every packet counts."""

from __future__ import annotations

import gzip

from flask import Response, request

_WORTH_IT = 1_400  # bytes; less fits into one packet anyway
_LEVEL = 4  # of 9: JSON shrinks to a tenth, in a fraction of the time that the last percents cost


def packed(response: Response) -> Response:
    """The answer, packed when the request accepts gzip and it is worth it."""
    body = response.get_data()
    if len(body) < _WORTH_IT or "Content-Encoding" in response.headers:
        return response
    if request.accept_encodings.quality("gzip") <= 0:
        return response
    response.set_data(gzip.compress(body, _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
