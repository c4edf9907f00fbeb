"""/v1/cash-movements: what goes into tills and out of them besides sales."""

from __future__ import annotations

from typing import Any

from outreach_api.sales import operations
from outreach_api.sales.reads import cash
from outreach_api.storage.sales import CashMovement
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from schemas import cash as wire
from schemas.base import page_of
from schemas.till import CashUpQuery

blp = Blueprint("cash", __name__, url_prefix="/v1", description="釣り銭・小口の出し入れ · cash in and out")

CashMovementPage = page_of(wire.CashMovementOut)


@blp.route("/cash-movements")
class CashMovements(Resource):
    @blp.reads(CashMovementPage, operations.COUNTER, name="findCashMovements", query=CashUpQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """List cash put in and taken out, the latest day first."""
        select = cash.matching(
            actor(), visit_id=query["visit_id"], from_day=query["from_day"], to_day=query["to_day"]
        )
        order = [CashMovement.local_day, CashMovement.id]
        return page(select, query, order, lambda rows: cash.movement_views(session(), rows), descending=True)

    @blp.changes(operations.MOVE_CASH, wire.CashMovementDoneOut)
    def post(self, change: Change) -> Any:
        """Put cash into a visit's till, or take some out, with the reason. Never changes a till that was counted."""
        return change.perform(cash.movement)
