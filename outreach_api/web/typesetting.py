"""Pages as PDF, set by typst from a template and data. Data stay data: no word from outside can become markup."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from outreach_api.kernel.errors import Refusal
from outreach_api.web.problems import Refused

if TYPE_CHECKING:
    import typst

_FONT_PACKAGES = ("pylopdf_fonts_jp", "manimgx_fonts")
_SECONDS_TO_WAIT = 10.0
_one_at_a_time = threading.Lock()
"""Pages keep a processor busy for some tenths of a second: the crews' requests come first."""


def set_pages(template: bytes, data: Mapping[str, Any], made_at: dt.datetime) -> bytes:
    """The PDF of a template, which finds `data` as JSON in sys.inputs.data. The same gives the same bytes.

    `made_at` is what it says as its time of making. Raises Refused (`busy`) when others' pages take too long. Never
    call it inside a database transaction.
    """
    # Loaded only here: most processes never set a page.
    import typst

    if not _one_at_a_time.acquire(timeout=_SECONDS_TO_WAIT):
        raise Refused(Refusal("busy", 503), {"Retry-After": "10"})
    try:
        return typst.compile(
            template,
            font_paths=_fonts(),
            sys_inputs={"data": orjson.dumps(data).decode()},
            timestamp=int(made_at.timestamp()),
        )
    finally:
        _one_at_a_time.release()


@cache
def _fonts() -> typst.Fonts:
    """Noto Sans JP, and fonts of other scripts and of signs, each from its package, whose code is not run.

    No font of the machine: the same report would look otherwise elsewhere.
    """
    import typst

    return typst.Fonts(
        include_system_fonts=False, font_paths=[_folder(package) for package in _FONT_PACKAGES]
    )


def _folder(package: str) -> str:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise FileNotFoundError(package)
    return str(Path(found.origin).parent)
