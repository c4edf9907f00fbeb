"""Texts of plans: what is wrong with one, and (`.fix`) what would put it right."""

TEXTS = {
    "van_code_taken": ("この車の番号はすでに使われています。", "Another van has this code."),
    "host_answer_unasked": (
        "先方に聞いた印がないのに、返事や聞き方が書かれています。",
        "It holds a host's answer or channel, but says that the host was not asked.",
    ),
    "day_or_month": ("日か月のどちらか一つにしてください。", "Give a day or a month, not both."),
    "decided_after_opening": (
        "決める時刻は、始まる時刻より前にしてください。",
        "It must be decided before it opens.",
    ),
    "decided_already": (
        "決める時刻はもう過ぎています。やらないときは中止にし、後で決めるときは新しい時刻を入れてください。",
        "The time at which it is decided has passed. Cancel the stay, or say a later time.",
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
    "van_out": (
        "この車は{from_day}から{to_day}まで使えません。",
        "This van can't go out from {from_day} to {to_day}.",
    ),
    "van_out.fix": ("別の車か、別の日にしてください。", "Take another van or another day."),
    "van_inspection_ends": (
        "車検がこの日より前（{ends_on}）に切れます。",
        "The van's inspection ends before that day, on {ends_on}.",
    ),
    "van_inspection_ends.fix": (
        "車検を受けて新しい期限を入れるか、別の車・日にしてください。",
        "Renew it and enter the new date, or take another van or day.",
    ),
    "van_inspection_ends_soon": (
        "車検が{ends_on}に切れます（この日のあと{days_left}日）。",
        "The van's inspection ends on {ends_on}, {days_left} days after that day.",
    ),
    "van_inspection_ends_soon.fix": (
        "更新して、新しい期限を入れてください。",
        "Renew it and enter the new date.",
    ),
    "van_insurance_ends": (
        "車の保険がこの日より前（{ends_on}）に切れます。",
        "The van's insurance ends before that day, on {ends_on}.",
    ),
    "van_insurance_ends.fix": (
        "保険を更新して新しい期限を入れるか、別の車・日にしてください。",
        "Renew it and enter the new date, or take another van or day.",
    ),
    "van_insurance_ends_soon": (
        "車の保険が{ends_on}に切れます（この日のあと{days_left}日）。",
        "The van's insurance ends on {ends_on}, {days_left} days after that day.",
    ),
    "van_insurance_ends_soon.fix": (
        "更新して、新しい期限を入れてください。",
        "Renew it and enter the new date.",
    ),
    "van_food_permit_ends": (
        "営業許可がこの日より前（{ends_on}）に切れます。",
        "The van's food permit ends before that day, on {ends_on}.",
    ),
    "van_food_permit_ends.fix": (
        "許可を更新して新しい期限を入れるか、別の車・日にしてください。",
        "Renew it and enter the new date, or take another van or day.",
    ),
    "van_food_permit_ends_soon": (
        "営業許可が{ends_on}に切れます（この日のあと{days_left}日）。",
        "The van's food permit ends on {ends_on}, {days_left} days after that day.",
    ),
    "van_food_permit_ends_soon.fix": (
        "更新して、新しい期限を入れてください。",
        "Renew it and enter the new date.",
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
    "permission_ends_soon": (
        "使用許可・承諾が{ends_on}に終わります（この日のあと{days_left}日）。",
        "The permission ends on {ends_on}, {days_left} days after that day.",
    ),
    "permission_ends_soon.fix": (
        "この日に行ったとき、更新をお願いしてみてください。",
        "Ask for a new one, when you are there at the latest.",
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
    "no_window_that_day.fix.next": (
        "次に使える日は{next_day}です。日を変えるか、使える時間を直してください。",
        "The next day on which it can be used is {next_day}. Change the day, or correct the stop's windows.",
    ),
    "outside_window.fix": (
        "時刻か日を変えるか、使える時間を直してください。",
        "Change the times or the day, or correct the stop's windows.",
    ),
    "outside_window.fix.move": (
        "{arrive}〜{depart}にすれば、使える時間に収まります。",
        "From {arrive} to {depart} it lies within the window.",
    ),
    "outside_window.fix.shorten": (
        "{arrive}〜{depart}までなら使えます（長さを短くしてください）。",
        "It can be used from {arrive} to {depart}: make the stay shorter.",
    ),
    "windows_overlap": (
        "この場所の使える時間が重なって登録されています（{windows}）。",
        "Opening windows of this stop overlap ({windows}).",
    ),
    "windows_overlap.fix": (
        "まちがいでなければ、そのままで大丈夫です。",
        "If it is meant, leave it so; else correct the stop's windows.",
    ),
    "van_too_wide": (
        "車の幅が{van_cm}cmで、この場所は{limit_cm}cmまでです。",
        "The van is {van_cm} cm wide; this stop takes {limit_cm} cm.",
    ),
    "van_too_wide.fix": (
        "幅{limit_cm}cmまでの車か、別の場所にしてください（{too_many_cm}cmこえています）。",
        "Take a van of at most {limit_cm} cm ({too_many_cm} cm less), or another stop.",
    ),
    "van_too_high": (
        "車の高さが{van_cm}cmで、この場所は{limit_cm}cmまでです。",
        "The van is {van_cm} cm high; this stop takes {limit_cm} cm.",
    ),
    "van_too_high.fix": (
        "高さ{limit_cm}cmまでの車か、別の場所にしてください（{too_many_cm}cmこえています）。",
        "Take a van of at most {limit_cm} cm ({too_many_cm} cm less), or another stop.",
    ),
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
    "day_needs_other_times": (
        "一つずつ時刻を直しても収まりませんが、いっしょに直せば収まります。",
        "Mending one time after the other leads nowhere; mended together they fit.",
    ),
    "day_needs_other_times.fix": (
        "提案の時刻（mends）に、まとめて直してください。",
        "Take the times of the mends, all of them.",
    ),
    "day_does_not_fit": (
        "{stays}か所は、時刻を直していっても一日に収まりません。",
        "However its times are mended, {stays} stops do not fit into this day.",
    ),
    "day_does_not_fit.fix": (
        "この場所を外せば、残りは時刻を直して収まります。",
        "Leave this stop out: the others fit once their times are mended.",
    ),
    "day_does_not_fit.fix.more": (
        "まずこの場所を外してください。それでもまだ収まりません。",
        "Leave this stop out first; that is not enough yet.",
    ),
    "stays_overlap": (
        "前の場所を出る前に次の場所が始まります（{overlap_minutes}分重なっています）。",
        "The next stay begins {overlap_minutes} minutes before the one before it ends.",
    ),
    "stays_overlap.fix": (
        "次の場所を{arrive}からにすれば間に合います。",
        "Begin the next stay at {arrive}.",
    ),
    "drive_too_short": (
        "次の場所まで、片付け・移動（{drive_minutes}分）・準備に{needed_minutes}分かかりますが、"
        "{available_minutes}分しかありません。",
        "Teardown, the drive ({drive_minutes} minutes) and set-up take {needed_minutes} minutes; "
        "there are {available_minutes}.",
    ),
    "drive_too_short.fix": (
        "次の場所を{arrive}からにすれば間に合います（あと{missing_minutes}分）。",
        "Begin the next stay at {arrive}: {missing_minutes} minutes are missing.",
    ),
    "drive_too_short.fix.both": (
        "前を{depart}に終えるか、次を{arrive}に始めれば間に合います（あと{missing_minutes}分）。",
        "End the first by {depart} or begin the next at {arrive}: {missing_minutes} minutes are missing.",
    ),
    "drive_too_short.fix.sooner": (
        "前を{depart}に終えれば間に合います（あと{missing_minutes}分）。",
        "End the first by {depart}: {missing_minutes} minutes are missing.",
    ),
    "shift_too_long": (
        "出てから戻るまで（準備・移動・片付けも入れて）{minutes}分で、上限（{limit_minutes}分）を"
        "{too_many_minutes}分こえています。",
        "With drives, set-up and teardown the day takes {minutes} minutes, {too_many_minutes} above {limit_minutes}.",
    ),
    "shift_too_long.fix.end": (
        "最後の場所を{depart}までに終えれば収まります。場所を減らしても大丈夫です。",
        "End the last stay by {depart}, or take fewer stops.",
    ),
    "shift_too_long.fix": (
        "場所を減らすか、時間を短くしてください。",
        "Take fewer stops or shorter stays.",
    ),
    "water_runs_out": (
        "ここで水が足りなくなります。停車に約{needed_litres}L使いますが、着いたときの残りは{left_litres}Lです"
        "（タンク{tank_litres}L）。",
        "The tank runs dry here: the stay takes some {needed_litres} litres, {left_litres} of {tank_litres} are left.",
    ),
    "water_runs_out.fix.end": (
        "{depart}までに終えれば足ります。先に水道のある場所に寄るか、タンクの大きい車でも大丈夫です。",
        "End it by {depart}; or go by a stop with water before, or take a van with a larger tank.",
    ),
    "water_runs_out.fix": (
        "あと{missing_litres}L要ります。先に水道のある場所に寄るか、タンクの大きい車にするか、場所を減らしてください。",
        "{missing_litres} litres are missing: go by a stop with water before, take a van with a larger tank, or fewer stops.",
    ),
    "same_stop_twice": (
        "同じ場所に一日{times}回とまります。",
        "It goes to the same stop {times} times that day.",
    ),
    "same_stop_twice.fix": ("まちがいでなければ、そのままで大丈夫です。", "If it is meant, leave it so."),
    "break_missing": (
        "{minutes}分の一日（{after_minutes}分より長い）に、停車と停車の間の続けて{least_minutes}分の休憩がありません"
        "（いちばん長い空きは{longest_minutes}分）。",
        "The day takes {minutes} minutes, more than {after_minutes}, and has no break of {least_minutes} minutes in one "
        "piece between two stays; the longest gap is {longest_minutes}.",
    ),
    "break_missing.fix": (
        "交代で休むことにするか、どこかを短くしてください。",
        "Take turns, or make a stay shorter.",
    ),
    "break_missing.fix.later": (
        "{arrive}からにすれば（後の予定も{missing_minutes}分遅く）、その前に休めます。交代で休んでも大丈夫です。",
        "Begin at {arrive}, and what follows {missing_minutes} minutes later, and there is a break before it; or take turns.",
    ),
    "holiday.public_holiday": (
        "{name}（祝日）。学校も多くの職場も休みで、ふだんの平日に来る人と同じ人が同じ時間に来るとはかぎりません。",
        "{name}, a public holiday: schools and many workplaces are closed, so other people may come at other hours than on "
        "a working day.",
    ),
    "holiday.school_holiday": (
        "{name}。学校は授業がなく、小・中学生は平日の昼間も来られます。",
        "{name}: there is no school, so school children can come during the day, too.",
    ),
    "holiday.school_holiday.area": (
        "{name}（{area}）。そこの学校は授業がなく、小・中学生は平日の昼間も来られます。",
        "{name} ({area}): the schools there are closed, so school children can come during the day, too.",
    ),
    "nobody_on_shift": (
        "この日のこの車に、だれも入っていません（{begins}〜{ends}）。",
        "Nobody is on this van's shift that day ({begins} to {ends}).",
    ),
    "nobody_on_shift.fix": ("シフトを入れてください。", "Enter a shift with people."),
    "shift_has_gap": (
        "{begins}〜{ends}に、シフトに入っている人がいません（合わせて{missing_minutes}分）。",
        "From {begins} to {ends} nobody is on shift ({missing_minutes} minutes in all).",
    ),
    "shift_has_gap.fix": (
        "その時間にだれかに入ってもらうか、予定を短くしてください。",
        "Have somebody on shift then, or make the plan shorter.",
    ),
    "stop_full": (
        "同じ時間に{vans}台がこの場所に重なります（停められるのは{van_count}台）。",
        "{vans} vans would be there at once; the stop takes {van_count}.",
    ),
    "stop_full.fix": (
        "どちらかの車の時刻か日を変えてください。",
        "Change the time or day of one of the vans.",
    ),
    "stop_full.fix.later": (
        "{arrive}からにすれば空いています。",
        "It is free from {arrive} on.",
    ),
    "stop_too_soon_again": (
        "前に来た{other_day}から{days}日しかたっていません（{least_days}日あける約束です）。",
        "It is {days} days after {other_day}; there should be {least_days} between two visits.",
    ),
    "stop_too_soon_again.fix": (
        "{good_day}からなら大丈夫です（あと{missing_days}日）。",
        "From {good_day} on it is fine, {missing_days} days later.",
    ),
    "stop_too_soon_again.fix.before": (
        "次の{other_day}まで{least_days}日あけるには、{good_day}までにしてください。",
        "Go there by {good_day}, {least_days} days before the next visit on {other_day}.",
    ),
    "stop_too_late_again": (
        "前に来た{other_day}から{days}日あきます（{most_days}日までの約束です）。",
        "It is {days} days after {other_day}; there should be at most {most_days}.",
    ),
    "stop_too_late_again.fix": (
        "できれば{good_day}までに行ってください。",
        "Go there by {good_day} if you can.",
    ),
    "heat_warning": (
        "暑さ指数（WBGT）が{wbgt}の見込みです（{limit}から注意）。",
        "A WBGT of {wbgt} is expected; from {limit} on take care.",
    ),
    "heat_warning.fix": (
        "水と日かげと休みを多めに用意してください。",
        "Plan for water, shade and rests.",
    ),
    "heat_needs_shade": (
        "暑さ指数（WBGT）が{wbgt}の見込みです。{limit}からは、日よけのない場所には出ません。",
        "A WBGT of {wbgt} is expected; from {limit} on a stop needs shade, and this one has none.",
    ),
    "heat_needs_shade.fix": (
        "日よけのある場所か、別の日にしてください（日よけがあるなら、場所の情報を直してください）。",
        "Take a stop with shade or another day; if there is shade, correct the stop.",
    ),
    "heat_too_great": (
        "暑さ指数（WBGT）が{wbgt}の見込みです。{limit}からは出店しません。",
        "A WBGT of {wbgt} is expected; from {limit} on nobody goes out.",
    ),
    "heat_too_great.fix": (
        "別の日にするか、この出店を中止してください。",
        "Take another day, or call the stay off.",
    ),
    "plan_overlap": (
        "同じ車の別の計画と{overlap_minutes}分重なっています。",
        "It overlaps another plan of this van by {overlap_minutes} minutes.",
    ),
    "plan_overlap.fix": (
        "時刻を変えるか、どちらかの計画を中止してください。",
        "Change the times, or cancel one of the plans.",
    ),
    "plan_overlap.fix.later": (
        "この計画を{move_minutes}分遅くすれば間に合います。どちらかを中止しても大丈夫です。",
        "Move this plan {move_minutes} minutes later, or cancel one of them.",
    ),
    "plan_overlap.fix.earlier": (
        "この計画を{move_minutes}分早くすれば間に合います。どちらかを中止しても大丈夫です。",
        "Move this plan {move_minutes} minutes earlier, or cancel one of them.",
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
    "drive_between_plans.fix.later": (
        "この計画を{move_minutes}分遅くすれば間に合います。",
        "Move this plan {move_minutes} minutes later.",
    ),
    "drive_between_plans.fix.earlier": (
        "この計画を{move_minutes}分早くすれば間に合います。",
        "Move this plan {move_minutes} minutes earlier.",
    ),
}

# Where a mend would only break something else.
TEXTS |= {
    f"{code}.fix.tight": (
        "ここだけ時刻を直すと、ほかの予定が成り立ちません。先にほかを直すか、場所を減らしてください。",
        "Other times for this alone would break something else: mend that first, or take fewer stops.",
    )
    for code in (
        "outside_window",
        "stays_overlap",
        "drive_too_short",
        "shift_too_long",
        "stop_full",
        "plan_overlap",
        "drive_between_plans",
    )
}
