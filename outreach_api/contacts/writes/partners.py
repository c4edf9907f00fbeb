"""Partners, and the issues that are taken to the round table, step by step and never back."""

from __future__ import annotations

from outreach_api.contacts.rules import personal_data_in, step_fault, unfit_for_everybody
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.ids import new_id
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import audit, versions
from outreach_api.ledger.kinds import Accepted, Applied, Warn, Work
from outreach_api.storage.contacts import Destination, Partner, RoundTableIssue
from outreach_api.storage.published import PublishedIssue
from outreach_api.storage.stops import Stop
from schemas.vocabulary import IssueStatus

_DAY_OF = {
    IssueStatus.DISCUSSED: "discussed_on",
    IssueStatus.ACTION: "action_on",
    IssueStatus.CLOSED: "closed_on",
}


def add_partner(work: Work, accepted: Accepted) -> Applied | Refusal:
    fault = _unknown_reference(work, accepted)
    if fault is not None:
        return fault
    unsaid = {"kana": None, "name_en": None, "stop_id": None, "destination_id": None, "active": True}
    work.session.add(
        Partner(
            id=accepted.entity_id,
            version=1,
            change_no=accepted.change_no,
            created_at=work.now,
            **{**unsaid, **accepted.values},
        )
    )
    return Applied(accepted.entity_id)


def change_partner(work: Work, accepted: Accepted) -> Applied | Refusal:
    fault = _unknown_reference(work, accepted)
    if fault is not None:
        return fault
    row = versions.find(work, Partner, accepted)
    if isinstance(row, Refusal):
        return row
    for name, value in accepted.values.items():
        setattr(row, name, value)
    return Applied(row.id, row.version, created=False)


def raise_issue(work: Work, accepted: Accepted) -> Applied | Refusal:
    given = accepted.values
    work.session.add(
        RoundTableIssue(
            id=accepted.entity_id,
            version=1,
            change_no=accepted.change_no,
            created_at=work.now,
            status=IssueStatus.RAISED,
            raised_week=IsoWeek.of(given["raised_on"]).as_int,
            discussed_on=None,
            action_on=None,
            action=None,
            closed_on=None,
            published_id=None,
            **given,
        )
    )
    return Applied(accepted.entity_id, warnings=_warnings(given["title"], "/title"))


def advance_issue(work: Work, accepted: Accepted) -> Applied | Refusal:
    row = versions.find(work, RoundTableIssue, accepted)
    if isinstance(row, Refusal):
        return row
    given = accepted.values
    earlier = (row.raised_on, row.discussed_on, row.action_on)
    fault = step_fault(IssueStatus(row.status), given["to"], given["on_day"], earlier)
    if fault is not None:
        return fault
    row.status = given["to"]
    setattr(row, _DAY_OF[given["to"]], given["on_day"])
    if given["action"] is not None:
        row.action = given["action"]
    return Applied(row.id, row.version, created=False, warnings=_warnings(given["action"], "/action"))


def publish_issue(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Tell a step that was taken, in words of its own. What looks like a person is refused: nobody can take it back."""
    row = work.session.get(RoundTableIssue, accepted.entity_id)
    if row is None:
        return Refusal("not_found", 404)
    given = accepted.values
    faults = [
        fault
        for name in ("text", "text_en")
        for fault in (
            *personal_data_in(given[name], f"/{name}"),
            *unfit_for_everybody(given[name], f"/{name}"),
        )
    ]
    if faults:
        return Refusal("invalid", 422, {}, tuple(faults))
    on_day = getattr(row, f"{given['step']}_on")
    if on_day is None:
        return Refusal("issue_step_not_taken", 409, receipt=False)
    if row.published_id is None:
        row.published_id = new_id()
    if work.session.get(PublishedIssue, (row.published_id, given["step"])) is not None:
        return Refusal("issue_step_told", 409)
    work.session.add(PublishedIssue(id=row.published_id, on_day=on_day, **given))
    audit.record(
        work.session,
        work.actor,
        work.now,
        action="publishIssue",
        entity_kind="issue",
        entity_id=row.id,
        purpose=given["step"],
    )
    return Applied(row.id, row.version, created=False)


def _warnings(text: str | None, path: str) -> tuple[Warn, ...]:
    return tuple(Warn(problem.code, problem.path) for problem in personal_data_in(text, path))


def _unknown_reference(work: Work, accepted: Accepted) -> Refusal | None:
    faults = [
        Problem(f"/{name}", "unknown_reference")
        for name, table in (("stop_id", Stop), ("destination_id", Destination))
        if (wanted := accepted.values.get(name)) is not None and work.session.get(table, wanted) is None
    ]
    return Refusal("invalid", 422, {}, tuple(faults)) if faults else None
