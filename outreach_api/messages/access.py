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
    "pair_title": ("この電話を車の電話にする", "Make this phone a phone of the van"),
    "pair_intro": (
        "カメラではなく、アプリの中からこの QR コードを読み取ってください。",
        "Please read this QR code from within the app, not with the camera.",
    ),
    "pair_step_app": ("車のアプリを開き、「登録」を選びます。", "Open the van's app and choose to pair it."),
    "pair_step_scan": (
        "事務所の画面の QR コードを読み取ります。",
        "Read the QR code on the office's screen.",
    ),
    "pair_step_type": (
        "読み取れないときは、画面の10文字のコードを打ちます（10分のあいだ使えます）。",
        "If that fails, type the ten characters that stand beside it; they work for ten minutes.",
    ),
    "crew_uses_phones": (
        "スタッフは車の電話を使います。車両（van_id）を選んでください。",
        "Crew use the phones of a van; name a van (van_id).",
    ),
    "one_of": ("{names} のうち一つだけを入れてください。", "Give exactly one of {names}."),
}
