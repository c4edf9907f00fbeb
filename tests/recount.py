"""Counts a report again the slow way: every raw row is read and looked at, one by one."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import metres_per_degree
from outreach_api.kernel.mesh import bounds_degrees
from outreach_api.kernel.week import FiscalQuarter, FiscalYear, IsoWeek, Month, Period, local_day
from outreach_api.outreach_map.reads import coverage_summary, top_gaps
from outreach_api.outreach_map.reads.need import need
from outreach_api.settings import Settings
from outreach_api.storage.contacts import (
    Consent,
    ContactNote,
    Destination,
    FollowUp,
    FollowUpEvent,
    Partner,
    Referral,
    ReferralEvent,
    RoundTableIssue,
    StampMark,
)
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.sales import (
    CashMovement,
    CashUp,
    Sale,
    SaleLine,
    SaleRefund,
    SaleRefundLine,
    SaleVoid,
    TicketEntry,
)
from outreach_api.storage.stops import Permission, Stop
from outreach_api.storage.visits import HeadCount, Visit
from schemas.vocabulary import Band, CancelReason, Familiarity, ItemCategory, Payment, Stage, Topic

Key = tuple[str, str]
CONTACT_STEPS = ("contacts", "conversations", "consultations")
EIGHT = ("link", "line", "college", "baby", "online_park", "kurukuru", "round_table", "accompany")


def expected(session: Session, period: Period, *, now: dt.datetime, settings: Settings) -> dict[Key, Any]:
    """Every row of the report's CSV for a coordinator, but for the notes on method."""
    found: dict[Key, Any] = {}
    rows: dict[Any, list[Any]] = {}
    count = Counted(session, rows, period, local_day(now), settings)
    for name in dir(count):
        if name.startswith("figure_"):
            section = name.removeprefix("figure_")
            for (figure, key), value in getattr(count, name)().items():
                found[f"{section}.{figure}" if section != "principles" else f"principles.{figure}", key] = (
                    value
                )

    def point(past: Period) -> dict[str, int]:
        return Counted(session, rows, past, local_day(now), settings).point()

    for past in (period.previous(3), period.previous(2), period.previous(), period):
        found |= {(f"trend.{figure}", str(past)): value for figure, value in point(past).items()}
    began = min(
        (visit.local_day for visit in count.all_visits.values() if count.was_held(visit)), default=None
    )
    for against, name, periods in others(period):
        told = [point(past) for past in periods if began is not None and past.last_day >= began]
        for figure in count.point():
            known = [one[figure] for one in told]
            mean = round(sum(known) / len(known), 1) if known else None
            found[f"compared.{figure}", f"{name}/{against}"] = mean
    if isinstance(period, FiscalQuarter | FiscalYear):
        for month in sorted({Month.of(day) for day in period.days if day <= local_day(now)}):
            found |= {(f"months.{figure}", str(month)): value for figure, value in point(month).items()}
    return found


def counted(session: Session, period: Period, *, now: dt.datetime, settings: Settings) -> Counted:
    return Counted(session, {}, period, local_day(now), settings)


def others(period: Period) -> list[tuple[str, str, list[Period]]]:
    """What a period is compared with: how, by which name, and the periods."""
    before = period.previous()
    found: list[tuple[str, str, list[Period]]] = [("before", str(before), [before])]
    first = period.first_day
    if isinstance(period, IsoWeek):
        four = [IsoWeek.of(first - dt.timedelta(weeks=n)) for n in (4, 3, 2, 1)]
        found.append(("mean", f"{four[0]}..{four[3]}", list(four)))
        # 28 December is always in the last week of its year.
        weeks = dt.date(period.year - 1, 12, 28).isocalendar().week
        if period.week <= weeks:
            past = IsoWeek.of(dt.date.fromisocalendar(period.year - 1, period.week, 1))
        else:
            past = IsoWeek.of(first - dt.timedelta(days=364))
        found.append(("year_before", str(past), [past]))
    elif isinstance(period, Month | FiscalQuarter):
        year_before = type(period).of(first.replace(year=first.year - 1))
        found.append(("year_before", str(year_before), [year_before]))
    return found


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


