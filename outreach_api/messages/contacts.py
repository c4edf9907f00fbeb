"""Texts of contact notes, concerns, referrals, follow-ups, partners and stamp cards."""

_LOOK = "消せないか見てください。"


def _looks_like(ja: str, en: str) -> tuple[str, str]:
    return (f"{ja}のようなものが入っています。{_LOOK}", f"It seems to hold {en}; please see if it can go.")


TEXTS: dict[str, tuple[str, str]] = {
    "personal_data_phone": _looks_like("電話番号", "a phone number"),
    "personal_data_email": _looks_like("メールアドレス", "an e-mail address"),
    "personal_data_postal_code": _looks_like("郵便番号", "a postal code"),
    "personal_data_address": _looks_like("住所", "an address"),
    "personal_data_name": _looks_like("名前", "a name"),
    "personal_data_school": _looks_like("学校や園の名前", "the name of a school"),
    "personal_data_line_id": _looks_like("LINEのID", "a LINE id"),
    "personal_data_account": _looks_like("SNSのアカウント名", "the name of an account"),
    "personal_data_my_number": _looks_like("マイナンバー", "an individual number"),
    "issue_step_not_taken": (
        "この段階はまだ記録されていません。先に進めてから公表してください。",
        "This step has not been taken yet; record it first.",
    ),
    "issue_step_told": (
        "この段階はもう公表されています。公表した文は変えられません。",
        "This step was told already; what was told is never changed.",
    ),
    "word_not_public": (
        "「ケース」「対象者」「困窮」は外に出す文に使いません。言いかえてください。",
        "ケース, 対象者 and 困窮 are not used in what goes out; please say it otherwise.",
    ),
    "note_unknown": (
        "このメモが見つかりません。先にメモを送ってください。",
        "There is no such note here; send the note first.",
    ),
    "purpose_required": (
        "本文を開く理由（purpose）を選んでください。記録に残ります。",
        "Say why the text is opened (purpose); it is recorded.",
    ),
    "purpose_not_yours": (
        "スタッフが開けるのは、自分たちのメモの読み返しだけです。",
        "Crew may only read back what their own van wrote.",
    ),
    "text_with_safeguarding": (
        "このメモは安全の担当が預かっています。気になることは担当に直接伝えてください。",
        "This note is with the safeguarding lead; please speak to them.",
    ),
    "readback_over": (
        "読み返せるのは受け付けから{hours}時間です。必要なら安全の担当にたずねてください。",
        "It could be read back for {hours} hours; ask the safeguarding lead if you need it.",
    ),
    "text_was_erased": (
        "このメモの本文はもう消去されています。もう一度送っても、元には戻りません。",
        "The text of this note was erased; sending it again brings nothing back.",
    ),
    "texts_kept_on_hold": (
        "保全中の本文{count}件は残っています。消すには、先に保全を解いてください。",
        "{count} texts stay because they are on hold; release them first to have them erased.",
    ),
    "texts_kept_with_concern": (
        "対応中の心配がある本文{count}件は残っています。心配を閉じてから、もう一度消してください。",
        "{count} texts stay because their concern is open; close it, then erase again.",
    ),
    "letters_kept_urgent": (
        "急ぎかもしれない届いた記録{count}件は残っています。読んで片付けてから、もう一度消してください。",
        "{count} records that may be urgent stay; read and settle them, then erase again.",
    ),
    "letters_kept_unplaced": (
        "どの出店のものか読めない届いた記録が{count}件あり、残っています。",
        "{count} records stay of which nobody can read where they were written.",
    ),
    "text_purged": ("本文は期限が来て消されました。", "The text was erased when its time had come."),
    "no_text": ("このメモに本文はありません。", "This note has no text."),
    "text_unreadable": (
        "本文を開く鍵が合いません。管理者に知らせてください。",
        "The key does not open this text; please tell the administrator.",
    ),
    "text_held": (
        "保全中か、対応中の心配があるため消せません。",
        "It is held, or its concern is still open, so it can't be erased.",
    ),
    "concern_closed": ("この心配はもう閉じられています。", "This concern is closed already."),
    "nothing_to_change": ("変える項目がありません。", "It names nothing to change."),
    "not_https": ("https:// で始まるアドレスにしてください。", "It must be an https address."),
    "not_qr": (
        "QRに入れられるのは https:// のアドレスか tel: の番号です。",
        "A QR code may hold an https address or tel: with digits.",
    ),
    "not_phone": ("電話番号の形が違います。", "It is not a phone number."),
    "not_case_ref": (
        "参照番号は英大文字・数字・ハイフンだけで、数字を一つは入れてください。名前は入れないでください。",
        "A reference holds capitals, digits and hyphens with at least one digit, and never a name.",
    ),
    "case_ref_not_here": (
        "参照番号は伴走支援へのつなぎだけに付けられます。",
        "Only a referral to accompany may carry a case reference.",
    ),
    "consent_required": (
        "名前を伝えてつなぐ前に、本人か保護者の同意を記録してください。",
        "Record consent before somebody is handed over by name.",
    ),
    "consent_stands": ("同意はすでに記録されています。", "A consent is recorded and stands."),
    "consent_was_withdrawn": (
        "この同意は、そのあとで取り消されています。",
        "This consent was given before it was withdrawn, and is over.",
    ),
    "referral_unknown": (
        "このつなぎが見つかりません。先につなぎを送ってください。",
        "There is no such referral here; send the referral first.",
    ),
    "not_card_word": (
        "カードの言葉の形が違います（例 つばめ27）。",
        "It is not a card word such as つばめ27.",
    ),
    "not_card": (
        "カード番号は6文字です（数字と、I・L・O・U を除く英大文字）。",
        "A card number has six digits or capitals, without I, L, O and U.",
    ),
    "due_day_wrong": (
        "約束の日は、出店の日から{days}日以内にしてください。",
        "A promise is due on the visit's day or up to {days} days later.",
    ),
    "met_where": ("どの出店で会えたかを選んでください。", "Say at which visit they were met."),
    "follow_up_unknown": (
        "この約束が見つかりません。先に約束を送ってください。",
        "There is no such follow-up here; send the promise first.",
    ),
    "issue_goes_back": (
        "いま「{status}」です。前の段階には戻せません。",
        "It is at {status} already; an issue never goes back.",
    ),
    "action_missing": ("決まったこと（action）を書いてください。", "Say what will be done (action)."),
}
