"""Texts of the page of released figures: short sentences and easy words, Japanese first; [公表|こうひょう] sets a reading."""

TEXTS = {
    "reach_title": ("{name}が [行|い]った ところ", "Where {name} has been"),
    "reach_intro": (
        "[子|こ]どもと かぞくに [会|あ]いに、どこへ [行|い]ったか。なんにんが [来|き]てくれたか。",
        "Where our kitchen car went to meet children and families, and how many people came.",
    ),
    "reach_none": (
        "まだ [公表|こうひょう]した [数|かず]は ありません。",
        "No figures have been released yet.",
    ),
    "reach_no_such_period": (
        "その [期間|きかん]は ありません。[下|した]から えらんで ください。",
        "There is no such period. Please choose one of these.",
    ),
    "reach_span": ("{first} から {last} まで", "{first} to {last}"),
    "reach_through": (
        "[公表|こうひょう]したのは {day}まで です。",
        "Released up to {day}.",
    ),
    "reach_unfinished": (
        "この [期間|きかん]は まだ ぜんぶは [公表|こうひょう]していません。",
        "Not all of this period has been released yet.",
    ),
    "reach_periods": ("[期間|きかん]を えらぶ", "Choose a period"),
    "reach_fiscal_years": ("[年度|ねんど]", "Fiscal years"),
    "reach_months": ("[月|つき]", "Months"),
    "reach_fiscal_year_name": ("{year}[年度|ねんど]", "fiscal {year}"),
    "reach_month_name": ("{year}[年|ねん] {month}[月|がつ]", "{year}-{month}"),
    "reach_week_name": ("{day}からの [週|しゅう]", "week of {day}"),
    "reach_weeks": ("[週|しゅう]", "Weeks"),
    "reach_people": ("[来|き]た [人|ひと]", "People who came"),
    "reach_people_unit": ("{count}人", "{count}"),
    "reach_children": ("そのうち [子|こ]ども", "of them children"),
    "reach_visits": ("お[店|みせ]を [出|だ]した [回数|かいすう]", "Visits"),
    "reach_visits_unit": ("{count}回", "{count}"),
    "reach_cells": ("[行|い]った ところ", "Squares visited"),
    "reach_cells_unit": ("{count}か所", "{count}"),
    "reach_how_counted": (
        "[人数|にんずう]は 「[延|の]べ[人数|にんずう]」です。おなじ [人|ひと]が 2[回|かい] [来|く]ると、"
        "2[人|にん]と [数|かぞ]えます。"
        "だれのことか わからないように、ひとつひとつの [数|かず]を 5[人|にん]きざみに まるめてから [足|た]しています。",
        "People are counted each time they come: who comes twice counts as two. Every single count was rounded to "
        "a multiple of 5 before adding up, so that nobody can be recognised.",
    ),
    "reach_map": ("[地図|ちず]", "Map"),
    "reach_map_alt": (
        "1キロメートル四方のますの地図。{visited}のますに行きました。同じ内容が下の表にあります。",
        "A map of squares of 1 km. {visited} of them were visited. The table below says the same.",
    ),
    "reach_map_intro": (
        "ますの ひとつは、だいたい 1キロメートル[四方|しほう]です。ますの [中|なか]の [数字|すうじ]は、"
        "[来|き]た [人|ひと]の [数|かず]です。",
        "Each square is about 1 km wide. The number in it says how many people came.",
    ),
    "reach_legend_people": ("[来|き]た [人|ひと]（[人|にん]）", "People who came"),
    "reach_legend_recent": (
        "[太|ふと]い [線|せん]：6[週間|しゅうかん] いないに [行|い]った",
        "thick line: visited within 6 weeks",
    ),
    "reach_legend_past": (
        "[点線|てんせん]：まえに [行|い]ったが、6[週間|しゅうかん]より [前|まえ]",
        "dotted line: visited before, more than 6 weeks ago",
    ),
    "reach_legend_census": (
        "まる：そこに すむ {who}の [数|かず]（いちばん [大|おお]きい まるが {most}）",
        "circle: {who} living there (the largest circle is {most})",
    ),
    "reach_unvisited": (
        "まだ [行|い]ったことのない ますに、{who}が {count}（{share}） すんでいます。",
        "{count} {who} ({share}) live in squares where we have never been.",
    ),
    "reach_census": ("すんでいる {who}", "{who} living there"),
    "reach_counts_children_0_14": ("[子|こ]ども（0〜14[歳|さい]）", "children (0 to 14)"),
    "reach_counts_children_0_5": ("[子|こ]ども（0〜5[歳|さい]）", "children (0 to 5)"),
    "reach_counts_households_under_6": (
        "6[歳|さい]より [小|ちい]さい [子|こ]の いる [家|いえ]",
        "households with children under 6",
    ),
    "reach_counts_others": ("[会|あ]いたい [人|ひと]", "people whom we want to meet"),
    "reach_counts_residents": ("[人|ひと]", "people"),
    "reach_census_source": (
        "すんでいる [人|ひと]の [数|かず]：[国勢調査|こくせいちょうさ] "
        "[地域|ちいき]メッシュ[統計|とうけい]（[総務省統計局|そうむしょうとうけいきょく]）を [加工|かこう]、"
        "{label}",
        "Who lives there: Grid Square Statistics of the Population Census (Statistics Bureau of Japan), adapted, {label}",
    ),
    "reach_table": ("[地図|ちず]と おなじ [内容|ないよう]の [表|ひょう]", "The map as a table"),
    "reach_square": ("ます", "Square"),
    "reach_places": ("[場所|ばしょ]", "Places"),
    "reach_weeks_since": ("さいごに [行|い]ったのは", "Last visit"),
    "reach_this_week": ("さいごの [週|しゅう]", "the last week"),
    "reach_week_ago": ("1[週間|しゅうかん]まえ", "1 week before"),
    "reach_weeks_ago": ("{count}[週間|しゅうかん]まえ", "{count} weeks before"),
    "reach_never": ("まだ", "never"),
    "reach_not_on_map": (
        "[場所|ばしょ]を [地図|ちず]に のせない ところ",
        "Places that are not shown on the map",
    ),
    "reach_all": ("ぜんぶ", "All"),
    "reach_more_cells": (
        "ほかに、まだ [行|い]ったことのない ますが {count}こ あります（データには ぜんぶ あります）。",
        "There are {count} more squares where we have never been (the data has them all).",
    ),
    "reach_groups": ("[年|とし]ごとの [人数|にんずう]", "By age"),
    "reach_group": ("[年|とし]", "Age"),
    "reach_preschoolers": (
        "[小学校|しょうがっこう]に [入|はい]る まえの [子|こ]（0〜5[歳|さい]）",
        "0 to 5 years",
    ),
    "reach_elementary": ("[小学生|しょうがくせい]", "Elementary school"),
    "reach_teens": ("[中学生|ちゅうがくせい]・[高校生|こうこうせい]", "Junior high and high school"),
    "reach_young_adults": ("[若|わか]い [人|ひと]（18〜24[歳|さい]）", "18 to 24 years"),
    "reach_adults": ("[保護者|ほごしゃ]・おとな", "Guardians and other adults"),
    "reach_seniors": ("お[年寄|としよ]り", "Seniors"),
    "reach_not_said": (
        "わからない・[分|わ]けて [出|だ]していない",
        "Not known, or not told by age",
    ),
    "reach_quarters": (
        "[相談|そうだん]と つながり（3か[月|げつ]ごと）",
        "Consultations and connections by quarter",
    ),
    "reach_quarter": ("3か[月|げつ]", "Quarter"),
    "reach_quarter_name": (
        "{year}[年度|ねんど] {first}〜{last}[月|がつ]",
        "fiscal {year}, months {first} to {last}",
    ),
    "reach_consultations": ("[相談|そうだん]の [数|かず]", "Consultations"),
    "reach_connections": (
        "[支|ささ]えてくれる ところに つながった [数|かず]",
        "Connected to somebody who helps",
    ),
    "reach_method": ("[数|かず]の [出|だ]しかた", "How these figures are made"),
    "reach_method_once": (
        "[数|かず]は [週|しゅう]ごとに 1[回|かい]だけ [公表|こうひょう]します。あとから わかった ちがいは、"
        "つぎの [公表|こうひょう]に [足|た]したり [引|ひ]いたり します。",
        "Each week is released once. What turns out differently later is added or taken away with the next release.",
    ),
    "reach_method_round": (
        "[場所|ばしょ]・[日|ひ]・[年|とし]ごとの [数|かず]を、くじで 5の[倍数|ばいすう]に [上|あ]げるか "
        "[下|さ]げるかします。どちらにも かたよらないので、[足|た]すほど ほんとうの [数|かず]に "
        "[近|ちか]づきます。"
        "0と [書|か]いてあっても、だれも [来|こ]なかったとは かぎりません。",
        "The count of each place, day and age is rounded up or down to a multiple of 5 by lot, without a bias: the more "
        "of them are added, the closer the sum is to the truth. A 0 does not mean that nobody came.",
    ),
    "reach_method_small": (
        "[来|き]た [人|ひと]が 10[人|にん]より [少|すく]ない [日|ひ]などは、[年|とし]ごとに [分|わ]けません。",
        "Days on which fewer than 10 people came, and a few others, are not told by age.",
    ),
    "reach_method_places": (
        "[場所|ばしょ]を お[知|し]らせしていない ところの [人数|にんずう]は、ぜんたいの [数|かず]にだけ [入|はい]っています。"
        "お[店|みせ]を [出|だ]した [回数|かいすう]には [入|はい]りません。",
        "People at places that are not announced are in the total alone; those visits are not in the number of visits.",
    ),
    "reach_data": ("データ", "Data"),
    "reach_json": ("プログラム[用|よう]（JSON）", "for programs (JSON)"),
    "reach_csv": ("[表計算|ひょうけいさん]ソフト[用|よう]（CSV）", "for spreadsheets (CSV)"),
    "reach_geojson": ("[地図|ちず]ソフト[用|よう]（GeoJSON）", "for map programs (GeoJSON)"),
    "reach_when": ("つぎに いつ [来|く]るか", "When we come next"),
}
