"""Texts of stops and permissions."""

TEXTS = {
    "weekday_or_day": (
        "曜日か日付のどちらか一つにしてください（第何週かは曜日に付けます）。",
        "Give a weekday (which may be the nth of a month) or a date, not both.",
    ),
    "both_times": ("開始と終了の両方が要ります。", "Give both times."),
    "not_position": ("位置の形が違います（緯度,経度）。", "It is not a position: lat,lon in degrees."),
    "stop_code_taken": ("この場所コードはすでに使われています。", "Another stop has this code."),
    "stop_moved": (
        "ピンが{metres}m動いています（修正は{allowed}mまで）。別の場所は新しく登録してください。",
        "The pin moved {metres} m; a correction may move it {allowed} m. Another place is another stop.",
    ),
    "stop_step_impossible": (
        "いまの状態（{status}）から{wanted}にはできません。できるのは：{possible}",
        "It is {status} and can't become {wanted}; it can become: {possible}",
    ),
    # What the stops CSV may have wrong.
    "file_utf16": (
        "UTF-16 のファイルです。「CSV UTF-8」で保存し直してください。",
        "The file is UTF-16: save it as CSV UTF-8.",
    ),
    "file_binary": ("CSV ではありません（NUL 文字があります）。", "It is no CSV: it holds a NUL byte."),
    "file_not_decodable": (
        "文字コードが UTF-8 でも Shift_JIS でもありません。",
        "Its characters are neither UTF-8 nor cp932 (Shift_JIS).",
    ),
    "file_too_large": (
        "ファイルが大きすぎます（{most} バイトまで）。",
        "The file is larger than {most} bytes.",
    ),
    "file_without_stops": ("場所が1行もありません。", "There is no line with a stop."),
    "example_left": (
        "ひな形の例のままです。この行を消してください。",
        "This is still the template's example: delete the line.",
    ),
    "csv_broken": (
        "CSV として読めません（引用符が閉じていないか、続きに文字があります）。",
        "It can't be read as CSV: a quote is not closed, or text follows it.",
    ),
    "csv_not_comma": ("区切りをカンマにしてください。", "Its cells must be separated by commas."),
    "too_many_lines": ("行が多すぎます（{most}行まで）。", "It has more than {most} lines with stops."),
    "column_unknown": ("知らない列です。", "There is no such column."),
    "column_repeated": ("同じ列が二度あります。", "The column stands there twice."),
    "column_not_there": ("必要な列がありません。", "This column is needed."),
    "cells_do_not_fit": (
        "セルの数が見出しと違います（見出し{wanted}、この行{got}）。",
        "The header has {wanted} cells and this line {got}.",
    ),
    "not_window": (
        "「{part}」を時間帯として読めません（例：土 10:00-16:00; 第3日 10:00-14:00; 2026-12-26 休み）。",
        'Can\'t read "{part}" as a window, such as: sat 10:00-16:00; 3rd sun 10:00-14:00; 2026-12-26 closed',
    ),
    "not_yes_or_no": ("はい・いいえで書いてください。", "Write yes or no."),
    "lat_lon_swapped": ("緯度と経度が逆です。", "Latitude and longitude are in each other's column."),
    "code_repeated": ("このコードは{line}行目にもあります。", "Line {line} has this code too."),
    "stop_known": (
        "このコードの場所はすでに登録されています。内容の変更は取り込みではできません。",
        "A stop with this code exists already; an import adds stops and never changes one.",
    ),
}
