"""Texts of the pack of released figures for the round table, funders and the city: for grown-ups, Japanese first."""

TEXTS = {
    "pack_title": ("公表した数のまとめ", "Released figures"),
    "pack_lead": (
        "地域円卓会議・助成元・市のみなさまへ",
        "For the round table, funders and the city",
    ),
    "pack_through": ("{day}までの週を公表ずみ（{on}公表）", "Weeks up to {day} are released (on {on})"),
    "pack_none": ("まだ何も公表していません", "Nothing has been released yet"),
    "pack_unfinished": (
        "この期間はまだ全部は公表していません。これから公表する週：{weeks}",
        "Not all of this period has been released yet. Weeks to come: {weeks}",
    ),
    "pack_to": ("{first}〜{last}", "{first} – {last}"),
    "pack_weeks_more": ("{first}〜{last}の{count}週", "{first} to {last} ({count} weeks)"),
    "pack_section.attendance": ("来た人（延べ人数）", "People who came (attendance)"),
    "pack_section.visits": ("出店", "Visits"),
    "pack_section.compared": ("前の期間・前の年とくらべて", "Compared with before"),
    "pack_section.trend": ("推移", "Over time"),
    "pack_section.not_on_map": ("場所を示さない出店の分", "At places that are not shown"),
    "pack_section.place": ("行ったところ", "Where we were"),
    "pack_section.need": ("くらしている人と、行ったところ", "Who lives where, and where we were"),
    "pack_section.need_cell": (
        "この6週間に行っていないます（すむ人の多い順）",
        "Squares with many people and no visit within six weeks",
    ),
    "pack_section.quarter": ("相談とつながり", "Consultations and connections"),
    "pack_section.issue": ("円卓会議の課題", "Issues of the round table"),
    "pack_section.link": ("つながる先", "Where to turn"),
    "pack_section.method": ("数の出しかた", "How these figures are made"),
    "pack_figure.attendance": ("延べ人数", "Attendance"),
    "pack_figure.children": ("うち子ども（18歳まで）", "Children (up to 18)"),
    "pack_figure.preschoolers": ("0〜5歳", "0 to 5 years"),
    "pack_figure.elementary": ("小学生", "Elementary school"),
    "pack_figure.teens": ("中学生・高校生", "Junior high and high school"),
    "pack_figure.young_adults": ("18〜24歳", "18 to 24 years"),
    "pack_figure.adults": ("保護者・おとな", "Guardians and other adults"),
    "pack_figure.seniors": ("シニア", "Seniors"),
    "pack_figure.not_said": ("わからない・分けていない", "Not known, or not told by age"),
    "pack_figure.visits": ("出店の回数", "Visits"),
    "pack_figure.squares": ("行った1km四方のます", "Squares of 1 km visited"),
    "pack_figure.places": ("場所", "Places"),
    "pack_figure.weeks_since_visit": ("前の出店から（週）", "Weeks since the last visit"),
    "pack_figure.census": ("すむ人（国勢調査）", "Living there (census)"),
    "pack_figure.people": ("国勢調査で数えた全体", "All that the census counts"),
    "pack_figure.visited": ("期間中に行ったます", "In squares visited in the period"),
    "pack_figure.recent": ("終わりまでの6週間に行ったます", "In squares visited in its last six weeks"),
    "pack_figure.ever": ("これまでに行ったます", "In squares that were ever visited"),
    "pack_figure.consultations": ("相談", "Consultations"),
    "pack_figure.connections": ("支援先につながった", "Connected to somebody who helps"),
    "pack_figure.raised": ("出された課題", "Raised"),
    "pack_figure.discussed": ("話し合い", "Discussed"),
    "pack_figure.action": ("取り組み", "Action"),
    "pack_figure.raised_on": ("出された日", "Raised on"),
    "pack_figure.discussed_on": ("話し合った日", "Discussed on"),
    "pack_figure.action_on": ("取り組みの日", "Action on"),
    "pack_figure.url": ("アドレス", "Address"),
    "pack_figure.note": ("説明", "Note"),
    "pack_link.link": ("つながるリンク", "Tsunagaru Link"),
    "pack_link.line": ("つながるLINE", "Tsunagaru LINE"),
    "pack_column.square": ("ます", "Square"),
    "pack_column.quarter": ("四半期", "Quarter"),
    "pack_column.this": ("この期間", "This period"),
    "pack_column.before": ("前の期間", "The one before"),
    "pack_column.year_before": ("前の年", "A year before"),
    "pack_change": ("{than}より {change}", "{change} on {than}"),
    "pack_than.before": ("前の期間", "the period before"),
    "pack_than.year_before": ("前の年", "the year before"),
    "pack_unit.people": ("人", "people"),
    "pack_unit.visits": ("回", "visits"),
    "pack_unit.squares": ("か所", "squares"),
    "pack_square": ("国勢調査のます {mesh}", "Census square {mesh}"),
    "pack_map": (
        "1km四方のますの地図。数字は期間中に来た延べ人数、太い線は6週間以内・点線はそれより前に行ったます、丸はすむ{who}の数"
        "（一番大きい丸が{most}）。名前は下の表の「ます」と同じです。",
        "Squares of 1 km. Numbers: attendance in the period. Thick lines: visited within six weeks, dotted: before that. "
        "Circles: {who} living there (the largest is {most}). They are called as in the table.",
    ),
    "pack_map_alone": (
        "1km四方のますの地図。数字は期間中に来た延べ人数、太い線は6週間以内・点線はそれより前に行ったます。名前は下の表の「ます」と同じです。",
        "Squares of 1 km. Numbers: attendance in the period. Thick lines: visited within six weeks, dotted: before that. "
        "They are called as in the table.",
    ),
    "pack_chart": ("延べ人数（こい色は子ども）", "Attendance (dark: children)"),
    "pack_who": ("数えた人：{who}。{label}", "Who is counted: {who}. {label}"),
    "pack_counts.children_0_14": ("子ども（0〜14歳）", "children (0 to 14)"),
    "pack_counts.children_0_5": ("子ども（0〜5歳）", "children (0 to 5)"),
    "pack_counts.households_under_6": ("6歳未満の子のいる世帯", "households with children under 6"),
    "pack_counts.others": ("会いたい人", "people whom we want to meet"),
    "pack_counts.residents": ("人（総人口）", "residents"),
    "pack_more": ("ほか {count} 件（CSV に全部あります）", "{count} more, all in the CSV"),
    "pack_no_visits": ("この期間に公表した出店はありません。", "No visits were released of this period."),
    "pack_no_quarters": (
        "この期間にかかる四半期は、まだ公表していません。",
        "The quarters of this period have not been released yet.",
    ),
    "pack_no_issues": (
        "公表した課題はありません。",
        "No issues were published.",
    ),
    "pack_method.total": (
        "「延べ人数」は、同じ人が2回来ると2人と数えた数です。ちがう人が何人来たかではありません。",
        "Attendance counts a person each time they come. It is not the number of different people.",
    ),
    "pack_method.once": (
        "数は週ごとに一度だけ公表します。あとで分かったちがいは次の公表で足し引きし、一度出した数を引き直すことはありません。",
        "Each week is released once. What turns out differently later is added or taken away with the next release; what "
        "was told is never drawn anew.",
    ),
    "pack_method.round": (
        "人が特定されないよう、場所・日・年代ごとの数を5の倍数に、くじで上げるか下げるかしてから足しています。かたよりは"
        "ありません。ずれのめやすは出店1回で±10人、25回の合計で±50人ほどです。それより小さい差は意味を持ちません。0は「だれも来なかった」とは限りません。",
        "So that nobody can be recognised, the count of each place, day and age is rounded up or down to a multiple of 5 by "
        "lot before adding up. There is no bias. As a rule one visit is off by up to 10 people, the sum of 25 visits by up "
        "to 50; smaller differences mean nothing. A 0 does not mean that nobody came.",
    ),
    "pack_method.small": (
        "来た人が10人より少ない日などは、年代に分けません。",
        "Days on which fewer than 10 people came, and a few others, are not told by age.",
    ),
    "pack_method.places": (
        "場所を知らせていない出店の人数は全体の数にだけ入り、出店の回数には入りません。自宅などは地区（1km四方）で示します。",
        "People at places that are not announced are in the total alone, and their visits are not counted. Private places "
        "are shown by their square of 1 km.",
    ),
    "pack_method.rare": (
        "相談とつながりは数が少ないので、市全体・四半期ごとに、四半期が終わってから、同じように丸めて出します。",
        "Consultations and connections are few, so they are told of the whole city by quarter, once it is over, and "
        "rounded alike.",
    ),
    "pack_method.need": (
        "すむ人の数は国勢調査 地域メッシュ統計（総務省統計局）を加工したものです。「行ったますにすむ人」は、"
        "その人たちに会えたという意味ではありません。",
        "Who lives where: Grid Square Statistics of the Population Census (Statistics Bureau of Japan), adapted. That a "
        "square was visited does not mean that those who live there were met.",
    ),
    "pack_method.people": (
        "ちがう人が何人来たかの推計は、ここには載せません。スタンプカードの正確な数が要り、公表した数からは出せないからです。",
        "An estimate of how many different people came is not given here: it needs exact counts of stamp cards and cannot "
        "be made from released figures.",
    ),
    "pack_method.issues": (
        "課題の文は、公表のために事務所が書いたものです。だれか一人のことは書いていません。",
        "Issues are told in words that the office wrote for this purpose; they are about no single person.",
    ),
}
