"""What was found as an answer: with the nearest outline, and every code in the language of who asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from outreach_api.kernel.geo import Outline, Point
from outreach_api.messages import Language, say
from outreach_api.stops.geocoding.asking import Candidate, Found

Outlines = Sequence[tuple[str, str, Outline]]


def found_view(found: Found, outlines: Outlines, language: Language) -> dict[str, Any]:
    return {
        "understood_as": found.understood_as,
        "query": found.query,
        "candidates": [_candidate(one, outlines, language) for one in found.candidates],
        "asked": [
            {
                "provider": asked.source,
                "result": asked.result,
                "cached": asked.cached,
                "code": asked.code,
                "detail": None if asked.code is None else say(asked.code, language),
            }
            for asked in found.asked
        ],
        "advice": [{"code": code, "detail": say(code, language)} for code in found.advice],
    }


def _candidate(one: Candidate, outlines: Outlines, language: Language) -> dict[str, Any]:
    return {
        "position": {"lat": one.point.lat, "lon": one.point.lon},
        "title": one.title,
        "provider": one.source,
        "precision": one.precision,
        "derived": one.derived,
        "explanation": say(f"derived_{one.derived.value}", language),
        "unused": one.unused,
        "outline": _nearest(one.point, outlines),
        "credit": one.credit,
    }


def _nearest(point: Point, outlines: Outlines) -> dict[str, Any] | None:
    away = [(outline.distance_m(point), code, name) for code, name, outline in outlines]
    if not away:
        return None
    metres, code, name = min(away)
    return {"code": code, "name": name, "distance_m": round(metres, 1)}
