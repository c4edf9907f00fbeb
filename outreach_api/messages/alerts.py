"""What an alert says, and why one can't be sent. It stands on a locked phone for all to read: never whom or what about."""

TEXTS = {
    "alert_subject": (
        "【要確認】安全の担当の方へ",
        "Please look: for the safeguarding team",
    ),
    "alert_waiting_minutes": (
        "確認を待っている心配があります（約{number}分）。",
        "A concern is waiting for somebody to look at it (about {number} minutes).",
    ),
    "alert_waiting_hours": (
        "確認を待っている心配があります（約{number}時間）。",
        "A concern is waiting for somebody to look at it (about {number} hours).",
    ),
    "alert_waiting_days": (
        "確認を待っている心配があります（約{number}日）。",
        "A concern is waiting for somebody to look at it (about {number} days).",
    ),
    "alert_in_hand": (
        "確認済みで、まだ閉じられていない心配があります。終わっていたら閉じてください。",
        "A concern was acknowledged and is not closed yet. If all is done, please close it.",
    ),
    "alert_letter_minutes": (
        "読み取れなかった急ぎの記録が届いています（約{number}分）。",
        "An urgent record arrived that could not be taken in (about {number} minutes ago).",
    ),
    "alert_letter_hours": (
        "読み取れなかった急ぎの記録が届いています（約{number}時間）。",
        "An urgent record arrived that could not be taken in (about {number} hours ago).",
    ),
    "alert_letter_days": (
        "読み取れなかった急ぎの記録が届いています（約{number}日）。",
        "An urgent record arrived that could not be taken in (about {number} days ago).",
    ),
    "alert_look_at": ("見る場所：{url}", "Where to look: {url}"),
    "alert_look": (
        "システムの「安全の心配」の一覧を見てください。",
        "Please look at the list of safety concerns.",
    ),
    "alert_look_outside": (
        "外部の相談員の方に確認をお願いする連絡です。前もってお知らせした方法で見てください。",
        "You are asked as the person from outside: please look in the way that was agreed with you.",
    ),
    "alert_until": (
        "誰かが確認するまで、間をあけて繰り返しお知らせします。このメールには返信できません。",
        "This is repeated, less and less often, until somebody acknowledges it. Nobody reads replies to this mail.",
    ),
    "alert_reminder_until": (
        "閉じられるまで、毎朝お知らせします。このメールには返信できません。",
        "You are reminded each morning until it is closed. Nobody reads replies to this mail.",
    ),
    "alert_trial_subject": ("【試験】お知らせの試し送り", "A trial of the alerts"),
    "alert_trial": (
        "これは試し送りです。心配は何も届いていません。このアドレスにお知らせが届くことを確かめました。",
        "This is a trial: there is no concern. It shows that alerts reach this address.",
    ),
    "mail_not_set_up": (
        "メールサーバーの設定（OUTREACH_SMTP_URL）がないため、だれにもお知らせできません。",
        "No mail server is set (OUTREACH_SMTP_URL): nobody is alerted.",
    ),
    "no_address": (
        "お知らせ先のアドレスがないため、だれにも届いていません。",
        "There is no address to alert anybody at: nobody was alerted.",
    ),
    "no_lead_address": (
        "責任者のお知らせ先アドレスがありません（PATCH /v1/alert-addresses）。",
        "The lead has no alert address (PATCH /v1/alert-addresses).",
    ),
    "no_deputy_address": (
        "副責任者のお知らせ先アドレスがありません（PATCH /v1/alert-addresses）。",
        "The deputy has no alert address (PATCH /v1/alert-addresses).",
    ),
    "no_outside_address": (
        "外部の相談員のアドレスがありません。スタッフについての心配は、だれにもお知らせされません（PATCH /v1/alert-addresses）。",
        "The outside person has no alert address: of a concern about one of us nobody is alerted "
        "(PATCH /v1/alert-addresses).",
    ),
    "alerts_not_running": (
        "お知らせを送る処理が動いていません（outreach serve か outreach work を動かしてください）。",
        "Nothing sends alerts: run `outreach serve` or `outreach work`.",
    ),
    "mail_unreachable": ("メールサーバーにつながりません。", "The mail server can't be reached."),
    "mail_without_tls": (
        "メールサーバーが暗号化に応じないため、送っていません。",
        "The mail server offers no encryption, so nothing was sent.",
    ),
    "mail_tls_failed": (
        "メールサーバーの証明書を確かめられません。",
        "The mail server's certificate can't be verified.",
    ),
    "mail_login_refused": (
        "メールサーバーがログインを断りました。",
        "The mail server refused the login.",
    ),
    "mail_address_refused": (
        "メールサーバーがお知らせ先のアドレスを断りました。",
        "The mail server refused an alert address.",
    ),
    "mail_refused": ("メールサーバーが受け取りませんでした。", "The mail server did not take it."),
    "job_fault": (
        "プログラムの誤りで送れませんでした。管理者に知らせてください。",
        "A fault of the program kept it from being sent; please tell the administrator.",
    ),
    "no_database": (
        "データベースに書けず、送れませんでした。もう一度送ります。",
        "The database could not be written, so nothing was sent; it is tried again.",
    ),
    "not_email": ("メールアドレスの形が違います。", "It is not an e-mail address."),
}
