"""Texts of what everybody sees: short sentences and easy words, Japanese first; [中止|ちゅうし] sets a reading."""

TEXTS = {
    "when_title": ("{name}が [来|く]る[日|ひ]", "When {name} comes"),
    "when_intro": (
        "くるまの お[店|みせ]が [来|き]ます。[子|こ]どもも おとなも、どなたでも どうぞ。",
        "The kitchen car comes to your neighbourhood. Everybody is welcome, children and adults.",
    ),
    "when_furigana": ("[漢字|かんじ]に ふりがなを つける", "With readings over the kanji"),
    "when_furigana_off": ("ふりがなを けす", "Without readings"),
    "when_none": ("いま お[知|し]らせできる [日|ひ]は ありません。", "No days are announced at the moment."),
    "when_today": ("きょう", "today"),
    "when_area": (
        "{place} あたり（くわしい [場所|ばしょ]は のせていません）",
        "{place} area (the exact place is not shown)",
    ),
    "when_on": ("やります", "It takes place"),
    "when_undecided": ("やるか どうか、まだ [決|き]まっていません", "Not decided yet"),
    "when_open": ("いま やっています", "Open now"),
    "when_closed": ("おわりました", "Over"),
    "when_cancelled": ("[中止|ちゅうし]（やりません）", "Cancelled"),
    "when_decided": ("{when} に [決|き]まります。", "It will be decided by {when}."),
    "when_weather_until": (
        "[天気|てんき]が [悪|わる]いときは、{when} までに [中止|ちゅうし]を [決|き]めて、ここで お[知|し]らせします。",
        "In bad weather we decide by {when} and say it here.",
    ),
    "when_updated": (
        "この[日|ひ]の お[知|し]らせを [直|なお]した とき：{when}",
        "This day was last updated: {when}",
    ),
    "when_rain": ("[雨|あめ]の ため", "because of rain"),
    "when_wind": ("[風|かぜ]が つよい ため", "because of wind"),
    "when_heat": ("とても [暑|あつ]い ため", "because of the heat"),
    "when_thunder": ("[雷|かみなり]が あぶない ため", "because of thunder"),
    "when_weather": (
        "[天気|てんき]などで [中止|ちゅうし]に なることが あります。[出|で]かける[前|まえ]に、この ページを もう[一度|いちど] "
        "[見|み]てください。",
        "A day may be cancelled, because of the weather or something else. Look here again before you set out.",
    ),
    "when_address": ("この ページ：{url}", "This page: {url}"),
    "when_others": ("ほかにも つながれます", "Other ways to connect"),
    "when_link": ("つながるリンク（ウェブサイト）", "Tsunagaru Link (website)"),
    "when_line": ("つながるLINE", "Tsunagaru LINE"),
    "when_calendar_title": ("カレンダー", "Calendar"),
    "when_calendar": ("カレンダーに [入|い]れる（iCalendar）", "Add to your calendar (iCalendar)"),
    "when_once_a_day": (
        "カレンダーの アプリは、[新|あたら]しい お[知|し]らせを 1[日|にち]に 1[回|かい]くらいしか [見|み]に [来|き]ません。"
        "[中止|ちゅうし]は、この ページが いちばん [早|はや]いです。",
        "Calendar apps look for news about once a day. What is cancelled shows on this page first.",
    ),
    "when_data": ("データ（JSON）", "Data (JSON)"),
    "post_cancelled": (
        "【[中止|ちゅうし]の おしらせ】\n{name}\n{when}\n[場所|ばしょ]：{place}\n\n"
        "{reason}この[日|ひ]は おみせを おやすみします。\nたのしみに してくれた みなさん、ごめんなさい。",
        "[Cancelled]\n{name}\n{when}\nPlace: {place}\n\n"
        "{reason} we do not come on this day. We are sorry: you were looking forward to it.",
    ),
    "post_area": ("{place} あたり", "around {place}"),
    "post_rain": ("[雨|あめ]の ため、", "Because of rain,"),
    "post_wind": ("[風|かぜ]が つよい ため、", "Because of strong wind,"),
    "post_heat": ("とても あつい ため、", "Because it is too hot,"),
    "post_thunder": ("[雷|かみなり]が あぶない ため、", "Because of thunder,"),
    "post_sorry": ("つごうが あって、", "Something has come up:"),
    "post_next": ("つぎに ここへ [来|く]るのは、{when}の よていです。", "We plan to be here next on {when}."),
    "post_look": (
        "つぎに いつ [来|く]るかは、ここで [見|み]られます：\n{url}",
        "Here you see when we come next:\n{url}",
    ),
    "post_look_line": (
        "つぎに いつ [来|く]るかは、つながるLINEで [見|み]てください：\n{url}",
        "Tsunagaru LINE tells when we come next:\n{url}",
    ),
    "post_look_page": (
        "つぎに いつ [来|く]るかは、「{name}が [来|く]る[日|ひ]」の ページを [見|み]てください。",
        "Our page “When {name} comes” tells when we come next.",
    ),
    "calendar_cancelled": ("【中止】", "[Cancelled]"),
    "calendar_undecided": ("【まだ決まっていません】", "[Not decided yet]"),
    "calendar_area": ("{place} あたり", "{place} area"),
    "calendar_undecided_until": ("{when} に決まります。", "It will be decided by {when}."),
    "calendar_weather": (
        "天気が悪いときは、{when} までに中止を決めます。",
        "In bad weather we decide by {when}.",
    ),
    "calendar_once_a_day": (
        "カレンダーのアプリは、1日に1回くらいしか新しくなりません。出かける前に、くるくるのページを見てください。",
        "Calendar apps refresh about once a day. Look at our page before you set out.",
    ),
    "calendar_summary": ("{name}（{place}）", "{name} ({place})"),
}
