"""What an alert says: that something waits, how long, and where to look. Nothing of it: mails are read by many machines."""

from __future__ import annotations

import datetime as dt

from outreach_api.contacts.escalation import Subject, Waiting, waited
from outreach_api.messages import Language, say
from outreach_api.settings import Settings
from schemas.vocabulary import AlertRecipient

_LANGUAGES: tuple[Language, ...] = ("ja", "en")


def alert(
    waiting: Waiting, recipient: AlertRecipient, settings: Settings, now: dt.datetime
) -> tuple[str, str]:
    """Subject and body, Japanese first."""
    unit, number = waited(waiting.since, now)
    reminds = waiting.acknowledged_at is not None
    if reminds:
        what = "alert_in_hand"
    else:
        what = f"alert_letter_{unit}" if waiting.subject is Subject.LETTER else f"alert_waiting_{unit}"
    look = "alert_look_outside" if recipient is AlertRecipient.OUTSIDE else "alert_look"
    lines = [what, look, *(["alert_look_at"] if settings.public_url else [])]
    return _mail(
        "alert_subject", [*lines, "alert_reminder_until" if reminds else "alert_until"], settings, number
    )


def trial(settings: Settings) -> tuple[str, str]:
    """The mail that shows whether alerts arrive."""
    return _mail("alert_trial_subject", ["alert_trial"], settings, 0)


def _mail(subject: str, codes: list[str], settings: Settings, number: int) -> tuple[str, str]:
    params = {"url": settings.public_url, "number": number}
    title = " / ".join(say(subject, language) for language in _LANGUAGES)
    body = ["\n".join(say(code, language, params) for code in codes) for language in _LANGUAGES]
    return f"{settings.organisation}：{title}", "\n\n".join(body) + "\n"
