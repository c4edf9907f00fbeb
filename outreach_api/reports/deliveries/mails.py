"""What a mail about a week says, with its report as a PDF: what a reporter may see, because it leaves the house."""

from __future__ import annotations

import datetime as dt

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.week import IsoWeek, local_day
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Actor
from outreach_api.mail import Attachment, Mail
from outreach_api.messages import Language, say
from outreach_api.reports.paper.tree import paper
from outreach_api.reports.paper.typeset import pdf
from outreach_api.reports.rules import periods
from outreach_api.reports.weeks import reads as weeks
from outreach_api.settings import Settings
from outreach_api.storage.report_deliveries import ReportDelivery, ReportSubscription
from outreach_api.storage.session import Database
from schemas.vocabulary import DeliveryEvent, Role, Tongue


def message(
    database: Database, settings: Settings, delivery: ReportDelivery, to: ReportSubscription, now: dt.datetime
) -> Mail:
    """The whole mail. A file that goes out leaves its row in the audit first."""
    language: Language = "en" if to.language == Tongue.EN else "ja"
    told = delivery.body["data"]
    params = {"organisation": settings.organisation, "week": told.get("week"), "version": told.get("version")}
    event = DeliveryEvent(delivery.event)
    code = f"delivery_mail_{event.replace('.', '_')}"
    lines = [say(code, language, params)]
    if event is DeliveryEvent.WEEK_RESTATED:
        lines.append(say(f"delivery_mail_because_{told['reason']}", language))
    if (
        settings.public_url and event is DeliveryEvent.WEEK_RELEASED
    ):  # all else wants a token, which readers lack
        lines.append(say("alert_look_at", language, {"url": told["page"]}))
    attached = None
    if delivery.version is not None:
        lines.append(say("delivery_mail_internal", language))
        attached = _report(database, settings, delivery, language, now)
    lines.append(say("delivery_mail_end", language))
    subject = say(f"{code}_subject", language, params)
    return Mail(
        delivery.address or "",
        subject,
        "\n".join(lines) + "\n",
        delivery.id,
        attachment=attached,
        urgent=False,
    )


def _report(
    database: Database, settings: Settings, delivery: ReportDelivery, language: Language, now: dt.datetime
) -> Attachment:
    """The PDF of the version that the event is about, whatever is known by now."""
    week = IsoWeek.from_int(delivery.week or 0)
    span = periods.span("week", week, local_day(now))
    reader = Actor(delivery.subscription_id, Role.REPORTER)
    with database.read() as session:
        made = weeks.report(session, reader, span, version=str(delivery.version), now=now, settings=settings)
    if isinstance(made, Refusal):
        raise TypeError(f"a version that was told is not there: {made.code}")
    with database.write() as session:
        audit.record(
            session,
            None,
            now,
            action="exportReport",
            entity_kind="subscription",
            entity_id=delivery.subscription_id,
            purpose=f"week {week} pdf {delivery.version}",
        )
    name = f"report-{week}" + (f"-v{delivery.version}" if (delivery.version or 0) > 1 else "")
    return Attachment(f"{name}.pdf", "application/pdf", pdf(paper(made, settings.organisation, language)))
