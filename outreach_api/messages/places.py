"""Texts of finding places: what was understood, why somebody could not be asked, what to do instead."""

TEXTS = {
    # What can be done.
    "geocode_unable": (
        "住所を調べる一覧がまだ入っていません。outreach import-gazetteer で取り込むか、地図で場所を指して登録してください。",
        "No gazetteer was imported yet: see `outreach import-gazetteer`, or set the pin by hand.",
    ),
    "geocode_nothing": (
        "見つかりません。書き方を変えるか、地図で場所を指して登録してください（緯度・経度や地図のリンクも貼れます）。",
        "Nothing was found: write it differently, or set the pin by hand (coordinates and map links can be pasted).",
    ),
    "coordinates_swapped": (
        "経度・緯度の順だったので、入れかえて読みました。場所を確かめてください。",
        "Longitude stood first, so the two were exchanged: look whether it is the place.",
    ),
    "map_link_view_only": (
        "リンクにあるのは、見ていた地図のまん中の位置です。ピンの位置を確かめてください。",
        "The link holds only the middle of the map that was shown: look whether it is the place.",
    ),
    "map_link_short": (
        "短いリンクは、開かないと場所が分かりません。ブラウザーで開き、長いアドレスか緯度・経度を貼ってください。",
        "A short link says where only when it is opened: open it in a browser, and paste the long address or lat, lon.",
    ),
    "map_link_unknown": (
        "このリンクからは場所が分かりません。緯度・経度か、Google・Apple・Yahoo!・OpenStreetMap・地理院地図のリンクを貼ってください。",
        "This link can't be read: paste lat, lon, or a link of Google, Apple, Yahoo Japan, OpenStreetMap or GSI maps.",
    ),
    "map_link_without_position": (
        "この地図のリンクには位置が入っていません。地図で場所を長押しして、緯度・経度を貼ってください。",
        "This map link holds no position: press long on the place in the map, and paste its lat, lon.",
    ),
    "plus_code_wants_place": (
        "短いプラスコードです。市の名前を続けて書くか（例：R3W5+8J 松戸市）、near に近くの位置を付けてください。",
        "The plus code is short: write its city behind it (R3W5+8J 松戸市), or give a position nearby as `near`.",
    ),
    # Why a provider said nothing.
    "gazetteer_missing": ("まだ取り込まれていません。", "None was imported yet."),
    "nominatim_agent_missing": (
        "だれが使うか（OUTREACH_NOMINATIM_AGENT）が設定されていないので、使いません。",
        "It is off until OUTREACH_NOMINATIM_AGENT says who asks.",
    ),
    "geocode_home": (
        "個人のお宅の住所は外に送りません（OUTREACH_GEOCODE_HOMES）。",
        "Addresses of private homes are not sent outside (OUTREACH_GEOCODE_HOMES).",
    ),
    "geocode_kind_unsaid": (
        "個人のお宅かもしれないので外に送りませんでした。種類（kind）を付けると送れます。",
        "It may be a private home, so it was not sent outside; say what it is with `kind`.",
    ),
    "geocoder_slow": ("時間内に返事がありませんでした。", "It did not answer in time."),
    "geocoder_unreachable": ("つながりません。", "It can't be reached."),
    "geocoder_refuses": (
        "いまは答えてもらえません。しばらく間をあけます。",
        "It refuses to answer for now, and is left alone for a while.",
    ),
    "geocoder_broken": ("返事を読めませんでした。", "Its answer can't be read."),
    "geocoder_busy": (
        "順番を待つ人が多いので、たずねませんでした。少し待ってもう一度。",
        "Too many are waiting for their turn; try again in a moment.",
    ),
    # How a position was come by.
    "derived_coordinates": ("書かれた緯度・経度です。", "As the coordinates say."),
    "derived_swapped_coordinates": (
        "書かれた数を、緯度・経度の順に直したものです。",
        "The coordinates, in the other order.",
    ),
    "derived_geo_uri": ("geo: の緯度・経度です。", "As the geo: URI says."),
    "derived_map_link_pin": ("リンクの地図が指す場所です。", "The place that the map's link points to."),
    "derived_map_link_view": ("リンクの地図のまん中です。", "The middle of the map that the link shows."),
    "derived_plus_code": ("プラスコードの範囲のまん中です。", "The middle of the plus code's area."),
    "derived_plus_code_near": (
        "短いプラスコードを、近くの場所から補ったもののまん中です。",
        "The middle of the short plus code's area, completed from a place nearby.",
    ),
    "derived_listed": ("一覧にある位置です。", "As it is listed."),
    "derived_mean": (
        "一覧にあるまわりの位置の平均です。ピンで直してください。",
        "The mean of what is listed around it: correct it with the pin.",
    ),
    # Stops that may be one.
    "stop_maybe_duplicate": (
        "{metres}m先に似た場所があります（{code}）。同じ場所なら、新しく作らずそちらを使ってください。",
        "There is a similar place {metres} m away ({code}): if it is the same one, use that.",
    ),
    "stop_placed_by_list": (
        "位置は一覧から入れました（{precision}）。ピンを確かめてください。",
        "Its position was taken from the gazetteer ({precision}): check the pin.",
    ),
    "address_not_listed": (
        "この住所は一覧にありません。緯度と経度を書いてください。",
        "No gazetteer lists this address: write its latitude and longitude.",
    ),
    "address_not_clear": (
        "この住所は{found}か所にあてはまります。市の名前から書くか、緯度と経度を書いてください。",
        "This address fits {found} places: write it from the city on, or its latitude and longitude.",
    ),
    "address_wants_gazetteer": (
        "緯度・経度がありません。書くか、先に outreach import-gazetteer で住所の一覧を取り込んでください。",
        "There is no latitude and longitude: write them, or import a gazetteer first (outreach import-gazetteer).",
    ),
    # What a gazetteer's file may have wrong.
    "zip_without_lists": (
        "zip の中に csv か txt がありません（または多すぎます）。",
        "The zip holds no csv or txt, or too many files.",
    ),
    "gazetteer_unknown_form": (
        "住所の一覧ではないようです。位置参照情報か、アドレス・ベース・レジストリの CSV・zip を指定してください。",
        "This is no list of places: name a CSV or zip of 位置参照情報 (MLIT) or アドレス・ベース・レジストリ (Digital Agency).",
    ),
    "gazetteer_names_missing": (
        "位置だけのファイルです。町字・街区などの名前のファイルも、いっしょに指定してください。",
        "It holds positions only: name the file with the names of towns or blocks beside it.",
    ),
    "gazetteer_positions_missing": (
        "位置のないファイルです。「位置参照拡張」（…_pos_…）のファイルも、いっしょに指定してください。",
        "It holds no positions: name its position file (…_pos_…) beside it.",
    ),
    "gazetteer_several_forms": (
        "種類の違う一覧が混ざっています（{forms}）。一種類ずつ取り込んでください。",
        "It mixes several kinds of lists ({forms}): import one kind at a time.",
    ),
    "gazetteer_too_large": (
        "場所が多すぎます（{most}件まで）。市か県のファイルにしてください。",
        "It lists more than {most} places: take the file of one city or prefecture.",
    ),
    "gazetteer_datum": (
        "測地系「{datum}」は使えません（JGD2011・JGD2000・WGS 84 だけです）。",
        "The datum {datum} can't be used: only JGD2011, JGD2000 or WGS 84.",
    ),
}
