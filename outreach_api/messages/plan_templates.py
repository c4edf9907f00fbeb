"""Texts of templates: what is wrong with a rule, and why a day is skipped or moved."""

TEXTS = {
    "rule_malformed": (
        "繰り返しの{number}番目の書き方が違います。例：FREQ=MONTHLY;BYDAY=3SA（第3土曜）",
        "Its part {number} can't be read; a rule is written as FREQ=MONTHLY;BYDAY=3SA (third Saturday).",
    ),
    "rule_part_unknown": (
        "繰り返しの{number}番目は使えません。",
        "Its part {number} can't be used here: DAILY, WEEKLY, MONTHLY, YEARLY with INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, "
        "BYMONTH, BYSETPOS, WKST can.",
    ),
    "rule_part_twice": ("繰り返しの {part} が二度あります。", "{part} stands there twice."),
    "rule_too_often": (
        "繰り返しは日ごとより細かくできません（{frequency}）。",
        "A round comes at most once a day, not {frequency}.",
    ),
    "rule_value_wrong": (
        "繰り返しの {part} の値は使えません。",
        "The value of {part} can't be used.",
    ),
    "rule_part_not_with": (
        "{part} は {frequency} といっしょには使えません（MONTHLY か YEARLY にしてください）。",
        "{part} does not go with {frequency}; it needs MONTHLY or YEARLY.",
    ),
    "rule_nth_not_with": (
        "第何曜日（3SA など）は {frequency} といっしょには使えません（MONTHLY か YEARLY にしてください）。",
        "The nth weekday (as 3SA) does not go with {frequency}; it needs MONTHLY or YEARLY.",
    ),
    "rule_count_or_until": (
        "COUNT と UNTIL はどちらか一つにしてください。",
        "Give COUNT or UNTIL, not both.",
    ),
    "rule_weekdays_mixed": (
        "BYDAY に「毎週」と「第何」を混ぜられません。ひな形を二つに分けてください。",
        'BYDAY can\'t mix "every" and "the nth" weekday; make two templates of it.',
    ),
    "rule_setpos_alone": (
        "BYSETPOS には BYDAY か BYMONTHDAY が要ります。",
        "BYSETPOS needs BYDAY or BYMONTHDAY.",
    ),
    "rule_without_days": (
        "この繰り返しに当てはまる日がありません。",
        "There is no day that this rule fits.",
    ),
    "template_without_days": (
        "繰り返し（rrule）か、日付（more_days）が要ります。",
        "It needs a rule (rrule) or dates (more_days).",
    ),
    "template_changed": (
        "ひな形がその後に変わっています（いま版{current}）。何が変わるかを見てから、もう一度作ってください。",
        "The template changed since then (it is at version {current}): look at its changes, and make the plans again.",
    ),
    "template_day_excepted": (
        "このひな形から除いた日です。",
        "It is a day that the template excepts.",
    ),
    "template_day_public_holiday": (
        "祝日（{holiday}）なので休みます。",
        "It is a public holiday ({holiday}), and skipped.",
    ),
    "template_day_public_holiday_moved": (
        "祝日（{holiday}）なので、{planned_on}に移します。",
        "It is a public holiday ({holiday}), and moved to {planned_on}.",
    ),
    "template_day_school_holiday": (
        "学校の休み（{holiday}）なので休みます。",
        "It is a school holiday ({holiday}), and skipped.",
    ),
    "template_day_school_holiday_moved": (
        "学校の休み（{holiday}）なので、{planned_on}に移します。",
        "It is a school holiday ({holiday}), and moved to {planned_on}.",
    ),
    "template_day_nowhere_to_go": (
        "休みの日（{holiday}）ですが、{most}日以内に移せる平日がないので休みます。",
        "It is a holiday ({holiday}), and no working day lies within {most} days, so it is skipped.",
    ),
    "template_day_taken": (
        "休みの日（{holiday}）ですが、移す先の日にはもうこのひな形の予定があるので休みます。",
        "It is a holiday ({holiday}), and the day to move to is one of this template already, so it is skipped.",
    ),
}
