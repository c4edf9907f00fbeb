"""Reads closed weeks: the versions that were kept, whether they still say what is known now, and a report in any of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.week import IsoWeek, local_day
from outreach_api.ledger.kinds import Actor
from outreach_api.reports import reads
from outreach_api.reports.reads import people, sections, stays, totals
from outreach_api.reports.rules import outcomes, periods
from outreach_api.reports.rules.periods import Span
from outreach_api.reports.rules.sentences import since_then
from outreach_api.reports.weeks import rules
from outreach_api.reports.weeks.late import late
from outreach_api.reports.weeks.rules import Tree
from outreach_api.settings import Settings
from outreach_api.storage.releases import Release
from outreach_api.storage.report_versions import ReportVersion
from schemas.vocabulary import Role, WeekState

LIVE = "live"
"""Asks for what is known now, whatever was kept."""
OVERLAP = dt.timedelta(minutes=1)
"""A version may become visible some time after the moment that it carries: rather told twice than not at all."""
_V = ReportVersion


class Version(NamedTuple):
    """A kept version without its figures; the fields are its columns."""

    iso_week: int
    number: int
    change_no: int
    made_at: dt.datetime
    made_by: uuid.UUID
    reason: str | None
    note: str | None


_COLUMNS = [getattr(_V, name) for name in Version._fields]


def versions(session: Session, first: IsoWeek, last: IsoWeek) -> dict[IsoWeek, list[Version]]:
    """Of the closed weeks of a run, what was kept, oldest first."""
    select = sa.select(*_COLUMNS).where(_V.iso_week.between(first.as_int, last.as_int))
    found: dict[IsoWeek, list[Version]] = {}
    for row in session.execute(select.order_by(_V.iso_week, _V.number)):
        version = Version(*row)
        found.setdefault(IsoWeek.from_int(version.iso_week), []).append(version)
    return found


def kept(session: Session, version: Version, what: Any = ReportVersion.figures) -> Any:
    """The figures of a version, or what its visits added, as they were written."""
    mine = sa.and_(_V.iso_week == version.iso_week, _V.number == version.number)
    return session.execute(sa.select(what).where(mine)).scalar_one()


def counted(session: Session, weeks: Collection[IsoWeek], today: dt.date) -> dict[IsoWeek, Tree]:
    """Of each week the figures that rules.COUNTED names, as known now, without what costs more."""
    if not weeks:
        return {}
    count = (max(weeks).monday - min(weeks).monday).days // 7 + 1
    span = periods.span("week", max(weeks), today, count)
    sums = totals.sums(session, span)
    done = {week: stays.doings(session, week, today) for week in weeks}
    return {
        week: {
            "attendance": sections.attendance(sums[week], held=len(done[week].held)),
            "contacts": sections.contacts(sums[week]),
            "referrals": sections.referrals(outcomes.count_referrals(people.referrals(session, week), week)),
            "follow_ups": {"due": len(people.promises(session, week))},
            "visits": done[week].figures(),
            "tickets": sections.tickets_moved(sums[week]),
            "sales": {**sections.sales(sums[week]), "tills_counted": done[week].tills_counted},
            "completeness": done[week].completeness(today),
        }
        for week in weeks
    }


def that_differ(
    session: Session, newest: Mapping[IsoWeek, Version], weeks: Collection[IsoWeek], today: dt.date
) -> set[IsoWeek]:
    """Those closed weeks of which something counted came out otherwise since."""
    closed = [week for week in weeks if week in newest]
    now = counted(session, closed, today)
    return {week for week in closed if any(rules.differing(kept(session, newest[week]), now[week]))}


def report(
    session: Session, actor: Actor, span: Span, *, version: str | None, now: dt.datetime, settings: Settings
) -> Tree | Refusal:
    """A report with its state: of a closed week the newest version that was kept, or the one that is asked for."""
    live = reads.report(session, span, now=now, settings=settings)
    weeks = rules.weeks_of(span.period, span.today)
    known = versions(session, weeks[0], weeks[-1]) if weeks else {}
    newest = {week: told[-1] for week, told in known.items()}
    told = known.get(span.period, []) if isinstance(span.period, IsoWeek) else []
    if version not in (None, LIVE) and int(version) > len(told):
        return Refusal("report_version_unknown", 404, {"version": version})
    shown = None if version == LIVE or not told else told[int(version or 0) - 1]
    tree, lines, visits = live, [], []
    if shown is not None:
        figures = kept(session, shown)
        tree = {
            **rules.with_unknown(rules.as_it_was(figures), live),
            "as_of": shown.made_at,
            "change_no": shown.change_no,
        }
        lines = list(rules.differing(figures, live))
    if shown is not None and lines:
        tree["what_changed"] = [*since_then(tree["trend"][-1], live["trend"][-1]), *tree["what_changed"]]
        before = kept(session, shown, ReportVersion.visits)
        visits = late(session, IsoWeek.from_int(shown.iso_week), before, since=shown.made_at)
    if isinstance(span.period, IsoWeek):
        of_newest = lines  # whichever version is shown
        if told and shown != told[-1]:
            of_newest = list(rules.differing(kept(session, told[-1]), live))
        changed = [span.period] if of_newest else []
    else:
        changed = sorted(that_differ(session, newest, weeks, span.today))
    unclosed = [week for week in weeks if week not in known]
    tree["state"] = {
        "name": rules.state_of(span.period, span.today, closed=not unclosed and bool(weeks)),
        "as_of": tree["as_of"],
        "version": None if shown is None else shown.number,
        "newest_version": told[-1].number if told else None,
        "closed_at": told[0].made_at if told else None,
        "reason": None if shown is None else shown.reason,
        "note": None if shown is None else _note(actor, shown),
        "differs_from_live": bool(lines),
        "weeks_not_closed": unclosed,
        "weeks_with_late_data": changed,
    }
    inside = actor.role is not Role.REPORTER
    tree["late"] = [{**line, "stop_code": line["stop_code"] if inside else None} for line in visits]
    tree["changed_figures"] = [line for line in lines if inside or line["figure"] != "contacts.by_topic"]
    return sections.as_shown_to(actor.role, tree)


def unchanged(report: Tree, since: dt.datetime | None) -> bool:
    """Whether a report is a version that was there at a moment already; figures as known now never are."""
    kept_then = since is not None and report["state"]["as_of"] <= since - OVERLAP
    return kept_then and report["state"]["version"] is not None


def _note(actor: Actor, version: Version) -> str | None:
    """What a coordinator wrote for the office."""
    return None if actor.role is Role.REPORTER else version.note


def first_week(session: Session, today: dt.date) -> IsoWeek:
    """The first week that there is something to say of: a visit was held or it was closed; else the running one."""
    day = stays.began(session, today)
    closed = session.scalar(sa.select(sa.func.min(_V.iso_week)))
    begun = [IsoWeek.of(today if day is None else day)]
    return min([*begun, *([] if closed is None else [IsoWeek.from_int(closed)])])


def week_view(session: Session, actor: Actor, week: IsoWeek, now: dt.datetime) -> dict[str, Any]:
    return views(session, actor, [week], now)[0]


def week_of_version(session: Session, version_id: uuid.UUID) -> IsoWeek | None:
    number = session.scalar(sa.select(_V.iso_week).where(_V.id == version_id))
    return None if number is None else IsoWeek.from_int(number)


def views(session: Session, actor: Actor, weeks: Sequence[IsoWeek], now: dt.datetime) -> list[dict[str, Any]]:
    """Weeks with their state and versions, and whether what is known now is what was told."""
    if not weeks:
        return []
    today = local_day(now)
    known = versions(session, min(weeks), max(weeks))
    differ = that_differ(session, {week: told[-1] for week, told in known.items()}, weeks, today)
    released = session.scalar(sa.select(sa.func.max(Release.iso_week))) or 0
    return [
        {
            "week": week,
            "from": week.first_day,
            "to": week.last_day,
            "state": (state := rules.state_of(week, today, closed=week in known)),
            "version": known[week][-1].number if week in known else None,
            "closed_at": known[week][0].made_at if week in known else None,
            "differs_from_live": week in differ,
            "due_for_release": state is not WeekState.RUNNING and week.as_int > released,
            "versions": [
                {
                    "version": version.number,
                    "made_at": version.made_at,
                    "made_by": version.made_by,
                    "change_no": version.change_no,
                    "reason": version.reason,
                    "note": _note(actor, version),
                }
                for version in known.get(week, ())
            ],
            "warnings": [],
        }
        for week in weeks
    ]
