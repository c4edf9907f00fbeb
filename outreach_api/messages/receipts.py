"""What stands on a receipt that a customer takes along."""

TEXTS: dict[str, tuple[str, str]] = {
    "receipt": ("領収書", "RECEIPT"),
    "receipt_number": ("登録番号 {number}", "Reg. no. {number}"),
    "receipt_no": ("番号 {id}", "No. {id}"),
    "receipt_rush": ("駄菓子", "Penny sweets"),
    "receipt_set": ("セット", "Set"),
    "receipt_discount": ("値引", "Discount"),
    "receipt_subtotal": ("小計", "Subtotal"),
    "receipt_gift": ("無料", "Free"),
    "receipt_tickets": ("恩送りチケット {count}枚", "Pay-it-forward tickets × {count}"),
    "receipt_tickets_back": (
        "恩送りチケット {count}枚を戻しました",
        "Pay-it-forward tickets given back: {count}",
    ),
    "receipt_total": ("合計（税込）", "Total, tax included"),
    "receipt_of_rate": ("{percent}%対象", "Taxed at {percent}%"),
    "receipt_tax": ("内消費税", "tax in it"),
    "receipt_refund": ("返品 {at}", "Given back {at}"),
    "receipt_refunded": ("返金", "Refund"),
    "receipt_rest": ("返品後の合計（税込）", "Total after that, tax included"),
    "receipt_voided": ("この会計は {at} に取り消しました", "This receipt was taken back on {at}"),
    "receipt_reduced": ("※は軽減税率の対象です。", "※ Reduced tax rate."),
    "receipt_free_rule": ("無料のきまり：{rule}", "Free under this rule: {rule}"),
    "receipt_takeout": ("お持ち帰り", "Take-out"),
    "receipt_eat_in": ("店内（用意した席）で飲食", "Eaten on our seats"),
}
