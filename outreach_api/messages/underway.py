"""Texts of the day itself: the run sheet on paper, and why a stay fell out of the rest of a day."""

TEXTS = {
    "sheet_leave_base": ("{time} までに出発", "Leave by {time}"),
    "sheet_back": ("{time} ごろ 車庫に戻る", "Back at the base about {time}"),
    "sheet_drive": ("移動 約{minutes}分 {basis}", "Drive: about {minutes} minutes {basis}"),
    "sheet_estimate": ("（見積もり）", "(an estimate)"),
    "sheet_times": (
        "{arrive}–{depart}（準備 {set_up} から、片付け {packed} まで）",
        "{arrive}–{depart} (set up from {set_up}, packed by {packed})",
    ),
    "sheet_leave_by": ("次の場所へは {time} までに出る", "Leave for the next place by {time}"),
    "sheet_break": (
        "休憩 {minutes}分（{begins}–{ends} のころ）",
        "Break: {minutes} minutes (about {begins}–{ends})",
    ),
    "sheet_no_break": (
        "続けて{minutes}分の休憩がとれません（いちばん長い空きは{longest}分）。交代で休んでください",
        "There is no break of {minutes} minutes in one piece (the longest gap is {longest}): take turns",
    ),
    "sheet_cancelled": ("中止", "Cancelled"),
    "sheet_skipped": ("寄らずに先へ進みました", "Passed by"),
    "sheet_missed": (
        "このままでは閉める時刻に間に合いません。立て直してください",
        "As things stand the van comes after it closes: re-plan",
    ),
    "sheet_opened": ("{time} に開きました", "Opened at {time}"),
    "sheet_opened_late": (
        "{time} に開きました（{minutes}分おくれ）",
        "Opened at {time} ({minutes} minutes late)",
    ),
    "sheet_expected": (
        "早くて {time} に開きます（{minutes}分おくれ）",
        "Can open at {time} ({minutes} minutes late)",
    ),
    "sheet_address": ("住所", "Address"),
    "sheet_surface": ("地面", "Ground"),
    "sheet_noise_limit": ("音", "Noise"),
    "sheet_rubbish_rule": ("ごみ", "Rubbish"),
    "sheet_neighbour_notes": ("ご近所", "Neighbours"),
    "sheet_nearest_aed": ("AED（心臓の救命器）", "AED"),
    "sheet_emergency_contact": ("困ったとき", "In trouble"),
    "sheet_indoor_alternative": ("屋内にするなら", "Indoors instead"),
    "sheet_there": ("あるもの", "There is"),
    "sheet_toilet": ("トイレ", "toilet"),
    "sheet_water": ("水道", "water"),
    "sheet_power": ("電源", "power"),
    "sheet_drain": ("排水", "drain"),
    "sheet_shelter": ("屋根", "roof"),
    "sheet_rules": ("決まり", "Rules"),
    "sheet_no_idling": ("エンジンを止める", "engine off"),
    "sheet_max_width_cm": ("幅 {cm}cm まで", "at most {cm} cm wide"),
    "sheet_max_height_cm": ("高さ {cm}cm まで", "at most {cm} cm high"),
    "sheet_permission": ("許可・承諾", "Permission"),
    "sheet_promise": ("約束", "Promise"),
    "sheet_promise_bring_info": ("案内を持ってくる", "bring information"),
    "sheet_promise_ask_expert": ("専門の人に聞いてくる", "ask an expert"),
    "sheet_promise_meet_again": ("また会う", "meet again"),
    "sheet_promise_other": ("ほか", "other"),
    "sheet_overdue": ("（{day} の約束）", "(due {day})"),
    # Why a stay fell out of the rest of a day, and (.fix) what would let it in
    "rest_not_today": (
        "今日はもう、この場所が使える時間がありません。",
        "There is no time left today in which this place can be used.",
    ),
    "rest_not_today.fix": ("別の日にしてください。", "Take another day."),
    "rest_other_plan": (
        "この車には、その時間に別の計画があります。",
        "The van has another plan at that time.",
    ),
    "rest_other_plan.fix": (
        "どちらかの計画を取り消すか時間を変えるか、別の日にしてください。",
        "Call off or move one of the two plans, or take another day.",
    ),
    "rest_too_late": (
        "車が動けるのは{ready}からで、まっすぐ行っても{missing_minutes}分間に合いません。",
        "The van is free from {ready}; even straight there it comes {missing_minutes} minutes too late.",
    ),
    "rest_too_late.fix": (
        "先方に{missing_minutes}分遅くまで使えるか聞くか、別の日にしてください。",
        "Ask whether it may last {missing_minutes} minutes longer, or take another day.",
    ),
    "rest_too_late.fix.told": (
        "場所はまだ使えます。時間を{missing_minutes}分遅くして公表し直すか、中止にしてください。",
        "The place may still be used: publish it {missing_minutes} minutes later, or cancel it.",
    ),
    "rest_back_late": (
        "ここへ行くと、終わりの時刻を{missing_minutes}分すぎます（車が動けるのは{ready}から）。",
        "Going there ends the day {missing_minutes} minutes too late; the van is free from {ready}.",
    ),
    "rest_back_late.fix": (
        "終わりを{missing_minutes}分遅くすれば行けます。",
        "It fits if the day may end {missing_minutes} minutes later.",
    ),
    "rest_too_long": (
        "ここへ行くと、一日の長さの上限を{missing_minutes}分こえます（車が動けるのは{ready}から）。",
        "Going there makes the day {missing_minutes} minutes too long; the van is free from {ready}.",
    ),
    "rest_too_long.fix": (
        "あと{missing_minutes}分短くなるように、ほかを減らしてください。",
        "Save {missing_minutes} minutes elsewhere.",
    ),
    "rest_no_break": (
        "ここへ行くと休憩{break_minutes}分が要り、そのために{missing_minutes}分足りません（車が動けるのは{ready}から）。",
        "Going there the day owes a break of {break_minutes} minutes, for which {missing_minutes} minutes are missing; "
        "the van is free from {ready}.",
    ),
    "rest_no_break.fix": (
        "あと{missing_minutes}分つくってください。交代で休めるなら、breaks を false にして立て直してください。",
        "Find {missing_minutes} minutes; or, where people take turns, plan anew with breaks false.",
    ),
    "rest_no_room": (
        "優先する{kept}か所を残すと、あと{missing_minutes}分足りません。",
        "Beside the {kept} stays that come first, {missing_minutes} minutes are missing.",
    ),
    "rest_no_room.fix": (
        "{missing_minutes}分つくるか、別の日にしてください。",
        "Find {missing_minutes} minutes, or take another day.",
    ),
    "replan_not_today": (
        "立て直せるのは、その日（{day}）のうちだけです。",
        "The rest of a day can be planned anew on that day only, {day}.",
    ),
    "two_places": (
        "position と stop_id は、どちらか一つにしてください。",
        "Give position or stop_id, not both.",
    ),
    "two_ends": (
        "until と shorter_by_minutes は、どちらか一つにしてください。",
        "Give until or shorter_by_minutes, not both.",
    ),
}
