"""The words that an operation may use, as openapi.yaml lists them, and what the crew calls each kind.

They are checked before a note is sealed: afterwards nobody on this phone can mend a wrong one.
"""

from __future__ import annotations

BANDS = {
    "infant": "乳児",
    "preschool": "未就学",
    "elem_low": "小1–3",
    "elem_high": "小4–6",
    "junior_high": "中学生",
    "high_school": "高校生",
    "young_adult": "若者",
    "guardian": "保護者",
    "adult": "大人",
    "senior": "高齢者",
    "unknown": "不明",
}
PAYMENTS = ("cash", "paypay", "other_qr", "ticket", "free", "mixed")
PARTS = ("cash", "paypay", "other_qr", "ticket")
"""Of which a mixed receipt may consist."""
SERVICE_MODES = ("takeout", "eat_in")
REASONS = ("rain", "wind", "heat", "thunder", "infection", "staff", "vehicle", "site", "other")
FAMILIARITY = ("new", "returning", "unknown")
DEPTHS = ("greeting", "chat", "listening", "consultation", "crisis")
STAGES = (
    *("pregnancy", "infant", "preschool", "elementary"),
    *("junior_high", "high_school", "other", "unknown"),
)
TOPICS = (
    *("childcare", "isolation", "money", "food", "school", "health", "development"),
    *("housing", "work", "family", "violence", "foreign_language", "other"),
)
INFO = ("leaflet", "qr_card", "timetable", "spoken", "food_parcel")

PRIVATE_KINDS = {"note", "referral", "consent", "follow_up", "concern", "stamp"}
"""What families said or were promised, by the first word of a kind: sealed, and with ids that tell no time."""

KINDS = {
    "visit.open": ("出店の開始", "opening"),
    "visit.close": ("出店の終了", "closing"),
    "visit.cancel": ("出店の中止", "cancellation"),
    "head_count.add": ("来場者数", "head count"),
    "sale.record": ("売上", "sale"),
    "sale.void": ("売上の取り消し", "void"),
    "sale.refund": ("返品", "refund"),
    "note.write": ("気づきメモ", "note"),
}

OWN_ANSWERS = {
    "too_big": (
        "大きすぎて送れません。消さずに、事務所に知らせてください。",
        "It is too big to be sent. Keep it, and tell the office.",
    ),
    "internal": (
        "サーバーがこの記録でつまずきました。自動で送り直します。",
        "The server failed over it; it is sent again by itself.",
    ),
}
"""What this phone says itself of an operation that got no answer of its own, by the code that it writes down."""
