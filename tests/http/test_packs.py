"""The pack for the round table, funders and the city: released figures of a period, and nothing that was not released."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections import Counter
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.kernel.week import FiscalYear, IsoWeek, Month
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.releases import Release
from outreach_api.storage.tables import METADATA
from tests.api import Answer, Api
from tests.http.test_public_reach import HOSTILE, PUBLISHED, import_census, season
from tests.releasing import SATURDAY, WEEK, atoms, count, hold, public, release

FORMS = ("json", "csv", "pdf", "zip")


def build(api: Api, period: str = WEEK, **kwargs: Any) -> Answer:
    return api.post("/v1/packs", {"period": period}, **kwargs)


def pack(api: Api, period: str = WEEK, **kwargs: Any) -> dict[str, Any]:
    answer = api.get(f"/v1/packs/{period}", **{"role": "reporter", **kwargs})
    assert answer.status == 200, answer
    found: dict[str, Any] = answer.json
    return found


def file(api: Api, form: str, period: str = WEEK, lang: str = "ja") -> bytes:
    asked = f"/v1/packs/{period}?format={form}"
    answer = api.get(asked, role="reporter", headers={"Accept-Language": lang})
    assert answer.status == 200, answer
    return answer.body


def all_bytes(api: Api) -> list[bytes]:
    """Of every kind of period; the zip holds the PDFs."""
    return [
        file(api, form, period)
        for period in (WEEK, "2026-11", "FY2026-Q3", "FY2025")
        for form in ("json", "csv", "zip")
    ]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def raise_issue(api: Api, raised_on: str = "2026-11-10") -> str:
    issue = {"title": "社内のことば", "topic": "food", "stage": "elementary", "raised_on": raised_on}
    return str(api.post("/v1/round-table-issues", issue).json["id"])


def tell(api: Api, issue: str, step: str, text: str, **kwargs: Any) -> Answer:
    return api.post(f"/v1/round-table-issues/{issue}/publish", {"step": step, "text": text}, **kwargs)


def test_one_call_releases_the_weeks_that_are_due_and_says_where_the_pack_is(api: Api) -> None:
    hold(api, day=dt.date(2026, 11, 7))
    hold(api)
    made = build(api, "2026-11")
    assert made.status == 201, made
    assert made.json["released"] == {"from_week": "2026-W45", "week": "2026-W47"}
    assert made.json["missing_weeks"] == ["2026-W48", "2026-W49"]
    assert public(api)["released_through"] == "2026-W47"
    for form, address in made.json["links"].items():
        assert api.get(address, role="reporter").status == 200, form
    shown = pack(api, "2026-11")
    assert (shown["complete"], shown["missing_weeks"]) == (False, ["2026-W48", "2026-W49"])
    assert shown["attendance"]["total"] == public(api, "?period=2026-11")["attendance"]["total"] > 0


def test_what_is_sent_again_releases_nothing_twice(api: Api) -> None:
    hold(api)
    key = new_id()
    first, told = build(api, key=key), atoms(api)
    again = build(api, key=key)
    assert (again.status, again.json) == (first.status, first.json)
    assert atoms(api) == told
    later = build(api)
    assert (later.status, later.json["released"]) == (201, None)
    with api.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Release)) == 1


def test_an_earlier_period_never_releases_anew_and_a_later_one_releases_what_came_since(api: Api) -> None:
    hold(api)
    assert build(api, "2026-W47").json["released"]["week"] == "2026-W47"
    hold(api, day=dt.date(2026, 10, 3))
    assert build(api, "2026-10").json["released"] is None
    api.clock.forward(days=7)
    assert build(api, "2026-W48").json["released"] == {"from_week": "2026-W48", "week": "2026-W48"}
    assert pack(api, "2026-10")["visits"] == 1


def test_before_any_release_a_period_that_is_not_over_has_no_pack_to_build(api: Api) -> None:
    assert build(api, "2026-W48").code == "week_not_over"
    assert build(api, "2026-W99").faults["/period"] == "period_unknown"
    assert build(api, "gestern").status == 422
    assert api.get("/v1/packs/2026-W99", role="reporter").code == "period_unknown"
    shown = pack(api, "FY2030")
    assert (shown["released_through"], shown["visits"], shown["compared"][0]["visits"]) == (None, 0, None)


def test_who_may_build_and_who_may_read(api: Api) -> None:
    for role in ("crew", "reporter", "safeguarding"):
        assert build(api, role=role).status == 403
    assert build(api, role="admin").status == 201
    assert api.get(f"/v1/packs/{WEEK}", role="crew").status == 403
    assert api.get(f"/v1/packs/{WEEK}", role=None).status == 401
    for role in ("coordinator", "safeguarding", "reporter", "admin"):
        assert api.get(f"/v1/packs/{WEEK}", role=role).status == 200


def test_every_file_that_goes_out_stands_in_the_audit(api: Api) -> None:
    build(api)
    for form in FORMS:
        file(api, form)
    with api.database.read() as session:
        rows = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "exportPack")).all()
    assert [row.purpose for row in rows] == [f"{WEEK} {form}" for form in FORMS if form != "json"]
    assert {row.role for row in rows} == {"reporter"}


def test_every_figure_is_a_sum_of_released_atoms(api: Api) -> None:
    season(api)
    told = atoms(api)
    for name, period in (
        ("FY2025", FiscalYear(2025)),
        (WEEK, IsoWeek(2026, 47)),
        ("2026-05", Month(2026, 5)),
    ):
        shown = pack(api, name)
        sums = Counter[str]()
        for _, _, day, figure, cell, value in told:
            if day in period and (figure != "visits" or cell):
                sums[figure] += value
        visits = sums.pop("visits", 0)
        assert shown["attendance"]["total"] == sums.total()
        assert shown["visits"] == visits
        assert shown["compared"][0]["attendance"] == sums.total()
        assert shown["trend"][-1]["period"] == (name if name != "FY2025" else "2026-03")
    year = pack(api, "FY2025")
    assert sum(month["attendance"] for month in year["trend"]) == year["attendance"]["total"]


def test_a_period_stands_beside_the_one_before_and_the_same_a_year_before(api: Api) -> None:
    season(api)
    compared = pack(api, "2026-05")["compared"]
    assert [one["period"] for one in compared] == ["2026-05", "2026-04", "2025-05"]
    assert [one["whole"] for one in compared] == [True, True, True]
    assert [one["attendance"] for one in compared] == [
        public(api, f"?period={name}")["attendance"]["total"] for name in ("2026-05", "2026-04", "2025-05")
    ]
    # What was before everything is not known, which is not the same as nobody.
    assert pack(api, "2025-05")["compared"][2]["attendance"] is None
    assert [one["period"] for one in pack(api, "2026-W53")["compared"]] == [
        "2026-W53",
        "2026-W52",
        "2025-W52",
    ]


def test_who_lives_where_the_van_was_and_where_it_was_not(api: Api) -> None:
    import_census(api, m533957663=100, m533957664=20, m533957423=7, m533957421=3)
    hold(api)
    build(api)
    need = pack(api)["need"]
    assert (need["people"], need["visited"], need["recent"], need["ever"]) == (130, 120, 120, 120)
    assert need["largest_unvisited"] == [{"mesh1000": 53395742, "people": 10, "weeks_since_visit": None}]


def test_an_issue_goes_out_in_words_that_were_written_for_it_and_never_in_its_own(api: Api) -> None:
    build(api)
    issue = raise_issue(api)
    assert pack(api, "2026-11")["issues"] == []
    told = tell(api, issue, "raised", "夏休みの昼を一人ですごす小学生がいる")
    assert told.status == 201, told
    assert [one["step"] for one in told.json["published"]] == ["raised"]
    (shown,) = pack(api, "2026-11")["issues"]
    assert shown["raised"] == {
        "on_day": "2026-11-10",
        "text": "夏休みの昼を一人ですごす小学生がいる",
        "text_en": None,
    }
    assert (shown["discussed"], shown["action"]) == (None, None)
    assert shown["id"] != issue
    for form in FORMS:
        assert "社内のことば" not in file(api, form, "2026-11").decode(errors="replace")
    with api.database.read() as session:
        rows = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "publishIssue")).all()
    assert [(str(row.entity_id), row.purpose) for row in rows] == [(issue, "raised")]


def test_a_step_is_told_once_and_only_after_it_was_taken(api: Api) -> None:
    issue = raise_issue(api)
    assert tell(api, issue, "action", "昼の出店を増やした").code == "issue_step_not_taken"
    assert tell(api, issue, "raised", "一つめの文").status == 201
    assert tell(api, issue, "raised", "書きかえた文").code == "issue_step_told"
    step = {"to": "action", "on_day": "2026-11-20", "action": "内部の取り組み"}
    assert api.post(f"/v1/round-table-issues/{issue}/advance", step, version=1).status == 200
    assert tell(api, issue, "action", "昼の出店を増やした").status == 201
    build(api)
    (shown,) = pack(api)["issues"]
    assert (shown["raised"]["text"], shown["action"]["text"]) == ("一つめの文", "昼の出店を増やした")
    assert pack(api, "2026-W46")["issues"][0]["action"] is None, "as it stood at the end of that week"
    assert pack(api, "2026-12")["issues"] == [], "it came to its end before"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("090-1234-5678 に電話", "personal_data_phone"),
        ("田中さんの家の昼ごはん", "personal_data_name"),
        ("ケースが増えている", "word_not_public"),
        ("困窮する家", "word_not_public"),
    ],
)
def test_a_text_that_may_be_about_somebody_does_not_go_out(api: Api, text: str, code: str) -> None:
    issue = raise_issue(api)
    refused = tell(api, issue, "raised", text)
    assert (refused.status, refused.faults["/text"]) == (422, code)
    for role in ("crew", "safeguarding", "reporter"):
        assert tell(api, issue, "raised", "昼の居場所", role=role).status == 403


def test_rare_figures_are_those_of_quarters_that_are_over(api: Api) -> None:
    visit = hold(api, day=dt.date(2026, 9, 26))
    for _ in range(13):
        note = {"visit_id": str(visit), "familiarity": "new", "depth": "consultation"}
        assert api.post("/v1/contact-notes", note).status == 201
    build(api)
    (quarter,) = pack(api, "FY2026")["quarters"]
    assert quarter["quarter"] == "FY2026-Q2"
    assert quarter["consultations"] in (10, 15)
    assert pack(api, "2026-11")["quarters"] == []


def test_the_links_for_families_stand_in_it(api: Api) -> None:
    for kind in ("line", "link", "college"):
        said = {"kind": kind, "name": kind, "how_to_join": "読みとる", "url": f"https://example.org/{kind}"}
        assert api.post("/v1/destinations", said).status == 201
    build(api)
    assert pack(api)["links"] == [
        {"kind": "link", "url": "https://example.org/link"},
        {"kind": "line", "url": "https://example.org/line"},
    ]
    assert "https://example.org/line" in text_of(file(api, "pdf"))


def test_the_same_release_is_the_same_bytes_and_another_one_is_not(api: Api) -> None:
    season(api)
    before = all_bytes(api)
    api.clock.forward(days=3)
    assert all_bytes(api) == before
    hold(api, day=dt.date(2026, 11, 28))
    api.clock.forward(days=4)
    build(api, "2026-W48")
    assert all_bytes(api) != before


def test_raw_rows_change_no_byte_of_a_pack(api: Api) -> None:
    import_census(api, m533957664=120)
    season(api)
    tell(api, raise_issue(api), "raised", "夏休みの昼を一人ですごす小学生がいる")
    before = all_bytes(api)
    with api.database.write() as session:
        session.execute(sa.text("UPDATE visit_totals SET value = value * 7 + 3"))
        session.execute(sa.text("UPDATE stops SET publicity = 'public', name = 'X', mesh = 1"))
        session.execute(sa.text("UPDATE visits SET local_day = '2026-11-01', status = 'cancelled'"))
        session.execute(sa.text("UPDATE round_table_issues SET title = 'X', status = 'closed'"))
    assert all_bytes(api) == before
    # All but what was published, and who may ask.
    kept = {
        *PUBLISHED,
        "published_issues",
        "published_links",
        "change_counter",
        "alembic_version",
        "tax_rates",
    }
    kept |= {"tokens", "devices", "people", "audit", "revocations", "vans", "epochs", "attempts"}
    with api.database.write() as session:
        if api.database.is_sqlite:
            session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        for table in reversed(METADATA.sorted_tables):
            if table.name not in kept:
                session.execute(table.delete())
    assert all_bytes(api) == before


def test_csv_has_every_figure_of_the_json_and_the_zip_has_all_forms(api: Api) -> None:
    import_census(api, m533957664=20)
    season(api)
    shown = pack(api, "FY2025")
    rows = list(csv.DictReader(io.StringIO(file(api, "csv", "FY2025").decode("utf-8-sig"))))
    city = {row["figure"]: int(row["value"]) for row in rows if row["section"] == "attendance"}
    heads = shown["attendance"]
    assert city == {"attendance": heads["total"], "children": heads["children"], **heads["by_group"]}
    cells = {
        row["of"]: int(row["value"]) for row in rows if (row["section"], row["figure"]) == ("place", "visits")
    }
    assert cells == {str(cell["mesh1000"]): cell["visits"] for cell in shown["cells"] if cell["visits"]}
    assert {row["figure"] for row in rows if row["section"] == "need"} == {
        "people",
        "visited",
        "recent",
        "ever",
    }
    assert all(row["section_ja"] and row["figure_en"] for row in rows)
    with zipfile.ZipFile(io.BytesIO(file(api, "zip", "FY2025"))) as packed:
        names = packed.namelist()
        assert json.loads(packed.read("pack-FY2025.json")) == shown
        assert packed.read("pack-FY2025.csv") == file(api, "csv", "FY2025")
        assert packed.read("pack-FY2025-ja.pdf") == file(api, "pdf", "FY2025")
        assert packed.read("pack-FY2025-en.pdf") == file(api, "pdf", "FY2025", "en")
    assert names == [f"pack-FY2025{end}" for end in ("-ja.pdf", "-en.pdf", ".csv", ".json")]


def test_the_form_follows_accept(api: Api) -> None:
    build(api)
    for media in ("application/json", "text/csv", "application/pdf", "application/zip"):
        answer = api.get(f"/v1/packs/{WEEK}", role="reporter", headers={"Accept": media})
        assert answer.headers["Content-Type"].startswith(media)
    refused = api.get(f"/v1/packs/{WEEK}", role="reporter", headers={"Accept": "text/html"})
    assert refused.code == "not_acceptable"


def test_the_paper_says_the_figures_in_both_languages_and_names_nobody(api: Api) -> None:
    import_census(api, m533957664=20)
    season(api)
    for period in (WEEK, "2026-11", "FY2025", "FY2031"):
        for lang, words in (
            ("ja", ("延べ人数", "数の出しかた")),
            ("en", ("Attendance", "How these figures")),
        ):
            said = text_of(file(api, "pdf", period, lang))
            assert all(word in said for word in words)
            total = pack(api, period)["attendance"]["total"]
            assert not total or f"{total:,}" in said
            assert not [word for word in ("佐藤", "松本", "ケース", "対象者", "困窮") if word in said]


def test_names_stay_text_in_every_form(api: Api) -> None:
    consent = {"type": "consent", "valid_from": "2026-04-01"}
    for n, name in enumerate((*HOSTILE, "＠SUM(A1)", '#eval("1") $x$ *b*')):
        position = {"lat": 35.80 + n / 100, "lon": 139.95}
        stop = api.post(
            "/v1/stops", {"code": f"H{n}", "name": name, "kind": "temple", "position": position}
        ).json
        api.post(f"/v1/stops/{stop['id']}/permissions", consent)
        stays = [{"stop_id": stop["id"], "arrive": f"{8 + n:02d}:00", "depart": f"{8 + n:02d}:30"}]
        day = SATURDAY - dt.timedelta(days=n % 6)
        plan = api.post("/v1/plans", {"van_id": str(api.van), "local_day": str(day), "stops": stays}).json
        if api.post(f"/v1/plans/{plan['id']}/publish", version=1).status == 200:
            visit = api.post("/v1/visits", {"plan_stop_id": plan["stops"][0]["id"]}).json["id"]
            count(api, visit, elem_low=20)
    tell(api, raise_issue(api), "raised", '=HYPERLINK("https://evil.example")')
    assert release(api).status == 201
    table = file(api, "csv", "2026-11").decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert not [
        cell for cell in cells if cell[:1] in tuple("=+-@＝＋－＠\t") and not cell.lstrip("-").isdigit()
    ]
    assert "'=HYPERLINK(1)" in cells
    said = text_of(file(api, "pdf", "2026-11"))
    assert '#eval("1")' in said
    assert "<script>" in said
