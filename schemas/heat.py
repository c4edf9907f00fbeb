"""How hot it is expected to be, on the wire: by day, or by month of any year."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.base import Out, WireSchema
from schemas.fields import Coded, Day, Many, Nested, Number, Whole

_MOST = 1_000


class HeatIn(WireSchema):
    """What is expected; what was said last counts, a day's own before its month's."""

    on_day = Day(load_default=None)
    month = Whole(1, 12, load_default=None, metadata={"description": "Of every year."})
    wbgt = Number(
        -20,
        50,
        required=True,
        allow_none=True,
        metadata={"description": "Degrees WBGT, the highest of the day; null takes back what was said."},
    )

    example: ClassVar = {"on_day": "2027-07-24", "wbgt": 31.4}

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if (data.get("on_day") is None) == (data.get("month") is None):
            raise Coded("day_or_month")


class HeatOut(Out):
    on_day = Day(allow_none=True)
    month = Whole(1, 12, allow_none=True)
    wbgt = Number(-20, 50)

    example: ClassVar = {"on_day": "2027-07-24", "month": None, "wbgt": 31.4}


class HeatsOut(Out):
    items = Many(Nested(HeatOut), _MOST, metadata={"description": "Months first, then days, from today on."})

    example: ClassVar = {"items": [{"on_day": None, "month": 8, "wbgt": 30.5}, HeatOut.example]}
