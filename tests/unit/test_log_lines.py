"""What a line of the log may say: fields of a fixed list, and of everything else nothing but where it happened."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from outreach_api.kernel.log_lines import REQUEST_ID, Lines, configuration, tell

MARK = "夜泣きで眠れない090-1234-5678"


class Kept(logging.Handler):
    """Keeps lines as they would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Lines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def log(kept: Kept) -> Iterator[logging.Logger]:
    made = logging.getLogger("outreach.trial")
    made.setLevel(logging.DEBUG)
    made.addHandler(kept)
    yield made
    made.removeHandler(kept)


def last(kept: Kept) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(kept.lines[-1])
    assert MARK not in json.dumps(line, ensure_ascii=False)
    return line


def fail() -> None:
    secret = MARK
    try:
        raise KeyError(secret)
    except KeyError as fault:
        wrapped = ValueError(f"no such word: {secret}")
        wrapped.add_note(secret)
        raise wrapped from fault


def test_a_line_says_the_fields_that_it_was_given(log: logging.Logger, kept: Kept) -> None:
    tell(log, logging.INFO, "request", method="GET", route="/v1/stops/<uuid:stop_id>", status=200)
    line = last(kept)
    assert (line["event"], line["level"], line["logger"]) == ("request", "info", "outreach.trial")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/stops/<uuid:stop_id>", 200)
    assert line["time"].endswith("+00:00")


def test_a_line_carries_the_id_of_its_request(log: logging.Logger, kept: Kept) -> None:
    token = REQUEST_ID.set("00112233")
    try:
        tell(log, logging.INFO, "request")
    finally:
        REQUEST_ID.reset(token)
    assert last(kept)["request_id"] == "00112233"


def test_a_field_that_is_not_in_the_list_is_not_written(log: logging.Logger, kept: Kept) -> None:
    tell(log, logging.INFO, "request", text=MARK, status=200)  # type: ignore[call-arg]
    assert "text" not in last(kept)


@pytest.mark.parametrize("value", [MARK, "a\nb", ["a"], {"a": 1}, "a" * 300, None])
def test_what_is_no_word_in_a_field_is_not_written(log: logging.Logger, kept: Kept, value: Any) -> None:
    tell(log, logging.INFO, "request", kind=value)
    assert last(kept)["kind"] == "?"


@pytest.mark.parametrize("args", [(), (MARK,), ({"text": MARK},)])
def test_of_what_others_say_only_the_place_is_left(log: logging.Logger, kept: Kept, args: Any) -> None:
    log.warning(f"{MARK} %s" if args else MARK, *args)
    line = last(kept)
    assert line["event"] == "said"
    assert line["at"].startswith("tests/unit/test_log_lines.py:")


def test_an_exception_keeps_its_type_its_places_and_its_causes(log: logging.Logger, kept: Kept) -> None:
    try:
        fail()
    except ValueError as fault:
        tell(log, logging.ERROR, "unexpected", fault)
    line = last(kept)
    assert line["error"] == "builtins.ValueError"
    assert line["frames"][-1].startswith("tests/unit/test_log_lines.py:")
    assert line["frames"][-1].endswith(" fail")
    assert [cause["error"] for cause in line["causes"]] == ["builtins.KeyError"]


def test_an_exception_that_others_log_loses_its_text_too(log: logging.Logger, kept: Kept) -> None:
    try:
        fail()
    except ValueError:
        log.exception("it failed for %s", MARK)
    assert last(kept)["error"] == "builtins.ValueError"


def test_causes_in_a_circle_end(log: logging.Logger, kept: Kept) -> None:
    first, second = ValueError(MARK), KeyError(MARK)
    first.__cause__, second.__cause__ = second, first
    tell(log, logging.ERROR, "unexpected", first)
    assert len(last(kept)["causes"]) == 1


def test_a_log_line_is_one_line(log: logging.Logger, kept: Kept) -> None:
    log.warning("a\nb")
    assert "\n" not in kept.lines[-1]


def test_nothing_but_lines_is_configured() -> None:
    made = configuration("debug")
    assert made["root"] == {"level": "DEBUG", "handlers": ["stderr"]}
    assert all(handler["formatter"] == "lines" for handler in made["handlers"].values())
