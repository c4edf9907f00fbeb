"""The run sheet of a day, on the screen and on paper; the rest of the day anew; what stays at a stop were like."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.week import local_day
from outreach_api.ledger import audit
from outreach_api.messages import say
from outreach_api.plans import operations, reads
from outreach_api.plans.learned import stays_at
from outreach_api.plans.routes.violations import violation_views
from outreach_api.plans.underway.answer import rest_of_day
from outreach_api.plans.underway.paper import STYLE_SOURCE, sheet_page
from outreach_api.plans.underway.sheet import RunSheet, run_sheet
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.every_request import POLICY
from outreach_api.web.problems import Refused, language
from outreach_api.web.resource import Resource, actor, session
from outreach_api.web.services import services
from schemas import underway as wire
from schemas.vocabulary import Role

blp = Blueprint("underway", __name__, url_prefix="/v1", description="当日 · the day itself")

ON_THE_DAY = operations.PLANNERS | {Role.CREW}
_PRINTED = "printRunSheet"


@blp.route("/plans/<uuid:plan_id>/run-sheet")
class DayRunSheet(Resource):
    @blp.reads(wire.RunSheetOut, ON_THE_DAY, name="getRunSheet")
    def get(self, plan_id: uuid.UUID) -> Any:
        """The day for the crew: drives, times, what each place needs, promises; how late it is and what follows."""
        found = _sheet(plan_id)
        if isinstance(found, Refusal):
            return found
        names = reads.stay_names(session(), plan_id)
        return {**found.view, "violations": violation_views(found.violations, names)}


@blp.route("/plans/<uuid:plan_id>/run-sheet.html")
class DayRunSheetPage(Resource):
    @blp.reads(None, ON_THE_DAY, name=_PRINTED, audited=True, media={"text/html": {"type": "string"}})
    def get(self, plan_id: uuid.UUID) -> Any:
        """The same to be printed on A4, in Japanese or English. Without hosts' contacts; recorded like a file."""
        found = _sheet(plan_id)
        here, lang = services(), language()
        outcome = "denied: not_found" if isinstance(found, Refusal) else "allowed"
        audit.record(
            session(),
            actor(),
            here.now(),
            action=_PRINTED,
            entity_kind="plan",
            entity_id=plan_id,
            outcome=outcome,
        )
        if isinstance(found, Refusal):
            return found
        names = reads.stay_names(session(), plan_id)
        causes = [
            f"{' → '.join(names[stay] for stay in one.plan_stop_ids)} {say(one.code, lang, one.numbers)}".strip()
            for one in found.violations
            if one.code != "break_missing"  # the sheet says it among its times
        ]
        text = sheet_page(found.view, causes, here.settings.organisation, lang)
        response = Response(text, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = f"{POLICY}; style-src {STYLE_SOURCE}"
        response.headers["Content-Language"] = lang
        return response


@blp.route("/plans/<uuid:plan_id>/replan")
class DayReplan(Resource):
    @blp.takes(
        wire.ReplanIn,
        wire.ReplanOut,
        ON_THE_DAY,
        name="replanDay",
        errors=(404, 409),
        changes_nothing=True,
    )
    def post(self, body: Any, plan_id: uuid.UUID) -> Any:
        """Plan the rest of today anew from where the van is, promises first. It changes nothing by itself."""
        asked, faults = wire.ReplanIn.read(body)
        if faults:
            raise Refused(
                Refusal("invalid", 422, {}, tuple(Problem(f.path, f.code, f.params) for f in faults))
            )
        here, lang = services(), language()
        found = rest_of_day(session(), actor(), plan_id, asked, here.settings, here.now())
        if isinstance(found, Refusal):
            raise Refused(found)
        drop = [
            {
                **head,
                "code": why.code,
                "cause": say(why.code, lang, why.numbers),
                "fix": say(why.fix, lang, why.numbers),
                "numbers": dict(why.numbers),
            }
            for head, why in found.dropped
        ]
        violations = violation_views(found.violations, found.names)
        return {**found.view, "drop": drop, "violations": violations}


@blp.route("/stops/<uuid:stop_id>/stays")
class StopStays(Resource):
    @blp.reads(wire.StopStaysOut, operations.PLANNERS, name="getStopStays")
    def get(self, stop_id: uuid.UUID) -> Any:
        """What the last stays there were like: minutes open, punctuality, how many came; offered to the next plan."""
        here = services()
        return stays_at(session(), stop_id, here.settings, today=local_day(here.now()))


def _sheet(plan_id: uuid.UUID) -> RunSheet | Refusal:
    here = services()
    return run_sheet(session(), actor(), plan_id, here.settings, here.now())
