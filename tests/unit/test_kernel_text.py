"""Personal data in notes: what is warned about, and what is everyday talk at a kitchen car."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.numbers_in_text import is_my_number
from outreach_api.kernel.personal_data import Hit, PersonalData, personal_data_hits
from outreach_api.kernel.text import normalise

PRIVATE = [
    ("新松戸北小の3年生", "school"),
    ("高橋　さん", "name"),
    ("りっくんのパパ", "name"),
    ("ゆうとくんだった", "name"),
    ("メールは taro_yamada@gmail.com", "email"),
    ("電話番号〇四七（三六六）一一一一", "phone"),
    ("ラインID:ken-ken99", "line_id"),
    ("090-1234-5678に電話", "phone"),
    ("電話は０９０１２３４５６７８", "phone"),
    ("070・1234・5678", "phone"),
    ("連絡先 090-12\n34-5678 です", "phone"),
    ("〇九〇―一二三四―五六七八", "phone"),
    ("090ー1234ー5678", "phone"),
    ("080 1234 5678 夜だけ", "phone"),
    ("自宅(047)363-1234", "phone"),
    ("047.363.1234", "phone"),
    ("0 9 0 1 2 3 4 5 6 7 8", "phone"),
    ("+81 90-1234-5678", "phone"),
    ("おつり100 090-1234-5678", "phone"),
    ("0120-123-456 ではなく家の番号", "phone"),
    ("mail: hanako.m+kids@example.co.jp", "email"),
    ("ｈａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "email"),
    ("hana @ example.com", "email"),
    ("hana(at)example.com", "email"),
    ("hana@\nexample.com まで", "email"),
    ("〒270-0034", "postal_code"),
    ("〒２７０－００３４ 新松戸", "postal_code"),
    ("郵便番号は270ー0034", "postal_code"),
    ("二七〇-〇〇三四のあたり", "postal_code"),
    ("新松戸三丁目に住む", "address"),
    ("小金原６丁目の団地", "address"),
    ("根本387番地の5", "address"),
    ("小金原3-12-5", "address"),
    ("常盤平５の１２の３", "address"),
    ("十二丁目", "address"),
    ("団地の305号室", "address"),
    ("田中さんと話した", "name"),
    ("林さんが来た", "name"),
    ("さとうさんは週末だけ", "name"),
    ("いとうさん、久しぶり", "name"),
    ("たろうくんとおかあさん", "name"),
    ("はなちゃんと遊んだ", "name"),
    ("ﾊﾅﾁｬﾝが元気", "name"),
    ("ﾊﾅちゃんが元気", "name"),
    ("ひなた君は年長", "name"),
    ("陽翔くん", "name"),
    ("直人さんの相談", "name"),
    ("井上様よりお菓子", "name"),
    ("健一様", "name"),
    ("Tomさん、英語", "name"),
    ("田中\nさん", "name"),
    ("グエンさんの手続き", "name"),
    ("空くんだけ来なかった", "name"),
    ("土屋さんに渡した", "name"),
    ("田中さんまだ来ない", "name"),
    ("北部小学校の帰り", "school"),
    ("六実第二小学校", "school"),
    ("小金中学校の2年", "school"),
    ("ひがし松戸高校", "school"),
    ("さくら幼稚園", "school"),
    ("聖徳幼稚園に通う", "school"),
    ("北部小3年", "school"),
    ("常盤平中に通う", "school"),
    ("LINE ID: hana_0401", "line_id"),
    ("ラインのIDはhana0401", "line_id"),
    ("LINEは @hanahana", "line_id"),
    ("マイナンバー 1234 5678 9018", "my_number"),
    ("１２３４５６７８９０１８", "my_number"),
    ("一二三四―五六七八―九〇一八", "my_number"),
]

HARMLESS = [
    "年長さんと1歳さん",
    "くるくるさんに会いに来たと言われた",
    "あの子ちゃんと食べてるかな",
    "祖母と孫2人、おばあさまが送迎",
    "仕事が月20万円から12万円に減った",
    "産後8か月、夫の帰りは22:00過ぎ",
    "住職さんにごあいさつ",
    "保健師さんにつなぐことを提案、本人了承",
    "同じ様な方が多い",
    "最高の1年だった",
    "オバアチャンが送迎",
    "もうすぐ幼稚園",
    "うちから保育園まで歩く",
    "それで君はどうする",
    "お母さんが疲れた様子",
    "皆さん元気",
    "みなさんありがとう",
    "お子さんは3歳",
    "みなさまへ",
    "お客様が多い",
    "子どもがたくさん来た",
    "赤ちゃん連れ",
    "お兄ちゃんと来た",
    "おばあちゃんが送迎",
    "きょうもおとうさんと一緒",
    "とうさんは仕事",
    "うちのばあちゃんと",
    "ママさんたち3人",
    "保育士さんを紹介",
    "看護師さんが来てくれた",
    "民生委員さんに相談したい",
    "八百屋さんの隣",
    "パン屋さんで会った",
    "大家さんともめている",
    "3名様",
    "ごちそうさま",
    "お疲れ様でした",
    "この様な場は初めて",
    "神様の話",
    "お宿題をちゃんとやった",
    "毎日ごはんもちゃんと食べる",
    "学校に行くんだって",
    "もう歩くんです",
    "さんまを焼く",
    "おさんぽの途中",
    "ちゃんぽんが好き",
    "くんせい卵",
    "君津から来た",
    "Aさん(仮名)",
    "ラムネ¥330",
    "300円のかき氷",
    "500-1000円くらい",
    "14:30ごろ",
    "2026-07-04 14:30に来る",
    "7/4(土) 10:00-15:00",
    "11月23日(月)",
    "R8.11.23",
    "児童 0 3 5 12 8 10 20",
    "乳児3 幼児12 小学生25",
    "3-5歳が多い",
    "本福寺の境内",
    "小金原公園",
    "常盤平団地集会所",
    "近くの小学校の帰り",
    "市立小学校",
    "小学校3年",
    "小学校・中学校の帰り",
    "地元中学校の子",
    "長男小3の相談",
    "午前中に通う",
    "小3と小5のきょうだい",
    "年中に通う",
    "高校生さんが3人",
    "つながるLINEを案内",
    "LINEで連絡すると言っていた",
    "ラインは1000人登録",
    "レシート 202611230001",
    "伝票1234 5678 9012",
    "何丁目か聞いていない",
    "水曜は1-2-3の体操",
]


@pytest.mark.parametrize(("note", "kind"), PRIVATE)
def test_a_note_with_personal_data_is_told_its_kind(note: str, kind: str) -> None:
    assert kind in {hit.kind for hit in personal_data_hits(note)}


@pytest.mark.parametrize("note", HARMLESS)
def test_everyday_talk_raises_no_alarm(note: str) -> None:
    assert personal_data_hits(note) == []


def test_a_hit_marks_the_words_in_the_text_as_it_was_written() -> None:
    note = "きょう ﾀﾅｶﾊﾞさん、電話０９０ー１２３４ー５６７８。"
    assert [(hit.kind, note[hit.start : hit.end]) for hit in personal_data_hits(note)] == [
        (PersonalData.NAME, "ﾀﾅｶﾊﾞさん"),
        (PersonalData.PHONE, "０９０ー１２３４ー５６７８"),
    ]


def test_every_person_in_a_note_is_marked() -> None:
    note = "田中さんと林さんとお母さん"
    assert [note[hit.start : hit.end] for hit in personal_data_hits(note)] == ["田中さん", "林さん"]
    note = "たろうくん、けんくんはなちゃん"
    assert [note[hit.start : hit.end] for hit in personal_data_hits(note)] == [
        "たろうくん",
        "けんくん",
        "はなちゃん",
    ]


def test_digits_of_one_phone_number_are_told_once() -> None:
    assert [hit.kind for hit in personal_data_hits("047-363-1234")] == [PersonalData.PHONE]


def test_invisible_marks_hide_no_phone_number() -> None:
    assert personal_data_hits("090\u200b-1234-\u20605678") == [Hit(0, 15, PersonalData.PHONE)]


@pytest.mark.parametrize("wrong", range(9))
def test_twelve_digits_with_a_wrong_check_digit_are_no_my_number(wrong: int) -> None:
    right = "123456789018"
    assert is_my_number(right)
    assert not is_my_number(right[:-1] + str(wrong if wrong != 8 else 9))


def test_a_remainder_of_one_gives_the_check_digit_nought() -> None:
    assert is_my_number("123456789000")
    assert not is_my_number("123456789001")


@given(st.text(max_size=60))
def test_any_text_can_be_read_and_hits_lie_inside_it(note: str) -> None:
    for hit in personal_data_hits(note):
        assert 0 <= hit.start < hit.end <= len(note)


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_normalising_gives_one_spelling() -> None:
    assert normalise("e\u200b\u0301") == "é"
    assert normalise("　ｶﾌｪ\u3000\r\nくる\u200bくる１２ ") == "カフェ くるくる12"
