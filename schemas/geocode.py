"""Finding a place by an address or by what was pasted, and pairs of stops that may be one, on the wire."""

from typing import ClassVar

from schemas.base import Out, PageQuery, Query
from schemas.fields import Flag, Id, Many, Nested, Number, Text, Word
from schemas.stops import Position
from schemas.vocabulary import Asked, Derivation, PositionSource, Precision, StopKind, StopStatus, Understood


class GeocodeQuery(Query):
    q = Text(
        2_000,
        required=True,
        lines=True,
        metadata={
            "description": "An address, `lat, lon` in many forms, a link to a map, a plus code or a geo: URI, as typed "
            "or pasted."
        },
    )
    kind = Word(
        StopKind,
        load_default=None,
        metadata={
            "description": "What is looked for. Outside providers are asked for nothing that may be somebody's home: "
            "unsaid, or private_home, only if OUTREACH_GEOCODE_HOMES=yes."
        },
    )
    near = Text(
        60, load_default=None, metadata={"description": "lat,lon; what a short plus code is near to."}
    )


class NearestOutlineOut(Out):
    code = Text(40)
    name = Text(120)
    distance_m = Number(0, 1e8, metadata={"description": "From the outline, metres; 0 inside."})


class CandidateOut(Out):
    position = Nested(Position)
    title = Text(200, metadata={"description": "The place as its provider calls it."})
    provider = Word(PositionSource)
    precision = Word(Precision)
    derived = Word(Derivation)
    explanation = Text(400, metadata={"description": "How its position was come by."})
    unused = Text(2_000, allow_none=True, metadata={"description": "What of the address no list knew."})
    outline = Nested(
        NearestOutlineOut,
        allow_none=True,
        metadata={"description": "The nearest imported outline, if there is one."},
    )
    credit = Text(200, allow_none=True, metadata={"description": "Whose data it is, to be shown with it."})


class ProviderAskedOut(Out):
    provider = Word(PositionSource)
    result = Word(Asked)
    cached = Flag()
    code = Text(60, allow_none=True)
    detail = Text(400, allow_none=True)


class AdviceOut(Out):
    code = Text(60)
    detail = Text(400)


class GeocodeOut(Out):
    understood_as = Word(Understood)
    query = Text(2_000, shortest=0, metadata={"description": "What was asked, in one spelling."})
    candidates = Many(Nested(CandidateOut), 10)
    asked = Many(Nested(ProviderAskedOut), 5)
    advice = Many(Nested(AdviceOut), 5, metadata={"description": "What can be done, or should be looked at."})

    example: ClassVar = {
        "understood_as": "address",
        "query": "松戸市常盤平3-11-1",
        "candidates": [
            {
                "position": {"lat": 35.804123, "lon": 139.952345},
                "title": "千葉県松戸市常盤平三丁目11番",
                "provider": "gazetteer",
                "precision": "block",
                "derived": "listed",
                "explanation": "一覧にある位置です。",
                "unused": "1",
                "outline": {"code": "12207", "name": "松戸市", "distance_m": 0.0},
                "credit": "国土交通省 位置参照情報（街区レベル）",
            }
        ],
        "asked": [
            {"provider": "gazetteer", "result": "found", "cached": False, "code": None, "detail": None}
        ],
        "advice": [],
    }


class TwinOut(Out):
    id = Id()
    code = Text(40)
    name = Text(120)
    status = Word(StopStatus)


class DuplicateOut(Out):
    one = Nested(TwinOut)
    other = Nested(TwinOut)
    distance_m = Number(0, 1e8)
    similarity = Number(0, 1, metadata={"description": "Of the names, 1 for the same."})
    same_address = Flag()

    example: ClassVar = {
        "one": {
            "id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
            "code": "K07",
            "name": "常盤平団地 中央広場",
            "status": "agreed",
        },
        "other": {
            "id": "4c1f0a52-7f0b-4f39-8c37-0f8f1c2f9b02",
            "code": "REQ-1c2f9b02",
            "name": "常盤平団地中央ひろば",
            "status": "requested",
        },
        "distance_m": 38.2,
        "similarity": 0.9,
        "same_address": False,
    }


class DuplicateQuery(PageQuery):
    """Paging only."""
