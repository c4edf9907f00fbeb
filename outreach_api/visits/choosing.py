"""A visit was told twice: its coordinator chooses which telling stands. Choosing back gives the same totals again."""

from __future__ import annotations

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import versions
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.ledger.tellings import heads, receipts
from outreach_api.storage.visits import Visit

_SUBJECTS = {"heads": heads, "receipts": receipts}


def choose_telling(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Let the chosen source's heads, or what it told of the counter, count; the other's is kept beside it."""
    row = versions.find(work, Visit, accepted)
    if isinstance(row, Refusal):
        return row
    if row.merged_into is not None:
        return Refusal("visit_merged", 409)
    chosen = {subject: accepted.values[subject] for subject in _SUBJECTS if accepted.values[subject]}
    missing = tuple(
        Problem(f"/{subject}", "telling_unknown")
        for subject, source in chosen.items()
        if source not in _SUBJECTS[subject].tellers(work.session, row.id)
    )
    if missing:
        return Refusal("telling_unknown", 409, {}, missing)
    turned = [
        _SUBJECTS[subject].let_stand(work.session, row.id, source) for subject, source in chosen.items()
    ]
    row.telling_chosen_at = work.now
    return Applied(
        row.id,
        row.version,
        created=False,
        tallies=tuple(tally for each in turned for tally in each.tallies),
        announces=(
            *(announce for each in turned for announce in each.announces),
            Announce("visit", row.id, row.van_id),
        ),
    )
