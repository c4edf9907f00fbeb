"""Finds what a person means among what was pulled: a stay of today, a stop, an item and its price of the day."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from van_app.checking import CannotKeep
from van_app.pulling import Shelf


def stay_like(shelf: Shelf, text: str | None, day: str) -> dict[str, Any]:
    """The stay of that day's plan with this code or a part of this name; without a text, the only one."""
    stays = [stay for _, stay in shelf.stays(day)]
    named = [(stay["stop_code"], stay["stop_name"], stay) for stay in stays]
    return _one(text, named, ja=f"{day} の停車予定", en=f"stay planned for {day}")


def stop_like(shelf: Shelf, text: str) -> dict[str, Any]:
    return _one(
        text, ((stop["code"], stop["name"], stop) for stop in shelf.things("stop")), ja="場所", en="stop"
    )


def item_like(shelf: Shelf, text: str) -> dict[str, Any]:
    on_sale = [item for item in shelf.things("item") if item["active"]]
    return _one(text, ((item["code"], item["name"], item) for item in on_sale), ja="品目", en="item")


def price_of(item: dict[str, Any], day: str) -> int | None:
    """Yen, tax included, by the price list of that day; None when it has no price yet."""
    prices = [price for price in item["prices"] if price["valid_from"] <= day]
    return max(prices, key=lambda price: str(price["valid_from"]))["price_yen"] if prices else None


def _one(
    text: str | None, named: Iterable[tuple[str, str, dict[str, Any]]], *, ja: str, en: str
) -> dict[str, Any]:
    """The only one that fits: by its whole code or name, else by a part of the name."""
    known = list(named)
    wanted = _folded(text or "")
    exact = [thing for code, name, thing in known if wanted in (_folded(code), _folded(name))]
    found = exact or [thing for _, name, thing in known if wanted in _folded(name)]
    if len(found) == 1:
        return found[0]
    names = "、".join(f"{name}（{code}）" for code, name, _ in known[:20])
    raise CannotKeep(
        f"{ja}が一つに決まりません：{text or ''}（{names or 'まだ何もありません'}）",
        f"{text or ''} names {len(found)} of each {en}: {names or 'there is none yet'}",
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
