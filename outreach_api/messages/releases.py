"""Texts about releasing weeks: why one can't be released."""

TEXTS = {
    "week_not_over": (
        "{week} はまだ終わっていません。日曜日が過ぎてから公表してください。",
        "{week} is not over yet. Release it once its Sunday has passed.",
    ),
    "week_released": (
        "{week} までは公表ずみです。公表は一度だけで、そのあとの変更は次の週の公表に入ります。",
        "Weeks up to {week} are released. A week is released once; what changed since goes out with the next one.",
    ),
    "period_unknown": (
        "週（2026-W47）、月（2026-11）、四半期（FY2026-Q3）、年度（FY2026）のどれかで書いてください。",
        "Say a week (2026-W47), a month (2026-11), a quarter (FY2026-Q3) or a fiscal year (FY2026).",
    ),
}
