"""The commands of van.py that the crew's work consists of: each presses one of the phone's buttons and says what came
of it. What only looks is in `looking`, what needs a network or a file in `traffic`."""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from typing import Any

from van_app import arriving, words
from van_app.arriving import Visit
from van_app.checking import CannotKeep, LooksPersonal
from van_app.finding import band_like, item_like, price_of, sale_like, stay_like, stop_like
from van_app.keeping import Line
from van_app.phone import Phone
from van_app.screen import DONE, REFUSED, Screen, show_card

_LINE = re.compile(r"(?P<item>[^=@:]+)(=(?P<count>[0-9]{1,4}))?(@(?P<yen>[0-9]{1,7}))?")
_TAPS = re.compile(r"(?P<band>[^=:]+)(=(?P<count>-?[0-9]{1,3}))?")


def run_open(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    if options.ad_hoc is not None:
        stop = stop_like(phone.shelf, options.ad_hoc)
        place, chosen = stop["name"], {"stop_id": stop["id"]}
    else:
        stay = stay_like(phone.shelf, options.stay, options.day or phone.today())
        place, chosen = stay["stop_name"], {"plan_stop_id": stay["id"]}
    before, joined = phone.current(), phone.joins(**chosen)
    phone.open_visit(**chosen, note=options.note)
    _arrived(
        screen, place, joined, already=before is not None and joined is not None and before.id == joined.id
    )
    if before is not None and before.status == arriving.OPEN and before.id != (phone.status().visit or ""):
        left = phone.place_of(before)
        screen.say(f"前の出店（{left}）は終わりにしていません。", f"The visit before ({left}) is still open.")
    if joined is not None and joined.opened_here:
        return DONE
    return kept(phone, screen)


def _arrived(screen: Screen, place: str, joined: Visit | None, *, already: bool) -> None:
    """What an arrival did: most often it began a visit, but it may have gone on with one."""
    if joined is None:
        screen.say(f"出店を始めました：{place}", f"Opened at {place}")
    elif joined.status == arriving.CLOSED:
        ended = arriving.hour(joined.closed_at)
        screen.say(
            f"この予定の出店はもう終わっています（{ended}）：{place}\n"
            "終わったまま、記録を足せます。新しく始めるなら open --ad-hoc です。",
            f"This planned visit has ended already ({ended}): {place}\n"
            "It stays ended; what you enter is added. To begin another one: open --ad-hoc.",
        )
    elif already:
        since = arriving.hour(joined.opened_at)
        screen.say(
            f"もう開いています（{since} から）：{place}", f"It is open here already (since {since}): {place}"
        )
    elif joined.opened_here:
        screen.say(f"まだ開いている出店に戻りました：{place}", f"Back at a visit that is still open: {place}")
    else:
        since = arriving.hour(joined.opened_at)
        screen.say(
            f"もう始まっている出店（{since} から）に加わりました：{place}",
            f"Joined the visit that is open there already (since {since}): {place}",
        )


def run_sell(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    lines, total = [], options.rush or 0
    for text in options.items:
        line = _line(phone, text)
        lines.append(line)
        total += (line.unit_price_yen or 0) * line.quantity
    if not lines and options.rush is None:
        raise CannotKeep(
            "何を売ったか書いてください。例：sell M01=3 P01 ／ まとめてなら sell --rush 500",
            "Say what was sold: sell M01=3 P01, or sell --rush 500",
        )
    total -= options.discount or 0
    ways = [_way(text) for text in options.part]
    sale = phone.sell(
        lines,
        payment="mixed" if ways else options.pay,
        payments=ways or None,
        discount_yen=options.discount,
        rush_yen=options.rush,
        ticket_count=options.tickets,
        service_mode="eat_in" if options.eat_in else None,
    )
    screen.say(f"売上 {total:,}円　番号 {sale}", f"Sale of {total:,} yen, id {sale}")
    return kept(phone, screen)


def _line(phone: Phone, text: str) -> Line:
    said = _LINE.fullmatch(_plain(text))
    if said is None:
        raise CannotKeep(
            f"読めません：{text}\n品目=数 と書きます。例：M01=3（値段を変えるなら M01=3@100）",
            f"Write ITEM, ITEM=3 or ITEM=3@100, such as M01=3, not {text}",
        )
    item = item_like(phone.shelf, said["item"])
    yen = int(said["yen"]) if said["yen"] else price_of(item, phone.today())
    if yen is None:
        raise CannotKeep(
            f"{item['name']}にはまだ値段がありません。{text}@円 と書いてください。",
            f"{item['name']} has no price yet: write {text}@YEN",
        )
    return Line(item["id"], int(said["count"] or 1), yen)


def _plain(text: str) -> str:
    """A Japanese keyboard types M01＝３ as readily as M01=3."""
    return unicodedata.normalize("NFKC", text)


_WAY = re.compile(r"(?P<way>[a-z_]+)(=(?P<number>[0-9]{1,7}))?")
_BACK = re.compile(r"(?P<line>[0-9]{1,3})=(?P<pieces>[0-9]{1,7})")


def _way(text: str) -> dict[str, Any]:
    said = _WAY.fullmatch(_plain(text))
    if said is None or said["way"] not in words.PARTS:
        raise CannotKeep(f"払い方：{', '.join(words.PARTS)}", f"Ways of paying: {', '.join(words.PARTS)}")
    if said["way"] == "ticket":
        return {"payment": "ticket", "ticket_count": int(said["number"] or 1)}
    return {"payment": said["way"]} | ({"yen": int(said["number"])} if said["number"] else {})


def run_refund(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    sale = sale_like(phone.queue, options.sale)
    back: dict[int, int] = {}
    for text in options.lines:
        said = _BACK.fullmatch(_plain(text))
        if said is None:
            raise CannotKeep(
                f"読めません：{text}\n行=数 と書きます。例：0=1", f"Write LINE=N, such as 0=1, not {text}"
            )
        back[int(said["line"])] = int(said["pieces"])
    phone.refund(sale, back, options.reason)
    screen.say(f"返品します：売上 {sale}", f"Given back: of sale {sale}")
    return kept(phone, screen)


def run_void(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    sale = sale_like(phone.queue, options.sale)
    phone.void(sale, options.reason)
    screen.say(f"取り消します：売上 {sale}", f"Taken back: sale {sale}")
    return kept(phone, screen)


def run_count(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    counts: dict[str, int] = {}
    for text in options.taps:
        said = _TAPS.fullmatch(_plain(text))
        if said is None:
            raise CannotKeep(
                f"読めません：{text}\n区分=数 と書きます。例：elem_low=2 guardian",
                f"Write BAND or BAND=3, such as elem_low=2, not {text}",
            )
        band = band_like(said["band"])
        counts[band] = counts.get(band, 0) + int(said["count"] or 1)
    phone.count(counts)
    return kept(phone, screen)


def run_note(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    text = None if options.no_text else typed_text(screen)
    note: dict[str, Any] = {
        "depth": options.depth,
        "text": text or None,
        "familiarity": options.familiarity,
        "stages": options.stage,
        "topics": options.topic,
        "info_given": options.info,
        "first_connection": {"yes": True, "no": False, None: None}[options.first_connection],
        "safety_concern": options.concern,
        "about_staff": options.about_staff,
    }
    try:
        phone.note(**note, sure=options.yes)
    except LooksPersonal as doubt:
        for warning in doubt.warnings:
            screen.complain(f"確認：{warning}", f"look: {warning}")
        if not screen.asks("このまま残しますか", "Keep it as it is?"):
            screen.complain(
                "残していません。書き直すか、このままでよければ --yes を付けてください。",
                "Not kept. Write it again, or say --yes to keep it as it is.",
            )
            return REFUSED
        phone.note(**note, sure=True)
    if options.concern or options.depth == "crisis":
        show_card(phone, screen)
    return kept(phone, screen)


def typed_text(screen: Screen) -> str:
    """From the keyboard or a pipe, never as an argument: the shell would keep it where anybody can read it."""
    if not sys.stdin.isatty():
        return sys.stdin.read().strip()
    screen.say(
        "本文（名前・住所・電話は書かない。終わりは空行）：",
        "Text (no names, addresses, phones; an empty line ends it):",
    )
    lines: list[str] = []
    try:
        while line := input():
            lines.append(line)
    except EOFError:
        pass
    return "\n".join(lines).strip()


def run_close(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    visit = phone.current()
    phone.close(early_reason=options.reason)
    place = "" if visit is None else phone.place_of(visit)
    screen.say(f"出店を終えました：{place}", f"Ended: {place}")
    return kept(phone, screen)


def kept(phone: Phone, screen: Screen) -> int:
    """Said only now: it is on the disk."""
    waiting = phone.status().waiting
    screen.say(f"残しました（送信待ち {waiting}件）。", f"Kept; {waiting} wait to be sent.")
    return DONE


def run_me(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    phone.act_as(options.pin)
    if options.pin is None:
        screen.say("使っている人の名前は付けません。", "Nobody is named from now on.")
    else:
        screen.say("今日の記録に、この PIN の人の名前が付きます。", "What is entered today names you.")
    return DONE
