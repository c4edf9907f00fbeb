"""Texts of the counter: catalogue, receipts, tickets, tills."""

TEXTS: dict[str, tuple[str, str]] = {
    "item_code_taken": ("この品目コードはすでに使われています。", "Another item has this code."),
    "price_without_yen": (
        "開始日だけでなく、価格も入れてください。",
        "Give the price as well as its first day.",
    ),
    "exempt_is_zero": ("非課税の税率は 0 にしてください。", "The rate of what is exempt must be 0."),
    "tax_rate_in_force": (
        "この日からの税率（{percent}%）はすでに使われています。新しい開始日で登録してください。",
        "The rate of that day ({percent} %) is in force already; set a new one from another day.",
    ),
    "tax_rule_in_force": (
        "この日からのきまりはすでに使われています。新しい開始日で登録してください。",
        "The rule of that day is in force already; set a new one from another day.",
    ),
    "set_in_set": (
        "セットの中にセットは入れられません。",
        "A set holds single things, no other set.",
    ),
    "lines_or_rush": (
        "明細（lines）か、まとめ打ちの金額（rush_yen）のどちらか一つにしてください。",
        "Give lines or one amount in rush_yen, not both.",
    ),
    "ticket_count_required": ("使ったチケットの枚数を入れてください。", "Say how many tickets were used."),
    "ticket_count_unwanted": (
        "チケットの枚数は、支払いがチケットのときだけ入れてください。",
        "ticket_count goes with payment ticket only.",
    ),
    "payments_with_mixed": (
        "いくつかの払い方のときは、支払い（payment）を mixed にし、内訳（payments）を入れてください。",
        "payments go with payment mixed, and only then.",
    ),
    "payment_twice": ("同じ払い方は一つにまとめてください。", "Each way of paying stands there once."),
    "payment_rest_twice": (
        "金額を書かなくてよい払い方は一つだけです。",
        "Only one way of paying may leave its amount out.",
    ),
    "ticket_yen_unwanted": (
        "チケットは金額ではなく枚数を入れてください。",
        "Of tickets say how many, not how much.",
    ),
    "payments_differ": (
        "支払いの内訳が、お会計の{due_yen}円と合いません。",
        "The ways of paying don't come to the ¥{due_yen} that are due.",
    ),
    "discount_too_large": (
        "値引きが金額（{most_yen}円）を超えています。",
        "The discount is more than the ¥{most_yen} that it is taken off.",
    ),
    "free_reason_unwanted": (
        "無料の理由は、支払いが無料のときだけ入れてください。",
        "free_reason goes with payment free only.",
    ),
    "refund_too_large": (
        "売った数より多く返すことはできません（返せるのはあと{left}）。",
        "No more than was sold can be given back; {left} are left.",
    ),
    "refund_too_many_tickets": (
        "使った枚数より多くのチケットは返せません（あと{left}枚）。",
        "No more tickets than were used can be given back; {left} are left.",
    ),
    "refund_differs": (
        "返した金額の内訳が、返金額の{total_yen}円と合いません。",
        "How the money went back doesn't come to the ¥{total_yen} that are given back.",
    ),
    "refund_other_way": (
        "受け取ったのとは別の払い方で返しました。レジと決済会社の合計を合わせるときに気をつけてください。",
        "More went back in this way than had come in that way; mind it when till and provider are compared.",
    ),
    "item_unknown": ("この品目が見つかりません。", "There is no such item."),
    "price_missing": (
        "{day} の価格が登録されていません。受け取った金額（unit_price_yen）を入れてください。",
        "The catalogue has no price on {day}; send what was taken as unit_price_yen.",
    ),
    "tax_rate_missing": ("{day} の税率が登録されていません。", "No tax rate is in force on {day}."),
    "price_differs": (
        "品目表は{listed_yen}円ですが、{given_yen}円で記録しました。",
        "The list says ¥{listed_yen}; ¥{given_yen} was recorded, as it was taken.",
    ),
    "receipt_held_back": (
        "この出店はすでに別の記録（紙またはアプリ）で集計されています。二重に数えないよう、控えとして残しました。",
        "This visit is counted from its other record (paper or app); this receipt is kept beside it, not added.",
    ),
    "tickets_held_back": (
        "この出店はすでに別の記録（紙またはアプリ）で集計されています。二重に数えないよう、控えとして残しました。",
        "This visit is counted from its other record (paper or app); these tickets are kept beside it, not added.",
    ),
    "cash_held_back": (
        "この出店はすでに別の記録（紙またはアプリ）で集計されています。この出し入れは控えとして残しました。",
        "This visit is counted from its other record (paper or app); this movement is kept beside it, not added.",
    ),
    "cash_goes_other_way": (
        "この理由では、入れる・出すの向きが逆です。",
        "With this reason cash goes the other way.",
    ),
    "cash_note_required": (
        "理由が「その他」のときは、メモに書いてください。",
        "With the reason other, say in the note what it was.",
    ),
    "till_held_back": (
        "この出店のレジは、もう一方の記録（紙かアプリ）で締めてあります。二重に数えないよう、並べて残しました。",
        "This till was counted by the visit's other record (paper or app); this counting is kept beside it.",
    ),
    "sale_unknown": (
        "この売上が見つかりません。先に売上を送ってください。",
        "There is no such receipt here; send it first.",
    ),
    "sale_was_voided": (
        "この売上は取り消し済みです。もう一度送っても、元には戻りません。",
        "This receipt was taken back; sending it again brings nothing back.",
    ),
    "already_voided": ("この売上はすでに取り消されています。", "This receipt was taken back already."),
    "payment_not_money": (
        "チケットの購入は、現金か QR 決済にしてください。",
        "Tickets are bought with cash, paypay or other_qr.",
    ),
    "ticket_overdraft": (
        "チケットの残りを超えました。このまま受け付けました。お子さんには渡してください。",
        "The pool of tickets is overdrawn. It was accepted all the same: honour the child's ticket.",
    ),
    "numbers_differ": (
        "番号の数と枚数を合わせてください。",
        "Say as many numbers as tickets.",
    ),
    "valid_until_needs_numbers": (
        "期限は、番号のあるチケットにだけ付けられます。",
        "Only tickets with numbers may end on a day.",
    ),
    "ticket_number_taken": (
        "この番号のチケットはもう発行されています。",
        "A ticket with this number is out already.",
    ),
    "ticket_number_unknown": (
        "この番号の発行はまだ届いていません。このまま受け付けました。",
        "That this number was given out is not known here yet. It was accepted all the same.",
    ),
    "ticket_used_already": (
        "この番号はもう使われています。このまま受け付けました。お子さんには渡してください。",
        "This number was used already. It was accepted all the same: honour the child.",
    ),
    "ticket_expired": (
        "期限を過ぎたチケットです。このまま受け付けました。お子さんには渡してください。",
        "This ticket's last day is over. It was accepted all the same: honour the child.",
    ),
    "allotment_unknown": (
        "このチケットの割り当てが見つかりません。",
        "There is no such allotment of tickets.",
    ),
    "allotment_overdrawn": (
        "預けた枚数を超えました（または期限後です）。このまま受け付けました。",
        "More were used than that partner holds, or its last day is over. It was accepted all the same.",
    ),
    "ticket_unknown": (
        "このチケットの利用が見つかりません。",
        "There is no such use of tickets.",
    ),
    "ticket_not_redeemed": (
        "これは利用の記録ではないので、埋めるものがありません。",
        "These were not used, so there is nothing to make good.",
    ),
    "overdraft_smaller": (
        "この分で埋められるのはあと{most}枚です。",
        "No more than {most} of these are still to be made good.",
    ),
    "pool_too_small": (
        "預けられるのはあと{available}枚です。",
        "No more than {available} tickets are free to be allotted.",
    ),
    "allotment_too_small": (
        "戻せるのはあと{left}枚です。",
        "No more than {left} tickets are left there to come back.",
    ),
    "difference_reason_required": (
        "差額が{difference_yen}円あります（{tolerance_yen}円を超えると理由が要ります）。わかる範囲で書いてください。",
        "The till is off by ¥{difference_yen}; above ¥{tolerance_yen} a reason is needed.",
    ),
    "already_counted": (
        "この出店のレジはもう締めてあります。",
        "The till of this visit was counted already.",
    ),
    "already_approved": ("このレジ締めはもう確認済みです。", "This counting was approved already."),
    "approved_by_counter": (
        "数えた人とは別の人が確認してください。あとからでもかまいません。",
        "Somebody else than the one who counted approves it; later is fine too.",
    ),
}
