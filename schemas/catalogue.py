"""Items, their dated prices and the dated tax rates on the wire."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.amounts import HIGHEST_PRICE_YEN
from schemas.base import Out, PageQuery, WireSchema
from schemas.fields import Coded, Day, Flag, Id, Instant, Many, Nested, QueryFlag, Text, Whole, Word
from schemas.vocabulary import (
    ICONS,
    Allergen,
    ItemCategory,
    ItemIcon,
    ServiceMode,
    TaxCategory,
    TaxClass,
)

MOST_PARTS = 10
_DRAWN = ", ".join(f"{icon} {drawn}" for icon, drawn in ICONS.items())


class SetPartIn(WireSchema):
    item_id = Id(required=True)
    quantity = Whole(1, 20, load_default=1)


class ItemFields(WireSchema):
    """What may be said about an item; ItemIn says what must be."""

    kana = Text(120, allow_none=True)
    name_en = Text(120, allow_none=True)
    allergens = Many(Word(Allergen), len(Allergen), unique=True)
    icon = Word(ItemIcon, allow_none=True, metadata={"description": f"Instead of a photo: {_DRAWN}."})
    parts = Many(
        Nested(SetPartIn),
        MOST_PARTS,
        fewest=2,
        allow_none=True,
        metadata={
            "description": "Of a set: what it consists of. Its price is shared out over them in proportion to theirs, "
            "and each part is taxed as it is by itself."
        },
    )
    active = Flag(metadata={"description": "On sale now. Receipts of an inactive item are still taken."})


class ItemIn(ItemFields):
    code = Text(40, required=True, metadata={"description": "Short and unique, as on the price list."})
    name = Text(120, required=True)
    category = Word(ItemCategory, required=True)
    tax_category = Word(TaxCategory, required=True)
    price_yen = Whole(0, HIGHEST_PRICE_YEN, metadata={"description": "Its first price, tax included."})
    price_from = Day(metadata={"description": "First day of that price; today if left out."})

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "price_from" in data and "price_yen" not in data:
            raise Coded("price_without_yen")

    example: ClassVar = {
        "code": "UMAI",
        "name": "うまい棒",
        "kana": "うまいぼう",
        "name_en": "Corn puff stick",
        "category": "sweets",
        "tax_category": "food",
        "allergens": ["wheat", "milk"],
        "icon": "rice_cracker",
        "price_yen": 15,
    }


class ItemChange(ItemFields):
    """Only what changes. Prices are set by day, see setItemPrice."""

    code = Text(40)
    name = Text(120)
    category = Word(ItemCategory)
    tax_category = Word(TaxCategory)

    example: ClassVar = {"active": False}


class ItemPriceIn(WireSchema):
    """A price from a day on; set again for the same day, it replaces what was set."""

    valid_from = Day(required=True)
    price_yen = Whole(0, HIGHEST_PRICE_YEN, required=True, metadata={"description": "Tax included."})

    example: ClassVar = {"valid_from": "2026-12-01", "price_yen": 20}


class ItemPriceOut(Out):
    valid_from = Day()
    price_yen = Whole(0)


class SetPartOut(Out):
    item_id = Id()
    quantity = Whole(1)


class ItemBriefOut(Out):
    """What a phone holds offline: all prices by day, and none called today's, because days pass offline too."""

    id = Id()
    version = Whole(1)
    code = Text(40)
    name = Text(120)
    kana = Text(120, allow_none=True)
    name_en = Text(120, allow_none=True)
    category = Word(ItemCategory)
    tax_category = Word(TaxCategory)
    allergens = Many(Word(Allergen), len(Allergen))
    icon = Word(ItemIcon, allow_none=True)
    parts = Many(Nested(SetPartOut), MOST_PARTS, allow_none=True)
    active = Flag()
    prices = Many(Nested(ItemPriceOut), 10_000, metadata={"description": "All, by day."})
    created_at = Instant()


class ItemOut(ItemBriefOut):
    price_yen = Whole(0, allow_none=True, metadata={"description": "Today's; null if none is in force."})

    example: ClassVar = {
        "id": "3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f601",
        "version": 1,
        "code": "UMAI",
        "name": "うまい棒",
        "kana": "うまいぼう",
        "name_en": "Corn puff stick",
        "category": "sweets",
        "tax_category": "food",
        "allergens": ["wheat", "milk"],
        "icon": "rice_cracker",
        "parts": None,
        "active": True,
        "price_yen": 15,
        "prices": [{"valid_from": "2026-04-01", "price_yen": 15}],
        "created_at": "2026-04-01T00:00:00Z",
    }


class ItemQuery(PageQuery):
    active = QueryFlag(load_default=None)
    category = Word(ItemCategory, load_default=None)


class TaxRateIn(WireSchema):
    """A rate from a day on. Receipts that were taken keep the rate that they were taken with."""

    tax_class = Word(TaxClass, required=True)
    valid_from = Day(required=True)
    percent = Whole(0, 100, required=True)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["tax_class"] is TaxClass.EXEMPT and data["percent"]:
            raise Coded("exempt_is_zero")

    example: ClassVar = {"tax_class": "reduced", "valid_from": "2027-04-01", "percent": 0}


class TaxRateOut(Out):
    tax_class = Word(TaxClass)
    valid_from = Day()
    percent = Whole(0, 100)


class TaxRuleIn(WireSchema):
    """In which class goods are from a day on, when they are taken away or eaten on seats that we provide."""

    tax_category = Word(TaxCategory, required=True)
    service_mode = Word(ServiceMode, required=True)
    valid_from = Day(required=True)
    tax_class = Word(TaxClass, required=True)

    example: ClassVar = {
        "tax_category": "food",
        "service_mode": "eat_in",
        "valid_from": "2027-04-01",
        "tax_class": "reduced",
    }


class TaxRuleOut(Out):
    tax_category = Word(TaxCategory)
    service_mode = Word(ServiceMode)
    valid_from = Day(
        allow_none=True, metadata={"description": "Null: as the law had it when this was built."}
    )
    tax_class = Word(TaxClass)


class TaxRatesOut(Out):
    """All rates, by class and day, and which goods are in which class. A line takes the class and then the rate that
    are in force on the day of its visit."""

    items = Many(Nested(TaxRateOut), 10_000)
    rules = Many(Nested(TaxRuleOut), 10_000)

    example: ClassVar = {
        "items": [
            {"tax_class": "reduced", "valid_from": "2019-10-01", "percent": 8},
            {"tax_class": "standard", "valid_from": "2019-10-01", "percent": 10},
            {"tax_class": "exempt", "valid_from": "2019-10-01", "percent": 0},
        ],
        "rules": [
            {
                "tax_category": "food",
                "service_mode": "takeout",
                "valid_from": None,
                "tax_class": "reduced",
            },
            {"tax_category": "food", "service_mode": "eat_in", "valid_from": None, "tax_class": "standard"},
        ],
    }


class TaxRatesBriefOut(TaxRatesOut):
    """All rates as one thing that phones pull."""

    id = Id()
