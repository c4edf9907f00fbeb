"""Marks that are put into everything that is sent, and found again wherever they come out."""

from __future__ import annotations

import copy
import io
import json
import logging
import re
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.log_lines import Lines
from outreach_api.storage.session import Database

# Letters and digits alone: no way of writing a text down (JSON, repr, an address) changes them.
MARK = re.compile("kanaria[xo]q[0-9]+q", re.IGNORECASE)
_NUMBERS = count(1)
# Names of things, which maps, lists and reports are made to show.
SHOWN = re.compile(r"(^|_)(name|name_en|kana|code|title|area|label)$")
_NOT_FREE = re.compile(r"(^|_)(id|at|day|on|from|to)$")


def mark(field: str = "") -> str:
    """A new one; an `o` in it says that the field's content is for others to see."""
    return f"kanaria{'o' if SHOWN.search(field) else 'x'}q{next(_NUMBERS)}q"


def marks_in(text: str) -> set[str]:
    return set(MARK.findall(text))


def secret_marks_in(text: str) -> set[str]:
    """Those from fields that nobody is to see on a map or in a report."""
    return {found for found in marks_in(text) if found.lower().startswith("kanariax")}


def variants(body: Any) -> Iterator[Any]:
    """The body with each of its texts marked in turn, with all free ones at once, and with what does not belong."""
    places = list(_texts(body))
    for place in places:
        yield _with(body, place)
    everywhere = copy.deepcopy(body)
    for place in places:
        if not _NOT_FREE.search(place[-1] if isinstance(place[-1], str) else str(place[-2])):
            everywhere = _with(everywhere, place)
    yield everywhere
    if isinstance(body, dict):
        for name in body:
            yield {**body, name: [mark(name), {"text": mark(name)}]}
        yield {**body, "text": mark("text"), "note": mark("note"), "unknown": mark("unknown")}
    yield mark()
    yield [mark()]


def _texts(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*place, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*place, number))
    elif isinstance(value, str) and place:
        yield place


def _with(body: Any, place: tuple[str | int, ...]) -> Any:
    changed = copy.deepcopy(body)
    inside = changed
    for step in place[:-1]:
        inside = inside[step]
    named = next(step for step in reversed(place) if isinstance(step, str))
    inside[place[-1]] = mark(named)
    return changed


class Watched:
    """All that was logged meanwhile: as our lines say it, and as it would have been said."""

    def __init__(self) -> None:
        self.lines = io.StringIO()
        self.as_said = io.StringIO()

    def check(self) -> None:
        """The lines hold no mark, and are lines."""
        written = self.lines.getvalue()
        assert not marks_in(written), [line for line in written.splitlines() if marks_in(line)][:3]
        for line in written.splitlines():
            assert {"time", "level", "event", "request_id"} <= set(json.loads(line)), line


@contextmanager
def watched() -> Iterator[Watched]:
    """Everything that anybody logs, from DEBUG on, and every warning."""
    found = Watched()
    lines, plain = logging.StreamHandler(found.lines), logging.StreamHandler(found.as_said)
    lines.setFormatter(Lines())
    loggers = [logging.getLogger(name) for name in ("", "sqlalchemy", *logging.root.manager.loggerDict)]
    levels = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    for handler in (lines, plain):
        logging.getLogger().addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            yield found
    finally:
        for handler in (lines, plain):
            logging.getLogger().removeHandler(handler)
        for logger, level in levels:
            logger.setLevel(level)


class Fault:
    """Makes one of the database's next statements fail, with all that it was about in the error's text."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.left = -1
        self.breaks = False
        self.texts: list[str] = []

    def at(self, statement: int, *, breaks: bool) -> None:
        """`breaks`: the database itself refuses the statement; otherwise our own code fails there."""
        self.left, self.breaks = statement, breaks

    def __enter__(self) -> Fault:
        sa.event.listen(self.database.engine, "before_cursor_execute", self._meet, retval=True)
        sa.event.listen(self.database.engine, "handle_error", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sa.event.remove(self.database.engine, "before_cursor_execute", self._meet)
        sa.event.remove(self.database.engine, "handle_error", self._note)

    def _meet(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        self.left -= 1
        if self.left != 0:
            return statement, parameters
        if self.breaks:
            return f"SELECT 1 FROM {mark()}", ()
        said = f"{mark()} {statement} {parameters}"
        self.texts.append(said)
        raise RuntimeError(said)

    def _note(self, context: Any) -> None:
        self.texts.append("".join(traceback.format_exception_only(context.original_exception)))
