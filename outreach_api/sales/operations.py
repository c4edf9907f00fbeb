"""What can be changed at the counter, by whom."""

from outreach_api.ledger.kinds import CLOSINGS, EVENTS, MASTER_DATA, Kind, one_by_one, roles, same_form
from outreach_api.sales.writes import (
    allotting,
    cash,
    catalogue,
    receipts,
    refunds,
    shelf,
    tickets,
    till,
    voids,
)
from outreach_api.storage.sales import CashMovement, Sale, SaleRefund, SaleVoid, TicketEntry
from schemas import cash as cash_wire
from schemas import catalogue as catalogue_wire
from schemas import refunds as refunds_wire
from schemas import sales as wire
from schemas import shelf as shelf_wire
from schemas import tickets as tickets_wire
from schemas import till as till_wire
from schemas.vocabulary import Role

PLANNERS = roles(Role.COORDINATOR, Role.ADMIN)
COUNTER = roles(Role.CREW, *PLANNERS)
"""Those who stand at the counter or answer for it. Reporters see sums only, in reports."""

ADD_ITEM = Kind(
    name="item.add",
    schema=catalogue_wire.ItemIn,
    roles=PLANNERS,
    write=one_by_one(catalogue.add_item),
    entity="item",
    stage=MASTER_DATA,
    creates=True,
)
CHANGE_ITEM = Kind(
    name="item.change",
    schema=catalogue_wire.ItemChange,
    roles=PLANNERS,
    write=one_by_one(catalogue.change_item),
    entity="item",
    stage=MASTER_DATA,
    needs_base=True,
)
SET_PRICE = Kind(
    name="item.price",
    schema=catalogue_wire.ItemPriceIn,
    roles=PLANNERS,
    write=one_by_one(catalogue.set_price),
    entity="item",
    stage=MASTER_DATA,
    needs_base=True,
)
SET_TAX_RATE = Kind(
    name="tax_rate.set",
    schema=catalogue_wire.TaxRateIn,
    roles=roles(Role.ADMIN),
    write=one_by_one(catalogue.set_tax_rate),
    entity="tax_rate",
    stage=MASTER_DATA,
)
SET_TAX_RULE = Kind(
    name="tax_rule.set",
    schema=catalogue_wire.TaxRuleIn,
    roles=roles(Role.ADMIN),
    write=one_by_one(catalogue.set_tax_rule),
    entity="tax_rule",
    stage=MASTER_DATA,
)
MARK_SOLD_OUT = Kind(
    name="item.mark_sold_out",
    schema=shelf_wire.SoldOutIn,
    roles=COUNTER,
    write=one_by_one(shelf.mark_sold_out),
    entity="sold_out",
)
RECORD_SALE = Kind(
    name="sale.record",
    schema=wire.SaleIn,
    roles=COUNTER,
    write=receipts.record_sales,
    entity="sale",
    v=2,
    upcasters={1: same_form},
    table=Sale,
    gone=voids.voided,
)
VOID_SALE = Kind(
    name="sale.void",
    schema=wire.SaleVoidIn,
    roles=COUNTER,
    write=voids.void_sales,
    entity="sale_void",
    stage=EVENTS,
    table=SaleVoid,
)
REFUND_SALE = Kind(
    name="sale.refund",
    schema=refunds_wire.SaleRefundIn,
    roles=COUNTER,
    write=refunds.refund_sales,
    entity="sale_refund",
    stage=EVENTS,
    table=SaleRefund,
)
ISSUE_TICKETS = Kind(
    name="ticket.issue",
    schema=tickets_wire.TicketIssueIn,
    roles=COUNTER,
    write=tickets.issue_tickets,
    entity="ticket",
    table=TicketEntry,
)
REDEEM_TICKETS = Kind(
    name="ticket.redeem",
    schema=tickets_wire.TicketRedeemIn,
    roles=COUNTER,
    write=tickets.redeem_tickets,
    entity="ticket",
    table=TicketEntry,
)
SETTLE_TICKETS = Kind(
    name="ticket.settle",
    schema=tickets_wire.TicketSettleIn,
    roles=PLANNERS,
    write=one_by_one(allotting.settle_overdraft),
    entity="ticket",
    stage=EVENTS,
    creates=True,
)
ALLOT_TICKETS = Kind(
    name="ticket.allot",
    schema=tickets_wire.TicketAllotIn,
    roles=PLANNERS,
    write=one_by_one(allotting.allot_tickets),
    entity="allotment",
    creates=True,
)
RETURN_TICKETS = Kind(
    name="ticket.return_allotted",
    schema=tickets_wire.TicketReturnIn,
    roles=PLANNERS,
    write=one_by_one(allotting.return_tickets),
    entity="ticket_return",
    stage=EVENTS,
    creates=True,
)
MOVE_CASH = Kind(
    name="cash_movement.record",
    schema=cash_wire.CashMovementIn,
    roles=COUNTER,
    write=cash.move_cash,
    entity="cash_movement",
    table=CashMovement,
)
COUNT_TILL = Kind(
    name="cash_up.count",
    schema=till_wire.CashUpIn,
    roles=COUNTER,
    write=one_by_one(till.count_till),
    entity="cash_up",
    stage=CLOSINGS,
)
APPROVE_TILL = Kind(
    name="cash_up.approve",
    schema=till_wire.CashUpApproveIn,
    roles=COUNTER,
    write=one_by_one(till.approve_till),
    entity="cash_up",
    stage=CLOSINGS,
)

KINDS = (
    ADD_ITEM,
    CHANGE_ITEM,
    SET_PRICE,
    SET_TAX_RATE,
    SET_TAX_RULE,
    MARK_SOLD_OUT,
    RECORD_SALE,
    REFUND_SALE,
    VOID_SALE,
    ISSUE_TICKETS,
    REDEEM_TICKETS,
    SETTLE_TICKETS,
    ALLOT_TICKETS,
    RETURN_TICKETS,
    MOVE_CASH,
    COUNT_TILL,
    APPROVE_TILL,
)
