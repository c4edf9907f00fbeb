"""What a person reads: Japanese, or English when asked. Lines are short, because a phone is narrow and people are tired."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable

from van_app import words
from van_app.clock import TOKYO, tokyo_day
from van_app.kept import Kept
from van_app.phone import Phone
from van_app.report import Report

DONE, REFUSED, MISUSED, NO_NETWORK, STOPPED = 0, 1, 2, 4, 130
"""How van.py ends."""


class Screen:
    """Speaks to the person."""

    def __init__(self, *, english: bool) -> None:
        self.english = english

    def say(self, ja: str, en: str) -> None:
        print(self.either(ja, en))

    def complain(self, ja: str, en: str) -> None:
        print(self.either(ja, en), file=sys.stderr)

    def either(self, ja: str, en: str) -> str:
        return en if self.english else ja

    def asks(self, ja: str, en: str) -> bool:
        """A yes or no. Nobody there to answer is a no."""
        if not sys.stdin.isatty():
            return False
        try:
            return input(f"{self.either(ja, en)} [y/N] ").strip().lower() in ("y", "yes", "はい")
        except EOFError:
            return False

    def kind(self, one: Kept) -> str:
        return self.either(*words.KINDS.get(one.kind, (one.kind, one.kind)))

    def record(self, one: Kept, today: str) -> str:
        """What it is and when it was: 売上 12:03; of another day, that too."""
        at = one.kept.wall
        form = "%H:%M" if tokyo_day(at) == today else "%m-%d %H:%M"
        return f"{self.kind(one)} {at.astimezone(TOKYO):{form}}"

    def reason(self, one: Kept) -> str:
        """Why it was refused or waits, in the server's words, which came in this phone's language."""
        answer = one.answer or {}
        code = str(answer.get("code") or "")
        return str(answer.get("detail") or self.either(*words.OWN_ANSWERS.get(code, (code, code))))


def tell(screen: Screen, phone: Phone, report: Report) -> None:
    """What a sync did, and what the server wants somebody to look at."""
    arrived = report.applied + report.duplicate
    done = [
        (arrived, f"届いた {arrived}件", f"{arrived} arrived"),
        (report.let_in, f"事務所が入れた {report.let_in}件", f"{report.let_in} let in by the office"),
        (
            report.with_office,
            f"届いて、事務所が預かった {report.with_office}件",
            f"{report.with_office} arrived, kept by the office",
        ),
        (report.dead, f"受け付けられず {report.dead}件", f"{report.dead} refused"),
        (report.pulled, f"受け取った {report.pulled}件", f"{report.pulled} received"),
        (
            report.forgotten,
            f"控えを確かめて消した {report.forgotten}件",
            f"{report.forgotten} proved to be backed up and forgotten",
        ),
    ]
    if any(count for count, _, _ in done):
        screen.say(
            "、".join(ja for count, ja, _ in done if count), ", ".join(en for count, _, en in done if count)
        )
    if report.elsewhere:
        screen.say(
            f"  うち{report.elsewhere}件は、ほかの端末から届いています。",
            f"  {report.elsewhere} of them had come by another phone.",
        )
    if report.restored:
        screen.say(
            f"サーバーが控えから戻されたため、{report.put_back}件を送り直しました。",
            f"The server was restored from a backup: {report.put_back} were sent again.",
        )
    for line in report.answers:
        # A lost answer's warnings come with the duplicate; those of a refusal are in `dead`.
        if "applied" in (line["result"], line.get("original")):
            _warn(screen, phone, line["op_id"], (warning["detail"] for warning in line["warnings"]))


def _warn(screen: Screen, phone: Phone, op_id: str, details: Iterable[str]) -> None:
    for detail in details:
        named = [screen.record(one, phone.today()) for one in phone.queue.find("op_id = ?", op_id)]
        which = named[0] if named else op_id
        screen.say(f"確認（{which}）：{detail}", f"look ({which}): {detail}")


def show_counts(phone: Phone, screen: Screen) -> None:
    """What is still here, and what it waits for."""
    status = phone.status()
    since = "" if status.oldest is None else f"{status.oldest.astimezone(TOKYO):%m-%d %H:%M}"
    screen.say(
        f"送信待ち {status.waiting}件{f'（{since} から）' if since else ''}",
        f"{status.waiting} wait{f' (since {since})' if since else ''}",
    )
    show_waiting(phone, screen)
    if status.with_office:
        screen.say(
            f"事務所が預かっているもの {status.with_office}件（この端末ですることはありません）",
            f"{status.with_office} are with the office (nothing to do here)",
        )
    if status.dead:
        screen.say(
            f"受け付けられず {status.dead}件 → dead で見てください",
            f"{status.dead} refused: see dead",
        )
    show_urgent(phone, screen)


def show_waiting(phone: Phone, screen: Screen) -> None:
    """Two lines for all that wait for the same: what, and why."""
    waiting: dict[str, Counter[str]] = defaultdict(Counter)
    for one in phone.queue.waiting():
        waiting[_why(screen, one)][screen.kind(one)] += 1
    for why, kinds in waiting.items():
        what = "・".join(f"{kind} {count}" for kind, count in kinds.items())
        print(f"  {what}\n    {why}")


def _why(screen: Screen, one: Kept) -> str:
    if one.retries:
        return str((one.answer or {}).get("fix") or screen.reason(one))
    if one.attempts:
        return screen.either("送ろうとしましたが、返事がまだありません", "tried to send; no answer yet")
    return screen.either("まだ送っていません", "not sent yet")


def show_urgent(phone: Phone, screen: Screen) -> None:
    urgent = phone.status().urgent
    if urgent:
        screen.say(
            f"安全の心配 {urgent}件がまだ届いていません。待たずに電話で伝えてください（show card）。",
            f"{urgent} safety concerns have not arrived yet: do not wait, call (show card).",
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
