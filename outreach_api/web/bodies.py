"""Reads a request's body, packed or not, within its limits: a few kilobytes of gzip can stand for gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from outreach_api.kernel.errors import Refusal
from outreach_api.web.problems import Refused

_PIECE = 65_536
_GZIP = 31  # zlib's window bits for the gzip format (RFC 1952)
_TOO_BIG = Refusal("too_big", 413)


def read_body(request: Request, *, most_unpacked: int) -> bytes:
    """The body, unpacked when it came as gzip. Raises Refused: 413 too big, 415 another coding, 400 bad gzip.

    The limit before unpacking is the request's own (max_content_length); `most_unpacked` bytes are the limit after.
    """
    coding = request.headers.get("Content-Encoding", "").strip().lower() or "identity"
    if coding not in ("identity", "gzip", "x-gzip"):
        raise Refused(Refusal("coding_unknown", 415), {"Accept-Encoding": "gzip"})
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise Refused(_TOO_BIG) from None
    most = request.max_content_length
    if request.content_length is None and most is not None and len(raw) >= most:
        # A body in chunks: werkzeug stops reading at the limit and says nothing.
        raise Refused(_TOO_BIG)
    return raw if coding == "identity" else b"".join(_unpacked(raw, most_unpacked))


def _unpacked(raw: bytes, most: int) -> Iterator[bytes]:
    """The members of a gzip file, piece by piece: no more than the limit is ever unpacked."""
    left = most
    member = zlib.decompressobj(_GZIP)
    for start in range(0, len(raw), _PIECE):  # what follows a member is copied, so never the whole body
        rest = raw[start : start + _PIECE]
        while rest:
            if member.eof:
                member = zlib.decompressobj(_GZIP)
            try:
                piece = member.decompress(rest, min(_PIECE, left + 1))
            except zlib.error:
                raise Refused(Refusal("not_gzip", 400)) from None
            left -= len(piece)
            if left < 0:
                raise Refused(_TOO_BIG)
            rest = member.unused_data if member.eof else member.unconsumed_tail
            yield piece
    while not member.eof:
        piece = member.decompress(b"", min(_PIECE, left + 1))
        if not piece:
            raise Refused(Refusal("not_gzip", 400))  # the network cut it off
        left -= len(piece)
        if left < 0:
            raise Refused(_TOO_BIG)
        yield piece
