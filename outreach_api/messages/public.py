"""Texts of what everybody sees: short sentences and easy words, Japanese first."""

TEXTS = {
    "when_title": ("{name}が 来る日（くる ひ）", "When {name} comes"),
    "when_intro": (
        "くるまの お店（みせ）が 来ます。子どもも おとなも、どなたでも どうぞ。",
        "The kitchen car comes to your neighbourhood. Everybody is welcome, children and adults.",
    ),
    "when_none": ("いま お知らせできる 日は ありません。", "No days are announced at the moment."),
    "when_today": ("きょう", "today"),
    "when_area": ("あたり（くわしい 場所は のせていません）", "area (the exact place is not shown)"),
    "when_cancelled": ("中止（ちゅうし）", "Cancelled"),
    "when_rain": ("雨（あめ）のため", "because of rain"),
    "when_wind": ("風（かぜ）のため", "because of wind"),
    "when_heat": ("暑さ（あつさ）のため", "because of the heat"),
    "when_thunder": ("雷（かみなり）のため", "because of thunder"),
    "when_weather": (
        "天気（てんき）などで 中止に なることが あります。出かける前に もう一度 見てください。",
        "The weather may cancel a day. Look here again before you set out.",
    ),
    "when_others": ("ほかにも つながれます", "Other ways to connect"),
    "when_link": ("つながるリンク（ウェブサイト）", "Tsunagaru Link (website)"),
    "when_line": ("つながるLINE", "Tsunagaru LINE"),
    "when_calendar": ("カレンダーに 入れる（iCalendar）", "Add to your calendar (iCalendar)"),
    "when_data": ("データ（JSON）", "Data (JSON)"),
    "calendar_cancelled": ("【中止】", "[Cancelled]"),
    "calendar_summary": ("{name}（{place}）", "{name} ({place})"),
}
