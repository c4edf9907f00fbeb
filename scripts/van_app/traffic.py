"""The commands of van.py that bring things to and from this phone: pair, sync, export, import."""

from __future__ import annotations

import argparse
import getpass
import math
import os
import sys
import time

from van_app.checking import CannotKeep
from van_app.phone import Phone
from van_app.report import Report
from van_app.screen import DONE, MISUSED, NO_NETWORK, REFUSED, Screen, show_counts, show_urgent, tell
from van_app.wire import BadAddress

_MARK = "okk_"
"""How a token begins; whatever else is given is a code."""


def run_pair(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    # From the environment or typed unseen: arguments stand in the shell's history and in every list of processes.
    # A code serves once: the link of a QR code may stand there whole, and be pasted for it.
    url, linked = _link(options.url)
    typed = (linked or os.environ.get("OUTREACH_TOKEN") or _typed(screen)).strip()
    given = _link(typed)[1] or typed
    if not given:
        raise CannotKeep(
            "コードがありません。事務所の画面の10文字を打ってください。",
            "There is no code: type the ten characters that the office's screen shows.",
        )
    try:
        me = phone.pair(url, given) if given.startswith(_MARK) else phone.redeem(url, given)
    except BadAddress as fault:
        screen.complain(f"アドレスが使えません：{fault.ja}。", f"That address can't be used: {fault.en}.")
        return MISUSED
    screen.say(f"つながりました：{me['label']}", f"Paired as {me['label']}")
    return run_sync(phone, screen, argparse.Namespace(tries=3, now=False))


def _link(text: str) -> tuple[str, str]:
    """Address and code of a QR code's link; without a code in it, the address alone."""
    address, _, code = text.strip().partition("#")
    return address.removesuffix("/pair"), code


def _typed(screen: Screen) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    try:
        return getpass.getpass(screen.either("コード（表示されません）: ", "code (not shown): "))
    except EOFError:
        return ""


def run_sync(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    """Try some times; whatever happens, all that has not arrived is still in the queue."""
    report, left = _once(phone, screen, options), options.tries - 1
    while report.problem is not None and not report.needs_a_person and left:
        seconds = math.ceil(report.wait_seconds)
        screen.complain(
            f"{report.problem}。{seconds}秒後にもう一度。", f"{report.problem}; again in {seconds} s."
        )
        time.sleep(report.wait_seconds)
        report, left = _once(phone, screen, options), left - 1
    if report.problem is None:
        show_counts(phone, screen)
        return DONE
    if report.leaving:
        return _has_left(phone, screen)
    if report.status is not None:
        return refused(screen, report.status, report.problem)
    return _in_vain(phone, screen, report)


def _once(phone: Phone, screen: Screen, options: argparse.Namespace) -> Report:
    report = phone.sync(at_once=options.now)
    tell(screen, phone, report)
    return report


def _has_left(phone: Phone, screen: Screen) -> int:
    waiting = phone.status().waiting
    screen.say(
        "この端末の利用は終わりました。"
        + ("残りは次の sync で送ります。" if waiting else "送るものはもうありません。おつかれさまでした。"),
        "This phone has left. "
        + (
            "The rest goes with the next sync."
            if waiting
            else "Nothing is left to send. Thank you for your work."
        ),
    )
    show_counts(phone, screen)
    return REFUSED if waiting else DONE


def _in_vain(phone: Phone, screen: Screen, report: Report) -> int:
    waiting = phone.status().waiting
    screen.complain(
        f"つながりません（{report.problem}）。"
        + (f"記録 {waiting}件は端末に残っています。" if waiting else "送るものは残っていません。"),
        f"No connection ({report.problem}). "
        + (f"{waiting} are still kept here." if waiting else "Nothing is left to be sent."),
    )
    show_urgent(phone, screen)
    return NO_NETWORK


def run_export(phone: Phone, screen: Screen, options: argparse.Namespace) -> int:
    try:
        count = phone.export(options.file)
    except FileExistsError:
        raise CannotKeep(
            f"{options.file} はすでにあります。ほかの名前にしてください。",
            f"{options.file} is there already; take another name.",
        ) from None
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
            "登録が終わっています。記録は端末に残っています。事務所で新しいコードをもらい、pair し直してください。",
            "This phone is not let in (any more). All is still kept here: get a new code, and pair again.",
        )
    else:
        screen.complain(f"断られました（{status}）：{detail}", f"The server refused ({status}): {detail}")
    return REFUSED
