"""What is compiled, what is left to marshmallow, and that a reader is made once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import marshmallow as ma
import pytest
from marshmallow import validate

from schemas.base import WireSchema
from schemas.compiled import compiled
from schemas.fields import Id, Many, Nested, Text, Whole


class _Base(WireSchema):
    number = Whole(0, 9)


class _Renamed(WireSchema):
    number = Whole(0, 9, data_key="Number")


class _Moved(WireSchema):
    number = Whole(0, 9, attribute="digits")


class _Dotted(WireSchema.from_dict({"a.b": Whole(0, 9)})):  # type: ignore[misc]
    pass


class _Shown(_Base):
    shown = Whole(0, 9, dump_only=True)


class _Validated(WireSchema):
    number = Whole(0, 9, validate=validate.OneOf([2, 3]))


class _Processed(WireSchema):
    number = Whole(0, 9, post_load=lambda value: value + 1)


class _Before(_Base):
    @ma.pre_load
    def change(self, data: Any, **kwargs: Any) -> Any:
        return {"number": 1}


class _After(_Base):
    @ma.post_load
    def change(self, data: Any, **kwargs: Any) -> Any:
        return {**data, "more": 1}


class _OneField(_Base):
    @ma.validates("number")
    def check(self, value: int, data_key: str) -> None:
        raise ma.ValidationError("never")


class _AsSent(_Base):
    @ma.validates_schema(pass_original=True)
    def check(self, data: Any, sent: Any, **kwargs: Any) -> None:
        raise ma.ValidationError("never")


class _Lenient(_Base):
    class Meta:
        unknown = ma.EXCLUDE


class _Own(_Base):
    def load(self, *args: Any, **kwargs: Any) -> Any:
        return {}


@pytest.mark.parametrize(
    "make",
    [
        *(_Renamed, _Moved, _Dotted, _Shown, _Validated, _Processed),
        *(_Before, _After, _OneField, _AsSent, _Lenient, _Own),
        *(lambda: _Base(many=True), lambda: _Base(partial=True), lambda: _Base(unknown=ma.INCLUDE)),
    ],
)
def test_a_schema_that_does_more_than_declare_is_left_to_marshmallow(make: Callable[[], ma.Schema]) -> None:
    assert compiled(_Base()) is not None
    assert compiled(make()) is None


class _Even(Whole):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        return super()._deserialize(value, attr, data, **kwargs) // 2 * 2


class _Around(WireSchema):
    """What is left to marshmallow inside of what isn't."""

    before = Nested(_Before)
    even = _Even(0, 9)
    evens = Many(_Even(0, 9), 3)
    around: ClassVar[Any] = Nested(lambda: _Around())
    maybe = Many(Id(allow_none=True), 3, load_default=[1])


def test_parts_that_only_marshmallow_understands_are_read_by_it() -> None:
    schema = _Around()
    quick = compiled(schema)
    assert quick is not None
    payload = {
        "before": {"odd": 1},
        "even": 3,
        "evens": [5],
        "around": {"around": {"even": 9}},
        "maybe": [None],
    }
    expected = {
        "before": {"number": 1},
        "even": 2,
        "evens": [4],
        "around": {"around": {"even": 8, "maybe": [1]}, "maybe": [1]},
        "maybe": [None],
    }
    assert quick(payload) == schema.load(payload) == expected


class _Slow(WireSchema):
    """Takes its time to be made, so that many threads meet."""

    made: ClassVar[list[Any]] = []
    name = Text(9)

    def __init__(self) -> None:
        super().__init__()
        self.made.append(self)
        time.sleep(0.05)


def test_threads_that_come_first_make_one_reader() -> None:
    together = threading.Barrier(8)

    def read(_: int) -> Any:
        together.wait()
        return _Slow.read({"name": "つばめ"})

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(read, range(8))) == [({"name": "つばめ"}, ())] * 8
    assert len(_Slow.made) == 1
