"""One row a visit, as funders ask for it, with the sums of its months, of the period, and the average.

Consultations do not stand in it for anybody: of one visit they would say who came with something. Contacts do.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from outreach_api.kernel.week import TOKYO
from schemas.vocabulary import CHILD_BANDS, Band, Publicity, Role, StopKind

SUMMED = ("hours", "visits", "attendance", "children", "adults", *(band.value for band in Band), "contacts")
COLUMNS = ("row", "date", "stop_code", "place", "opened", "closed", *SUMMED)

Cell = str | int | float | None
Cells = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class HeldVisit:
    """A visit that was held, with its stop and what was counted."""

    local_day: dt.date
    stop_code: str
    stop_name: str
    stop_kind: str
    publicity: str
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None
    bands: Mapping[str, int]
    contacts: int


def rows(visits: Sequence[HeldVisit], role: Role) -> Iterator[Cells]:
    """The rows in the order of days; cells that are not said are not in them.

    A reporter, who passes it on, gets no stop codes and the names of public places only, no private home's; what
    was held at members' places is one row without days, so that the sums are those of the report.
    """
    inside = role is not Role.REPORTER
    unannounced = [visit for visit in visits if not inside and visit.publicity == Publicity.MEMBERS]
    for visit in visits:
        if inside or visit.publicity != Publicity.MEMBERS:
            yield {"row": "visit", **_said(visit, inside), **_counted([visit])}
    if unannounced:
        yield {"row": "unannounced", **_counted(unannounced)}
    months: dict[str, list[HeldVisit]] = defaultdict(list)
    for visit in visits:
        months[f"{visit.local_day:%Y-%m}"].append(visit)
    if len(months) > 1 and (inside or not unannounced):
        # With months beside it, the one row of members' places would come apart again.
        for month, held in months.items():
            yield {"row": "month", "date": month, **_counted(held)}
    total = _counted(visits)
    yield {"row": "total", **total}
    if visits:
        yield {"row": "average", **_average(total, visits)}


def _said(visit: HeldVisit, inside: bool) -> Cells:
    named = visit.publicity == Publicity.PUBLIC and visit.stop_kind != StopKind.PRIVATE_HOME
    return {
        "date": visit.local_day.isoformat(),
        "stop_code": visit.stop_code if inside else None,
        "place": visit.stop_name if inside or named else None,
        "opened": _clock(visit.opened_at),
        "closed": _clock(visit.closed_at),
    }


def _counted(visits: Iterable[HeldVisit]) -> dict[str, int | float | None]:
    """The sums of some visits; of one, what was counted there. Hours are null where no visit says both its ends."""
    held = list(visits)
    bands = {band.value: sum(visit.bands.get(band, 0) for visit in held) for band in Band}
    attendance, children = sum(bands.values()), sum(bands[band] for band in CHILD_BANDS)
    known = [hours for visit in held if (hours := _hours(visit)) is not None]
    return {
        "hours": round(sum(known), 2) if known else None,
        "visits": len(held),
        "attendance": attendance,
        "children": children,
        "adults": attendance - children - bands[Band.UNKNOWN],
        **bands,
        "contacts": sum(visit.contacts for visit in held),
    }


def _average(total: Mapping[str, int | float | None], visits: Sequence[HeldVisit]) -> Cells:
    """A visit; hours over those visits that say both their ends."""
    timed = sum(_hours(visit) is not None for visit in visits)
    found: Cells = {}
    for name, sum_ in total.items():
        over = timed if name == "hours" else len(visits)
        found[name] = None if sum_ is None else round(sum_ / over, 2)
    return found


def _hours(visit: HeldVisit) -> float | None:
    if visit.opened_at is None or visit.closed_at is None or visit.closed_at < visit.opened_at:
        return None
    return (visit.closed_at - visit.opened_at).total_seconds() / 3600


def _clock(instant: dt.datetime | None) -> str | None:
    return None if instant is None else f"{instant.astimezone(TOKYO):%H:%M}"
