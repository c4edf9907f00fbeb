"""Brings what an older app sent to the form of today: every version that was published stays accepted."""

from __future__ import annotations

import copy
import logging
from typing import Any

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.log_lines import tell
from outreach_api.ledger.kinds import Kind, Operation, same_form

log = logging.getLogger("outreach.ledger")


def brought_up(operation: Operation, kind: Kind) -> Any:
    """The payload in the form of the kind's present version, through each upcaster in turn; or a Refusal.

    Upcasters work on a copy: what was sent may have to be kept as it was. Nobody looked at an old payload before
    them, so whatever one stumbles over is answered for this operation alone and never fails the whole push. No
    receipt is left of that, because the upcaster may be at fault; the log gets no word of the payload.
    """
    steps = [kind.upcasters[version] for version in range(operation.v, kind.v)]
    if all(step is same_form for step in steps):
        return operation.payload  # a day's sales of an older app are not copied for nothing
    payload = copy.deepcopy(operation.payload)
    if not isinstance(payload, dict):
        return Refusal("invalid", 422, {}, (Problem("", "not_object"),))
    for version in range(operation.v, kind.v):
        try:
            payload = kind.upcasters[version](payload)
        except Exception as error:
            tell(log, logging.WARNING, "not_upcast", error, kind=kind.name, version=version)
            return Refusal("invalid", 422, {}, (Problem("", "wrong_form"),), receipt=False)
    return payload
