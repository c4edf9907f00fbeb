"""The one place that writes logs: a JSON object a line, of fields from a fixed list, none of which can hold a value.

What libraries log, warnings and tracebacks come through here too. Of them stays where it happened and which type of
error it was; messages, their arguments and the texts of exceptions are dropped, because a note, a token or a
telephone number may stand in them: SQLAlchemy logs rows, PostgreSQL quotes the value that was there already.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import logging.config
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any, TypedDict, Unpack

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_TOLD = "told"
# What a route's rule, a type's name or a place in a program looks like. No note and no address does.
_WORD = re.compile(r"[A-Za-z0-9_./:<>{}()\-, ]{1,200}", re.ASCII)
_MOST_FRAMES, _MOST_CAUSES = 40, 5
_HERE = Path(__file__).resolve().parents[2]


class Fields(TypedDict, total=False):
    """All that a line may say besides time, level, event, request id and worker."""

    method: str
    route: str
    """The rule (/v1/visits/<uuid:visit_id>), never the path nor what follows the ?."""
    status: int
    code: str
    """Why it was refused."""
    milliseconds: float
    role: str
    kind: str
    version: int
    database_code: str
    """SQLSTATE, or SQLite's name of an error."""
    connections: int
    seconds: float


_FIELDS = tuple(Fields.__annotations__)


def tell(
    log: logging.Logger, level: int, event: str, fault: BaseException | None = None, **fields: Unpack[Fields]
) -> None:
    """Write a line. `event` is a word of the program's own; of `fault` its type and where it happened are kept."""
    if log.isEnabledFor(level):
        log.log(level, event, exc_info=fault, extra={_TOLD: fields}, stacklevel=2)


class Lines(logging.Formatter):
    """Makes a line of any record. What did not come through `tell` keeps its logger and place in the program."""

    def format(self, record: logging.LogRecord) -> str:
        told: Fields | None = getattr(record, _TOLD, None)
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": "said" if told is None else _word(record.msg),
            "logger": _word(record.name),
        }
        if told is None:
            line["at"] = _place(record.pathname, record.lineno, record.funcName)
        line["request_id"] = REQUEST_ID.get()
        line["worker"] = record.process
        line.update((name, _value(told[name])) for name in _FIELDS if told is not None and name in told)  # type: ignore[literal-required]
        fault = record.exc_info[1] if record.exc_info else None
        if fault is not None:
            line.update(bare(fault))
        return json.dumps(line)


def bare(fault: BaseException) -> dict[str, Any]:
    """An exception without its text: its type, where it was raised, and the same of what led to it."""
    first, *others = _chain(fault)
    said = _without_text(first)
    if others:
        said["causes"] = [_without_text(other) for other in others]
    return said


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """An exception and its causes, the latest first, each once."""
    seen: list[BaseException] = []
    found: BaseException | None = fault
    while found is not None and len(seen) <= _MOST_CAUSES and not any(found is one for one in seen):
        yield found
        seen.append(found)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _without_text(fault: BaseException) -> dict[str, Any]:
    frames = [
        _place(frame.f_code.co_filename, line, frame.f_code.co_name)
        for frame, line in traceback.walk_tb(fault.__traceback__)
    ]
    named = type(fault)
    return {"error": _word(f"{named.__module__}.{named.__qualname__}"), "frames": frames[-_MOST_FRAMES:]}


def _place(file: str, line: int | None, function: str | None) -> str:
    """As outreach_api/app.py:60 create_app: not where the installer keeps it."""
    path = Path(file)
    parts = path.parts
    if path.is_relative_to(_HERE):
        parts = path.relative_to(_HERE).parts
    for folder in ("site-packages", "dist-packages"):
        if folder in parts:
            parts = parts[len(parts) - parts[::-1].index(folder) :]
    return _word(f"{'/'.join(parts[-5:])}:{line or 0} {function or ''}".rstrip())


def _value(value: object) -> object:
    return _word(value) if isinstance(value, str) else value if isinstance(value, int | float) else "?"


def _word(text: object) -> str:
    return text if isinstance(text, str) and _WORD.fullmatch(text) else "?"


class _ToStderr(logging.StreamHandler[Any]):
    """Writes to what is stderr now; a line that can't be written is lost, not shown with its arguments."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    @property
    def stream(self) -> Any:
        return sys.stderr

    @stream.setter
    def stream(self, value: Any) -> None:
        """It stays stderr."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing: the usual way is to print the record."""


def configuration(level: str) -> dict[str, Any]:
    """For logging.config: everything from this level on goes to stderr as lines, whoever logs it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": Lines}},
        "handlers": {"stderr": {"()": _ToStderr, "formatter": "lines"}},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        # The server's own bring handlers that write messages as they are.
        "loggers": {name: {"handlers": [], "propagate": True} for name in ("_granian", "granian.access")},
    }


def begin(level: str) -> None:
    """From now on nothing of this process reaches stderr but lines: also warnings and what nobody caught."""
    logging.config.dictConfig(configuration(level))
    for name in list(logging.root.manager.loggerDict):
        for handler in list(logging.getLogger(name).handlers):
            logging.getLogger(name).removeHandler(handler)
    log = logging.getLogger("outreach.process")

    def nobody_caught(_type: type[BaseException], fault: BaseException, _trace: TracebackType | None) -> None:
        if not isinstance(fault, KeyboardInterrupt):
            tell(log, logging.CRITICAL, "not_caught", fault)

    def in_thread(found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None and not isinstance(found.exc_value, SystemExit):
            tell(log, logging.CRITICAL, "not_caught", found.exc_value)

    def at_the_end(found: Any) -> None:
        tell(log, logging.ERROR, "not_raised", found.exc_value)

    def warned(
        _message: Warning | str, category: type[Warning], filename: str, lineno: int, *_more: object
    ) -> None:
        record = logging.LogRecord(
            f"warnings.{category.__name__}", logging.WARNING, filename, lineno, "", (), None
        )
        logging.getLogger("warnings").handle(record)

    sys.excepthook = nobody_caught
    threading.excepthook = in_thread
    sys.unraisablehook = at_the_end
    warnings.showwarning = warned  # type: ignore[assignment]


def to_be_quiet() -> None:
    """For a command at the console: what no handler takes goes to stderr as a line too, never as it was said."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(Lines())
    logging.raiseExceptions = False
