"""Closes a week, and tells a closed one anew: the whole report is kept as it is known at that moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from outreach_api.contacts.rules import personal_data_in
from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.week import IsoWeek, local_day
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Accepted, Applied, Warn, Work
from outreach_api.reports import outbox
from outreach_api.reports import reads as figures
from outreach_api.reports.rules import periods
from outreach_api.reports.weeks import reads, rules, unaltered
from outreach_api.reports.weeks.late import by_visit
from outreach_api.reports.weeks.rules import Tree
from outreach_api.storage.access import Device, Token
from outreach_api.storage.ledger import Rejection
from outreach_api.storage.report_versions import ReportVersion
from schemas.vocabulary import RejectionState


def close_week(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Keep what is known of a week that is over, as version 1. The first close received stands."""
    week = IsoWeek(*accepted.values["week"])
    if week.last_day >= local_day(work.now):
        return Refusal("week_not_over_yet", 409, {"week": str(week)}, receipt=False)
    told = reads.versions(work.session, week, week).get(week)
    if told:
        return Refusal("week_closed", 409, {"week": str(week)})
    return _keep(work, accepted, week, 1, _report(work, week))


def restate_week(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Keep what is known of a closed week now, as its next version; refused when it says what the last one did."""
    week = IsoWeek(*accepted.values["week"])
    told = reads.versions(work.session, week, week).get(week)
    if not told:
        return Refusal("week_not_closed", 409, {"week": str(week)}, receipt=False)
    tree = _report(work, week)
    changed = [line["figure"] for line in rules.differing(reads.kept(work.session, told[-1]), tree)]
    if not changed:
        return Refusal("nothing_to_restate", 409, {"week": str(week)}, receipt=False)
    return _keep(work, accepted, week, told[-1].number + 1, tree, changed)


def _report(work: Work, week: IsoWeek) -> Tree:
    span = periods.span("week", week, local_day(work.now))
    return figures.report(work.session, span, now=work.now, settings=work.settings)


def _keep(
    work: Work, accepted: Accepted, week: IsoWeek, number: int, tree: Tree, changed: Sequence[str] = ()
) -> Applied:
    note = accepted.values.get("note")
    kept, visits = rules.to_keep(tree), by_visit(work.session, week)
    work.session.add(
        ReportVersion(
            id=accepted.entity_id,
            iso_week=week.as_int,
            number=number,
            change_no=accepted.change_no,
            made_at=work.now,
            made_by=work.actor.holder_id,
            reason=accepted.values.get("reason"),
            note=note,
            figures=kept,
            visits=visits,
        )
    )
    work.session.flush()
    audit.record(
        work.session,
        work.actor,
        work.now,
        action="closeWeek" if number == 1 else "restateWeek",
        entity_kind=unaltered.ENTITY,
        entity_id=accepted.entity_id,
        purpose=unaltered.purpose(week, number, kept, visits),
    )
    outbox.week_told(work, accepted.entity_id, week, number, accepted.values.get("reason"), changed)
    personal = [Warn(problem.code, problem.path) for problem in personal_data_in(note, "/note")]
    return Applied(accepted.entity_id, number, warnings=(*personal, *_lacking(work, week, tree)))


def _lacking(work: Work, week: IsoWeek, tree: Tree) -> Iterator[Warn]:
    """What is known to be missing: nothing of it keeps a week from being closed."""
    for name, count in {**tree["completeness"], "unrecorded": tree["visits"]["unrecorded"]}.items():
        if count:
            yield Warn(f"week_lacks_{name}", params={"count": count})
    waiting = (RejectionState.OPEN, RejectionState.WAITING)
    letters = sa.select(sa.func.count()).where(Rejection.state.in_(waiting))
    if count := work.session.scalar(letters):
        yield Warn("week_lacks_letters", params={"count": count})
    # Used in the week, and not heard since its end: what it still holds is not in the figures.
    last_used = sa.func.max(Token.last_used_day)
    silent = sa.select(Device.id).join(Token, Token.device_id == Device.id).where(Device.active)
    silent = silent.group_by(Device.id).having(last_used.between(week.first_day, week.last_day))
    if count := len(work.session.scalars(silent).all()):
        yield Warn("week_lacks_phones", params={"count": count})
