"""Texts of push and pull."""

TEXTS = {
    "malformed": ("記録の形が正しくありません。", "The operation's envelope can't be read."),
    "not_by_push": ("この変更は端末からまとめて送れません。", "That kind of change can't be pushed."),
    "resync_needed": (
        "はじめから受け取り直してください。",
        "Pull again from the beginning: the server was restored, or this device's scope changed.",
    ),
}
