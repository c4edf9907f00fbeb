"""Who works with us, what went to the round table, and the safety card. All of it is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outreach_api.demo import destinations


@dataclass(frozen=True, slots=True)
class Partner:
    """An invented organisation; `hosts` is a stop's code, `runs` a destination's kind."""

    name: str
    kana: str
    kind: str
    weeks_before: int
    hosts: str | None = None
    runs: str | None = None


PARTNERS = (
    Partner("常盤平団地の自治会（架空）", "ときわだいらだんちのじちかい", "host", 60, hosts="K07"),
    Partner("ひだまり寺（架空）", "ひだまりでら", "host", 52, hosts="K01"),
    Partner("もみじ寺（架空）", "もみじでら", "host", 40, hosts="K02"),
    Partner("あさひ通り商店会（架空）", "あさひどおりしょうてんかい", "host", 30, hosts="K19"),
    Partner("こかげ書店（架空）", "こかげしょてん", "company", 20, hosts="K21"),
    Partner("つながるLINEの運営（架空）", "つながるらいんのうんえい", "programme", 60, runs="line"),
    Partner("フードパントリーの会（架空）", "ふーどぱんとりーのかい", "npo", 35, runs="food_pantry"),
    Partner("学びの居場所とまり木（架空）", "まなびのいばしょとまりぎ", "npo", 12, runs="other_npo"),
    Partner("保健センターの窓口（架空）", "ほけんせんたーのまどぐち", "city", 26, runs="health_center"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A later step of an issue, in a week of the season."""

    week: int
    to: str
    action: str | None = None
    told: str | None = None
    """In words for everybody."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Raised in a week of the season."""

    week: int
    title: str
    topic: str
    stage: str
    steps: tuple[Step, ...] = ()
    told: str | None = None
    """As a step's."""


ISSUES = (
    Issue(
        1,
        "長い休みの昼ごはんを一人で食べる小学生が多い",
        "food",
        "elementary",
        (
            Step(4, "discussed", told="昼の居場所と食事について、地域の団体と話し合った"),
            Step(
                8,
                "action",
                "長期休みは昼の出店を月2回に増やす",
                told="長期休みの昼の出店を月2回に増やした",
            ),
        ),
        told="長い休みに、昼ごはんを一人で食べる小学生がいる",
    ),
    Issue(
        3,
        "雨の日に乳児と行ける場所が駅の東側に少ない",
        "childcare",
        "infant",
        (Step(7, "discussed", told="雨の日に使える部屋がないか、持ちよって探すことにした"),),
        told="雨の日に、乳児と行ける場所が少ない",
    ),
    Issue(6, "日本語で書かれた手紙が読めず申請が遅れる家がある", "foreign_language", "elementary"),
    Issue(9, "夕方に居場所のない中学生が公園に集まっている", "isolation", "junior_high"),
)

SAFETY_CARD: Mapping[str, Any] = {
    "city_desks": [
        {
            "name": "子ども家庭の相談窓口（架空の番号）",
            "phone": destinations.PHONE,
            "hours": "平日 8:30–17:00",
        },
        {"name": "夜間・休日の当番（架空の番号）", "phone": "047-000-0001", "hours": "夜間・休日"},
    ],
    "lead_name": "安全責任者（デモ）",
    "lead_phone": "090-0000-0000",
    "deputy_name": "副責任者（デモ）",
    "deputy_phone": "090-0000-0001",
    "outside_name": "外部の相談員（デモ）",
    "outside_phone": "090-0000-0002",
}
