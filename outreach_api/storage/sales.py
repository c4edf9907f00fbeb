"""Tables of the counter: catalogue, dated prices and taxes, receipts, tickets, cash-ups. All yen are whole."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Json, Kept, VisitFact, van_ref


class Item(Kept, Base):
    __tablename__ = "items"
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kana: Mapped[str | None]
    name_en: Mapped[str | None]
    category: Mapped[str]
    tax_category: Mapped[str]
    allergens: Mapped[list[str]]
    icon: Mapped[str | None]
    parts: Mapped[list[dict[str, Any]] | None] = mapped_column(Json())
    """Of a set: {item_id, quantity} of each thing in it."""
    active: Mapped[bool]


class ItemPrice(Base):
    """An item's price, tax included, from a day on."""

    __tablename__ = "item_prices"
    item_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("items.id"), primary_key=True)
    valid_from: Mapped[dt.date] = mapped_column(primary_key=True)
    price_yen: Mapped[int]


class TaxRate(Base):
    """A consumption-tax rate from a day on. Rows, because the law changes."""

    __tablename__ = "tax_rates"
    tax_class: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[dt.date] = mapped_column(primary_key=True)
    percent: Mapped[int] = mapped_column(sa.Integer)


class TaxRule(Base):
    """In which class goods are from a day on, by how they are eaten; where none says it, as the law had it."""

    __tablename__ = "tax_rules"
    tax_category: Mapped[str] = mapped_column(primary_key=True)
    service_mode: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[dt.date] = mapped_column(primary_key=True)
    tax_class: Mapped[str]


class SoldOut(Base):
    """That a van has no more of something for the rest of a day. The next day begins without any."""

    __tablename__ = "sold_out"
    van_id: Mapped[uuid.UUID] = van_ref(primary_key=True)
    local_day: Mapped[dt.date] = mapped_column(primary_key=True)
    item_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("items.id"), primary_key=True)


class Sale(VisitFact, Base):
    """One receipt. `taxes` holds one {rate_percent, taxable_yen, tax_yen} a rate.

    `total_yen` is the money that was taken: 0 for gifts and for tickets, whose money came when they were bought.
    """

    __tablename__ = "sales"
    van_id: Mapped[uuid.UUID] = van_ref()
    payment: Mapped[str]
    service_mode: Mapped[str]
    total_yen: Mapped[int]
    taxes: Mapped[list[dict[str, Any]]]
    ticket_count: Mapped[int]
    ticket_face_yen: Mapped[int]
    discount_yen: Mapped[int | None]
    """Taken off the whole receipt; what was taken off a line stands there."""
    payments: Mapped[list[dict[str, Any]] | None] = mapped_column(Json())
    """Of a mixed one: the money that each way of paying brought, as {payment, yen}."""
    cash_yen: Mapped[int | None]
    """Of a mixed one: the cash among it. Others are paid in one way, and say which."""
    free_reason: Mapped[str | None]
    free_rule: Mapped[str | None]
    """The rule for children as it hung at the counter then."""
    source: Mapped[str]
    counted: Mapped[bool]
    """False while the other telling of what the counter took stands: see ledger/tellings."""
    __table_args__ = (sa.Index("ix_sales_iso_week_total_yen", "iso_week", "payment", "total_yen"),)


class SaleLine(Base):
    """One line; item is null for a rush of sweets that was rung up as one amount."""

    __tablename__ = "sale_lines"
    sale_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("sales.id"), primary_key=True)
    line: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    item_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("items.id"))
    category: Mapped[str]
    quantity: Mapped[int]
    unit_price_yen: Mapped[int]
    rate_percent: Mapped[int] = mapped_column(sa.Integer)
    discount_yen: Mapped[int | None]
    """Taken off this line alone."""
    set_id: Mapped[uuid.UUID | None]
    """The set that it was sold in; its price stands in what was taken off its parts."""
    off_yen: Mapped[int | None]
    """All that was taken off: its own discount, its share of the receipt's, and of what tickets paid. What is left is
    the money that came in for it; on a receipt that brought none, that is nothing, whatever stands here."""
    # On SQLite the rows live in the key itself: one tree to write for the most numerous rows of all.
    __table_args__ = ({"sqlite_with_rowid": False},)


class SaleVoid(VisitFact, Base):
    """A sale taken back: a new fact, the sale itself stays."""

    __tablename__ = "sale_voids"
    sale_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("sales.id"), unique=True)
    reason: Mapped[str]


