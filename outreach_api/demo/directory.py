"""Where people are connected to, who works with us, what went to the round table. All contact data is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PHONE = "047-000-0000"

# By kind: name, kana, English, how to join, in English, hours, leaflets.
_DESTINATIONS: tuple[tuple[str, str, str, str, str, str, str, int], ...] = (
    (
        "link",
        "つながるリンク",
        "つながるりんく",
        "Tsunagaru Link",
        "まちの催しと相談先を一つのページで探せます。",
        "One page with events and places to ask in town.",
        "いつでも",
        200,
    ),
    (
        "line",
        "つながるLINE",
        "つながるらいん",
        "Tsunagaru LINE",
        "QRを読みとって友だち追加。名前を書かなくても使えます。",
        "Scan the QR code and add as a friend; no name is needed.",
        "いつでも（返事は平日 10–16時）",
        180,
    ),
    (
        "college",
        "ファミリーカレッジ",
        "ふぁみりーかれっじ",
        "Family College",
        "月2回の子育て講座。申し込みなしで途中からでも。",
        "Classes for parents twice a month; just come.",
        "第2・第4木曜 10–12時",
        90,
    ),
    (
        "baby",
        "ウェルカムベビープロジェクト",
        "うぇるかむべびーぷろじぇくと",
        "Welcome Baby Project",
        "赤ちゃんが生まれる家に贈り物を届けます。",
        "A gift for homes where a baby is on its way.",
        "平日 10–15時",
        60,
    ),
    (
        "online_park",
        "オンラインパーク",
        "おんらいんぱーく",
        "Online Park",
        "家から入れるおしゃべり広場。顔を出さなくて大丈夫。",
        "A place to chat from home; the camera may stay off.",
        "火・土 20–21時",
        70,
    ),
    (
        "kurukuru",
        "駄菓子屋カフェくるくる",
        "だがしやかふぇくるくる",
        "Sweets café Kurukuru",
        "次に来る日は「くるくるはいつ？」のページで。",
        "The next days are on the page “When”.",
        "出店日",
        150,
    ),
    (
        "round_table",
        "円卓会議",
        "えんたくかいぎ",
        "Round table",
        "地域の困りごとを持ちよる会。どなたでも傍聴できます。",
        "Where the neighbourhood's worries are brought together.",
        "年4回",
        20,
    ),
    (
        "accompany",
        "伴走支援",
        "ばんそうしえん",
        "Accompaniment",
        "同じ人が続けて話を聞きます。同意のあとにつなぎます。",
        "The same person keeps listening; only with consent.",
        "平日 9–17時",
        40,
    ),
    (
        "city_child_family",
        "子ども家庭の相談窓口",
        "こどもかていのそうだんまどぐち",
        "Children and families desk",
        "電話か窓口で。予約はいりません。",
        "By phone or at the desk, without appointment.",
        "平日 8:30–17:00",
        50,
    ),
    (
        "child_guidance",
        "児童相談所",
        "じどうそうだんしょ",
        "Child guidance center",
        "189 に電話。通話は無料です。",
        "Call 189, free of charge.",
        "24時間",
        30,
    ),
    (
        "health_center",
        "保健センター",
        "ほけんせんたー",
        "Health center",
        "健診や授乳の相談。電話で日を決めます。",
        "Check-ups and feeding; ring to fix a day.",
        "平日 8:30–17:00",
        60,
    ),
    (
        "school",
        "学校の相談室",
        "がっこうのそうだんしつ",
        "School counselling room",
        "通っている学校に「相談室に」と伝えます。",
        "Ask at your own school for the counselling room.",
        "登校日",
        20,
    ),
    (
        "self_reliance",
        "くらしの自立相談",
        "くらしのじりつそうだん",
        "Livelihood desk",
        "家計・仕事・住まいをまとめて相談できます。",
        "Household money, work and housing at one desk.",
        "平日 9–17時",
        40,
    ),
    (
        "food_pantry",
        "フードパントリー",
        "ふーどぱんとりー",
        "Food pantry",
        "月1回、袋ひとつ分をお渡しします。",
        "A bag of food once a month.",
        "第3日曜 10–12時",
        80,
    ),
    (
        "medical",
        "こどもの診療所",
        "こどものしんりょうじょ",
        "Children's clinic",
        "受診の前に電話で様子を伝えます。",
        "Ring before you come.",
        "平日 9–12時、15–18時",
        20,
    ),
    (
        "police",
        "警察の相談電話",
        "けいさつのそうだんでんわ",
        "Police advice line",
        "急がないときは #9110。",
        "Not urgent: #9110.",
        "平日 8:30–17:15",
        10,
    ),
    (
        "other_npo",
        "学びの居場所「とまり木」",
        "まなびのいばしょ とまりぎ",
        "Study place Tomarigi",
        "放課後に宿題をみます。おやつあり。",
        "Homework after school, with a snack.",
        "火・木 16–19時",
        60,
    ),
)
_PHONES = {"child_guidance": "189", "police": None}


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


@dataclass(frozen=True, slots=True)
class Issue:
    """Raised in a week of the season."""

    week: int
    title: str
    topic: str
    stage: str
    steps: tuple[Step, ...] = ()


ISSUES = (
    Issue(
        1,
        "長い休みの昼ごはんを一人で食べる小学生が多い",
        "food",
        "elementary",
        (Step(4, "discussed"), Step(8, "action", "長期休みは昼の出店を月2回に増やす")),
    ),
    Issue(3, "雨の日に乳児と行ける場所が駅の東側に少ない", "childcare", "infant", (Step(7, "discussed"),)),
    Issue(6, "日本語で書かれた手紙が読めず申請が遅れる家がある", "foreign_language", "elementary"),
    Issue(9, "夕方に居場所のない中学生が公園に集まっている", "isolation", "junior_high"),
)

SAFETY_CARD: Mapping[str, Any] = {
    "city_desks": [
        {"name": "子ども家庭の相談窓口（架空の番号）", "phone": PHONE, "hours": "平日 8:30–17:00"},
        {"name": "夜間・休日の当番（架空の番号）", "phone": "047-000-0001", "hours": "夜間・休日"},
    ],
    "lead_name": "安全責任者（デモ）",
    "lead_phone": "090-0000-0000",
    "deputy_name": "副責任者（デモ）",
    "deputy_phone": "090-0000-0001",
    "outside_name": "外部の相談員（デモ）",
    "outside_phone": "090-0000-0002",
}


def destinations() -> dict[str, dict[str, Any]]:
    """What is known of each destination, by kind. Addresses lead nowhere: example.org is nobody's."""
    found: dict[str, dict[str, Any]] = {}
    for kind, name, kana, english, how, how_en, hours, leaflets in _DESTINATIONS:
        where = f"https://example.org/{kind.replace('_', '-')}"
        found[kind] = {
            "kind": kind,
            "name": name,
            "kana": kana,
            "name_en": english,
            "how_to_join": how,
            "how_to_join_en": how_en,
            "address": "松戸市（架空の住所）",
            "phone": _PHONES.get(kind, PHONE),
            "url": where,
            "qr_text": where,
            "hours": hours,
            "leaflet_stock": leaflets,
        }
    return found
