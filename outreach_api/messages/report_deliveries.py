"""Texts about telling people and programs of weeks by itself: what a mail says, and why something can't be."""

TEXTS = {
    "webhook_or_mail": (
        "url（プログラムへ）か emails（人へ）の、どちらか一つを入れてください。",
        "Give either url (for a program) or emails (for people).",
    ),
    "not_of_its_channel": (
        "お知らせの種類は変えられません。新しく作り、これは終わりにしてください。",
        "A webhook stays a webhook and mail stays mail: add another one, and end this.",
    ),
    "too_many_subscriptions": (
        "お知らせ先は {most} 件までです。使わないものを終わりにしてください。",
        "At most {most} are told: end one that isn't needed.",
    ),
    "subscription_ended": (
        "このお知らせは終わっています。新しく作ってください。",
        "This one has ended: add another one.",
    ),
    "mail_has_no_secret": (
        "メールには署名の鍵がありません。",
        "Mail has no secret: only webhooks are signed.",
    ),
    "delivery_mail_week_closed_subject": (
        "{organisation}：週報 {week}",
        "{organisation}: weekly report {week}",
    ),
    "delivery_mail_week_closed": (
        "{week} の週報がまとまりました。PDF を付けます。",
        "The report of week {week} is ready. It is attached as a PDF.",
    ),
    "delivery_mail_week_restated_subject": (
        "{organisation}：週報 {week}（第{version}版）",
        "{organisation}: weekly report {week} (version {version})",
    ),
    "delivery_mail_week_restated": (
        "{week} の週報を出し直しました（第{version}版）。前の版のかわりにお使いください。",
        "The report of week {week} was told anew (version {version}). Please use it in place of the one before.",
    ),
    "delivery_mail_week_released_subject": (
        "{organisation}：{week} の数字を公表しました",
        "{organisation}: figures up to week {week} are released",
    ),
    "delivery_mail_week_released": (
        "{week} までの数字を公表しました。だれでも見られます。",
        "Figures up to week {week} are released: everybody may see them.",
    ),
    "delivery_mail_ping_subject": ("{organisation}：お知らせの試し送り", "{organisation}: a trial"),
    "delivery_mail_ping": (
        "これは試しのメールです。週報のお知らせは、このアドレスに届きます。",
        "This is a trial: news of weekly reports will reach this address.",
    ),
    "delivery_mail_because_late_data": (
        "理由：締めたあとに記録が届きました。",
        "Why: records came after it was closed.",
    ),
    "delivery_mail_because_correction": ("理由：記録の訂正です。", "Why: a record was put right."),
    "delivery_mail_because_merge": (
        "理由：二重の記録を一つにしました。",
        "Why: two tellings of one visit were joined.",
    ),
    "delivery_mail_because_other": (
        "理由は事務所にお問い合わせください。",
        "Please ask the office for the reason.",
    ),
    "delivery_mail_internal": (
        "内部資料です。ほかの方に渡すときは、公表した数字（/reach）をお使いください。",
        "It is an internal document. To pass figures on, take the released ones (/reach).",
    ),
    "delivery_mail_end": (
        "このメールには返信できません。止めたいときは事務所に知らせてください。",
        "Nobody reads replies to this mail. To get no more of them, tell the office.",
    ),
}
