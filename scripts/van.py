#!/usr/bin/env python3
"""A crew phone's app on the command line: keeps what is entered in a queue on disk, and syncs it with the server.

  van.py pair https://…
  van.py open --ad-hoc K01
  van.py sell M01=3 P01
  van.py count elem_low=2 guardian
  van.py note --depth listening
  van.py close
  van.py sync

`pair` asks for the code that the office shows, or takes the link of its QR code in place of the address; a token
comes from OUTREACH_TOKEN, never as an argument. At a stay planned for today: `open`.
Nothing but `pair` and `sync` needs a network. How it works is in van_app/, which is the manual for app builders.
Exit codes: 0 done · 1 not kept, or refused · 2 wrong use · 4 no network: it is all kept, sync again later ·
130 Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sqlite3
import sys
from pathlib import Path
from typing import Any

from van_app import commands, looking, traffic, words
from van_app.checking import CannotKeep
from van_app.phone import Phone, not_paired
from van_app.rescue import NoQueueFile
from van_app.screen import NO_NETWORK, REFUSED, STOPPED, Screen
from van_app.syncing import AlreadySyncing
from van_app.wire import Refused, TooBig, Unanswered


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    screen = Screen(english=options.english)
    try:
        with Phone(options.queue, language="en" if options.english else None) as phone:
            screen.english = phone.language == "en"
            if options.paired and phone.status().server is None:
                raise not_paired()
            done = int(options.run(phone, screen, options))
            sys.stdout.flush()
            return done
    except CannotKeep as no:
        screen.complain(no.ja, no.en)
    except Refused as no:
        return traffic.refused(screen, no.status, no.detail)
    except (Unanswered, TooBig) as none:
        screen.complain(f"つながりません（{none.ja}）。", f"No connection ({none.en}).")
        return NO_NETWORK
    except AlreadySyncing:
        screen.complain("ほかの sync が動いています。終わるのを待ってください。", "Another sync is at work.")
    except NoQueueFile:
        screen.complain(
            "van.py が書き出したファイルではありません。", "That is no file that van.py exported."
        )
    except sqlite3.Error as fault:
        screen.complain(
            f"残せませんでした。キューのファイル {options.queue} が使えません：{fault}",
            f"Not kept: the queue {options.queue} can't be used: {fault}",
        )
    except BrokenPipeError:
        # Whoever read us has seen enough; nothing may be flushed to them at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as fault:
        screen.complain(f"ファイルの操作に失敗しました：{fault}", f"That did not work: {fault}")
    except KeyboardInterrupt:
        # Whatever was kept is on the disk, and a sync that was cut off goes on where it was.
        screen.complain(
            "止めました。「残しました」と出た記録は、みな端末にあります。",
            "Stopped. All that was kept is still here.",
        )
        return STOPPED
    return REFUSED


def parser() -> argparse.ArgumentParser:
    as_written = argparse.RawDescriptionHelpFormatter
    made = argparse.ArgumentParser(description=__doc__, formatter_class=as_written, allow_abbrev=False)
    home = Path(os.environ.get("VAN_QUEUE") or Path.home() / ".kurukuru-van" / "queue.db")
    made.add_argument(
        "--queue", type=Path, default=home, metavar="FILE", help="キュー · the queue (VAN_QUEUE)"
    )
    made.add_argument("--english", action="store_true", help="英語で · speak English")
    offered = made.add_subparsers(title="コマンド · commands", metavar="COMMAND", required=True)

    def command(name: str, run: Any, ja: str, en: str, *, paired: bool = True) -> argparse.ArgumentParser:
        one = offered.add_parser(name, help=f"{ja} · {en}", description=f"{ja} · {en}", allow_abbrev=False)
        one.set_defaults(run=run, paired=paired)
        return one

    pair = command("pair", traffic.run_pair, "サーバーにつなぐ", "pair with a server", paired=False)
    pair.add_argument("url", metavar="URL")
    sync = command("sync", traffic.run_sync, "送って受け取る", "send and fetch")
    sync.add_argument("--tries", type=_tries, default=6, metavar="N", help="回数 · attempts (6)")
    sync.add_argument("--now", action="store_true", help="待っているものも · also what waits for its time")
    visit = command("open", commands.run_open, "出店を始める", "arrive")
    visit.add_argument("stay", nargs="?", help="停車予定のコードか名前 · a stay planned for today")
    visit.add_argument("--ad-hoc", metavar="STOP", help="予定にない場所 · a stop that is not planned")
    visit.add_argument("--day", metavar="YYYY-MM-DD", help="予定の日 · the plan's day, if not today")
    visit.add_argument("--note", metavar="TEXT", help="場所のメモ · about the site")
    sell = command("sell", commands.run_sell, "売る", "sell")
    sell.add_argument(
        "items", nargs="*", metavar="ITEM[=N][@YEN]", help="品目=数。例 M01=3 · by code or name"
    )
    sell.add_argument("--rush", type=int, metavar="YEN", help="まとめて一つの金額 · one amount for sweets")
    sell.add_argument("--pay", choices=words.PAYMENTS, default="cash")
    sell.add_argument("--tickets", type=int, metavar="N", help="恩送りチケット（--pay ticket）· tickets used")
    sell.add_argument(
        "--part",
        action="append",
        default=[],
        metavar="WAY[=N]",
        help="いくつかの払い方。例 --part ticket=1 --part cash · several ways: tickets, or yen; one may say no yen",
    )
    sell.add_argument("--discount", type=int, metavar="YEN", help="全体からの値引き · off the whole receipt")
    sell.add_argument("--eat-in", action="store_true", help="店内飲食 · eaten on our seats")
    refund = command("refund", commands.run_refund, "一部を返す", "give some of a sale back")
    refund.add_argument("sale", metavar="ID", help="番号、またはその頭 · an id, or how it begins")
    refund.add_argument("lines", nargs="+", metavar="LINE=N", help="行=数。0 が一行目 · 0 is the first line")
    refund.add_argument("--reason", required=True, metavar="REASON")
    void = command("void", commands.run_void, "売上を取り消す", "take a sale back")
    void.add_argument("sale", metavar="ID", help="番号、またはその頭 · an id, or how it begins")
    void.add_argument("reason", metavar="REASON")
    count = command("count", commands.run_count, "来場者を数える", "count heads")
    count.add_argument("taps", nargs="+", metavar="BAND[=N]", help=f"区分 · {_bands()}")
    _add_note(
        command(
            "note",
            commands.run_note,
            "気づきメモを残す（本文は標準入力から）",
            "keep a note; its text is typed",
        )
    )
    close = command("close", commands.run_close, "出店を終える", "leave")
    close.add_argument("--reason", choices=words.REASONS, help="早く終えた理由 · why early")
    me = command("me", commands.run_me, "だれが使っているか（シフトの PIN）", "who holds this phone")
    me.add_argument("pin", nargs="?", metavar="PIN", help="4桁。なければ「だれでもない」· none: nobody says")
    command("status", looking.run_status, "いまの様子", "how things stand", paired=False)
    dead = command("dead", looking.run_dead, "受け付けられなかった記録", "what was refused", paired=False)
    which = dead.add_mutually_exclusive_group()
    which.add_argument("--again", metavar="OP", help="同じ番号でもう一度送る · send it once more")
    which.add_argument("--drop", metavar="OP", help="片付けた · it is dealt with")
    show = command("show", looking.run_show, "受け取ったもの", "what was pulled")
    show.add_argument("what", choices=("plan", "items", "stops", "card"), nargs="?", default="plan")
    export = command(
        "export", traffic.run_export, "ファイルに書き出す", "write the queue to a file", paired=False
    )
    export.add_argument("file", type=Path, metavar="FILE")
    taken = command(
        "import", traffic.run_import, "書き出したファイルを取り込む", "take in an exported file", paired=False
    )
    taken.add_argument("file", type=Path, metavar="FILE")
    return made


def _add_note(note: argparse.ArgumentParser) -> None:
    note.add_argument("--depth", choices=words.DEPTHS, required=True)
    note.add_argument("--familiarity", choices=words.FAMILIARITY, default="unknown")
    for name, known in (("stage", words.STAGES), ("topic", words.TOPICS), ("info", words.INFO)):
        note.add_argument(f"--{name}", choices=known, action="append", default=[])
    note.add_argument("--first-connection", choices=("yes", "no"))
    note.add_argument("--concern", action="store_true", help="安全の心配 · a child's safety")
    note.add_argument("--about-staff", action="store_true", help="スタッフについて · about one of us")
    note.add_argument("--no-text", action="store_true", help="本文なし · without a text")
    note.add_argument("--yes", action="store_true", help="警告があっても残す · keep it in spite of warnings")


def _bands() -> str:
    return ", ".join(f"{code} {name}" for code, name in words.BANDS.items())


def _tries(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise argparse.ArgumentTypeError("1 to 9999")
    return int(text)


if __name__ == "__main__":
    for stream, errors in (
        (sys.stdin, "surrogateescape"),
        (sys.stdout, "backslashreplace"),
        (sys.stderr, "backslashreplace"),
    ):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors=errors)  # type: ignore[union-attr]
    sys.exit(main())
