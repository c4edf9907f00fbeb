"""/v1/sales: receipts, what is taken back or given back of them, and how they look on paper."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import audit
from outreach_api.sales import operations
from outreach_api.sales.paper.page import STYLE_SOURCE, receipt_page
from outreach_api.sales.paper.text import receipt_text
from outreach_api.sales.paper.wording import Issuer, receipt
from outreach_api.sales.reads import catalogue, receipts
from outreach_api.storage.sales import Sale
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.every_request import POLICY
from outreach_api.web.listing import page
from outreach_api.web.problems import language
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import refunds as refunds_wire
from schemas import sales as wire
from schemas.base import page_of
from schemas.vocabulary import ReceiptForm

blp = Blueprint("sales", __name__, url_prefix="/v1", description="売上 · receipts")

SalePage = page_of(wire.SaleOut)
_PRINTED = "printReceipt"


@blp.route("/sales")
class Sales(Resource):
    @blp.reads(SalePage, operations.COUNTER, name="findSales", query=wire.SaleQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """List receipts, the latest first."""
        select = receipts.matching(
            actor(), visit_id=query["visit_id"], from_day=query["from_day"], to_day=query["to_day"]
        )
        return page(
            select, query, [Sale.id], lambda rows: receipts.sale_views(session(), rows), descending=True
        )

    @blp.changes(
        operations.RECORD_SALE,
        wire.SaleDoneOut,
        links={
            "getSale": {"sale_id": "$response.body#/id"},
            "voidSale": {"sale_id": "$response.body#/id"},
        },
    )
    def post(self, change: Change) -> Any:
        """Record a receipt."""
        return change.perform(receipts.sale)


@blp.route("/sales/<uuid:sale_id>")
class OneSale(Resource):
    @blp.reads(wire.SaleOut, operations.COUNTER, name="getSale")
    def get(self, sale_id: uuid.UUID) -> Any:
        """One receipt with its lines, taxes and void."""
        return receipts.sale(session(), actor(), sale_id)


@blp.route("/sales/<uuid:sale_id>/receipt")
class SalePaper(Resource):
    @blp.reads(
        None,
        operations.COUNTER,
        name=_PRINTED,
        query=wire.ReceiptQuery,
        audited=True,
        media={"text/html": {"type": "string"}, "text/plain": {"type": "string"}},
    )
    def get(self, query: dict[str, Any], sale_id: uuid.UUID) -> Any:
        """The receipt for the customer, in Japanese or English: a page, or text for a printer. Recorded like a file."""
        here, lang = services(), language()
        shown = receipts.sale(session(), actor(), sale_id)
        refused = isinstance(shown, Refusal)
        audit.record(
            session(),
            actor(),
            here.now(),
            action=_PRINTED,
            entity_kind="sale",
            entity_id=sale_id,
            outcome="denied: not_found" if refused else "allowed",
        )
        if isinstance(shown, Refusal):
            return shown
        paper = receipt(
            shown,
            receipts.item_names(session(), shown, english=lang == "en"),
            catalogue.reduced_percent(session(), shown["local_day"]),
            Issuer(here.settings.organisation, here.settings.invoice_number),
            lang,
        )
        is_text = query["form"] is ReceiptForm.TEXT
        body = receipt_text(paper, query["columns"]) if is_text else receipt_page(paper, lang)
        response = Response(body, content_type=f"text/{'plain' if is_text else 'html'}; charset=utf-8")
        response.headers["Content-Security-Policy"] = f"{POLICY}; style-src {STYLE_SOURCE}"
        response.headers["Content-Language"] = lang
        return response


@blp.route("/sales/<uuid:sale_id>/void")
class SaleVoiding(Resource):
    @blp.changes(operations.VOID_SALE, wire.SaleDoneOut, body=wire.SaleVoidBody)
    def post(self, change: Change, sale_id: uuid.UUID) -> Any:
        """Take a receipt back."""
        return change.within(sale_id=sale_id).perform(receipts.sale_of_void)


@blp.route("/sales/<uuid:sale_id>/refunds")
class SaleRefunding(Resource):
    @blp.changes(operations.REFUND_SALE, wire.SaleDoneOut, body=refunds_wire.SaleRefundBody)
    def post(self, change: Change, sale_id: uuid.UUID) -> Any:
        """Give some of a receipt back."""
        return change.within(sale_id=sale_id).perform(receipts.sale_of_refund)
