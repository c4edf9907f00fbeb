"""What would help, by the code with which an operation ended or waits: one short line for somebody who is tired.

`messages` says what is wrong; this says what to do next. It speaks to the crew, or to whoever plans and edits.
"""

from __future__ import annotations

from outreach_api.messages import Language

_SENT_LATER = ("そのまま持っていれば、あとで自動で送り直します。", "Keep it; it is sent again by itself.")
_NOTHING_TO_DO = ("もう済んでいます。何もしなくて大丈夫です。", "It is done already; there is nothing to do.")
_READ_AGAIN = ("読み直して、もう一度変更してください。", "Read it again, and make your change once more.")
_OTHER_CODE = (
    "ほかのコードを付けて、もう一度登録してください。",
    "Give it another code, and enter it again.",
)


def _once_there(ja: str, en: str) -> tuple[str, str]:
    return f"{ja}{_SENT_LATER[0]}", f"{en} {_SENT_LATER[1]}"


FIXES: dict[str, tuple[str, str]] = {
    # Of the form, the id or the role, whatever was recorded
    "invalid": (
        "印の付いた所を直して、もう一度記録してください。直せないときは事務所へ。届いた記録は預かっています。",
        "Correct the marked places and record it again. If you can't, ask the office: what arrived is kept.",
    ),
    "malformed": (
        "アプリの不具合のようです。記録は消さずに、事務所に知らせてください。",
        "This looks like a fault of the app. Keep the record, and tell the office.",
    ),
    "not_by_push": (
        "つながっているときに、画面から直接変更してください。",
        "Make this change online, on its own page.",
    ),
    "code_not_valid": (
        "事務所で新しいコードを出してもらい、10分のうちに入れてください。",
        "Ask the office for a new code, and enter it within ten minutes.",
    ),
    "quarantined": (
        "届いています。この端末ですることはもうありません。",
        "It has arrived; there is nothing more to do on this device.",
    ),
    "forbidden": (
        "この端末ではできないので、事務所に頼んでください。",
        "This device may not do it; please ask the office.",
    ),
    "upgrade_needed": (
        "サーバーが新しくなったら、自動で送り直します。そのまま持っていてください。",
        "Keep it; it is sent again by itself once the server is newer.",
    ),
    "precondition_required": _READ_AGAIN,
    "stale": _READ_AGAIN,
    "not_written_yet": _READ_AGAIN,
    "not_found": (
        "もう無いか、この端末のものではありません。読み直して、まだあれば、もう一度変更してください。",
        "It is gone, or not this device's. Read again, and make your change once more if it is there.",
    ),
    "unknown_reference": (
        "選んだ場所・車・人などが登録されているか、事務所に確かめてください。この記録は残っています。",
        "Ask the office whether what you chose (place, van, person) is entered. This record is kept.",
    ),
    "already_exists": (
        "同じ番号の記録がもうあります。中身を見て、足りないときだけ、新しく記録してください。",
        "A record with this id is there. Look at it, and record anew only what is missing.",
    ),
    "id_taken": (
        "同じ番号が別の端末から届いています。二重にならないよう、入れ直す前に事務所に確かめてください。",
        "Another device sent this id. Ask the office before you enter it again, so that nothing counts twice.",
    ),
    "id_reused": (
        "先に届いた記録が残っています。中身が違うときだけ、新しく記録してください。",
        "What came first stands. Only if it is not the same, record it anew.",
    ),
    "needs_rejected": (
        "この記録のもと（出店の開始など）が受け付けられていません。先にそちらを直して、もう一度送ってください。",
        "What this belongs to (such as the visit's opening) was refused. Mend that first, then send this again.",
    ),
    "sealed_unreadable": (
        "封をした記録を開けませんでした。端末から消さずに、事務所に知らせてください。",
        "The sealed record could not be opened. Keep it on the phone, and tell the office.",
    ),
    "sealed_for_another_key": (
        "そのまま持っていてください。サーバーの鍵が戻ったら、自動で送り直します。事務所にも知らせてください。",
        "Keep it; it is sent again by itself once the server has its key back. Tell the office, too.",
    ),
    "settled_by_office": (
        "事務所で済ませました。何もしなくて大丈夫です。",
        "The office has dealt with it; there is nothing to do.",
    ),
    "letter_in_already": (
        "もう届いているので、入れ直さずに known で片付けてください。",
        "It is in; settle it as known, and enter nothing again.",
    ),
    "letter_with_safeguarding": (
        "子どもの安全の責任者に、この記録があることを知らせてください。",
        "Tell the safeguarding lead that this record is there.",
    ),
    "already_settled": _NOTHING_TO_DO,
    # Visits and what happens at them
    "visit_unknown": _once_there(
        "出店の開始がまだ届いていません。", "The visit's opening has not arrived yet."
    ),
    "plan_stop_unknown": _once_there("停車予定がまだありません。", "The plan stop is not there yet."),
    "visit_id_wrong": (
        "予定を受け取り直して、その予定から出店を始めてください。",
        "Fetch the plan again, and open the visit from its line.",
    ),
    "visit_already_closed": (
        "先に届いた終了が使われます。何もしなくて大丈夫です。時刻が違うときは事務所に知らせてください。",
        "The close that came first counts; nothing to do. If its time is wrong, tell the office.",
    ),
    "visit_has_facts": (
        "中止ではなく、理由を付けて終了にしてください。",
        "Close it with a reason instead.",
    ),
    "telling_unknown": (
        "記録を並べた画面を読み直して、届いているほうから選んでください。",
        "Look at both records again, and choose one that is there.",
    ),
    "visit_merged": (
        "読み直して、まとめた先の出店でもう一度してください。",
        "Read again, and do it at the visit that it was joined to.",
    ),
    "visit_not_duplicate": (
        "同じ車・同じ日の、計画にない出店を選び直してください。",
        "Choose an unplanned visit of the same van and day.",
    ),
    # The counter
    "item_unknown": _once_there("事務所に品目の登録を頼んでください。", "Ask the office to enter the item."),
    "price_missing": _once_there(
        "事務所に価格の登録を頼んでください。", "Ask the office to enter the price."
    ),
    "tax_rate_missing": _once_there(
        "事務所に税率の登録を頼んでください。", "Ask the office to enter the tax rate."
    ),
    "sale_unknown": _once_there("売上がまだ届いていません。", "The receipt has not arrived yet."),
    "discount_too_large": (
        "値引きを見直して、もう一度記録してください。",
        "Look at the discount, and record it again.",
    ),
    "payments_differ": (
        "受け取った金額の内訳を見直して、もう一度記録してください。",
        "Look at how it was paid, and record it again.",
    ),
    "refund_too_large": (
        "もう返した分がないか、その売上を見てください。",
        "Look at the receipt: some of it may have gone back already.",
    ),
    "refund_too_many_tickets": (
        "戻したチケットの枚数を見直してください。",
        "Look at how many tickets went back.",
    ),
    "refund_differs": (
        "返した金額の内訳を見直して、もう一度記録してください。",
        "Look at how the money went back, and record it again.",
    ),
    "numbers_differ": (
        "番号と枚数を合わせて、もう一度記録してください。",
        "Make numbers and tickets as many, and record it again.",
    ),
    "valid_until_needs_numbers": (
        "期限を外すか、番号を付けて記録してください。",
        "Leave the last day out, or say the numbers.",
    ),
    "ticket_number_taken": (
        "番号を見直して、もう一度記録してください。",
        "Look at the numbers, and record it again.",
    ),
    "allotment_unknown": _once_there("割り当てがまだ届いていません。", "The allotment has not arrived yet."),
    "ticket_unknown": _once_there("チケットの利用がまだ届いていません。", "Its use has not arrived yet."),
    "ticket_not_redeemed": (
        "残りを超えた利用を選び直してください。",
        "Choose the use that was beyond the pool.",
    ),
    "overdraft_smaller": (
        "いまの残高を見てから、枚数を直してください。",
        "Look at the balance, and say fewer.",
    ),
    "pool_too_small": (
        "いまの残高を見てから、枚数を直してください。",
        "Look at the balance, and say fewer.",
    ),
    "allotment_too_small": (
        "その割り当てを見てから、枚数を直してください。",
        "Look at that allotment, and say fewer.",
    ),
    "already_voided": _NOTHING_TO_DO,
    "sale_was_voided": (
        "取り消された売上は戻りません。取り消しが間違いなら、新しい売上として入れてください。",
        "A receipt that was taken back stays so. If that was a mistake, enter it as a new one.",
    ),
    "already_counted": (
        "先に届いたレジ締めが使われます。数え直したときは、事務所に知らせてください。",
        "The counting that came first stands. If you counted again, tell the office.",
    ),
    "difference_reason_required": (
        "わかる範囲で理由を一言書いて、もう一度レジ締めを送ってください。",
        "Write a few words about the reason, as far as you know it, and send the counting again.",
    ),
    "already_approved": _NOTHING_TO_DO,
    "approved_by_counter": (
        "別の人に確認を頼んでください。あとからで大丈夫です。",
        "Ask somebody else to approve it; later is fine.",
    ),
    "tax_rate_in_force": (
        "まだ使われていない開始日で、登録し直してください。",
        "Enter it again from a day on which no rate began.",
    ),
    "tax_rule_in_force": (
        "まだ使われていない開始日で、登録し直してください。",
        "Enter it again from a day on which no rule began.",
    ),
    "set_in_set": (
        "セットに入っている品目を、ひとつずつ書いてください。",
        "Write the single items of that set instead.",
    ),
    "item_code_taken": _OTHER_CODE,
    # Notes and people
    "note_unknown": _once_there("メモがまだ届いていません。", "The note has not arrived yet."),
    "referral_unknown": _once_there("つなぎがまだ届いていません。", "The referral has not arrived yet."),
    "follow_up_unknown": _once_there("約束がまだ届いていません。", "The promise has not arrived yet."),
    "consent_required": (
        "本人か保護者の同意を記録してから、もう一度つないでください。",
        "Record consent first, then refer again.",
    ),
    "consent_stands": _NOTHING_TO_DO,
    "consent_was_withdrawn": (
        "名前を伝えてつなぐなら、本人か保護者にもう一度たずねて、新しく記録してください。",
        "To hand somebody over by name, ask them again and record that anew.",
    ),
    "case_ref_not_here": (
        "参照番号を外して、もう一度記録してください。",
        "Leave the reference out, and record it again.",
    ),
    "due_day_wrong": (
        "約束の日を見直して、もう一度記録してください。",
        "Look at the day of the promise, and record it again.",
    ),
    "concern_closed": _NOTHING_TO_DO,
    "text_purged": (
        "本文はもう残っていません。必要なことは新しい記録に残してください。",
        "The text is gone; write down anew what is needed.",
    ),
    "text_was_erased": (
        "本文は消されていて、戻りません。送り直さなくて大丈夫です。",
        "The text was erased and stays so; there is no need to send it again.",
    ),
    "text_held": (
        "保全を解き、心配を閉じてから、もう一度消してください。",
        "Release the hold and close the concern, then erase it again.",
    ),
    "issue_goes_back": (
        "読み直して、次の段階を選んでください。",
        "Read it again, and choose the next step.",
    ),
    "issue_step_not_taken": (
        "先にその段階を記録してから、公表してください。",
        "Record that the step was taken, then publish it.",
    ),
    "issue_step_told": (
        "公表した文はそのままです。次の段階で書き足してください。",
        "What was published stays; add to it with the next step.",
    ),
    # Stops and plans
    "stop_code_taken": _OTHER_CODE,
    "stop_moved": (
        "別の場所なら、新しい出店場所として登録してください。",
        "If it is another place, enter it as a new stop.",
    ),
    "stop_step_impossible": (
        "読み直して、示された状態のどれかにしてください。",
        "Read it again, and choose one of the steps that are possible.",
    ),
    "van_code_taken": _OTHER_CODE,
    "plan_cancelled": (
        "計画ごと中止になっています。出かけるときは、新しい計画を作ってください。",
        "The whole plan was called off. To go after all, make a new plan.",
    ),
    "plan_not_published": (
        "計画が公開されてから、もう一度してください。",
        "Do it again once the plan is published.",
    ),
    "plan_stop_cancelled": (
        "先に届いた理由が使われます。違うときは事務所に知らせてください。",
        "The reason that came first stands. If it is wrong, tell the office.",
    ),
    "decided_already": (
        "行かないときは中止にしてください。後で決めるときは新しい時刻を入れてください。",
        "Cancel the stay if you do not go, or give a later time at which it is decided.",
    ),
    "plan_has_violations": (
        "示された所を直して、もう一度公開してください。",
        "Put right what is listed, and publish again.",
    ),
    "plan_has_visits": (
        "出店の記録がある日・車・停車予定はそのままにして、ほかを変えてください。",
        "Leave the day, the van and the stays that were visited, and change the rest.",
    ),
    "replan_not_today": (
        "組み直せるのは今日の計画だけです。ほかの日は計画を直してください。",
        "Only today's plan can be planned anew; change the plan of another day itself.",
    ),
    "suggestion_without_answer": (
        "計算が終わるまで待つか、もう一度提案を求めてください。",
        "Wait until it is done, or ask for a suggestion again.",
    ),
    "too_many_suggestions": (
        "終わるのを待つか、要らないものを止めてください。",
        "Wait for them to end, or stop one that is not needed.",
    ),
    "template_changed": (
        "ひな形を読み直し、何が変わるかを見てから、もう一度作ってください。",
        "Read the template again, look at what would change, and make the plans once more.",
    ),
    "plan_stop_taken": (
        "番号を付けずに、新しい停車予定として加えてください。",
        "Add it as a new stay, without an id.",
    ),
    "plan_stop_removed": (
        "番号を付けずに、新しい停車予定として加え直してください。",
        "Add it again as a new stay, without an id.",
    ),
    "plan_stop_moved": (
        "その停車予定を外して、新しい場所を加えてください。",
        "Remove that stay, and add one at the new place.",
    ),
    # Weeks of reports
    "week_not_over_yet": (
        "日曜日が過ぎてから、もう一度締めてください。",
        "Close it again once its Sunday has passed.",
    ),
    "week_closed": (
        "締めたあとに届いた分があるときは、理由を付けて出し直してください。",
        "If records came after the close, restate the week with the reason.",
    ),
    "week_not_closed": ("先にその週を締めてください。", "Close that week first."),
    "nothing_to_restate": _NOTHING_TO_DO,
}


def fix_of(code: str, language: Language) -> str:
    """What would help about an operation that ended with this code. KeyError for a code that ends none."""
    ja, en = FIXES[code]
    return ja if language == "ja" else en
