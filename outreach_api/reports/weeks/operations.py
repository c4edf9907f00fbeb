"""What can be changed about the weeks of reports: one is closed, and told anew. No version is changed afterwards."""

from outreach_api.ledger.kinds import CLOSINGS, Kind, one_by_one, roles
from outreach_api.reports.weeks import writes
from schemas.report_weeks import RestateIn, WeekCloseIn
from schemas.vocabulary import Role

CLOSERS = roles(Role.COORDINATOR, Role.ADMIN)

CLOSE_WEEK = Kind(
    name="week.close",
    schema=WeekCloseIn,
    roles=CLOSERS,
    write=one_by_one(writes.close_week),
    entity="report_version",
    stage=CLOSINGS,
    creates=True,
)
RESTATE_WEEK = Kind(
    name="week.restate",
    schema=RestateIn,
    roles=CLOSERS,
    write=one_by_one(writes.restate_week),
    entity="report_version",
    stage=CLOSINGS,
    creates=True,
)

KINDS = (CLOSE_WEEK, RESTATE_WEEK)
