"""What contact notes say: harmless, invented, and without anything that names somebody."""

from __future__ import annotations

from schemas.vocabulary import Stage, Topic

# Each about one stage and topic.
TEXTS: tuple[tuple[Stage, Topic, str], ...] = (
    (
        Stage.PREGNANCY,
        Topic.HEALTH,
        "つわりが続き、買い物がつらいとのこと。温かい汁物を座って飲んでもらった。",
    ),
    (Stage.PREGNANCY, Topic.MONEY, "出産の準備にいくらかかるか不安。贈り物の案内を渡した。"),
    (
        Stage.PREGNANCY,
        Topic.ISOLATION,
        "引っ越してきたばかりで話す人がいないと笑っていた。次の日程を渡した。",
    ),
    (Stage.INFANT, Topic.CHILDCARE, "夜泣きで眠れない日が続く。抱っこを代わり、コーヒーを最後まで飲めた。"),
    (Stage.INFANT, Topic.CHILDCARE, "離乳食を食べてくれない。おにぎりの米粒をつぶして少し食べた。"),
    (Stage.INFANT, Topic.ISOLATION, "平日はほとんど大人と話さないとのこと。オンラインの広場を紹介した。"),
    (Stage.INFANT, Topic.HEALTH, "健診の日を迷っていた。保健センターの電話の時間を伝えた。"),
    (Stage.INFANT, Topic.HOUSING, "下の階への足音が気になり、外に出る時間が長いとのこと。"),
    (
        Stage.PRESCHOOL,
        Topic.DEVELOPMENT,
        "ことばがゆっくりで気になる。比べなくてよいという話をしばらくした。",
    ),
    (Stage.PRESCHOOL, Topic.CHILDCARE, "下の子が生まれて上の子が甘える。一緒にくじを引いて笑った。"),
    (Stage.PRESCHOOL, Topic.WORK, "時短が終わるとお迎えに間に合わない。窓口の案内を渡した。"),
    (
        Stage.PRESCHOOL,
        Topic.FOREIGN_LANGUAGE,
        "園からの手紙が読みにくい。写真に撮って訳す方法を一緒に試した。",
    ),
    (Stage.PRESCHOOL, Topic.OTHER, "駄菓子を選ぶのに時間をかけていた。数え方を教えてくれた。"),
    (Stage.ELEMENTARY, Topic.SCHOOL, "朝になるとお腹が痛くなる。今日は楽しそうに水あめを練っていた。"),
    (Stage.ELEMENTARY, Topic.SCHOOL, "宿題が分からないまま増えている。居場所の案内を渡した。"),
    (Stage.ELEMENTARY, Topic.FOOD, "昼は一人で食べることが多いとのこと。おにぎりを二つ食べた。"),
    (Stage.ELEMENTARY, Topic.FAMILY, "下の子の面倒をよくみている。休める時間があるか聞いた。"),
    (Stage.ELEMENTARY, Topic.ISOLATION, "友だちとけんかして一人で来た。帰りは三人になっていた。"),
    (Stage.ELEMENTARY, Topic.OTHER, "店番をやりたいと言うので、品ならべを手伝ってもらった。"),
    (Stage.ELEMENTARY, Topic.MONEY, "おこづかいがないと言って見ていた。チケットで選んでもらった。"),
    (
        Stage.JUNIOR_HIGH,
        Topic.SCHOOL,
        "部活をやめたことをまだ家で言えていない。話すだけで少し楽になったとのこと。",
    ),
    (Stage.JUNIOR_HIGH, Topic.ISOLATION, "夕方に行く所がないと話していた。次も来ると約束した。"),
    (Stage.JUNIOR_HIGH, Topic.FAMILY, "家では弟と同じ部屋で落ち着かない。静かに勉強できる所を紹介した。"),
    (Stage.HIGH_SCHOOL, Topic.WORK, "バイトのシフトが多く眠い。断り方を一緒に考えた。"),
    (Stage.HIGH_SCHOOL, Topic.MONEY, "進学の費用が気になる。給付の窓口があることを伝えた。"),
    (Stage.HIGH_SCHOOL, Topic.OTHER, "焼きそばの作り方を聞かれ、横で一回まわしてもらった。"),
    (Stage.OTHER, Topic.HEALTH, "腰が痛く買い物が減った。座ってお茶を飲んでいった。"),
    (Stage.OTHER, Topic.ISOLATION, "一日だれとも話さない日があるとのこと。来月の日を手帳に書いていた。"),
    (Stage.OTHER, Topic.FOOD, "一人分の料理は面倒とのこと。豚汁を二杯。"),
    (Stage.OTHER, Topic.HOUSING, "更新の手紙が届いて困っている。くらしの相談の時間を伝えた。"),
    (Stage.OTHER, Topic.MONEY, "光熱費が上がって暖房を我慢している。相談窓口のカードを渡した。"),
    (Stage.OTHER, Topic.WORK, "仕事を探している。自立相談の場所と持ち物を一緒に確かめた。"),
)
CONCERN_TEXT = "夜おそくまで外にいる日が続いているとのこと。責任者に連絡した。"
SITE_NOTES = (
    "入口の鍵は開いていた",
    "自転車が多かった",
    "となりで工事の音",
    "日かげが少なかった",
    "水の出が弱い",
)
DONORS = ("ひまわり", "とおりすがり", "まめだいふく", "まちかどの猫", "おかわり", None, None, None)

# Where a topic is taken, by kind of destination.
TAKEN_TO: dict[Topic, tuple[str, ...]] = {
    Topic.CHILDCARE: ("line", "college", "online_park"),
    Topic.ISOLATION: ("line", "online_park", "link"),
    Topic.MONEY: ("self_reliance", "city_child_family"),
    Topic.FOOD: ("food_pantry", "line"),
    Topic.SCHOOL: ("other_npo", "school"),
    Topic.HEALTH: ("health_center", "medical"),
    Topic.DEVELOPMENT: ("health_center", "college"),
    Topic.HOUSING: ("self_reliance", "accompany"),
    Topic.WORK: ("self_reliance", "city_child_family"),
    Topic.FAMILY: ("city_child_family", "accompany"),
    Topic.VIOLENCE: ("city_child_family",),
    Topic.FOREIGN_LANGUAGE: ("link", "city_child_family"),
    Topic.OTHER: ("link", "line"),
}
