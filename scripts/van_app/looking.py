"""The commands of van.py that look: how things stand, what was refused, what was pulled. Nothing here needs a network."""

from __future__ import annotations

import argparse
from typing import Any

from van_app import arriving
from van_app.clock import TOKYO, read
from van_app.finding import price_of
from van_app.phone import Phone
from van_app.screen import DONE, Screen, show_card, show_counts


def run_status(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    status = phone.status()
    if status.server is None:
        screen.say("まだ pair していません。", "This phone is not paired yet.")
    else:
        screen.say(f"{status.holder} → {status.server}", f"{status.holder} → {status.server}")
    visit = phone.current()
    if visit is None:
        screen.say("出店していません。", "No visit is open.")
    else:
        _show_visit(phone, screen, visit)
    show_counts(phone, screen)
    if status.acknowledged:
        screen.say(
            f"届いて、控えができるまで残すもの {status.acknowledged}件",
            f"{status.acknowledged} arrived; kept until a backup holds them",
        )
    last = f"{read(status.last_sync).astimezone(TOKYO):%m-%d %H:%M}" if status.last_sync else "—"
    screen.say(f"最後の sync：{last}", f"last sync: {last}")
    if status.problem:
        screen.say(f"前回の sync が終わらなかったわけ：{status.problem}", f"last problem: {status.problem}")
    if status.clock_suspect:
        screen.say(
            f"時計が {status.skew_seconds or 0:+.0f}秒ずれています。合わせてください。",
            f"The clock is off by {status.skew_seconds or 0:+.0f} s: set it right.",
        )
    return DONE


def _show_visit(phone: Phone, screen: Screen, visit: arriving.Visit) -> None:
    if phone.opening_was_refused(visit):
        screen.say(
            "出店の開始が受け付けられていません → dead で見てください",
            "Its opening was not taken in: see dead",
        )
        return
    place = phone.place_of(visit) or screen.either("場所はまだわかりません", "its place is not known yet")
    if visit.status == arriving.CLOSED:
        ended = arriving.hour(visit.closed_at)
        screen.say(f"終わった出店（{ended}）：{place}", f"visit, ended at {ended}: {place}")
    else:
        since = arriving.hour(visit.opened_at)
        screen.say(
            f"出店中{f'（{since} から）' if since else ''}：{place}",
            f"visit, open{f' since {since}' if since else ''}: {place}",
        )


def run_dead(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    if options.again:
        one = screen.record(phone.again(options.again), phone.today())
        screen.say(f"次の sync でもう一度送ります：{one}", f"Sync sends it once more: {one}")
    elif options.drop:
        one = screen.record(phone.drop(options.drop), phone.today())
        screen.say(f"片付けました（端末から消しました）：{one}", f"Dealt with, and gone from here: {one}")
    else:
        _list_dead(phone, screen)
    return DONE


def _list_dead(phone: Phone, screen: Screen) -> None:
    letters = phone.dead()
    if not letters:
        screen.say("受け付けられなかった記録はありません。", "Nothing was refused.")
        return
    for one in letters:
        answer = one.answer or {}
        print(f"{screen.record(one, phone.today())}\n  {one.op_id}\n  {screen.reason(one)}")
        for fault in answer.get("errors") or ():
            print(f"    {fault['path']}: {fault['detail']}")
        if answer.get("fix"):
            print(f"  → {answer['fix']}")
    screen.say(
        "もう一度送る：dead --again 番号　片付けた：dead --drop 番号",
        "Once more: dead --again ID. Dealt with: dead --drop ID",
    )


def run_show(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    if options.what == "card":
        show_card(phone, screen)
    elif options.what == "plan":
        _show_plan(phone, screen)
    elif options.what == "items":
        for item in sorted(phone.shelf.things("item"), key=_code):
            if item["active"]:
                yen = price_of(item, phone.today())
                price = screen.either("値段なし", "no price") if yen is None else f"{yen:,}円"
                print(item["code"], item["name"], price)
    else:
        for stop in sorted(phone.shelf.things("stop"), key=_code):
            print(stop["code"], stop["name"])
    return DONE


def _show_plan(phone: Phone, screen: Screen) -> None:
    coming = [(plan, stay) for plan, stay in phone.shelf.stays() if plan["local_day"] >= phone.today()]
    if not coming:
        screen.say("この先の停車予定はありません。", "Nothing is planned.")
    for plan, stay in coming:
        print(
            f"{plan['local_day']} {stay['arrive']}–{stay['depart']}\n  {stay['stop_code']} {stay['stop_name']}"
        )


def _code(thing: dict[str, Any]) -> str:
    return str(thing["code"])
