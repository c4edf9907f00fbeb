"""Finds what a person means among what was pulled and kept: a stay of the plan, a stop, an item and its price of the
day, a band of heads, a receipt. What can't be found is told together with what there is."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from van_app import words
from van_app.checking import CannotKeep, no_such_band
from van_app.pulling import Shelf
from van_app.queue import Queue

_MOST_TOLD = 40


class _Named(NamedTuple):
    code: str
    name: str
    thing: dict[str, Any]


def stay_like(shelf: Shelf, text: str | None, day: str) -> dict[str, Any]:
    """The stay of that day's plan with this code or a part of this name; without a text, the only one."""
    stays = [_Named(stay["stop_code"], stay["stop_name"], stay) for _, stay in shelf.stays(day)]
    if not stays:
        raise _no_stay(shelf, day)
    if text is None and len(stays) > 1:
        raise CannotKeep(
            f"{day} の停車予定は{len(stays)}つあります。どれか選んでください：\n{_list(stays)}",
            f"There are {len(stays)} stays on {day}; choose one:\n{_list(stays)}",
        )
    return _one(text or "", stays, ja=f"{day} の停車予定", en=f"stay on {day}")


def stop_like(shelf: Shelf, text: str) -> dict[str, Any]:
    stops = [_Named(stop["code"], stop["name"], stop) for stop in shelf.things("stop")]
    return _one(text, stops, ja="場所", en="stop")


def item_like(shelf: Shelf, text: str) -> dict[str, Any]:
    on_sale = [_Named(item["code"], item["name"], item) for item in shelf.things("item") if item["active"]]
    return _one(text, on_sale, ja="品目", en="item")


def price_of(item: dict[str, Any], day: str) -> int | None:
    """Yen, tax included, by the price list of that day; None when it has no price yet."""
    prices = [price for price in item["prices"] if price["valid_from"] <= day]
    return max(prices, key=lambda price: str(price["valid_from"]))["price_yen"] if prices else None


def band_like(text: str) -> str:
    """A band by its code or by what the crew calls it."""
    for code, name in words.BANDS.items():
        if _folded(text) in (_folded(code), _folded(name)):
            return code
    raise no_such_band(text)


def sale_like(queue: Queue, text: str) -> str:
    """The id of this phone's receipt that begins so, or a whole id: that may be another phone's."""
    rows = queue.rows("SELECT op_id, kind, state, payload FROM operations ORDER BY seq")
    sales = [row["op_id"] for row in rows if row["kind"] == "sale.record"]
    found = [sale for sale in sales if text and sale.startswith(text.lower())]
    if len(found) > 1:
        raise CannotKeep(
            f"{text} で始まる売上が{len(found)}件あります。番号をもっと長く書いてください。",
            f"{len(found)} receipts begin with {text}: write more of the id.",
        )
    sale = found[0] if found else _whole_id(text)
    if sale is None:
        last = f"最後の売上は {sales[-1]} です。" if sales else "この端末の売上はまだありません。"
        raise CannotKeep(
            f"番号 {text} の売上はこの端末にありません。{last}",
            f"No receipt of this phone begins with {text}; its last one is {sales[-1] if sales else 'none'}.",
        )
    if any(row["op_id"] == sale and row["state"] == "dead" for row in rows):
        raise CannotKeep(
            "その売上は受け付けられていないので、取り消すものがありません。dead で見られます。",
            "That receipt was refused, so there is nothing to take back: see dead.",
        )
    voids = (row["payload"] or "" for row in rows if row["kind"] == "sale.void" and row["state"] != "dead")
    if any(sale in payload for payload in voids):
        raise CannotKeep("その売上はもう取り消してあります。", "That receipt was taken back already.")
    return sale


def _whole_id(text: str) -> str | None:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def _no_stay(shelf: Shelf, day: str) -> CannotKeep:
    coming = [(plan["local_day"], stay) for plan, stay in shelf.stays() if plan["local_day"] > day][:3]
    ja = "".join(f"\n  {when} {stay['stop_code']} {stay['stop_name']}" for when, stay in coming)
    return CannotKeep(
        f"{day} の停車予定はありません。予定にない場所なら open --ad-hoc コード（show stops で見られます）。"
        + (f"\nこの先の予定：{ja}" if ja else ""),
        f"No stay is planned for {day}. Elsewhere: open --ad-hoc CODE (show stops)."
        + (f"\nNext:{ja}" if ja else ""),
    )


def _one(text: str, named: Sequence[_Named], *, ja: str, en: str) -> dict[str, Any]:
    """The only one that fits: by its whole code or name, else by a part of the name."""
    wanted = _folded(text)
    exact = [one for one in named if wanted in (_folded(one.code), _folded(one.name))]
    found = exact or [one for one in named if wanted in _folded(one.name)]
    if len(found) == 1:
        return found[0].thing
    if found and wanted:
        raise CannotKeep(
            f"{ja}「{text}」は{len(found)}つに当てはまります：\n{_list(found)}",
            f"{text} may be any of {len(found)}:\n{_list(found)}",
        )
    if not named:
        raise CannotKeep(
            f"{ja}がまだありません。つながる所で sync してください。",
            f"There is no {en} yet: sync where there is a network.",
        )
    raise CannotKeep(
        f"{ja}「{text}」はありません。あるのは：\n{_list(named)}",
        f"There is no {en} {text}. There are:\n{_list(named)}",
    )


def _list(named: Iterable[_Named]) -> str:
    lines = [f"  {one.code} {one.name}" for one in sorted(named, key=lambda one: one.code)]
    return "\n".join(lines if len(lines) <= _MOST_TOLD else [*lines[:_MOST_TOLD], "  …"])


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
