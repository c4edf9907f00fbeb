"""The receipt that a customer takes along: what must stand there, as text and as a page."""

from __future__ import annotations

import dataclasses
import html
import re
from typing import Any

import pytest

from outreach_api.sales.paper.text import width
from tests.api import Api
from tests.http.test_sales import item_of, visit_of
from tests.http.test_sales_mixed import line
from tests.http.test_sales_refunds import give_back, sell

NUMBER = "T7123456789012"


@pytest.fixture
def issuing(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """Of a registered issuer, with a rule for children at the counter."""
    here = api.app.extensions["outreach"]
    settings = dataclasses.replace(here.settings, invoice_number=NUMBER, free_rule="小学生は駄菓子ひとつ無料")
    monkeypatch.setitem(api.app.extensions, "outreach", dataclasses.replace(here, settings=settings))
    return api


def paper(api: Api, sale: str, *, text: bool = True, lang: str = "ja", **query: Any) -> str:
    asked = "&".join(
        f"{name}={value}" for name, value in {"form": "text" if text else "html", **query}.items()
    )
    answer = api.get(f"/v1/sales/{sale}/receipt?{asked}", role="crew", headers={"Accept-Language": lang})
    assert answer.status == 200, answer
    return answer.text


def sold(api: Api, visit: str) -> str:
    sweet = item_of(api, 110, name="うまい棒", name_en="Corn puff stick")
    toy = item_of(api, 300, category="other", tax_category="standard", name="けん玉")
    return sell(api, visit, line(sweet, 3, discount_yen=30), line(toy), discount_yen=100)


def test_all_fields_of_a_simplified_invoice_stand_there(issuing: Api) -> None:
    """適格簡易請求書の記載事項: 国税庁 タックスアンサー No.6625; sums by rate are those after the discount."""
    text = paper(issuing, sold(issuing, visit_of(issuing)))
    rows = {line.split("  ")[0].strip(): line.split()[-1] for line in text.splitlines() if line}
    assert "駄菓子屋カフェくるくる" in text
    assert f"登録番号 {NUMBER}" in text
    assert re.search(r"^2026-11-\d\d \d\d:\d\d$", text, re.M)
    assert "うまい棒 ※" in text
    assert "けん玉 ※" not in text
    assert "※は軽減税率の対象です。" in text
    assert rows["8%対象"] == "¥250"
    assert rows["10%対象"] == "¥250"
    assert [line.split()[-1] for line in text.splitlines() if "内消費税" in line] == ["¥18", "¥22"]
    assert rows["合計（税込）"] == "¥500"
    assert rows["現金"] == "¥500"


def test_without_a_number_the_rest_stands_there(api: Api) -> None:
    text = paper(api, sold(api, visit_of(api)))
    assert "登録番号" not in text
    assert "8%対象" in text


def test_in_english_items_are_called_by_their_english_names(issuing: Api) -> None:
    text = paper(issuing, sold(issuing, visit_of(issuing)), lang="en")
    assert "RECEIPT" in text
    assert "Corn puff stick ※" in text
    assert "Taxed at 8%" in text


@pytest.mark.parametrize("columns", [24, 32, 48])
def test_no_line_of_text_is_wider_than_the_paper(issuing: Api, columns: int) -> None:
    visit = visit_of(issuing)
    long = item_of(issuing, 120, name="とても長い名前の" * 8)
    sale = sell(issuing, visit, line(long, 10))
    give_back(issuing, sale, (0, 3))
    text = paper(issuing, sale, columns=columns)
    assert max(map(width, text.splitlines())) <= columns
    assert "¥1,200" in text


def test_what_was_given_back_stands_below_with_what_is_left(issuing: Api) -> None:
    """適格返還請求書の記載事項: the day of the return and of the sale, the goods, sums by rate and their tax."""
    sale = sold(issuing, visit_of(issuing))
    give_back(issuing, sale, (1, 1))
    text = paper(issuing, sale)
    back = text[text.index("返品 ") :]
    assert "けん玉" in back
    assert "-¥250" in back
    assert "-¥22" in back
    assert back[back.index("返品後の合計") :].split()[1] == "¥250"


def test_a_voided_receipt_says_so(issuing: Api) -> None:
    sale = sold(issuing, visit_of(issuing))
    issuing.post(f"/v1/sales/{sale}/void", {"reason": "打ち間違い"}, role="crew")
    for text in (paper(issuing, sale), paper(issuing, sale, text=False)):
        assert "取り消しました" in text
        assert "打ち間違い" not in text


def test_what_is_free_for_children_shows_the_rule(issuing: Api) -> None:
    body = {"visit_id": visit_of(issuing), "payment": "free", "rush_yen": 50, "free_reason": "child"}
    sale = issuing.post("/v1/sales", body, role="crew").json
    assert (sale["free_reason"], sale["free_rule"]) == ("child", "小学生は駄菓子ひとつ無料")
    text = paper(issuing, sale["id"])
    assert "無料のきまり：小学生は駄菓子ひとつ無料" in text
    assert "-¥50" in text


def test_a_hostile_name_stays_words_and_no_script_runs(api: Api) -> None:
    name = "</th><script>alert(1)</script>\u202e"
    sale = sell(api, visit_of(api), line(item_of(api, 10, name=name)))
    answer = api.get(f"/v1/sales/{sale}/receipt", role="crew")
    assert "<script" not in answer.text
    assert "</th><script>alert(1)</script>" in html.unescape(answer.text)
    assert "\u202e" not in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_another_vans_receipt_is_not_shown(api: Api) -> None:
    body = {"visit_id": visit_of(api, api.other_van), "payment": "cash", "rush_yen": 100}
    sale = api.post("/v1/sales", body, role="crew", van=api.other_van).json["id"]
    assert api.get(f"/v1/sales/{sale}/receipt", role="crew").status == 404
    assert api.get(f"/v1/sales/{sale}/receipt", role="reporter").status == 403