class SaleRefund(VisitFact, Base):
    """Some of what was sold, given back: a new fact, the sale itself stays. Counts as its sale does.

    `total_yen` is the money that went back, `payments` how ({payment, yen}), `taxes` the tax that went with it.
    """

    __tablename__ = "sale_refunds"
    sale_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("sales.id"), index=True)
    reason: Mapped[str]
    total_yen: Mapped[int]
    cash_yen: Mapped[int]
    payments: Mapped[list[dict[str, Any]]]
    taxes: Mapped[list[dict[str, Any]]]
    ticket_count: Mapped[int]


class SaleRefundLine(Base):
    """What came back of one line: pieces, or of an amount without items so many yen; and the money for it."""

    __tablename__ = "sale_refund_lines"
    refund_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("sale_refunds.id"), primary_key=True)
    line: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    quantity: Mapped[int]
    yen: Mapped[int]


class TicketEntry(VisitFact, Base):
    """恩送りチケット issued to the pool by a donor, or redeemed by a child without any name."""

    __tablename__ = "ticket_entries"
    event: Mapped[str]
    quantity: Mapped[int]
    face_yen: Mapped[int]
    payment: Mapped[str | None]
    donor_nickname: Mapped[str | None]
    sale_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("sales.id"), index=True)
    source: Mapped[str]
    counted: Mapped[bool]
    """False while the other telling of what the counter took stands; like its receipt's, if it has one."""
    message: Mapped[str | None]
    """What a donor says to whoever uses them."""
    valid_until: Mapped[dt.date | None]
    allotment_id: Mapped[uuid.UUID | None]
    settles_id: Mapped[uuid.UUID | None]
    """The redemption beyond the pool that this makes good."""
    settled_by: Mapped[str | None]
    beyond_pool: Mapped[int | None]
    """How many of them nobody had paid for yet when they came."""
    # Covers the pool's balance, which every redemption asks for.
    __table_args__ = (sa.Index("ix_ticket_entries_balance", "counted", "event", "quantity", "face_yen"),)


class TicketNumber(Base):
    """A printed number, with each entry that names it: the one that issued it and those that used it."""

    __tablename__ = "ticket_numbers"
    number: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("ticket_entries.id"), primary_key=True, index=True
    )


class TicketAllotment(Base):
    """Tickets that a partner may hand on, without names. What is left over goes back, or ends with its last day."""

    __tablename__ = "ticket_allotments"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    change_no: Mapped[int]
    created_at: Mapped[dt.datetime]
    partner_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("partners.id"))
    quantity: Mapped[int]
    face_yen: Mapped[int]
    local_day: Mapped[dt.date]
    valid_until: Mapped[dt.date | None]


class TicketReturn(Base):
    """Allotted tickets that came back to the pool."""

    __tablename__ = "ticket_returns"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    change_no: Mapped[int]
    created_at: Mapped[dt.datetime]
    allotment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("ticket_allotments.id"), index=True)
    quantity: Mapped[int]


class CashMovement(VisitFact, Base):
    """Cash put into a till or taken out besides sales; whoever did it is not kept."""

    __tablename__ = "cash_movements"
    direction: Mapped[str]
    reason: Mapped[str]
    amount_yen: Mapped[int]
    note: Mapped[str | None]
    source: Mapped[str]
    counted: Mapped[bool]
    """False while the other telling of what the counter took stands."""


class CashUp(VisitFact, Base):
    """One counting of one till after one visit. The expected amount is computed from typed events."""

    __tablename__ = "cash_ups"
    van_id: Mapped[uuid.UUID] = van_ref()
    opening_float_yen: Mapped[int]
    counts: Mapped[dict[str, int]] = mapped_column(Json())
    counted_yen: Mapped[int]
    expected_yen: Mapped[int]
    expected_through: Mapped[int]
    """Change number up to which sales were counted in; what arrives later is listed as late."""
    difference_reason: Mapped[str | None]
    counted_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    counted_holder_id: Mapped[uuid.UUID]
    """Whose token sent it: a phone on the van is often shared, so a name is not always known."""
    approved_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    approved_holder_id: Mapped[uuid.UUID | None]
    approved_at: Mapped[dt.datetime | None]
    source: Mapped[str]
    counted: Mapped[bool]
    """False while another counting of the same till stands: the other telling's, or one of the same coins."""
