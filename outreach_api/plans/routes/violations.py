"""How a violation of a plan is told: its cause and its fix in the language that was asked for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from outreach_api.messages import say
from outreach_api.plans.rules import Violation
from outreach_api.web.problems import language


def violation_views(found: Iterable[Violation], names: Mapping[uuid.UUID, str]) -> list[dict[str, Any]]:
    """`names` are those of the stays' places, by plan stop."""
    lang = language()
    return [
        {
            "code": violation.code,
            "severity": violation.severity,
            "plan_stop_ids": violation.plan_stop_ids,
            "stop_names": [names[plan_stop_id] for plan_stop_id in violation.plan_stop_ids],
            "cause": say(violation.code, lang, violation.numbers),
            "fix": say(violation.fix, lang, violation.numbers),
            "numbers": dict(violation.numbers),
            "mends": [asdict(mend) for mend in violation.mends],
        }
        for violation in found
    ]
