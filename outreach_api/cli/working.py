"""work: what is done in the background (alerts), alone or beside a server; and who can't be alerted, said plainly."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import pickle
import subprocess
import sys
import threading
import time

from outreach_api import mail, worker
from outreach_api.cli.console import Commands, Failure, command, opened, tell
from outreach_api.contacts import alert_texts, alerting
from outreach_api.contacts.reads import alarms
from outreach_api.kernel import log_lines
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.messages import say
from outreach_api.reports.weeks import reminding
from outreach_api.settings import Settings
from schemas.vocabulary import AlertRecipient

log = logging.getLogger("outreach.server")

_NAMES = {
    AlertRecipient.LEAD: "責任者",
    AlertRecipient.DEPUTY: "副責任者",
    AlertRecipient.OUTSIDE: "外部の相談員",
}
# The server forks its workers. One forked while a program is being started holds the pipes of that start open, and
# whoever waits for their end waits for ever: no background work would ever begin.
_starting = threading.Lock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_starting.acquire, after_in_parent=_starting.release, after_in_child=_starting.release
    )

_LONGEST_WAIT = 60.0
_SECONDS_TO_STOP = 10.0
"""A mail may be on its way. Cut off, it is sent once more later."""


def add(commands: Commands) -> None:
    work = command(
        commands,
        "work",
        run_work,
        "お知らせなどの裏方の仕事だけを動かす（serve は自分で動かします）",
        "do the background work (alerts) alone; serve does it by itself",
    )
    how = work.add_mutually_exclusive_group()
    how.add_argument(
        "--once",
        action="store_true",
        help="いま済ませるべきものだけをして終わる（cron 用）· do what is due and end (for cron)",
    )
    how.add_argument(
        "--trial",
        action="store_true",
        help="お知らせ先へ試しのメールを送る · send a trial mail to every alert address",
    )


def run_work(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    tell_what_is_missing(settings)
    if options.trial:
        return _trial(settings)
    log_lines.begin(settings.log)
    stop = worker.stopping()
    if options.once:
        with opened(settings) as database:
            alerting.begin(database, settings, utc_now())
            reminding.begin(database, utc_now())
            worker.run_due(database, settings, stop=stop)
    else:
        worker.work(settings, stop)
    return 0


def _trial(settings: Settings) -> int:
    """Raises Failure when there is no mail server or no address."""
    with opened(settings) as database, database.read() as session:
        addresses = alarms.addresses(session)
    if settings.mail is None or not addresses:
        code = "no_address" if settings.mail else "mail_not_set_up"
        raise Failure(say(code, "ja"), say(code, "en"))
    subject, body = alert_texts.trial(settings)
    failed = False
    for recipient, address in addresses.items():
        fault = ""
        try:
            mail.send(*settings.mail, mail.Mail(address, subject, body, new_id()))
        except mail.MailError as refused:
            fault, failed = f": {say(refused.code, 'ja')} · {say(refused.code, 'en')}", True
        print(f"{'NG' if fault else 'OK'}  {_NAMES[recipient]} · {recipient.value}{fault}")
    return 1 if failed else 0


def tell_what_is_missing(settings: Settings) -> None:
    """Nobody should believe that they are alerted when they are not."""
    with opened(settings) as database, database.read() as session:
        codes = list(alarms.set_up_problems(session, settings))
        if settings.mail is not None and not settings.office_emails:
            codes.append("no_office_address")
        for code in codes:
            tell(f"注意：{say(code, 'ja')}", f"Note: {say(code, 'en')}")


class Beside:
    """One worker beside a server, however many processes serve: started again when it ends, ended with the server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = pickle.dumps(settings)
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._keep_running, daemon=True, name="background-work")

    def __enter__(self) -> Beside:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        with self._guard:
            self._stop.set()
            if self._process is not None:
                self._process.terminate()
        self._thread.join(_SECONDS_TO_STOP)
        if self._thread.is_alive() and self._process is not None:
            self._process.kill()
            self._thread.join(_SECONDS_TO_STOP)

    def _keep_running(self) -> None:
        wait = 1.0
        while True:
            with self._guard:
                if self._stop.is_set():
                    return
                self._process = self._start()
            began = time.monotonic()
            ended = self._process.wait()
            if self._stop.is_set():
                return
            wait = 1.0 if time.monotonic() - began > _LONGEST_WAIT else min(_LONGEST_WAIT, wait * 2)
            log_lines.tell(log, logging.WARNING, "work_ended", status=ended, seconds=wait)
            self._stop.wait(wait)

    def _start(self) -> subprocess.Popen[bytes]:
        program = [sys.executable, "-m", "outreach_api.worker", str(os.getpid())]
        with _starting:
            process = subprocess.Popen(program, stdin=subprocess.PIPE)
            if process.stdin is not None:
                # Not by its arguments or the environment: a password may be among them.
                with contextlib.suppress(OSError), process.stdin as pipe:
                    pipe.write(self._settings)
        return process
