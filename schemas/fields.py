"""The fields of every contract: strict values, nothing that merely looks right, faults as codes."""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from enum import StrEnum
from typing import Any

import marshmallow as ma
from marshmallow import fields

IsoWeek = tuple[int, int]
INT64_MAX = 2**63 - 1
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_WEEK = re.compile(r"\d{4}-W\d\d", re.ASCII)
_BOX = re.compile(r"-?\d{1,3}(\.\d{1,12})?(,-?\d{1,3}(\.\d{1,12})?){3}", re.ASCII)
UUID_FORM = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", re.ASCII)
# Control characters have no place in a name (psycopg raises on NUL); tab and line feed may stand in texts.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"[\t\n\u2028\u2029]")


class Coded(ma.ValidationError):
    """A marshmallow error that carries a code instead of a sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.params = params
        self.messages = [(code, params)]


def _codes(**own: str) -> dict[str, Any]:
    return {"required": "required", "null": "null", "validator_failed": "invalid", **own}


def _describe(field: fields.Field[Any], name: str, value: Any) -> None:
    """Say something about a field in openapi.yaml, unless its declaration said it already."""
    field.metadata = {name: value, **field.metadata}


class Text(fields.Field[str]):
    """Text of 1 to `longest` code points; one line unless `lines`; of a `form` (a pattern) if it has one."""

    default_error_messages = _codes(invalid="not_text")

    def __init__(
        self,
        longest: int,
        *,
        shortest: int = 1,
        lines: bool = False,
        form: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.longest, self.shortest, self.lines = longest, shortest, lines
        self.form = None if form is None else re.compile(form, re.ASCII)
        if form is not None:
            _describe(self, "pattern", f"^{form}$")
        _describe(self, "minLength", shortest)
        _describe(self, "maxLength", longest)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise Coded("not_text")
        if _CONTROL.search(value) or (not self.lines and _LINE_BREAK.search(value)):
            raise Coded("control_character")
        if len(value) > self.longest:
            raise Coded("too_long", longest=self.longest, length=len(value))
        if len(value) < self.shortest or (self.shortest and not value.strip()):
            raise Coded("too_short", shortest=self.shortest)
        if self.form is not None and not self.form.fullmatch(value):
            raise Coded("wrong_form")
        return value


class Whole(fields.Field[int]):
    """A JSON integer within bounds; 1.0, "1", "７" and true are refused, and so is what 64 bits can't hold."""

    default_error_messages = _codes(invalid="not_whole")

    def __init__(self, lowest: int, highest: int = INT64_MAX, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lowest, self.highest = lowest, highest
        _describe(self, "minimum", lowest)
        _describe(self, "maximum", highest)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise Coded("not_whole")
        if value < self.lowest:
            raise Coded("too_small", lowest=self.lowest)
        if value > self.highest:
            raise Coded("too_large", highest=self.highest)
        return value


class QueryWhole(Whole):
    """A whole number in an address (?limit=20): ASCII digits only, same bounds."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,19}", value):
            raise Coded("not_whole")
        return super()._deserialize(int(value), attr, data, **kwargs)


class Number(fields.Field[float]):
    """A finite JSON number within bounds; text and booleans are refused."""

    default_error_messages = _codes(invalid="not_number")

    def __init__(self, lowest: float, highest: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lowest, self.highest = lowest, highest
        _describe(self, "minimum", lowest)
        _describe(self, "maximum", highest)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if type(value) not in (int, float) or not math.isfinite(value):
            raise Coded("not_number")
        if value < self.lowest:
            raise Coded("too_small", lowest=self.lowest)
        if value > self.highest:
            raise Coded("too_large", highest=self.highest)
        return float(value)


class QueryNumber(Number):
    """A number in an address (?radius_m=500)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", value):
            raise Coded("not_number")
        return super()._deserialize(float(value), attr, data, **kwargs)


class Flag(fields.Field[bool]):
    """true or false, nothing that looks like it."""

    default_error_messages = _codes(invalid="not_flag")

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise Coded("not_flag")
        return value


class QueryFlag(Flag):
    """?flag=true or ?flag=false in an address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value not in ("true", "false"):
            raise Coded("not_flag")
        return bool(value == "true")


class Id(fields.Field[uuid.UUID]):
    """A UUID in its usual form with hyphens."""

    default_error_messages = _codes(invalid="not_id")

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> uuid.UUID:
        if not isinstance(value, str) or not UUID_FORM.fullmatch(value):
            raise Coded("not_id")
        return uuid.UUID(value)


class Instant(fields.Field[dt.datetime]):
    """A moment as RFC 3339 with its zone, 1970 to 2199; up to six fraction digits, capital T and Z.

    A phone whose clock was lost says 1970; outside of these years local days and ISO weeks would overflow.
    """

    default_error_messages = _codes(invalid="not_instant")

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None:
            return None
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dt.datetime:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise Coded("not_instant")
        try:
            at = dt.datetime.fromisoformat(value).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            raise Coded("not_instant") from None
        if not 1970 <= at.year <= 2199:
            raise Coded("not_instant")
        return at


class Day(fields.Field[dt.date]):
    """A calendar day, 2000-01-01 to 2199-12-31, local to Asia/Tokyo."""

    default_error_messages = _codes(invalid="not_day")
    first, last = dt.date(2000, 1, 1), dt.date(2199, 12, 31)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dt.date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise Coded("not_day")
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            raise Coded("not_day") from None
        if not self.first <= day <= self.last:
            raise Coded("not_day")
        return day


class ClockDay(Day):
    """A day that some clock said: of any Instant. A phone that lost its time begins in 1970."""

    first, last = dt.date(1970, 1, 1), dt.date(2200, 1, 1)


class LocalTime(fields.Field[dt.time]):
    """A time of day in Asia/Tokyo as HH:MM."""

    default_error_messages = _codes(invalid="not_time")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _describe(self, "pattern", "^([01][0-9]|2[0-3]):[0-5][0-9]$")

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.strftime("%H:%M")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dt.time:
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise Coded("not_time")
        return dt.time.fromisoformat(value)


class Week(fields.Field[IsoWeek]):
    """An ISO week of Asia/Tokyo as 2026-W07; the value is (year, week)."""

    default_error_messages = _codes(invalid="not_week")

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> IsoWeek:
        if not isinstance(value, str) or not _WEEK.fullmatch(value):
            raise Coded("not_week")
        year, week = int(value[:4]), int(value[6:])
        try:
            dt.date.fromisocalendar(year, week, 1)
        except ValueError:
            raise Coded("not_week") from None
        if not 2000 <= year <= 2199:
            raise Coded("not_week")
        return year, week


class Box(fields.Field[tuple[float, ...]]):
    """A box in an address as west,south,east,north in degrees."""

    default_error_messages = _codes(invalid="not_bbox")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[float, ...]:
        if not isinstance(value, str) or not _BOX.fullmatch(value):
            raise Coded("not_bbox")
        west, south, east, north = (float(edge) for edge in value.split(","))
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise Coded("not_bbox")
        return west, south, east, north


class Word(fields.Field[StrEnum]):
    """One word of a vocabulary."""

    default_error_messages = _codes(invalid="not_in_list")

    def __init__(self, words: type[StrEnum], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words
        _describe(self, "enum", [w.value for w in words] + ([None] if self.allow_none else []))

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> StrEnum:
        if isinstance(value, str) and value in self.words._value2member_map_:
            return self.words(value)
        raise Coded("not_in_list", words=", ".join(self.words))


class Many(fields.List[Any]):
    """A list of at most `most` values, without repeats if `unique`."""

    default_error_messages = _codes(invalid="not_list")

    def __init__(
        self, inner: Any, most: int, *, fewest: int = 0, unique: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(inner, **kwargs)
        self.most, self.fewest, self.unique = most, fewest, unique
        _describe(self, "maxItems", most)
        if fewest:
            _describe(self, "minItems", fewest)
        if unique:
            _describe(self, "uniqueItems", True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise Coded("not_list")
        if len(value) > self.most:
            raise Coded("too_many", most=self.most)
        if len(value) < self.fewest:
            raise Coded("too_few", fewest=self.fewest)
        read = super()._deserialize(value, attr, data, **kwargs)
        if self.unique and len(set(read)) != len(read):
            raise Coded("repeated")
        return read


class Nested(fields.Nested):
    default_error_messages = _codes(type="not_object")
