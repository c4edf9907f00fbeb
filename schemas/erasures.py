"""Erasing all that was written down at a stop in some days, on the wire."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.base import Out, WireSchema
from schemas.fields import Coded, Day, Id, Instant, Many, Nested, Whole, Word
from schemas.problem import FaultOut
from schemas.vocabulary import ErasureReason


class ErasureIn(WireSchema):
    """The days of the visits, both included."""

    stop_id = Id(required=True)
    from_day = Day(required=True)
    to_day = Day(required=True)
    reason = Word(ErasureReason, required=True)

    example: ClassVar = {
        "stop_id": "5d3c1b2a-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
        "from_day": "2026-10-01",
        "to_day": "2026-10-31",
        "reason": "person_asked",
    }

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["to_day"] < data["from_day"]:
            raise Coded("wrong_order")


def _count(said: str) -> Whole:
    return Whole(0, metadata={"description": said})


class ErasureOut(Out):
    """What was asked for, and what became of it: numbers, and nothing of what stood there."""

    id = Id()
    version = Whole(1)
    stop_id = Id()
    from_day = Day()
    to_day = Day()
    reason = Word(ErasureReason)
    made_at = Instant()
    made_by = Id()
    erased = _count("Texts of notes that went.")
    kept_on_hold = _count("Stayed: somebody holds them.")
    kept_with_concern = _count("Stayed: their concern is open.")
    letters_erased = _count("Of notes that could not be taken in, contents that went.")
    letters_kept = _count("Stayed: they may be about a child's safety, and nobody has settled them.")
    letters_unplaced = _count("Stayed: nobody can read which visit they are of, here or elsewhere.")
    warnings = Many(
        Nested(FaultOut), 10, metadata={"description": "When it is made: what stayed, and what to do."}
    )
    texts_now = _count(
        "Texts of notes that stand there now: those that stayed, and what phones brought since. Erase again for those."
    )

    example: ClassVar = {
        "id": "8e7d6c5b-4a39-4281-b706-f5e4d3c2b1a0",
        "version": 1,
        **ErasureIn.example,
        "made_at": "2026-11-28T03:00:00Z",
        "made_by": "1f0b7a52-6c3d-4e8f-9a01-b2c3d4e5f607",
        "erased": 12,
        "kept_on_hold": 1,
        "kept_with_concern": 0,
        "letters_erased": 1,
        "letters_kept": 0,
        "letters_unplaced": 0,
        "texts_now": 1,
        "warnings": [],
    }
