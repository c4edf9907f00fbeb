"""Suggestions as people read them: names of stops and vans, and sentences for what is kept as codes and numbers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.messages import Language, say
from outreach_api.plans.holidays import holidays_between
from outreach_api.plans.suggesting.adopting import plan_id_of
from outreach_api.storage.plans import Plan, Van
from outreach_api.storage.stops import Stop
from outreach_api.storage.suggestions import PlanSuggestion
from schemas.vocabulary import SuggestionAim

NOT_FOUND = Refusal("not_found", 404)

OTHER_WAYS = frozenset({"worth_less", "exchange_untried"})
"""Reasons that are another way to let a stop in, beside those that must change together."""


def suggestion(session: Session, suggestion_id: uuid.UUID, lang: Language) -> dict[str, Any] | Refusal:
    row = session.get(PlanSuggestion, suggestion_id)
    return NOT_FOUND if row is None else _View(session, lang).of(row)


def heads(rows: Sequence[PlanSuggestion], lang: Language) -> list[dict[str, Any]]:
    """Without their answers, for a list."""
    return [_head(row, lang) for row in rows]


def _head(row: PlanSuggestion, lang: Language) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "status": row.status,
        "asked": row.asked,
        "progress": row.progress,
        "problem": None if row.error is None else say(row.error, lang),
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }


class _View:
    def __init__(self, session: Session, lang: Language) -> None:
        self._session = session
        self._lang = lang
        self._stops: Mapping[str, Any] = {
            str(row.id): row for row in session.execute(sa.select(Stop.id, Stop.code, Stop.name))
        }
        self._holidays: Mapping[dt.date, list[dict[str, Any]]] = {}
        self._vans = {str(van_id): name for van_id, name in session.execute(sa.select(Van.id, Van.name))}

    def of(self, row: PlanSuggestion) -> dict[str, Any]:
        answer = None
        if row.result is not None:
            ids = [plan_id_of(row.id, day) for day in row.result["days"]]
            first, last = (_day(row.asked[name]) for name in ("from_day", "to_day"))
            self._holidays = holidays_between(self._session, first, last, self._lang)
            drafted = set(self._session.scalars(sa.select(Plan.id).where(Plan.id.in_(ids))))
            days = [
                self._day(day, plan_id if plan_id in drafted else None)
                for day, plan_id in zip(row.result["days"], ids, strict=True)
            ]
            answer = {
                "aim": SuggestionAim.MOST_POINTS,  # of answers that were kept before it was told
                **row.result,
                "drive_minutes": sum(day["drive_minutes"] for day in days),
                "days": days,
                "days_off": [self._day_off(off) for off in row.result["days_off"]],
                "left_out": [self._left_out(one) for one in row.result["left_out"]],
            }
        return {**_head(row, self._lang), "answer": answer}

    def _day(self, day: Mapping[str, Any], plan_id: uuid.UUID | None) -> dict[str, Any]:
        stays = [self._stay(stay) for stay in day["stays"]]
        pause = day["pause"] or (None, None)
        return {
            "local_day": _day(day["local_day"]),
            "van_id": uuid.UUID(day["van_id"]),
            "van_name": self._vans[day["van_id"]],
            "leaves": _time(day["leaves"]),
            "back": _time(day["back"]),
            "pause_from": _time(pause[0]),
            "pause_to": _time(pause[1]),
            "drive_minutes": day["drive_minutes"],
            "estimated_legs": day["estimated_legs"],
            "points": day["points"],
            "holidays": self._holidays[_day(day["local_day"])],
            "stays": stays,
            "notices": [self._notice(one, stays) for one in day["notices"]],
            "plan": {
                "van_id": day["van_id"],
                "local_day": day["local_day"],
                "title": None,
                "stops": [
                    {"stop_id": stay["stop_id"], "arrive": stay["arrive"], "depart": stay["depart"]}
                    for stay in day["stays"]
                ],
            },
            "plan_id": plan_id,
        }

    def _stay(self, stay: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **self._named(stay),
            "arrive": _time(stay["arrive"]),
            "depart": _time(stay["depart"]),
            "stay_learned": stay["stay_learned"],
        }

    def _named(self, one: Mapping[str, Any]) -> dict[str, Any]:
        stop = self._stops[one["stop_id"]]
        return {
            "stop_id": stop.id,
            "stop_code": stop.code,
            "stop_name": stop.name,
            "points": one["points"],
            "score": [self._part(part) for part in one["score"]],
        }

    def _part(self, part: Mapping[str, Any]) -> dict[str, Any]:
        shared = part.get("shared", 0.0)  # suggestions of before did not say
        code = "score.never_visited" if part["amount"] is None else f"score.{part['code']}"
        if shared:
            code = f"{code}.shared"
        numbers = {"amount": "" if part["amount"] is None else f"{part['amount']:g}", "shared": f"{shared:g}"}
        return {**part, "shared": shared, "text": say(code, self._lang, numbers)}

    def _notice(self, notice: Mapping[str, Any], stays: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        code, numbers = notice["code"], notice["numbers"]
        return {
            "code": code,
            "stop_names": [stays[number]["stop_name"] for number in notice["stays"]],
            "cause": say(code, self._lang, numbers),
            "fix": say(notice["fix"], self._lang, numbers),
            "numbers": numbers,
        }

    def _day_off(self, off: Mapping[str, Any]) -> dict[str, Any]:
        numbers = dict(off["numbers"])
        if self._lang == "en":
            numbers["holiday"] = numbers.get("holiday_en")
        return {
            "van_id": uuid.UUID(off["van_id"]),
            "local_day": _day(off["local_day"]),
            "code": off["code"],
            "cause": say(off["code"], self._lang, numbers),
        }

    def _left_out(self, one: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **self._named(one),
            "must": one["must"],
            "open_days": one["open_days"],
            "reasons": [self._reason(reason) for reason in one["reasons"]],
            "advice": self._advice([reason["code"] for reason in one["reasons"]]),
        }

    def _advice(self, codes: Sequence[str]) -> str:
        """Which reasons must be mended together, and whether one of them is another way by itself."""
        together = [code for code in codes if code not in OTHER_WAYS]
        if "no_shift" in codes:
            way = "no_shift"
        elif together and len(together) < len(codes):
            way = "or_last"
        else:
            way = "one" if len(codes) == 1 else "all"
        return say(f"advice.{way}", self._lang, {"count": len(together)})

    def _reason(self, reason: Mapping[str, Any]) -> dict[str, Any]:
        other = reason["other_stop_id"]
        told = {
            **reason["numbers"],
            "other": "" if other is None else self._stops[other].name,
            "day": reason["local_day"] or "",
        }
        return {
            "code": reason["code"],
            "local_day": None if reason["local_day"] is None else _day(reason["local_day"]),
            "van_id": None if reason["van_id"] is None else uuid.UUID(reason["van_id"]),
            "other_stop_id": None if other is None else uuid.UUID(other),
            "cause": say(reason["code"], self._lang, told),
            "fix": say(reason["fix"], self._lang, told),
            "numbers": reason["numbers"],
        }


def _time(text: str | None) -> dt.time | None:
    return None if text is None else dt.time.fromisoformat(text)


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
