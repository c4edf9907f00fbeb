"""Texts of access."""

TEXTS: dict[str, tuple[str, str]] = {
    "code_not_valid": (
        "コードが違うか、期限が切れています。事務所で新しいコードを出してもらってください。",
        "The code is wrong or has ended; ask the office for a new one.",
    ),
    "leaving": (
        "この端末の利用は終わっています。残っている記録を送ることだけができます。",
        "This device has left; it may only send what it still holds.",
    ),
    "quarantined": (
        "利用を終えた端末から届いた記録です。事務所が確かめるまで預かっています。",
        "It came from a device that had left, and is kept until the office lets it in.",
    ),
    "pin_unknown": (
        "この PIN は今日のシフトのものではありません。もう一度打つか、事務所にたずねてください。",
        "That PIN is nobody's of this day's shift; type it again, or ask the office.",
    ),
    "not_a_page": (
        "このトークンはページのものではありません。終えるには POST /v1/revocations を使ってください。",
        "This token was not given to a page; to end it, see POST /v1/revocations.",
    ),
    "pair_title": ("この電話を車の電話にする", "Make this phone a phone of the van"),
    "pair_intro": (
        "登録は、車のアプリの中でします。このページを開いただけでは、コードは使われません。",
        "It is done within the van's app. Opening this page has not used up the code.",
    ),
    "pair_step_app": ("車のアプリを開き、「登録」を選びます。", "Open the van's app and choose to pair it."),
    "pair_step_scan": (
        "アプリで、事務所の画面の QR コードをもう一度読み取ります。",
        "From within the app, read the QR code on the office's screen once more.",
    ),
    "pair_step_type": (
        "読み取れないときは、そのそばにある10文字を打ちます。",
        "If that fails, type the ten characters that stand beside it.",
    ),
    "pair_new_code": (
        "コードは10分のあいだ、1台だけに使えます。使えなくなっていたら、事務所に新しいコードを頼んでください。すぐに出せます。",
        "A code serves one phone, for ten minutes. If it has ended, ask the office for a new one; that takes a moment.",
    ),
    "crew_uses_phones": (
        "スタッフは車の電話を使います。車両（van_id）を選んでください。",
        "Crew use the phones of a van; name a van (van_id).",
    ),
    "one_of": ("{names} のうち一つだけを入れてください。", "Give exactly one of {names}."),
}
