"""Reminds the office of weeks that are over and that nobody closed: by mail, Tuesdays at nine, until they are closed.

Whoever reads that mail needs no token, and it passes many machines: it names weeks, and nothing that is in them.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence

from outreach_api import mail
from outreach_api.kernel.ids import derived
from outreach_api.kernel.week import TOKYO, IsoWeek
from outreach_api.messages import Language, say
from outreach_api.reports.weeks import listing
from outreach_api.settings import Settings
from outreach_api.storage import jobs
from outreach_api.storage.session import Database
from schemas.vocabulary import WeekState

REMIND = "week.remind"
_WEEKS = derived("weeks that are not closed")
_TUESDAY, _AT = 1, dt.time(9)
"""In Tokyo: on Monday the last phones of the weekend come home."""
_NAMED = 8
_LANGUAGES: tuple[Language, ...] = ("ja", "en")


def begin(database: Database, now: dt.datetime) -> None:
    """Before the first job of a process: the Tuesdays begin, if they have not."""
    with database.write() as session:
        jobs.add(session, REMIND, [(_WEEKS, _next_tuesday(now))], now)


def run(
    database: Database,
    settings: Settings,
    claimed: jobs.Claim,
    now: Callable[[], dt.datetime],
    _stop: threading.Event,
) -> str | None:
    """Mail every address of the office, if a week waits. Returns the code of what kept it from reaching anybody.

    Once one of them has it, it is done: a mistyped address must not have the others mailed again and again.
    """
    at = now()
    with database.read() as session:
        waiting = listing.in_state(session, WeekState.OPEN, at)
    reached, fault = True, None
    if waiting and settings.mail is not None and settings.office_emails:
        subject, body = reminder(waiting, settings)
        reached = False
        for address in settings.office_emails:
            mail_id = derived("weeks to close", at.date().isoformat(), address)
            try:
                mail.send(*settings.mail, mail.Mail(address, subject, body, mail_id))
                reached = True
            except mail.MailError as refused:
                fault = refused.code
    with database.write() as session:
        if reached:
            jobs.put_off(session, claimed, _next_tuesday(now()))
        else:
            jobs.failed(session, claimed, fault or "", now())
    return fault


def reminder(waiting: Sequence[IsoWeek], settings: Settings) -> tuple[str, str]:
    """Subject and body, Japanese first; the latest weeks are named."""
    named = ", ".join(str(week) for week in waiting[:_NAMED])
    params = {"count": len(waiting), "weeks": named + (" …" if len(waiting) > _NAMED else "")}
    lines = ["weeks_wait", *(["alert_look_at"] if settings.public_url else []), "weeks_wait_until"]
    title = " / ".join(say("weeks_wait_subject", language) for language in _LANGUAGES)
    body = [
        "\n".join(say(code, language, {**params, "url": settings.public_url}) for code in lines)
        for language in _LANGUAGES
    ]
    return f"{settings.organisation}：{title}", "\n\n".join(body) + "\n"


def _next_tuesday(now: dt.datetime) -> dt.datetime:
    here = now.astimezone(TOKYO)
    days = (_TUESDAY - here.weekday()) % 7
    due = dt.datetime.combine(here.date() + dt.timedelta(days=days), _AT, TOKYO)
    return (due if due > here else due + dt.timedelta(weeks=1)).astimezone(dt.UTC)
