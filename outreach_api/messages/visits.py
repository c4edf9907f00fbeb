"""Texts of visits and what happens at them."""

TEXTS = {
    "visit_unknown": (
        "この出店が見つかりません。先に出店の開始を送ってください。",
        "There is no such visit here; send its opening first.",
    ),
    "plan_stop_or_stop": (
        "停車予定か出店場所のどちらか一つを指定してください。",
        "Name a plan stop or a stop, not both.",
    ),
    "plan_stop_unknown": ("この停車予定が見つかりません。", "There is no such plan stop here."),
    "visit_id_wrong": (
        "この停車予定の出店番号は {visit_id} です。",
        "The visit of this plan stop has the id {visit_id}.",
    ),
    "not_own_van": ("ほかの車両の出店は記録できません。", "A visit of another van can't be recorded here."),
    "visit_was_cancelled": (
        "中止になっていた出店を始めました。",
        "The visit had been cancelled; it is open now.",
    ),
    "visit_already_closed": (
        "この出店はもう終了しています（{closed_at}）。先に届いた終了が有効です。",
        "The visit is closed already ({closed_at}); the first close counts.",
    ),
    "visit_has_facts": (
        "もう記録があるので中止にできません。理由を付けて終了してください。",
        "Something was recorded at it, so it took place; close it with a reason instead.",
    ),
    "visit_merged": ("この出店はほかの出店にまとめられています。", "The visit was joined to another one."),
    "visit_not_duplicate": (
        "同じ車両・同じ日の、計画にない出店だけをまとめられます。",
        "Only an unplanned visit of the same van and day can be joined.",
    ),
    "count_held_back": (
        "この出店の人数は、もう一方の記録（紙かアプリ）で数えています。この人数は並べて残し、合計には入れません。",
        "The heads of this visit are counted from its other record (paper or app); these are kept beside it.",
    ),
    "both_on_paper": (
        "どちらの出店にも紙の記録が入っています。同じ紙を二度入力していないか、合計を見てください。",
        "Both visits were entered from paper: see whether the same sheet was typed in twice.",
    ),
    "nothing_chosen": (
        "人数と売上のどちらか（両方でも）について、使う記録を選んでください。",
        "Choose whose heads or whose receipts count, or both.",
    ),
    "telling_unknown": (
        "選んだほうの記録は、この出店にはまだありません。",
        "Of this visit there is no such record yet.",
    ),
    "count_below_zero": (
        "この区分の人数が0より少なくなりました（{sum}）。押し間違いがないか見てください。",
        "This band is below zero now ({sum}): look for a mis-tap.",
    ),
    "opened_on_another_day": (
        "この出店の予定は{day}です。記録はその日に入ります。違う予定を押していないか見てください。",
        "This visit was planned for {day}, and counts on that day: was it the right line?",
    ),
    "nothing_counted": ("人数が一つもありません。", "Nothing was counted."),
    "action_needed": ("合格でないときは、対応を書いてください。", "Say what was done when it did not pass."),
    "temperature_needed": ("温度を書いてください。", "Give the temperature."),
}
