"""Texts of the list with a row for each visit, as funders ask for it."""

TEXTS = {
    "report_visits.row": ("行", "Row"),
    "report_visits.date": ("日付", "Date"),
    "report_visits.stop_code": ("場所コード", "Stop code"),
    "report_visits.place": ("場所", "Place"),
    "report_visits.opened": ("開始", "Opened"),
    "report_visits.closed": ("終了", "Closed"),
    "report_visits.hours": ("時間数", "Hours"),
    "report_visits.visits": ("出店回数", "Visits"),
    "report_visits.attendance": ("延べ人数", "Attendance (times)"),
    "report_visits.children": ("子どもの計", "Children, all"),
    "report_visits.adults": ("大人の計", "Adults, all"),
    "report_visits.contacts": ("声かけ", "Contacts"),
    "report_visits_row.visit": ("出店", "visit"),
    "report_visits_row.unannounced": ("公表していない場所の計", "places that are not announced, together"),
    "report_visits_row.month": ("月の計", "month"),
    "report_visits_row.total": ("合計", "total"),
    "report_visits_row.average": ("1回あたり", "average a visit"),
}
