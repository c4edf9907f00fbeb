"""/v1/cash-ups: the counting of tills."""

from __future__ import annotations

import uuid
from typing import Any

from outreach_api.sales import operations
from outreach_api.sales.reads import till
from outreach_api.storage.sales import CashUp
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from schemas import till as till_wire
from schemas.base import page_of

blp = Blueprint("till", __name__, url_prefix="/v1", description="レジ締め · the till")

CashUpPage = page_of(till_wire.CashUpOut)


@blp.route("/cash-ups")
class CashUps(Resource):
    @blp.reads(CashUpPage, operations.COUNTER, name="findCashUps", query=till_wire.CashUpQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """List countings of tills, the latest day first."""
        select = till.matching(
            actor(), visit_id=query["visit_id"], from_day=query["from_day"], to_day=query["to_day"]
        )
        order = [CashUp.local_day, CashUp.id]
        return page(select, query, order, lambda rows: till.cash_up_views(session(), rows), descending=True)

    @blp.changes(
        operations.COUNT_TILL,
        till_wire.CashUpDoneOut,
        links={
            "getCashUp": {"cash_up_id": "$response.body#/id"},
            "approveCashUp": {"cash_up_id": "$response.body#/id"},
        },
    )
    def post(self, change: Change) -> Any:
        """Count the till of a visit, once."""
        return change.perform(till.cash_up)


@blp.route("/cash-ups/<uuid:cash_up_id>")
class OneCashUp(Resource):
    @blp.reads(till_wire.CashUpOut, operations.COUNTER, name="getCashUp")
    def get(self, cash_up_id: uuid.UUID) -> Any:
        """One counting, with what arrived too late for it."""
        return till.cash_up(session(), actor(), cash_up_id)


@blp.route("/cash-ups/<uuid:cash_up_id>/approve")
class CashUpApproval(Resource):
    @blp.changes(operations.APPROVE_TILL, till_wire.CashUpOut, status=200)
    def post(self, change: Change, cash_up_id: uuid.UUID) -> Any:
        """Approve a counting as another than the one who counted, now or later."""
        return change.of(cash_up_id).perform(till.cash_up)
