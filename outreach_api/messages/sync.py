"""Texts of push and pull."""

TEXTS = {
    "malformed": ("記録の形が正しくありません。", "The operation's envelope can't be read."),
    "needs_rejected": (
        "この記録のもとになる記録が受け付けられていません。",
        "What this one stands on was refused itself.",
    ),
    "sealed_unreadable": (
        "封をした中身を開けられません。封をした番号と違うか、途中で変わっています。",
        "The sealed content can't be opened: it was sealed for other ids, or altered on its way.",
    ),
    "sealed_for_another_key": (
        "サーバーの鍵が変わっていて、封を開けられません。鍵が戻るまで持っていてください。",
        "It was sealed for a key that this server does not have; keep it until the key is back.",
    ),
    "settled_by_office": (
        "この記録は事務所で片付けました。もう送る必要はありません。",
        "The office has dealt with this one; there is no need to send it again.",
    ),
    "payload_or_sealed": (
        "payload か sealed のどちらか一つを付けてください。",
        "Send either a payload or a sealed one.",
    ),
    "letter_in_already": (
        "この記録はもう届いて数えられています。もう一度入れないでください（known で片付けられます）。",
        "This operation is in and counted by now: don't enter it again (settle it as known).",
    ),
    "letter_with_safeguarding": (
        "子どもの安全に関わるかもしれない記録です。中身を読める責任者だけが片付けられます。",
        "It may be about a child's safety: only the safeguarding lead, who can read it, settles it.",
    ),
    "already_settled": ("すでに片付けられています。", "It was settled already."),
    "content_purged": (
        "中身は期限が来て消されました。",
        "The content was erased when its time had come, or when it was settled.",
    ),
    "content_unreadable": (
        "中身を開けられません。鍵が違うか、壊れています。",
        "The content can't be opened: another key, or it is damaged.",
    ),
    "not_by_push": ("この変更は端末からまとめて送れません。", "That kind of change can't be pushed."),
    "resync_needed": (
        "はじめから受け取り直してください。",
        "Pull again from the beginning: the server was restored, or this device's scope changed.",
    ),
}
