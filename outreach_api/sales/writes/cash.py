"""Keeps what goes into a till and out of it besides sales. A wrong one is never changed: another takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import shown_with
from outreach_api.ledger.kinds import Accepted, Applied, Warn, Work
from outreach_api.ledger.tellings import receipts as tellings
from outreach_api.ledger.tellings.sources import Told, held_back
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, fact_columns, frames
from outreach_api.storage import bulk
from outreach_api.storage.sales import CashMovement


def move_cash(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    """Who moved it is nowhere kept beside it: like differences, it is nobody's."""
    found = frames(work, (accepted.values["visit_id"] for accepted in batch))
    told = Told(work, found, batch)
    standing = tellings.Standing(work.session, told.in_sight)
    counted_tills = shown_with.tills_of(work.session, {frame.id for frame in found.values()})
    answers: list[Applied | Refusal] = []
    rows: list[dict[str, Any]] = []
    for accepted in batch:
        given = accepted.values
        frame = found.get(given["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        source = told.source(given["source"], frame)
        counted = standing.take(frame.id, source)
        rows.append(
            {
                **fact_columns(work, accepted, frame),
                "direction": given["direction"].value,
                "reason": given["reason"].value,
                "amount_yen": given["amount_yen"],
                "note": given["note"],
                "source": source.value,
                "counted": counted,
            }
        )
        told.answered(frame, len(answers))
        answers.append(
            Applied(
                accepted.entity_id,
                tallies=() if counted else (held_back(frame.id, tellings.CASH),),
                announces=tuple(counted_tills),
                warnings=() if counted else (Warn("cash_held_back"),),
            )
        )
    bulk.append(work.session, CashMovement, rows)
    told.add_to(answers, standing.settle())
    return answers
