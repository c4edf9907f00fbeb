"""Texts of the outreach map: what a file of populations or an outline may have wrong, what a map can't show."""

TEXTS = {
    "population_missing": (
        "人口がまだ取り込まれていません（outreach import-population）。",
        "No population was imported yet: see `outreach import-population`.",
    ),
    "area_set_unknown": (
        "その区域の集まりはありません（取り消されたか、新しくなりました）。",
        "There is no such set of areas: it was undone, or another took its place.",
    ),
    "map_too_large": (
        "範囲が広すぎます（{found}件、{most}件まで）。bbox で絞るか、大きいメッシュにしてください。",
        "Too much for one map: {found} features, at most {most}. Narrow it with bbox or days, or take larger cells.",
    ),
    "only_compact": (
        "列を選べるのは {media} だけです（Accept）。",
        "Columns can be chosen of {media} only (see Accept).",
    ),
    "radius_or_catchment": (
        "radius_m と catchment は、どちらか一つだけにしてください。",
        "Give either radius_m or catchment, not both.",
    ),
    # What a file of populations may have wrong.
    "population_unknown_form": (
        "e-Stat の地域メッシュ統計ではないようです（HTKSYORI の列がありません）。CSV としても読めません：",
        "This does not look like e-Stat's statistics by mesh cell (no column HTKSYORI), nor is it our CSV:",
    ),
    "column_missing": ("列「{column}」がありません。", "There is no column {column}."),
    "column_twice": ("列「{column}」が二つあります。", "There are two columns {column}."),
    "label_missing": (
        "2行目に見出し「{label}」がありません。",
        "Row two has no column labelled {label}.",
    ),
    "label_twice": (
        "2行目に見出し「{label}」が二つあります。",
        "Row two has two columns labelled {label}.",
    ),
    "line_length": (
        "セルの数が違います（見出し{wanted}、この行{got}）。",
        "The header has {wanted} cells and this line {got}.",
    ),
    "file_empty": ("データの行がありません。", "It has no lines with data."),
    "file_encoding": (
        "文字コードが UTF-8 でも Shift_JIS でもありません。",
        "Its characters are neither UTF-8 nor cp932 (Shift_JIS).",
    ),
    "file_not_csv": (
        "CSV として読めません（引用符が閉じていないなど）。",
        "It can't be read as CSV: perhaps a quote is not closed.",
    ),
    "file_too_big": ("ファイルが大きすぎます（{most} バイトまで）。", "It is larger than {most} bytes."),
    "zip_broken": (
        "zip を開けません（壊れているか、パスワードが付いています）。",
        "The zip can't be opened: it is broken or wants a password.",
    ),
    "zip_without": (
        "zip の中に {endings} のファイルがないか、ファイルが多すぎます（{most}個まで）。",
        "The zip holds no file that ends in {endings}, or more than {most} files.",
    ),
    "target_in_csv": (
        "--target は e-Stat のファイル用です。CSV では対象人口の列名を target（または children_0_14 など）にしてください。",
        "--target is for e-Stat files; in a CSV, name the column of target people `target`.",
    ),
    "mesh_invalid": ("「{mesh}」は地域メッシュコードではありません。", "{mesh} is no mesh code."),
    "mesh_level_invalid": (
        "その大きさのメッシュはありません（{metres} m）。",
        "There are no mesh cells of {metres} m.",
    ),
    "mesh_level_unfit": (
        "人口は 250・500・1000 m のメッシュで取り込みます（いま {metres} m）。",
        "Populations are taken by cells of 250, 500 or 1000 m; these are of {metres} m.",
    ),
    "mesh_level_mixed": (
        "メッシュの大きさが混ざっています（ほかは {metres} m）。",
        "The level differs: the other cells are of {metres} m.",
    ),
    "mesh_twice": (
        "メッシュ {mesh} が二度あります（{file} の{line}行目にも）。",
        "Cell {mesh} stands there twice: also in {file}, line {line}.",
    ),
    "merge_role_invalid": (
        "HTKSYORI は 0・1・2 のどれかです（いま「{value}」）。",
        "HTKSYORI must be 0, 1 or 2; it is {value}.",
    ),
    "merge_partner_missing": (
        "合算の相手 {mesh} がファイルにありません。",
        "Its merge partner {mesh} is missing, though its first-mesh square is here.",
    ),
    "merge_contradiction": (
        "合算の相手 {mesh} の行と食い違っています。",
        "It contradicts what the line of its merge partner {mesh} says.",
    ),
    "not_a_count": (
        "「{value}」は人数ではありません（0以上の数、不明は *）。",
        "{value} is no number of people: 0 or more, or * for unknown.",
    ),
    "target_above_all": (
        "対象の人数（{people}）が総人口（{all}）より多くなっています。列が逆ではありませんか。",
        "More target people ({people}) than residents ({all}): are the columns swapped?",
    ),
    "not_a_share": (
        "「{value}」は割合ではありません（0から1まで）。",
        "{value} is no share: it must be between 0 and 1.",
    ),
    # What an outline may have wrong.
    "boundary_not_json": (
        "JSON として読めません（{line}行目、{column}文字目）。",
        "It can't be read as JSON (line {line}, column {column}).",
    ),
    "boundary_not_geojson": (
        "GeoJSON の Polygon・MultiPolygon・Feature・FeatureCollection ではありません。",
        "It is no GeoJSON Polygon, MultiPolygon, Feature or FeatureCollection.",
    ),
    "boundary_crs": (
        "座標系が経度・緯度（WGS 84・JGD2011）ではありません。変換してください。",
        "Its coordinates are not longitude and latitude (WGS 84 or JGD2011): convert it first.",
    ),
    "boundary_several": (
        "複数の地域があります（{known}）。--code で一つ選んでください。",
        "It holds several areas ({known}): choose one with --code.",
    ),
    "boundary_code_unknown": (
        "コード {code} の地域がありません（あるのは {known}）。",
        "It holds no area {code}; there are: {known}.",
    ),
    "layer_none": (
        "面（ポリゴン）のシェープファイルも GeoJSON も見つかりません（{known}）。",
        "There is no shapefile of polygons and no GeoJSON of that name in it ({known}).",
    ),
    "layer_several": (
        "zip に層がいくつもあります（{known}）。--layer で一つ選んでください。",
        "The zip holds several layers ({known}): choose one with --layer.",
    ),
    "shapefile_without_dbf": (
        "シェープファイルの .dbf がありません。.shp・.dbf・.prj を一つの zip にしてください。",
        "The shapefile's .dbf is missing: put .shp, .dbf and .prj into one zip.",
    ),
    "shapefile_broken": (
        "シェープファイルが壊れています（{after}件目のあと）。",
        "The shapefile is broken (after record {after}).",
    ),
    "prj_missing": (
        ".prj がなく、座標系が分かりません。緯度・経度（JGD2011 など）のものを取り直してください。",
        "Without a .prj nobody knows its coordinates: get it in longitude and latitude (JGD2011 or the like).",
    ),
    "prj_projected": (
        "平面直角座標などの投影座標です。緯度・経度（世界測地系）のものを取り直すか、変換してください。",
        "Its coordinates are projected (the .prj says so): get it in longitude and latitude, or convert it.",
    ),
    "prj_datum": (
        "測地系が {datum} です（日本測地系は約400 mずれます）。JGD2000・JGD2011・WGS 84 のものにしてください。",
        "Its datum is {datum} (the old Tokyo datum is 400 m off): take JGD2000, JGD2011 or WGS 84.",
    ),
    "cpg_unknown": (
        "文字コード {name}（.cpg）は読めません。UTF-8 か Shift_JIS にしてください。",
        "Its .cpg says {name}: only UTF-8 and cp932 (Shift_JIS) are read.",
    ),
    "dbf_encoding": (
        ".dbf の文字コードが .cpg と合いません（UTF-8 か Shift_JIS）。",
        "The characters of its .dbf are not what its .cpg says (UTF-8 or cp932).",
    ),
    "area_fields_unknown": (
        "コードと名前の属性が分かりません（あるのは {known}）。--code-field と --name-field で言ってください。",
        "Which attributes make code and name is not known (it has {known}): say so with --code-field and --name-field.",
    ),
    "area_city_unknown": (
        "市区町村コードの属性が分かりません。--city-field で言うか、--within を外してください。",
        "Which attribute is the city's code is not known: give --city-field, or leave out --within.",
    ),
    "area_nameless": (
        "{feature}番目の地物にコードか名前がありません。",
        "Feature {feature} has no code or no name.",
    ),
    "area_code_twice": (
        "{feature}番目の地物のコード {code} は、{file} の{first}番目では別の名前です。",
        "Feature {feature} has the code {code}, which goes by another name in {file}, feature {first}.",
    ),
    "areas_none": ("区域が一つもありません。", "It holds no area."),
    "areas_none_within": (
        "市区町村コードが {within} で始まる区域がありません。",
        "It holds no area whose city's code begins with {within}.",
    ),
    "boundary_nameless": (
        "コードか名前がファイルにありません。--code と --name で付けてください。",
        "It does not say its code and name: give --code and --name.",
    ),
    "boundary_outside_japan": (
        "{feature}番目の地物の点（経度{lon}、緯度{lat}）が日本の外です。",
        "Feature {feature} has a point outside Japan: longitude {lon}, latitude {lat}.",
    ),
    "boundary_too_large": (
        "{feature}番目の地物は北海道の2倍より広く、地区の境界ではありません。",
        "Feature {feature} is larger than twice Hokkaido: that is no outline of a district.",
    ),
    "boundary_turned_round": (
        "{feature}番目の地物は緯度と経度が逆です（[経度, 緯度] の順にしてください）。",
        "Feature {feature} has latitude and longitude the wrong way round: longitude comes first.",
    ),
    "boundary_not_degrees": (
        "{feature}番目の地物の座標が度ではありません。緯度・経度（JGD2011 か WGS 84）で書き出してください。",
        "Feature {feature} is not in degrees: export it as longitude and latitude (JGD2011 or WGS 84).",
    ),
    "boundary_elsewhere": (
        "この境界の内側にあるメッシュがファイルに一つもありません。",
        "None of the file's cells lies inside that outline.",
    ),
    "hole_outside": (
        "{feature}番目の地物の{ring}番目の輪は穴ですが、くり抜かれる多角形の外に出ています（経度{lon}、緯度{lat}）。",
        "Ring {ring} of feature {feature} is a hole, but lies outside the polygon that it is cut out of: "
        "longitude {lon}, latitude {lat}.",
    ),
    "geometry_invalid": (
        "{feature}番目の地物の形が正しくありません（閉じた多角形、[経度, 緯度] の順）。",
        "Feature {feature} is no closed polygon of [longitude, latitude] pairs.",
    ),
}
