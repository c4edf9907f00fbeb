"""Public holidays, against what the Cabinet Office gazetted."""

from __future__ import annotations

import datetime as dt

import pytest

from outreach_api.kernel.holidays import PublicHoliday, public_holiday

# https://www8.cao.go.jp/chosei/shukujitsu/gaiyou.html
GAZETTED = {
    2020: "01-01 01-13 02-11 02-23 02-24 03-20 04-29 05-03 05-04 05-05 05-06 07-23 07-24 08-10 09-21 09-22 11-03 11-23",
    2026: "01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23",
    2027: "01-01 01-11 02-11 02-23 03-21 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23",
}


@pytest.mark.parametrize("year", GAZETTED)
def test_a_year_has_the_holidays_that_were_gazetted(year: int) -> None:
    days = [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(366)]
    found = [f"{day:%m-%d}" for day in days if day.year == year and public_holiday(day)]
    assert " ".join(found) == GAZETTED[year]


@pytest.mark.parametrize(
    ("day", "name", "name_en"),
    [
        ("2026-11-23", "勤労感謝の日", "Labor Thanksgiving Day"),
        ("2026-09-22", "国民の休日", "Citizens' Holiday"),
        ("2027-03-22", "春分の日 振替休日", "Vernal Equinox Day (substitute holiday)"),
    ],
)
def test_it_is_named_in_both_languages(day: str, name: str, name_en: str) -> None:
    assert public_holiday(dt.date.fromisoformat(day)) == PublicHoliday(name, name_en)


def test_every_holiday_to_come_has_an_english_name_of_its_own() -> None:
    days = (dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(30 * 365))
    held = [holiday for day in days if (holiday := public_holiday(day))]
    assert len(held) > 450
    assert [holiday.name for holiday in held if "Public holiday" in holiday.name_en] == []


@pytest.mark.parametrize("day", [dt.date(2000, 1, 1), dt.date(2199, 1, 1)])
def test_it_is_known_for_every_day_that_a_plan_may_have(day: dt.date) -> None:
    assert public_holiday(day) == PublicHoliday("元日", "New Year's Day")
