"""Texts of the planner: what a stop is worth, why one is not in a suggestion, and (`.fix`) what would let it in."""

TEXTS = {
    "too_many_suggestions": (
        "いま{most}件の提案を計算しています。終わるのを待つか、止めてください。",
        "{most} suggestions are being worked out; wait for them, or stop one.",
    ),
    "must_and_never": (
        "同じ場所が「必ず」と「行かない」の両方にあります。",
        "The same stop is in must and in never.",
    ),
    "must_is_no_candidate": (
        "「必ず」の場所が候補に入っていません。",
        "A stop of must is not among the candidates.",
    ),
    "suggestion_without_answer": (
        "この提案にはまだ答えがありません。",
        "This suggestion has no answer yet.",
    ),
    "suggestion_failed": (
        "プログラムの誤りで計算できませんでした。管理者に知らせてください。",
        "A fault of the program kept it from being worked out; please tell the administrator.",
    ),
    "days_drafted_before": (
        "{count}日分はもう下書きになっていたので、そのままにしました。",
        "{count} days had been drafted before and were left as they are.",
    ),
    "days_planned_meanwhile": (
        "提案のあとに、同じ車の別の計画ができていました（{days}）。重なっていないか確かめてください。",
        "The van has got other plans since this was suggested ({days}); see that they don't overlap.",
    ),
    # What a stop is worth
    "score.gap": ("まわりの届いていない人 {amount}人", "{amount} people around it who are not reached"),
    "score.gap.shared": (
        "まわりの届いていない人 {amount}人（ほかに{shared}人いるが、この提案の別の場所が先に届く）",
        "{amount} people around it who are not reached (besides {shared} whom another stop of this suggestion reaches first)",
    ),
    "score.days_since": ("前の訪問から{amount}日", "{amount} days since the last visit"),
    "score.due": ("{amount}日以内にまた行く所", "wants a visit at least every {amount} days"),
    "score.never_visited": ("まだ訪れたことがない", "never visited yet"),
    "score.returns": ("「また会おう」の約束 {amount}件", "{amount} promises to meet again"),
    "score.follow_ups": ("そのほかの約束 {amount}件", "{amount} other promises"),
    "score.weight": ("担当者がつけた重み {amount}", "the coordinator's weight, {amount}"),
    # On its picture
    "picture.weekdays": ("月 火 水 木 金 土 日", "Mon Tue Wed Thu Fri Sat Sun"),
    "picture.drive": ("移動 {minutes}分", "{minutes} min on the road"),
    "picture.pause": ("休憩", "break"),
    # How the reasons belong together
    "advice.one": ("これを直せば入ります。", "It goes in if this is mended."),
    "advice.all": (
        "{count}つの理由を、すべて直せば入ります。",
        "It goes in if all {count} of these are mended.",
    ),
    "advice.or_last": (
        "はじめの{count}つを直すか、最後の1つだけを直せば入ります。",
        "It goes in if the first {count} are mended, or the last one alone.",
    ),
    "advice.no_shift": ("まず、車と日を決めてください。", "Settle first on which days a van can go out."),
    # Why it is not in
    "no_shift": (
        "この期間に出られる車と日がありません。",
        "No van can go out on any of the days.",
    ),
    "no_shift.fix": (
        "days_off にある理由を直すか、ほかの日にしてください。",
        "Put right what days_off says, or ask for other days.",
    ),
    "holiday_skipped": (
        "{holiday}です。この提案では、こういう休みの日には出ません。",
        "{holiday}: this suggestion was asked to leave such days out.",
    ),
    "van_planned": (
        "この車はその日もう計画があります。",
        "The van has a plan on that day already.",
    ),
    "window_too_short": (
        "使える時間が{missing_minutes}分足りません（滞在は{stay_minutes}分）。",
        "Its window is {missing_minutes} minutes too short for a stay of {stay_minutes} minutes.",
    ),
    "window_too_short.fix": (
        "使える時間を{missing_minutes}分延ばせるか、先方に聞いてください。",
        "Ask the host for {missing_minutes} minutes more.",
    ),
    "visited_near": (
        "{other_day}にも訪れます。間は{apart_days}日以上あける決まりです。",
        "It is visited on {other_day} too; {apart_days} days at least must lie between.",
    ),
    "visited_near.fix": (
        "あける日数（apart_days）を{days_between}日以下にするか、ほかの期間で提案を求めてください。",
        "Ask with {days_between} days apart (apart_days) or fewer, or for another period.",
    ),
    "visited_near.fix.same_day": (
        "その日の計画でもう訪れます。ほかの日も入れて提案を求めてください。",
        "That day's plan visits it already. Ask with other days too.",
    ),
    "not_wanted": ("「行かない」に入っています。", "It was asked not to be visited."),
    "not_wanted.fix": ("「行かない」から外してください。", "Take it out of never."),
    "arrives_too_late": (
        "いちばん早く着いても、使える時間（{closes}まで）を{minutes}分過ぎます。",
        "The window closes at {closes}, {minutes} minutes before a stay could end at the earliest.",
    ),
    "arrives_too_late.fix": (
        "使える時間が{minutes}分延びれば入ります。",
        "A window that closes {minutes} minutes later would let it in.",
    ),
    "makes_other_late": (
        "行くと「{other}」（{closes}まで）が{minutes}分遅れます。",
        "It would make {other} (until {closes}) {minutes} minutes late.",
    ),
    "makes_other_late.fix": (
        "「{other}」の使える時間が{minutes}分延びれば入ります。",
        "It fits if the window of {other} closes {minutes} minutes later.",
    ),
    "back_too_late": (
        "行くと、帰りが決めた時刻を{minutes}分過ぎます。",
        "The van would be back {minutes} minutes after the time that was set.",
    ),
    "back_too_late.fix": (
        "帰りの時刻を{minutes}分遅くすれば入ります。",
        "It fits if the van may be back {minutes} minutes later.",
    ),
    "shift_full": (
        "その日はもう{minutes}分足りません（行くと{longer}分長くなります）。",
        "It would add {longer} minutes to a full shift, {minutes} too many.",
    ),
    "shift_full.fix": (
        "勤務を{minutes}分延ばせれば入ります。",
        "A shift that is {minutes} minutes longer would let it in.",
    ),
    "break_too_late": (
        "行くと、休憩が決めた時刻より{minutes}分遅くなります。",
        "The break would end {minutes} minutes too late.",
    ),
    "break_too_late.fix": (
        "休憩が{minutes}分遅くてもよければ入ります。",
        "It fits if the break may end {minutes} minutes later.",
    ),
    "no_break_fits": (
        "この場所だけで、休憩なしで働ける時間を{minutes}分超えます（滞在は{stay_minutes}分。休憩は停車と停車の間にとります）。",
        "Its stay of {stay_minutes} minutes alone makes the day {minutes} minutes longer than one may be without a break, "
        "and a break lies between two stays.",
    ),
    "no_break_fits.fix": (
        "滞在が{minutes}分短ければ入ります。交代で休めるなら、休憩の設定を変えても入ります。",
        "It fits if the stay is {minutes} minutes shorter; or, where people take turns, if the setting of breaks is changed.",
    ),
    "tank_empty": (
        "その日に車が積む水では{litres}L足りません。",
        "The water that the van carries that day is {litres} litres too little.",
    ),
    "tank_empty.fix": (
        "水を{litres}L多く積めれば入ります。",
        "A tank with {litres} litres more would let it in.",
    ),
    "worth_less": (
        "この提案の中では「{other}」のほうが点が高く、代わりに入りました。",
        "In this plan {other} is worth more and took its place.",
    ),
    "worth_less.fix": (
        "点があと{missing_points}あれば入れ替わります（重みを上げるか、「必ず」に入れてください）。",
        "With {missing_points} points more it takes that place: raise its weight, or put it into must.",
    ),
    "not_worth_the_drive": (
        "行けますが、{points}点のために{drive_minutes}分よけいに走ることになります。",
        "There is room, but {drive_minutes} minutes more on the road for {points} points are not worth it.",
    ),
    "not_worth_the_drive.fix": (
        "点があと{missing_points}あれば入ります（重みを上げるか、「必ず」に入れてください）。",
        "With {missing_points} points more it goes in: raise its weight, or put it into must.",
    ),
    "search_ended": (
        "{points}点で、{drive_minutes}分よけいに走れば行けますが、そこまで探さないうちに終わりました。",
        "It has room and is worth its drive ({points} points, {drive_minutes} minutes): the search ended before.",
    ),
    "exchange_untried": (
        "「{other}」と入れ替えるほうが点が高くなりますが、そこまで探さないうちに終わりました。",
        "In the place of {other} it would be worth more: the search ended before.",
    ),
    "explaining_stopped": (
        "理由を調べる前に止められました。",
        "It was stopped before it came to the reasons.",
    ),
    "explaining_stopped.fix": (
        "もう一度求めると、理由も調べます。",
        "Ask again to hear them.",
    ),
    "search_ended.fix": (
        "秒数（seconds）か回数（iterations）を増やして、もう一度求めてください。",
        "Ask again with more seconds or iterations.",
    ),
}
