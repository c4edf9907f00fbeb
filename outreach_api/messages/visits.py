"""Texts of visits and what happens at them."""

TEXTS = {
    "visit_unknown": (
        "この出店が見つかりません。先に出店の開始を送ってください。",
        "There is no such visit here; send its opening first.",
    ),
}
