"""What a person reads: Japanese, or English when asked."""

from __future__ import annotations

import sys

from van_app.clock import TOKYO
from van_app.phone import Phone
from van_app.report import Report


class Screen:
    """Speaks to the person: Japanese, or English when asked."""

    def __init__(self, *, english: bool) -> None:
        self.english = english

    def say(self, ja: str, en: str) -> None:
        print(en if self.english else ja)

    def complain(self, ja: str, en: str) -> None:
        print(en if self.english else ja, file=sys.stderr)

    def asks(self, ja: str, en: str) -> bool:
        """A yes or no. Nobody there to answer is a no."""
        if not sys.stdin.isatty():
            return False
        return input(f"{en if self.english else ja} [y/N] ").strip().lower() in ("y", "yes", "はい")


def tell(screen: Screen, report: Report) -> None:
    """What a sync did, and what the server wants somebody to look at."""
    screen.say(
        f"届いた {report.applied + report.duplicate}、待ち {report.waiting}、受け付けられず {report.dead}、"
        f"受け取った {report.pulled}、控えを確かめて消した {report.forgotten}",
        f"arrived {report.applied + report.duplicate}, waiting {report.waiting}, refused {report.dead}, "
        f"received {report.pulled}, proved and forgotten {report.forgotten}",
    )
    if report.restored:
        screen.say(
            f"サーバーが控えから戻されたため、{report.put_back}件を送り直しました。",
            f"The server was restored from a backup: {report.put_back} were sent again.",
        )
    for line in report.answers:
        for warning in line["warnings"] if line["result"] == "applied" else ():
            screen.say(f"  確認：{warning['detail']}", f"  look: {warning['detail']}")


def show_counts(phone: Phone, screen: Screen) -> None:
    status = phone.status()
    since = "" if status.oldest is None else f"{status.oldest.astimezone(TOKYO):%m-%d %H:%M}"
    screen.say(
        f"送信待ち {status.waiting}件{f'（いちばん古いもの {since}）' if since else ''}、"
        f"受け付けられず {status.dead}件、届いて保管中 {status.acknowledged}件",
        f"{status.waiting} wait{f' (the oldest since {since})' if since else ''}, {status.dead} refused, "
        f"{status.acknowledged} arrived and still kept here",
    )
    if status.dead:
        screen.say("  → van.py dead で見てください。", "  see: van.py dead")
    show_urgent(phone, screen)


def show_urgent(phone: Phone, screen: Screen) -> None:
    urgent = phone.status().urgent
    if urgent:
        screen.say(
            f"安全の心配 {urgent}件がまだ届いていません。待たずに電話で伝えてください（van.py show card）。",
            f"{urgent} safety concerns have not arrived yet: do not wait, call (van.py show card).",
        )


def show_card(phone: Phone, screen: Screen) -> None:
    """Whom to call now. It was pulled beforehand: where this is needed there may be no network."""
    for card in phone.shelf.things("safety_card"):
        print(card["steps_en"] if screen.english and card["steps_en"] else card["steps"])
        for number in card["emergency"]:
            print(f"  {number['phone']}  {number['name_en'] if screen.english else number['name']}")
        for who in ("lead", "deputy", "outside"):
            if card[f"{who}_phone"]:
                print(f"  {card[f'{who}_phone']}  {card[f'{who}_name'] or ''}")
