"""The commands of van.py: each presses one of the phone's buttons and says what came of it."""

from __future__ import annotations

import argparse
import getpass
import os
import re
import sys
import time
from typing import Any

from van_app import words
from van_app.checking import CannotKeep, LooksPersonal
from van_app.clock import TOKYO
from van_app.finding import item_like, price_of, stay_like, stop_like
from van_app.keeping import Line
from van_app.phone import Phone
from van_app.screen import Screen, show_card, show_counts, tell

DONE, REFUSED, MISUSED, NO_NETWORK = 0, 1, 2, 4
_LINE = re.compile(r"(?P<item>[^=@]+)(=(?P<count>[0-9]{1,4}))?(@(?P<yen>[0-9]{1,7}))?")
_TAPS = re.compile(r"(?P<band>[a-z_]+)(=(?P<count>-?[0-9]{1,3}))?")


# Setting up and syncing


def run_pair(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    # From the environment or typed unseen: arguments stand in the shell's history and in every list of processes.
    token = os.environ.get("OUTREACH_TOKEN") or (
        getpass.getpass("token: ") if sys.stdin.isatty() else sys.stdin.readline()
    )
    if not re.fullmatch(r"[!-~]+", token.strip()):
        raise CannotKeep("トークンがありません。", "There is no token: set OUTREACH_TOKEN, or type it.")
    try:
        me = phone.pair(options.url, token.strip())
    except ValueError as fault:
        screen.complain(f"アドレスが使えません：{fault}", f"That address can't be used: {fault}")
        return MISUSED
    screen.say(f"つながりました：{me['label']}", f"Paired as {me['label']}")
    return run_sync(phone, screen, argparse.Namespace(tries=3, now=False))


def run_sync(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    report = phone.sync(at_once=options.now)
    tell(screen, report)
    for _ in range(options.tries - 1):
        if report.problem is None or report.needs_a_person:
            break
        screen.complain(
            f"つながりません（{report.problem}）。{report.wait_seconds:.0f}秒後にもう一度送ります。",
            f"No answer ({report.problem}); again in {report.wait_seconds:.0f} s.",
        )
        time.sleep(report.wait_seconds)
        report = phone.sync(at_once=options.now)
        tell(screen, report)
    if report.needs_a_person:
        status, _, detail = str(report.problem).partition(" ")
        return refused(screen, int(status), detail)
    if report.problem is not None:
        screen.complain(
            f"送れませんでした（{report.problem}）。記録は端末に残っています。",
            f"Nothing came back ({report.problem}). All is still kept here; sync again later.",
        )
    show_counts(phone, screen)
    return DONE if report.problem is None else NO_NETWORK


# What the crew does


def run_open(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    if options.ad_hoc is not None:
        stop = stop_like(phone.shelf, options.ad_hoc)
        phone.open_visit(stop_id=stop["id"], note=options.note)
        name = stop["name"]
    else:
        stay = stay_like(phone.shelf, options.stay, options.day or phone.today())
        phone.open_visit(plan_stop_id=stay["id"], note=options.note)
        name = stay["stop_name"]
    screen.say(f"出店を始めました：{name}", f"Opened at {name}")
    return kept(phone, screen)


def run_sell(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    lines, total = [], options.rush or 0
    for text in options.items:
        said = _LINE.fullmatch(text)
        if said is None:
            raise CannotKeep(f"読めません：{text}", f"Write ITEM, ITEM=3 or ITEM=3@100, not {text}")
        item = item_like(phone.shelf, said["item"])
        yen = int(said["yen"]) if said["yen"] else price_of(item, phone.today())
        lines.append(Line(item["id"], int(said["count"] or 1), yen))
        total += (yen or 0) * lines[-1].quantity
    sale = phone.sell(
        lines,
        payment=options.pay,
        rush_yen=options.rush,
        ticket_count=options.tickets,
        service_mode="eat_in" if options.eat_in else None,
    )
    screen.say(f"売上 {total:,}円　番号 {sale}", f"Sale of {total:,} yen, id {sale}")
    return kept(phone, screen)


def run_void(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    phone.void(options.sale, options.reason)
    return kept(phone, screen)


def run_count(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    counts: dict[str, int] = {}
    for text in options.taps:
        said = _TAPS.fullmatch(text)
        if said is None:
            raise CannotKeep(f"読めません：{text}", f"Write BAND or BAND=3, not {text}")
        counts[said["band"]] = counts.get(said["band"], 0) + int(said["count"] or 1)
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
    if sys.stdin.isatty():
        screen.say(
            "本文（名前・住所・電話は書かない。終わりは空行）：",
            "Text (no names, addresses, phones; an empty line ends it):",
        )
        return "\n".join(iter(input, "")).strip()
    return sys.stdin.read().strip()


def run_close(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    phone.close(early_reason=options.reason)
    return kept(phone, screen)


def kept(phone: Phone, screen: Screen) -> int:
    """Said only now: it is on the disk."""
    waiting = phone.status().waiting
    screen.say(f"残しました（送信待ち {waiting}件）。", f"Kept; {waiting} wait to be sent.")
    return DONE


# What a person looks at


def run_status(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    status = phone.status()
    screen.say(f"端末：{status.holder or '—'}", f"phone: {status.holder or '-'}")
    screen.say(
        f"サーバー：{status.server or 'pair していません'}", f"server: {status.server or 'not paired'}"
    )
    show_counts(phone, screen)
    screen.say(f"最後の同期：{status.last_sync or '—'}", f"last sync: {status.last_sync or '-'}")
    screen.say(f"サーバーの世代：{status.epoch or '—'}", f"server's epoch: {status.epoch or '-'}")
    if status.problem:
        screen.say(f"前回の問題：{status.problem}", f"last problem: {status.problem}")
    if status.skew_seconds is not None:
        wrong = "（合わせてください）" if status.clock_suspect else ""
        screen.say(
            f"時計のずれ：{status.skew_seconds:+.0f}秒{wrong}",
            f"clock is off by {status.skew_seconds:+.0f} s{': set it right' if wrong else ''}",
        )
    return DONE


def run_dead(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    if options.again or options.drop:
        (phone.again if options.again else phone.drop)(options.again or options.drop)
        screen.say("しました。", "Done.")
        return DONE
    for one in phone.dead():
        ja, en = words.KINDS.get(one.kind, (one.kind, one.kind))
        when = f"{one.kept.wall.astimezone(TOKYO):%m-%d %H:%M}"
        answer = one.answer or {}
        screen.say(f"{one.op_id}  {when}  {ja}", f"{one.op_id}  {when}  {en}")
        print(f"    {answer.get('detail') or answer.get('code')}")
        for fault in answer.get("errors") or ():
            print(f"    {fault['path']}: {fault['detail']}")
        if answer.get("fix"):
            print(f"    → {answer['fix']}")
    return DONE


def _code(thing: dict[str, Any]) -> str:
    return str(thing["code"])


def run_show(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    if options.what == "card":
        show_card(phone, screen)
    elif options.what == "plan":
        for plan, stay in phone.shelf.stays():
            if plan["local_day"] >= phone.today():
                print(plan["local_day"], stay["arrive"], stay["depart"], stay["stop_code"], stay["stop_name"])
    elif options.what == "items":
        for item in sorted(phone.shelf.things("item"), key=_code):
            if item["active"]:
                print(item["code"], item["name"], price_of(item, phone.today()))
    else:
        for stop in sorted(phone.shelf.things("stop"), key=_code):
            print(stop["code"], stop["name"])
    return DONE


# Rescue


def run_export(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    try:
        count = phone.export(options.file)
    except FileExistsError:
        raise CannotKeep(f"{options.file} はすでにあります。", f"{options.file} is there already.") from None
    screen.say(
        f"{count}件を {options.file} に書き出しました。", f"Wrote {count} operations to {options.file}"
    )
    return DONE


def run_import(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    done = phone.take_in(options.file)
    screen.say(
        f"新しく {done.new}件、もうあったもの {done.known}件、読めない行 {done.unreadable}",
        f"{done.new} new, {done.known} known, {done.unreadable} unreadable lines",
    )
    return REFUSED if done.unreadable else DONE


def refused(screen: Screen, status: int, detail: str) -> int:
    if status == 401:
        screen.complain(
            "トークンが無効です。記録は端末に残っています。事務所で新しいトークンをもらい、pair し直してください。",
            "The token is not valid (any more). All is still kept here: get a new one, and pair again.",
        )
    else:
        screen.complain(f"断られました（{status}）：{detail}", f"The server refused ({status}): {detail}")
    return REFUSED
