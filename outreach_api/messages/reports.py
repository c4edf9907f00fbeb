"""Texts of reports: what the figures mean and what is not counted. They travel with every report."""

TEXTS = {
    "report_period_unknown": (
        "その期間はありません（{kind} の例：{example}）。",
        "There is no such period; a {kind} is written like {example}.",
    ),
    "report_note_internal": (
        "内部資料です。外へ出す数字は、丸めて公表したものだけを使ってください。",
        "For use inside the organisation. What leaves it is taken from the released, rounded figures only.",
    ),
    "report_note_attendance": (
        "人数は延べです。同じ人が二度来れば2と数えます。一人ひとりは区別していません。子どもは乳児から高校生までです。",
        "Attendance counts visits of people (延べ): somebody who comes twice counts twice, and nobody is told apart. "
        "Children are infants up to high school.",
    ),
    "report_note_week": (
        "週は日本時間の月曜から日曜（ISO週）。出店とその記録は、出店した日に数えます。",
        "A week is Monday to Sunday in Asia/Tokyo (ISO week). A visit and all its records count on the visit's day.",
    ),
    "report_note_contacts": (
        "声かけと相談は別です。会話＝傾聴・相談・緊急、相談＝相談・緊急。発達段階は一つの声かけに複数あり得るので、"
        "合計は声かけの数より多くなることがあります。情報提供＝何か一つでも渡した声かけ。",
        "A contact is not a consultation: conversations are listening, consultation and crisis; consultations the "
        "last two. A contact can have several stages, so stages may add up to more than contacts. Informed means "
        "that at least one piece of information was given.",
    ),
    "report_note_topics": (
        "話題は組織の中だけで使い、広報・報告担当の版には入りません。暴力の話題と安全の心配は、ここでは数えません。",
        "Topics are for the inside: the reporter's copy has none. Violence and safety concerns are not counted here.",
    ),
    "report_note_compared": (
        "1年前＝前の年の同じ番号のISO週（前の年に第53週がなければ52週前の週）、同じ月、同じ四半期。最初の出店より前は空欄です。"
        "プログラムのパートナー数とちらしの残りは今日のものです。",
        "A year before is the ISO week of the same number (of a week 53 that the year before lacks, the week 52 weeks "
        "earlier), the same month or quarter. Before the first visit nothing is told. Partners and leaflets of the "
        "programmes are those of today.",
    ),
    "report_note_funnel": (
        "声かけからつながりまで＝それぞれの段階がこの期間に何件あったか。同じ人を追ったものではありません。",
        "From contact to connection: how many of each step there were in the period. It follows nobody.",
    ),
    "report_note_referrals": (
        "つなぎ：紹介＝この期間の出店で始めたもの。受入＝期間末に引き継ぎ済み・つながった・つながらなかったで、"
        "期間の前はそうでなかったもの。接続＝同じく「つながった」。後から直した結果は最後のものだけ数えます。",
        "Referrals: offered were opened at a visit of the period. Accepted stand at handed over, connected or not "
        "connected at its end, and did not before it; connected likewise. Of outcomes that were corrected the last "
        "one counts.",
    ),
    "report_note_follow_ups": (
        "見守り：期日がこの期間のもの。再会＝約束から{recontact}日以内に会えた。期日を過ぎて報告のないものは期限超過。",
        "Follow-ups are those due in the period. Recontacted means met within {recontact} days after the promise; "
        "overdue, that the day is over and nobody reported.",
    ),
    "report_note_visits": (
        "予定＝公開した計画の停車予定（後で中止になったものも含む）。実施＝始めた出店。計画外＝公開した計画にない出店。"
        "まとめた重複は一度だけ数えます。",
        "Planned are the stays of published plans, those called off later too. Held are visits that began; ad hoc "
        "are those in no published plan. A duplicate that was joined counts once.",
    ),
    "report_note_places": (
        "{unvisited}日より長く行っていない場所と、{warning}日以内に切れる許可は、期間の最終日（途中なら今日）の時点です。",
        "Stops left for more than {unvisited} days and permissions that end within {warning} days are as of the "
        "period's last day, or of today while it goes on.",
    ),
    "report_note_coverage": (
        "カバー率＝過去{window}日に出店した場所から{metres}m以内に住む人の割合。来た人の割合ではありません。"
        "空白＝対象人口×（1−カバー率）×最後の出店からの日数（上限{full}日）÷{full}。人口を取り込んでいないときは空欄です。",
        "Coverage is the share of people who live within {metres} m of a stop held in the last {window} days; it "
        "says nothing about who came. Gap = people x (1 - coverage) x days since the last visit (at most {full}) / "
        "{full}. Empty while no population is imported.",
    ),
    "report_note_money": (
        "売上は受け取ったお金（税込）です。チケットと無料の品は件数だけ。恩送りチケットの購入は寄付で、売上ではありません。"
        "レジの差は合計だけで、人ごとには出しません。",
        "Sales are money taken, tax included; tickets and gifts are counted as receipts only. Tickets bought are "
        "donations, not sales. Till differences are summed and never shown by person.",
    ),
    "report_note_stamp_cards": (
        "人の数の推定は、任意のスタンプカード（番号は無作為）だけから、チャップマン法の95%区間で示します。"
        "二度見た番号が7より少ないときは出しません。カードを持たない人は含みません。",
        "How many different people came is estimated from voluntary stamp cards with random numbers only, as a 95 % "
        "interval by Chapman's method, and not at all when fewer than 7 cards were seen twice. People without a card "
        "are not in it.",
    ),
    "report_note_principles": (
        "初めての割合＝新しい人÷（新しい人＋二度目以上）、不明は除く。初めての支援＝任意の回答のうち「はい」。"
        "空白のカバー＝期間の前日にどこからも届いていなかったマスに住む人のうち、届くようになった割合。"
        "接続率＝期間内に紹介したもののうち、今までにつながった割合。",
        "First-contact share: new among new and returning, the unknown left out. First connection: yes among the "
        "voluntary answers. Gap coverage: of the people in cells that no stop covered on the eve of the period, the "
        "share covered at its end. Connected rate: of the referrals opened in the period, those connected by now.",
    ),
    "report_note_late": (
        "締めた週の数字は、締めた時点のものです。あとから届いた記録や訂正は、理由を付けた新しい版で出し直し、前の版も読めます。"
        "締めていない週と、月・四半期・年度は、作成時刻（as_of）の時点の数字です。推移は、版を作った時点で分かっていた数字です。",
        "A closed week says what was known when it was closed. What came or was put right afterwards is told as a new "
        "version with its reason, and older versions stay readable. Weeks that are not closed, months, quarters and "
        "fiscal years are as known at as_of. A trend is as it was known when its version was made.",
    ),
}
