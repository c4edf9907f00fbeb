"""Texts about closing weeks and telling them anew: why not, and what is missing when one is closed all the same."""

TEXTS = {
    "week_not_over_yet": (
        "{week} はまだ終わっていません。日曜日が過ぎてから締めてください。",
        "{week} is not over yet. Close it once its Sunday has passed.",
    ),
    "week_closed": (
        "{week} はもう締めてあります。締めたあとに届いた分は、理由を付けて出し直してください。",
        "{week} is closed already. What came afterwards is told by restating it, with the reason.",
    ),
    "week_not_closed": (
        "{week} はまだ締めていません。数字はいまの時点のものです。",
        "{week} is not closed yet: its figures are those known now.",
    ),
    "nothing_to_restate": (
        "{week} は、いちばん新しい版から数字が変わっていません。出し直すものがありません。",
        "Nothing that {week} counts has changed since its newest version, so there is nothing to restate.",
    ),
    "report_version_unknown": (
        "版 {version} はありません。どの版があるかは、report-weeks で見られます。",
        "There is no version {version}. See report-weeks for those that were kept.",
    ),
    "visits_as_known_now": (
        "出店ごとの行は、いつもいまの時点のものです。version は付けないでください。",
        "Rows of visits are always as known now: leave the version out.",
    ),
    "week_lacks_held_without_head_count": (
        "人数のない出店が {count} 件あります。",
        "Visits without a head count: {count}.",
    ),
    "week_lacks_heads_below_zero": (
        "人数がマイナスになっている出店が {count} 件あります。",
        "Visits with a head count below zero: {count}.",
    ),
    "week_lacks_held_without_close": (
        "終わりを記録していない出店が {count} 件あります。",
        "Visits that nobody closed: {count}.",
    ),
    "week_lacks_clock_suspect": (
        "端末の時計が疑わしい出店が {count} 件あります。日付を確かめてください。",
        "Visits told by a doubtful clock: {count}. Check their days.",
    ),
    "week_lacks_sold_without_cash_up": (
        "売上があってレジ締めのない出店が {count} 件あります。",
        "Visits with sales and no cash-up: {count}.",
    ),
    "week_lacks_told_twice": (
        "紙と電話の両方から届き、どちらを数えるか決めていない出店が {count} 件あります。",
        "Visits told on paper and by phone of which nobody chose which counts: {count}.",
    ),
    "week_lacks_plans_without_visits": (
        "公開したのに出店の記録が一つもない計画が {count} 件あります。",
        "Published plans without any visit: {count}.",
    ),
    "week_lacks_unrecorded": (
        "出店したかどうか分からない停車予定が {count} 件あります。",
        "Planned stays of which nobody said anything: {count}.",
    ),
    "week_lacks_letters": (
        "取り込めずに待っている記録が {count} 件あります（GET /v1/sync/rejections）。この週の分とは限りません。",
        "Records that could not be taken in and wait: {count} (GET /v1/sync/rejections). They may be of other weeks.",
    ),
    "week_lacks_phones": (
        "この週に使い、そのあとまだつながっていない電話が {count} 台あります。まだ送っていない記録があるかもしれません。",
        "Phones used in that week and not heard since: {count}. They may still hold records.",
    ),
    "weeks_wait_subject": ("まだ締めていない週があります", "Weeks wait to be closed"),
    "weeks_wait": (
        "週報をまだ締めていない週が {count} 週あります：{weeks}",
        "Weeks whose reports nobody closed yet: {count} ({weeks})",
    ),
    "weeks_wait_until": (
        "締めるまで、毎週火曜にお知らせします。足りない記録があっても締められます。このメールには返信できません。",
        "You are reminded every Tuesday until they are closed, which is possible also when records are missing. Nobody "
        "reads replies to this mail.",
    ),
    "no_office_address": (
        "事務所のアドレス（OUTREACH_OFFICE_EMAILS）がないため、締めていない週があってもお知らせできません。",
        "No address of the office is set (OUTREACH_OFFICE_EMAILS): nobody is reminded of weeks that are not closed.",
    ),
}
