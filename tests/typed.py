"""What a person types at a terminal, and what the program says: run in this process, because starting one is slow."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable
from typing import Any, NamedTuple
from unittest import mock

from tests.handheld import Handheld
from van import main
from van_app.phone import Phone


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        return self.stdout + self.stderr


def within(environment: dict[str, str], run: Callable[[], int], typed: str = "") -> Done:
    """What a command says."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch("sys.stdin", io.StringIO(typed)),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = run()
    return Done(code, out.getvalue(), err.getvalue())


def van_py(phone: Handheld, *arguments: str, typed: str = "", token: str = "") -> Done:
    """A command of van.py at a phone whose network and clocks the test moves."""

    def same_phone(path: Any, **given: Any) -> Phone:
        return Phone(path, transport=phone.network, clock=phone.clocks, **given)

    environment = {**os.environ, "VAN_QUEUE": str(phone.queue.path), "OUTREACH_TOKEN": token}
    with mock.patch("van.Phone", same_phone):
        return within(environment, lambda: main(list(arguments)), typed)
