"""Texts of plans: what is wrong with one, and (`.fix`) what would put it right."""

TEXTS = {
    "van_code_taken": ("この車の番号はすでに使われています。", "Another van has this code."),
    "host_answer_unasked": (
        "先方に聞いた印がないのに、返事や聞き方が書かれています。",
        "It holds a host's answer or channel, but says that the host was not asked.",
    ),
    "stays_out_of_order": ("着く時刻の順に並べてください。", "Give the stops in the order of their arrival."),
    "plan_stop_taken": (
        "この停車予定の番号は別の計画で使われています。",
        "This plan stop id belongs to another plan.",
    ),
    "plan_stop_removed": (
        "この停車予定は一度外されました。新しい番号で加えてください。",
        "This plan stop was removed; add it again under a new id.",
    ),
    "plan_stop_moved": (
        "停車予定の場所は変えられません。外して、新しく加えてください。",
        "A plan stop can't move to another stop, because its visit may exist: remove it and add a new one.",
    ),
    "plan_has_visits": (
        "この計画ではもう出店が記録されています。日・車・その停車予定は変えられません。",
        "Visits of this plan are recorded: its day, van and those stops can't change any more.",
    ),
    "plan_cancelled": (
        "この計画は中止になっています。新しく作ってください。",
        "This plan was cancelled; make a new one.",
    ),
    "plan_not_published": ("この計画はまだ公開されていません。", "This plan is not published."),
    "plan_stop_cancelled": (
        "この停車予定はもう中止になっています（理由：{reason}）。",
        "This stay was cancelled already, because of {reason}.",
    ),
    "plan_has_violations": (
        "直さないと公開できないところが{count}件あります。errors を見てください。",
        "It can't be published: {count} things must be put right first; see errors.",
    ),
    # What check finds
    "plan_without_stops": ("停車予定が一つもありません。", "It has no stops."),
    "plan_without_stops.fix": ("場所を加えてください。", "Add a stop."),
    "van_inactive": ("この車は使わないことになっています。", "This van is not in use."),
    "van_inactive.fix": ("別の車にしてください。", "Take another van."),
    "van_inspection_ends": (
        "車検がこの日より前（{ends_on}）に切れます。",
        "The van's inspection ends before that day, on {ends_on}.",
    ),
    "van_inspection_ends.fix": (
        "車検を受けて新しい期限を入れるか、別の車・日にしてください。",
        "Renew it and enter the new date, or take another van or day.",
    ),
    "van_insurance_ends": (
        "車の保険がこの日より前（{ends_on}）に切れます。",
        "The van's insurance ends before that day, on {ends_on}.",
    ),
    "van_insurance_ends.fix": (
        "保険を更新して新しい期限を入れるか、別の車・日にしてください。",
        "Renew it and enter the new date, or take another van or day.",
    ),
    "van_food_permit_ends": (
        "営業許可がこの日より前（{ends_on}）に切れます。",
        "The van's food permit ends before that day, on {ends_on}.",
    ),
    "van_food_permit_ends.fix": (
        "許可を更新して新しい期限を入れるか、別の車・日にしてください。",
        "Renew it and enter the new date, or take another van or day.",
    ),
    "stop_not_agreed": (
        "この場所は、まだ使う約束ができていないか、休止・終了しています（状態：{status}）。",
        "This stop is not agreed; its status is {status}.",
    ),
    "stop_not_agreed.fix": (
        "先方と決まったら状態を了承（agreed）にするか、別の場所にしてください。",
        "Set it to agreed once the host agrees, or take another stop.",
    ),
    "permission_missing": (
        "この場所の使用許可・承諾が記録されていません。",
        "There is no permission for this stop.",
    ),
    "permission_missing.fix": (
        "承諾や許可を記録してください。許可の要らない場所は、種類を「不要」（none）にして記録します。",
        "Record the permission; for a place that needs none, record one of type none.",
    ),
    "permission_ended": (
        "使用許可・承諾が{ended_on}に終わり、この日は{days_after}日過ぎています。",
        "The permission ends on {ended_on}, {days_after} days before that day.",
    ),
    "permission_ended.fix": (
        "許可を更新して記録するか、{ended_on}までの日にしてください。",
        "Renew it and record that, or go there by {ended_on}.",
    ),
    "permission_not_yet": (
        "使用許可・承諾は{starts_on}からで、この日は{days_before}日早すぎます。",
        "The permission begins on {starts_on}, {days_before} days after that day.",
    ),
    "permission_not_yet.fix": (
        "{starts_on}からの日にしてください。",
        "Go there from {starts_on} on.",
    ),
    "outside_window": (
        "使える時間（{windows}）から{minutes_outside}分はみ出しています。",
        "{minutes_outside} minutes lie outside the opening window ({windows}).",
    ),
    "no_window_that_day": (
        "この場所は、この日は使えません（使える時間の決まった曜日ではないか、休みの日です）。",
        "This stop can't be used on that day: it has windows, but none then.",
    ),
    "no_window_that_day.fix": (
        "日を変えるか、使える時間を直してください。",
        "Change the day, or correct the stop's windows.",
    ),
    "outside_window.fix": (
        "時刻か日を変えるか、使える時間を直してください。",
        "Change the times or the day, or correct the stop's windows.",
    ),
    "van_too_wide": (
        "車の幅が{van_cm}cmで、この場所は{limit_cm}cmまでです。",
        "The van is {van_cm} cm wide; this stop takes {limit_cm} cm.",
    ),
    "van_too_wide.fix": ("別の車か場所にしてください。", "Take another van or stop."),
    "van_too_high": (
        "車の高さが{van_cm}cmで、この場所は{limit_cm}cmまでです。",
        "The van is {van_cm} cm high; this stop takes {limit_cm} cm.",
    ),
    "van_too_high.fix": ("別の車か場所にしてください。", "Take another van or stop."),
    "no_power_there": (
        "車に電源が要りますが、この場所にはありません。",
        "The van needs power; this stop has none.",
    ),
    "no_power_there.fix": (
        "発電機などの用意を確かめてください。",
        "See that there is a generator or battery.",
    ),
    "members_announced": (
        "関係者だけの場所が、お知らせに出ることになっています。",
        "This stop is for members only, but the stay is to be announced.",
    ),
    "members_announced.fix": (
        "この停車予定の announce を false にしてください。",
        "Set announce to false for this stay.",
    ),
    "announced_area_missing": (
        "地域名だけを知らせる場所ですが、知らせる地域名がありません。",
        "Only the neighbourhood of this stop may be announced, and none is given.",
    ),
    "announced_area_missing.fix": (
        "場所に announced_area を入れるか、announce を false にしてください。",
        "Give the stop an announced_area, or set announce to false.",
    ),
    "host_said_no": ("先方に断られています。", "The host said no."),
    "host_said_no.fix": ("別の場所か日にしてください。", "Take another stop or day."),
    "host_not_asked": ("先方にまだ聞いていません。", "The host has not been asked yet."),
    "host_not_asked.fix": ("先方に聞いて、返事を記録してください。", "Ask, and record the answer."),
    "host_waiting": ("先方の返事を待っています。", "The host has not answered yet."),
    "host_waiting.fix": ("返事が来たら記録してください。", "Record the answer when it comes."),
    "stays_overlap": (
        "前の場所を出る前に次の場所が始まります（{overlap_minutes}分重なっています）。",
        "The next stay begins {overlap_minutes} minutes before the one before it ends.",
    ),
    "stays_overlap.fix": (
        "どちらかの時刻を変えてください。",
        "Change the times of one of them.",
    ),
    "drive_too_short": (
        "次の場所まで、片付け・移動（{drive_minutes}分）・準備に{needed_minutes}分かかりますが、"
        "{available_minutes}分しかありません。",
        "Teardown, the drive ({drive_minutes} minutes) and set-up take {needed_minutes} minutes; "
        "there are {available_minutes}.",
    ),
    "drive_too_short.fix": (
        "前を早く終えるか、次を遅く始めてください（あと{missing_minutes}分）。",
        "End the first earlier or begin the next later: {missing_minutes} minutes are missing.",
    ),
    "shift_too_long": (
        "準備から片付けまで{minutes}分で、上限（{limit_minutes}分）を{too_many_minutes}分こえています。",
        "From first set-up to last teardown it takes {minutes} minutes, {too_many_minutes} above {limit_minutes}.",
    ),
    "shift_too_long.fix": (
        "場所を減らすか、時間を短くしてください。",
        "Take fewer stops or shorter stays.",
    ),
    "same_stop_twice": (
        "同じ場所に一日{times}回とまります。",
        "It goes to the same stop {times} times that day.",
    ),
    "same_stop_twice.fix": ("まちがいでなければ、そのままで大丈夫です。", "If it is meant, leave it so."),
    "plan_overlap": (
        "同じ車の別の計画と{overlap_minutes}分重なっています。",
        "It overlaps another plan of this van by {overlap_minutes} minutes.",
    ),
    "plan_overlap.fix": (
        "時刻を変えるか、どちらかの計画を中止してください。",
        "Change the times, or cancel one of the plans.",
    ),
    "drive_between_plans": (
        "同じ車の別の計画との間の移動に{drive_minutes}分かかりますが、{available_minutes}分しかありません。",
        "The drive to or from another plan of this van takes {drive_minutes} minutes; "
        "there are {available_minutes}.",
    ),
    "drive_between_plans.fix": (
        "時刻をあと{missing_minutes}分ずらしてください。",
        "Move it by {missing_minutes} minutes.",
    ),
}
