"""What the counter sells, and what people of each age put into a basket."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from outreach_api.demo.chance import Chance

# Code, name, kana, English, category, allergens, yen, yen after the rise in the middle of the season.
_ITEMS: tuple[tuple[str, str, str, str, str, tuple[str, ...], int, int | None], ...] = (
    ("P01", "コーンぼう", "こーんぼう", "Corn puff stick", "sweets", ("wheat", "milk"), 15, None),
    ("P02", "きなこ棒", "きなこぼう", "Kinako stick", "sweets", (), 20, None),
    ("P03", "ラムネ玉", "らむねだま", "Ramune drops", "sweets", (), 30, None),
    ("P04", "梅ジャムせんべい", "うめじゃむせんべい", "Cracker with plum jam", "sweets", ("wheat",), 40, 50),
    ("P05", "フーセンガム", "ふーせんがむ", "Bubble gum", "sweets", (), 10, None),
    ("P06", "チョコボール", "ちょこぼーる", "Chocolate balls", "sweets", ("milk", "peanut"), 30, None),
    ("P07", "するめ足", "するめあし", "Dried squid", "sweets", ("wheat",), 50, None),
    ("P08", "こざくら餅", "こざくらもち", "Little mochi", "sweets", (), 40, None),
    ("P09", "麩菓子", "ふがし", "Wheat gluten stick", "sweets", ("wheat",), 30, None),
    ("P10", "水あめ", "みずあめ", "Starch syrup", "sweets", (), 50, None),
    ("D01", "コーヒー", "こーひー", "Coffee", "drink", (), 300, 350),
    ("D02", "カフェオレ", "かふぇおれ", "Café au lait", "drink", ("milk",), 350, None),
    ("D03", "麦茶", "むぎちゃ", "Barley tea", "drink", (), 100, None),
    ("D04", "りんごジュース", "りんごじゅーす", "Apple juice", "drink", (), 150, None),
    ("M01", "おにぎり", "おにぎり", "Rice ball", "meal", (), 150, None),
    ("M02", "豚汁", "とんじる", "Pork soup", "meal", ("wheat",), 300, None),
    ("M03", "焼きそば", "やきそば", "Fried noodles", "meal", ("wheat", "egg"), 400, None),
    ("O01", "折り紙セット", "おりがみせっと", "Origami set", "other", (), 110, None),
)
_CHILDREN = {
    "P01": 9,
    "P02": 5,
    "P03": 6,
    "P04": 4,
    "P05": 6,
    "P06": 6,
    "P08": 4,
    "P09": 4,
    "P10": 3,
    "D04": 2,
    "O01": 1,
}
_GROWN_UPS = {"D01": 9, "D02": 5, "D03": 3, "M01": 4, "M02": 4, "M03": 4, "P07": 2, "P02": 2, "P09": 1}
_MOST_PIECES = 4


@dataclass(frozen=True, slots=True)
class Item:
    id: uuid.UUID
    payload: dict[str, Any]
    risen_yen: int | None

    def price_yen(self, day: dt.date, rise: dt.date) -> int:
        return (
            self.risen_yen if self.risen_yen is not None and day >= rise else int(self.payload["price_yen"])
        )


class Catalogue:
    """The items by code. Some prices rise on one day."""

    def __init__(self, chance: Chance, valid_from: dt.date, rise: dt.date) -> None:
        self.rise = rise
        self.items = {
            code: Item(
                chance.quiet_id(),
                {
                    "code": code,
                    "name": name,
                    "kana": kana,
                    "name_en": english,
                    "category": category,
                    "tax_category": "standard" if category == "other" else "food",
                    "allergens": list(allergens),
                    "price_yen": yen,
                    "price_from": valid_from.isoformat(),
                },
                risen_yen,
            )
            for code, name, kana, english, category, allergens, yen, risen_yen in _ITEMS
        }

    def basket(
        self, chance: Chance, day: dt.date, *, child: bool, most_yen: int
    ) -> tuple[list[dict[str, Any]], int]:
        """Lines of a receipt and what they cost in yen: some things that such a person likes."""
        likes = _CHILDREN if child else _GROWN_UPS
        lines: list[dict[str, Any]] = []
        total = 0
        for code in dict.fromkeys(chance.pick(likes) for _ in range(chance.randint(1, 4 if child else 2))):
            item = self.items[code]
            pieces = chance.randint(1, _MOST_PIECES if child else 1)
            price = item.price_yen(day, self.rise)
            if lines and total + pieces * price > most_yen:
                continue
            lines.append({"item_id": str(item.id), "quantity": pieces})
            total += pieces * price
        return lines, total
