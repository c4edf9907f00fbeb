"""A believable week of one van as a report: the example that openapi.yaml shows, whose figures add up."""

from typing import Any

from schemas.vocabulary import PROGRAMMES

TREND_POINT: dict[str, Any] = {
    "period": "2026-W48",
    "attendance": 131,
    "children": 88,
    "contacts": 24,
    "conversations": 7,
    "consultations": 2,
    "first_contacts": 9,
    "held": 2,
    "cancelled": 1,
    "sales_yen": 41_230,
    "tickets_redeemed": 12,
}

_NONE = {kind.value: 0 for kind in PROGRAMMES}
_STOP = {"stop_id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01", "code": "K07", "name": "常盤平団地 中央広場"}

A_WEEK: dict[str, Any] = {
    "period": {
        "kind": "week",
        "name": "2026-W48",
        "from": "2026-11-23",
        "to": "2026-11-29",
        "timezone": "Asia/Tokyo",
    },
    "as_of": "2026-11-29T23:30:00Z",
    "reference_day": "2026-11-29",
    "change_no": 4_711,
    "attendance": {
        "total": 131,
        "children": 88,
        "adults": 43,
        "per_visit": 65.5,
        "children_per_visit": 44.0,
        "adults_per_visit": 21.5,
        "by_band": {"preschool": 21, "elem_low": 42, "elem_high": 25, "guardian": 38, "senior": 5},
    },
    "contacts": {
        "total": 24,
        "conversations": 7,
        "consultations": 2,
        "informed": 11,
        "by_familiarity": {"new": 9, "returning": 12, "unknown": 3},
        "by_stage": {"infant": 4, "preschool": 8, "elementary": 13},
        "by_topic": {"childcare": 8, "school": 4, "money": 2},
        "first_connection": {"yes": 3, "no": 5},
    },
    "funnel": {
        "contacts": 24,
        "conversations": 7,
        "consultations": 2,
        "offered": 3,
        "accepted": 1,
        "connected": 1,
    },
    "referrals": {
        "out": {
            "offered": {**_NONE, "baby": 2, "food_pantry": 1},
            "accepted": {**_NONE, "baby": 1},
            "connected": {**_NONE, "baby": 1},
        },
        "in": {"offered": {**_NONE, "school": 1}, "accepted": _NONE, "connected": _NONE},
    },
    "follow_ups": {"due": 4, "met": 3, "not_met": 0, "overdue": 1, "recontacted": 3},
    "visits": {
        "planned": 3,
        "held": 2,
        "ad_hoc": 0,
        "cancelled": 1,
        "cancelled_by_reason": {"rain": 1},
        "ended_early_by_reason": {},
        "unrecorded": 0,
    },
    "stops": {
        "unvisited_count": 1,
        "unvisited": [{**_STOP, "last_visit_on": "2026-10-10", "days": 50}],
        "permissions_ending_count": 1,
        "permissions_ending": [{**_STOP, "type": "consent", "ends_on": "2026-12-20", "days": 21}],
    },
    "coverage": {
        "unknown_because": None,
        "population": {"label": "2020 census", "target": "0-14", "basis": "target"},
        "share": 0.31,
        "top_gaps": [
            {
                "mesh": "533957931",
                "people": 412.0,
                "covered_share": 0.12,
                "days_since_last_visit": None,
                "gap": 362.6,
            }
        ],
    },
    "tickets": {
        "issued": 20,
        "issued_yen": 2_000,
        "redeemed": 12,
        "redeemed_yen": 1_200,
        "owed": 31,
        "owed_yen": 3_100,
    },
    "sales": {
        "total_yen": 41_230,
        "by_category_yen": {"sweets": 12_430, "drink": 9_600, "meal": 19_200},
        "by_payment_yen": {"cash": 33_030, "paypay": 8_200},
        "receipts_by_payment": {"cash": 96, "paypay": 21, "ticket": 12},
        "tax_by_rate_yen": {"8": 3_054},
        "till_difference_yen": -10,
        "tills_counted": 2,
    },
    "completeness": {
        "held_without_head_count": 0,
        "heads_below_zero": 0,
        "held_without_close": 0,
        "clock_suspect": 0,
        "sold_without_cash_up": 0,
        "told_twice": 0,
        "plans_without_visits": 0,
    },
    "stamp_cards": {
        "from": "2026-10-01",
        "split": "2026-10-31",
        "to": "2026-11-29",
        "first": 40,
        "second": 35,
        "both": 12,
        "method": "chapman",
        "unknown_because": None,
        "low": 73.3,
        "high": 151.7,
    },
    "trend": [TREND_POINT],
    "compared": [
        {**TREND_POINT, "against": "before", "period": "2026-W47", "attendance": 118, "contacts": 20},
        {**TREND_POINT, "against": "mean", "period": "2026-W44..2026-W47", "attendance": 109.5},
        {"against": "year_before", "period": "2025-W48", **dict.fromkeys(list(TREND_POINT)[1:])},
    ],
    "what_changed": [
        {
            "figure": "cancelled",
            "against": "before",
            "now": 1,
            "then": 0,
            "causes": [
                {
                    "cause": "cancelled",
                    "count": 1,
                    "before": None,
                    "reason": "rain",
                    "amount": None,
                    "stops": [],
                }
            ],
            "ja": "中止した出店 1 回（ひとつ前は 0、+1）：中止 1 回（雨）。",
            "en": "Visits cancelled: 1 visits (0 the period before, +1): 1 cancelled (rain).",
        }
    ],
    "months": [],
    "programmes": [
        {
            "programme": programme,
            **dict.fromkeys(("offered", "accepted", "connected"), 0),
            **({"offered": 2, "accepted": 1, "connected": 1} if programme == "baby" else {}),
            "referred_in": 0,
            "partners": 1,
            "leaflet_stock": 80,
        }
        for programme in _NONE
    ],
    "programme_work": {
        "baby_stages": 4,
        "kurukuru_visits": 2,
        "kurukuru_attendance": 131,
        "round_table_raised": 1,
        "round_table_discussed": 0,
        "round_table_with_action": 0,
        "round_table_open": 3,
        "accompany_consented": 0,
        "accompany_case_refs": 0,
    },
    "principles": {
        "every_stage": {
            "stage_mix": {"infant": 0.16, "preschool": 0.32, "elementary": 0.52},
            "informed_share": 0.4583,
        },
        "unconnected": {
            "first_contact_share": 0.4286,
            "first_connection_share": 0.375,
            "gap_coverage": 0.06,
            "recontact_rate": 0.75,
            "connected_rate": 0.25,
            "tickets_redeemed": 12,
        },
        "around_families": {
            "partners_active": 3,
            "stop_hosts_active": 2,
            "referrals_out": 3,
            "referrals_in": 1,
            "issues_raised": 1,
            "issues_discussed": 0,
            "issues_with_action": 0,
        },
    },
    "method": [
        {
            "code": "attendance",
            "ja": "人数は延べ人数です。",
            "en": "People are counted at every visit; they are not different people.",
        }
    ],
}