class Counted:
    def __init__(
        self,
        session: Session,
        read: dict[Any, list[Any]],
        period: Period,
        today: dt.date,
        settings: Settings,
    ) -> None:
        self.session, self.read, self.period, self.today = session, read, period, today
        self.settings = settings
        self.all_visits = {visit.id: visit for visit in self.rows(Visit)}
        self.visits = {
            visit_id: visit
            for visit_id, visit in self.all_visits.items()
            if visit.local_day in period and visit.merged_into is None
        }
        self.held = [v for v in self.visits.values() if self.was_held(v)]
        self.on = min(period.last_day, today)

    @staticmethod
    def was_held(visit: Visit) -> bool:
        return visit.status in ("open", "closed") and visit.merged_into is None

    def rows(self, table: Any) -> list[Any]:
        if table not in self.read:
            self.read[table] = list(self.session.scalars(sa.select(table)))
        return self.read[table]

    def facts(self, table: Any) -> list[Any]:
        return [row for row in self.rows(table) if self.all_visits[row.visit_id].local_day in self.period]

    def figure_attendance(self) -> dict[Key, Any]:
        bands: Counter[str] = Counter()
        for row in (row for row in self.facts(HeadCount) if row.counted):
            for band, n in row.counts.items():
                bands[band] += n
        young = ("infant", "preschool", "elem_low", "elem_high", "junior_high", "high_school")
        found: dict[Key, Any] = {("by_band", band): bands[band] for band in Band}
        found["total", ""] = sum(bands.values())
        found["children", ""] = sum(bands[band] for band in young)
        found["adults", ""] = sum(bands[band] for band in ("young_adult", "guardian", "adult", "senior"))
        for figure, of in (
            ("per_visit", "total"),
            ("children_per_visit", "children"),
            ("adults_per_visit", "adults"),
        ):
            found[figure, ""] = round(found[of, ""] / len(self.held), 1) if self.held else None
        return found

    def figure_contacts(self) -> dict[Key, Any]:
        notes = [note for note in self.facts(ContactNote) if not note.about_staff]
        found: dict[Key, Any] = {
            ("total", ""): len(notes),
            ("conversations", ""): sum(n.depth in ("listening", "consultation", "crisis") for n in notes),
            ("consultations", ""): sum(n.depth in ("consultation", "crisis") for n in notes),
            ("informed", ""): sum(bool(n.info_given) for n in notes),
            ("first_connection", "yes"): sum(n.first_connection is True for n in notes),
            ("first_connection", "no"): sum(n.first_connection is False for n in notes),
        }
        for word in Familiarity:
            found["by_familiarity", word] = sum(n.familiarity == word for n in notes)
        for stage in Stage:
            found["by_stage", stage] = sum(stage in n.stages for n in notes)
        for topic in Topic:
            if topic != "violence":
                found["by_topic", topic] = sum(topic in n.topics for n in notes)
        return found

    def referral_days(self) -> list[tuple[Any, list[Any]]]:
        events = self.rows(ReferralEvent)
        return [
            (referral, [event for event in events if event.referral_id == referral.id])
            for referral in self.rows(Referral)
        ]

    @staticmethod
    def stood(events: Iterable[Any], up_to: dt.date) -> str:
        standing = "offered"
        for event in sorted(events, key=lambda e: (e.local_day, e.change_no)):
            if event.local_day <= up_to:
                standing = event.outcome
        return standing

    def figure_referrals(self) -> dict[Key, Any]:
        kinds = {row.id: row.kind for row in self.rows(Destination)}
        counts: Counter[Key] = Counter()
        for direction in ("out", "in"):
            for step in ("offered", "accepted", "connected"):
                counts.update({(f"{direction}.{step}", kind): 0 for kind in EIGHT})
        eve = self.period.first_day - dt.timedelta(days=1)
        taken = {"handed_over", "connected", "not_connected"}
        for referral, events in self.referral_days():
            kind = kinds[referral.destination_id]
            before, after = self.stood(events, eve), self.stood(events, self.period.last_day)
            if self.all_visits[referral.visit_id].local_day in self.period:
                counts[f"{referral.direction}.offered", kind] += 1
            if after in taken and before not in taken:
                counts[f"{referral.direction}.accepted", kind] += 1
            if after == "connected" and before != "connected":
                counts[f"{referral.direction}.connected", kind] += 1
        return dict(counts)

    def figure_funnel(self) -> dict[Key, Any]:
        contacts, referrals = self.figure_contacts(), self.figure_referrals()
        steps = {step: contacts["total" if step == "contacts" else step, ""] for step in CONTACT_STEPS}
        for step in ("offered", "accepted", "connected"):
            steps[step] = sum(n for (figure, _), n in referrals.items() if figure == f"out.{step}")
        return {(step, ""): n for step, n in steps.items()}

    def figure_programmes(self) -> dict[Key, Any]:
        referrals, found = self.figure_referrals(), dict[Key, Any]()
        places = {row.id: row for row in self.rows(Destination)}
        for kind in EIGHT:
            for step in ("offered", "accepted", "connected"):
                found[step, kind] = referrals[f"out.{step}", kind]
            found["referred_in", kind] = referrals["in.offered", kind]
            found["partners", kind] = sum(
                p.active and p.destination_id is not None and places[p.destination_id].kind == kind
                for p in self.rows(Partner)
            )
            stock = [row.leaflet_stock for row in places.values() if row.kind == kind and row.active]
            found["leaflet_stock", kind] = sum(stock) if stock else None
        return found

    def figure_programme_work(self) -> dict[Key, Any]:
        contacts, issues = self.figure_contacts(), self.rows(RoundTableIssue)
        accompany = {row.id for row in self.rows(Destination) if row.kind == "accompany"}
        mine = [
            row for row in self.facts(Referral) if row.direction == "out" and row.destination_id in accompany
        ]
        standing = {row.referral_id for row in self.rows(Consent) if row.withdrawn_at is None}
        end = self.period.last_day
        found = {
            "baby_stages": contacts["by_stage", "pregnancy"] + contacts["by_stage", "infant"],
            "kurukuru_visits": len(self.held),
            "kurukuru_attendance": self.figure_attendance()["total", ""],
            "round_table_open": sum(
                i.raised_on <= end and not any(day and day <= end for day in (i.action_on, i.closed_on))
                for i in issues
            ),
            "accompany_consented": sum(row.id in standing for row in mine),
            "accompany_case_refs": sum(row.case_ref is not None for row in mine),
            **{f"round_table_{name}": n for name, n in self.issues().items()},
        }
        return {(name, ""): n for name, n in found.items()}

    def issues(self) -> dict[str, int]:
        steps = {"raised": "raised_on", "discussed": "discussed_on", "with_action": "action_on"}
        return {
            step: sum(
                (day := getattr(issue, column)) is not None and day in self.period
                for issue in self.rows(RoundTableIssue)
            )
            for step, column in steps.items()
        }

    def follow_ups(self) -> list[tuple[Any, Any]]:
        events = sorted(self.rows(FollowUpEvent), key=lambda e: e.change_no)
        last = {event.follow_up_id: event for event in events}
        return [(row, last.get(row.id)) for row in self.rows(FollowUp) if row.due_day in self.period]

    def figure_follow_ups(self) -> dict[Key, Any]:
        due = self.follow_ups()
        return {
            ("due", ""): len(due),
            ("met", ""): sum(e is not None and e.result == "met" for _, e in due),
            ("not_met", ""): sum(e is not None and e.result == "not_met" for _, e in due),
            ("overdue", ""): sum(e is None and row.due_day < self.today for row, e in due),
            ("recontacted", ""): sum(
                e is not None
                and e.result == "met"
                and e.local_day <= row.local_day + dt.timedelta(days=self.settings.recontact_days)
                for row, e in due
            ),
        }

    def stays(self) -> list[tuple[Any, Any, str, str | None]]:
        """Stays that were ever published: the plan, its stop, what became of it, and why not."""
        visits = {v.plan_stop_id: v for v in self.all_visits.values() if v.plan_stop_id is not None}
        plans = {plan.id: plan for plan in self.rows(Plan)}
        found = []
        for row in self.rows(PlanStop):
            plan, visit = plans[row.plan_id], visits.get(row.id)
            if plan.local_day not in self.period or plan.revision == 0 or (row.removed and visit is None):
                continue
            if visit is not None and visit.status in ("open", "closed"):
                found.append((plan, row, "held", None))
            elif visit is not None and visit.status == "cancelled":
                found.append((plan, row, "cancelled", visit.cancel_reason))
            elif row.cancel_reason or plan.status == "cancelled":
                found.append((plan, row, "cancelled", row.cancel_reason or plan.cancel_reason))
            else:
                found.append((plan, row, "unrecorded" if plan.local_day < self.today else "planned", None))
        return found

    def published(self, visit: Visit) -> bool:
        return any(plan.id == visit.plan_id and plan.revision > 0 for plan in self.rows(Plan))

    def called_off(self) -> list[str | None]:
        reasons = [reason for _, _, became, reason in self.stays() if became == "cancelled"]
        reasons += [
            v.cancel_reason for v in self.visits.values() if v.status == "cancelled" and not self.published(v)
        ]
        return reasons

    def figure_visits(self) -> dict[Key, Any]:
        off, early = self.called_off(), [v.cancel_reason for v in self.held]
        found: dict[Key, Any] = {
            ("planned", ""): len(self.stays()),
            ("held", ""): len(self.held),
            ("ad_hoc", ""): sum(not self.published(v) for v in self.held),
            ("cancelled", ""): len(off),
            ("unrecorded", ""): sum(became == "unrecorded" for _, _, became, _ in self.stays()),
        }
        for reason in CancelReason:
            found["cancelled_by_reason", reason] = off.count(reason)
            found["ended_early_by_reason", reason] = early.count(reason)
        return found

    def figure_stops(self) -> dict[Key, Any]:
        found: dict[Key, Any] = {}
        permissions = self.rows(Permission)
        for stop in self.rows(Stop):
            if stop.status != "agreed":
                continue
            days = [
                v.local_day
                for v in self.all_visits.values()
                if v.stop_id == stop.id
                and v.status in ("open", "closed")
                and v.merged_into is None
                and v.local_day <= self.on
            ]
            waited = (self.on - (max(days) if days else local_day(stop.created_at))).days
            if waited > self.settings.unvisited_days:
                found["unvisited", stop.code] = waited
            for kind in {p.type for p in permissions if p.stop_id == stop.id}:
                ends = [
                    p.valid_to or dt.date.max for p in permissions if (p.stop_id, p.type) == (stop.id, kind)
                ]
                left = (max(ends) - self.on).days
                if 0 <= left <= self.settings.permission_warning_days:
                    found["permissions_ending", f"{stop.code}/{kind}"] = left
        for figure in ("unvisited", "permissions_ending"):
            found[f"{figure}_count", ""] = sum(listed == figure for listed, _ in found)
        return found

    def figure_coverage(self) -> dict[Key, Any]:
        summary = coverage_summary(self.session, self.settings, self.on)
        share = None if summary is None or summary.share is None else round(summary.share, 4)
        gaps = top_gaps(self.session, self.settings, self.on, 5)
        return {("share", ""): share, **{("top_gaps", str(g.mesh)): round(g.gap, 1) for g in gaps}}

    def reached(self, cell: int, on: dt.date) -> float:
        """The share of a cell's 16 × 16 places within reach of a stop held in the window."""
        south, west, north, east = bounds_degrees(cell)
        stops = {stop.id: stop for stop in self.rows(Stop)}
        near = [
            (stops[v.stop_id].lat_micro / 1e6, stops[v.stop_id].lon_micro / 1e6)
            for v in self.all_visits.values()
            if v.status in ("open", "closed")
            and v.merged_into is None
            and 0 <= (on - v.local_day).days <= self.settings.coverage_days
        ]
        inside = 0
        for i in range(256):
            lat = south + (north - south) * (i // 16 + 0.5) / 16
            lon = west + (east - west) * (i % 16 + 0.5) / 16
            for stop_lat, stop_lon in near:
                per_lat, per_lon = metres_per_degree(stop_lat)
                metres = math.hypot((lat - stop_lat) * per_lat, (lon - stop_lon) * per_lon)
                if metres <= self.settings.catchment_m:
                    inside += 1
                    break
        return inside / 256

    def gap_coverage(self) -> float | None:
        known = need(self.session, self.settings.target_population)
        if known is None:
            return None
        eve = self.period.first_day - dt.timedelta(days=1)
        people = dict(zip(known.grid.codes.tolist(), known.people.counts.tolist(), strict=True))
        open_before = [cell for cell in people if self.reached(cell, eve) == 0]
        closed = sum(people[cell] * self.reached(cell, self.on) for cell in open_before)
        return _share(closed, sum(people[cell] for cell in open_before))

    def figure_tickets(self) -> dict[Key, Any]:
        found: Counter[Key] = Counter()
        ever: Counter[Key] = Counter()
        for entry in self.rows(TicketEntry):
            if not entry.counted:
                continue
            day = self.all_visits[entry.visit_id].local_day
            for sums, counts in ((found, day in self.period), (ever, day <= self.period.last_day)):
                if counts:
                    sums[entry.event, ""] += entry.quantity
                    sums[f"{entry.event}_yen", ""] += entry.quantity * entry.face_yen
        for suffix in ("", "_yen"):
            for event in ("issued", "redeemed"):
                found[f"{event}{suffix}", ""] += 0
            owed = ever[f"issued{suffix}", ""] - ever[f"redeemed{suffix}", ""]
            found[f"owed{suffix}", ""] = max(0, owed)
        return dict(found)

    def receipts(self) -> list[Any]:
        void = {row.sale_id for row in self.rows(SaleVoid)}
        return [sale for sale in self.facts(Sale) if sale.counted and sale.id not in void]

    def refunds(self) -> list[Any]:
        """What was given back of receipts that stand."""
        void = {row.sale_id for row in self.rows(SaleVoid)}
        stand = {sale.id for sale in self.rows(Sale) if sale.counted and sale.id not in void}
        return [refund for refund in self.facts(SaleRefund) if refund.sale_id in stand]

    def figure_sales(self) -> dict[Key, Any]:
        receipts, tills = self.receipts(), self.facts(CashUp)
        money = {sale.id for sale in receipts if sale.total_yen}
        tax: Counter[str] = Counter()
        paid: Counter[str] = Counter()
        goods: Counter[str] = Counter()
        for sale in receipts:
            parts = sale.payments or [{"payment": sale.payment, "yen": sale.total_yen}]
            paid.update({part["payment"]: part["yen"] for part in parts})
            for part in sale.taxes:
                tax[str(part["rate_percent"])] += part["tax_yen"]
        for line in self.rows(SaleLine):
            if line.sale_id in money:
                goods[line.category] += line.quantity * line.unit_price_yen - (line.off_yen or 0)
        refunds = self.refunds()
        for refund in refunds:
            paid.subtract({part["payment"]: part["yen"] for part in refund.payments})
            for part in refund.taxes:
                tax[str(part["rate_percent"])] -= part["tax_yen"]
        of_sale = {refund.id: refund.sale_id for refund in refunds}
        categories = {(line.sale_id, line.line): line.category for line in self.rows(SaleLine)}
        for back in self.rows(SaleRefundLine):
            if back.refund_id in of_sale:
                goods[categories[of_sale[back.refund_id], back.line]] -= back.yen
        found: dict[Key, Any] = {
            ("total_yen", ""): sum(sale.total_yen for sale in receipts) - sum(r.total_yen for r in refunds),
            ("till_difference_yen", ""): sum(
                till.counted_yen - till.expected_yen for till in tills if till.counted
            ),
            ("tills_counted", ""): len({till.visit_id for till in tills}),
            **{("tax_by_rate_yen", rate): yen for rate, yen in tax.items() if yen},
        }
        for payment in Payment:
            found["receipts_by_payment", payment] = sum(sale.payment == payment for sale in receipts)
            if payment != "mixed":
                found["by_payment_yen", payment] = paid[payment]
        for category in ItemCategory:
            found["by_category_yen", category] = goods[category]
        return found

    def figure_completeness(self) -> dict[Key, Any]:
        def of(table: Any) -> set[Any]:
            return {row.visit_id for row in self.rows(table)}

        counted, tills, sold = of(HeadCount), of(CashUp), {s.visit_id for s in self.receipts()}
        over = [v for v in self.held if v.local_day < self.today]
        heads: Counter[tuple[Any, str]] = Counter()
        for row in (row for row in self.rows(HeadCount) if row.counted):
            for band, n in row.counts.items():
                heads[row.visit_id, band] += n
        void = {row.sale_id for row in self.rows(SaleVoid)}
        held_back = {
            row.visit_id
            for table in (HeadCount, Sale, TicketEntry, CashMovement, CashUp)
            for row in self.rows(table)
            if not row.counted and row.id not in void and getattr(row, "sale_id", None) is None
        }
        plans: dict[Any, set[str]] = {}
        for plan, _, became, _ in self.stays():
            if plan.status == "published":
                plans.setdefault(plan.id, set()).add(became)
        return {
            ("held_without_head_count", ""): sum(v.id not in counted for v in over),
            ("heads_below_zero", ""): sum(
                any(n < 0 for (visit, _), n in heads.items() if visit == v.id) for v in self.held
            ),
            ("held_without_close", ""): sum(v.status == "open" for v in over),
            ("clock_suspect", ""): sum(v.clock_suspect for v in self.held),
            ("sold_without_cash_up", ""): sum(v.id in sold and v.id not in tills for v in over),
            ("told_twice", ""): sum(
                v.id in held_back and v.telling_chosen_at is None for v in self.visits.values()
            ),
            ("plans_without_visits", ""): sum(states == {"unrecorded"} for states in plans.values()),
        }

    def figure_stamp_cards(self) -> dict[Key, Any]:
        if "W" in str(self.period):
            second = self.period.first_day - dt.timedelta(weeks=3)
            first = second - dt.timedelta(weeks=4)
        else:
            first, second = self.period.previous().first_day, self.period.first_day
        marks = [(self.all_visits[m.visit_id].local_day, m.card) for m in self.rows(StampMark)]
        one = {card for day, card in marks if first <= day < second}
        two = {card for day, card in marks if second <= day <= self.period.last_day}
        n1, n2, m = len(one), len(two), len(one & two)
        low = high = None
        if m >= 7:
            people = (n1 + 1) * (n2 + 1) / (m + 1) - 1
            error = math.sqrt((n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2)))
            low = round(max(float(n1 + n2 - m), people - 1.959964 * error), 1)
            high = round(people + 1.959964 * error, 1)
        found: dict[Key, Any] = {("first", ""): n1, ("second", ""): n2, ("both", ""): m}
        return {**found, ("low", ""): low, ("high", ""): high}

    def figure_principles(self) -> dict[Key, Any]:
        contacts, follow_ups, referrals = (
            self.figure_contacts(),
            self.figure_follow_ups(),
            self.referral_days(),
        )
        stages = {stage: contacts["by_stage", stage] for stage in Stage}
        new, returning = contacts["by_familiarity", "new"], contacts["by_familiarity", "returning"]
        yes, no = contacts["first_connection", "yes"], contacts["first_connection", "no"]
        opened = [
            (r, events) for r, events in referrals if self.all_visits[r.visit_id].local_day in self.period
        ]
        out = [(r, events) for r, events in opened if r.direction == "out"]
        connected = sum(self.stood(events, dt.date.max) == "connected" for _, events in out)
        busy = {r.destination_id for r, _ in opened} | {
            r.destination_id for r, events in referrals if any(e.local_day in self.period for e in events)
        }
        hosts = {v.stop_id for v in self.held}
        found: dict[Key, Any] = {
            ("every_stage.informed_share", ""): _share(contacts["informed", ""], contacts["total", ""]),
            ("unconnected.first_contact_share", ""): _share(new, new + returning),
            ("unconnected.first_connection_share", ""): _share(yes, yes + no),
            ("unconnected.gap_coverage", ""): self.gap_coverage(),
            ("unconnected.recontact_rate", ""): _share(follow_ups["recontacted", ""], follow_ups["due", ""]),
            ("unconnected.connected_rate", ""): _share(connected, len(out)),
            ("unconnected.tickets_redeemed", ""): self.figure_tickets()["redeemed", ""],
            ("around_families.partners_active", ""): sum(
                p.stop_id in hosts or p.destination_id in busy for p in self.rows(Partner)
            ),
            ("around_families.stop_hosts_active", ""): len(hosts),
            ("around_families.referrals_out", ""): len(out),
            ("around_families.referrals_in", ""): len(opened) - len(out),
        }
        for step, n in self.issues().items():
            found[f"around_families.issues_{step}", ""] = n
        for stage, n in stages.items():
            found["every_stage.stage_mix", stage] = _share(n, sum(stages.values()))
        return found

    def point(self) -> dict[str, int]:
        attendance, contacts = self.figure_attendance(), self.figure_contacts()
        return {
            "attendance": attendance["total", ""],
            "children": attendance["children", ""],
            "contacts": contacts["total", ""],
            "conversations": contacts["conversations", ""],
            "consultations": contacts["consultations", ""],
            "first_contacts": contacts["by_familiarity", "new"],
            "held": len(self.held),
            "cancelled": len(self.called_off()),
            "sales_yen": self.figure_sales()["total_yen", ""],
            "tickets_redeemed": self.figure_tickets()["redeemed", ""],
        }
