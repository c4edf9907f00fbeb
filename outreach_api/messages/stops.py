"""Texts of stops and permissions."""

TEXTS = {
    "weekday_or_day": ("曜日か日付のどちらか一つにしてください。", "Give a weekday or a date, not both."),
    "both_times": ("開始と終了の両方が要ります。", "Give both times."),
    "not_position": ("位置の形が違います（緯度,経度）。", "It is not a position: lat,lon in degrees."),
    "stop_code_taken": ("この場所コードはすでに使われています。", "Another stop has this code."),
    "stop_moved": (
        "ピンが{metres}m動いています（修正は{allowed}mまで）。別の場所は新しく登録してください。",
        "The pin moved {metres} m; a correction may move it {allowed} m. Another place is another stop.",
    ),
}
