"""How often something may be tried within a time, counted in the database for all workers together."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from flask import request

from outreach_api.kernel.errors import Refusal
from outreach_api.storage import attempts
from outreach_api.web.problems import Refused
from outreach_api.web.senders import sender
from outreach_api.web.services import services


@dataclass(frozen=True, slots=True)
class Limit:
    """`what` is tried, as a word; at most `most` times in a window, which begins with the first attempt."""

    what: str
    most: int
    window: dt.timedelta


class TooOften(Refused):
    """429, with Retry-After. `is_first`: of those that are too many in this window."""

    def __init__(self, seconds: int, *, is_first: bool) -> None:
        super().__init__(
            Refusal("too_many_attempts", 429, {"seconds": seconds}), {"Retry-After": str(seconds)}
        )
        self.is_first = is_first


def try_once(limit: Limit, who: str | bytes) -> None:
    """Note an attempt. Raises TooOften; from the second that is too many on, attempts write nothing.

    Call it outside the request's own transaction, which would otherwise hold up the note, or take it back.
    """
    here = services()
    now = here.now()
    bucket = attempts.bucket_of(here.attempts_key, limit.what, who)
    tried, ends_at = attempts.so_far(here.database, bucket, now, limit.window)
    is_counted = tried <= limit.most
    if is_counted:
        tried = attempts.count(here.database, bucket, now, limit.window)
    if tried > limit.most:
        raise TooOften(max(1, math.ceil((ends_at - now).total_seconds())), is_first=is_counted)


def address() -> str:
    """Where this request came from, as limits count it."""
    return sender(request, proxies=services().settings.proxies)
