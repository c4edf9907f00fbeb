"""Releases a week: tells what is new and what changed since, rounded, and copies it to where everybody may read it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import KernelError, Problem, Refusal
from outreach_api.kernel.week import FiscalQuarter, IsoWeek, local_day, parse_period
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.outreach_map.rules.grid import DIVISOR
from outreach_api.reports import outbox
from outreach_api.reports.releases import exact, rules
from outreach_api.reports.releases.census import put_census_beside
from outreach_api.reports.releases.exact import Stay
from outreach_api.storage import bulk
from outreach_api.storage.published import (
    CITY_ONLY,
    VISITS,
    PublishedRare,
    PublishedReach,
)
from outreach_api.storage.releases import DueStay, Release, ReleasedAtom, ReleasedRare
from outreach_api.storage.stops import Stop
from schemas.vocabulary import Publicity

KEY = "releases"
_CELL = DIVISOR[1_000]


@dataclass(slots=True)
class _Told:
    """What earlier releases told of a stay, and where."""

    mesh_1km: int
    key_check: bytes
    values: Counter[str] = field(default_factory=Counter)


def release_week(work: Work, accepted: Accepted) -> Applied | Refusal:
    """A week once, in order; weeks that were left out before it go along, and so do changes in weeks that were told."""
    week = IsoWeek(*accepted.values["week"])
    if week.last_day >= local_day(work.now):
        return Refusal("week_not_over", 409, {"week": str(week)}, receipt=False)
    latest = _latest(work.session)
    if latest is not None and week.as_int <= latest.iso_week:
        return Refusal("week_released", 409, {"week": str(IsoWeek.from_int(latest.iso_week))})
    return _release(work, accepted, latest, week)


def build_pack(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Release the weeks of a period that are over and were not; the answer is the release that they are in by then."""
    try:
        period = parse_period(accepted.values["period"])
    except KernelError:
        return Refusal("invalid", 422, {}, (Problem("/period", "period_unknown"),))
    week = min(IsoWeek.of(period.last_day), IsoWeek.of(local_day(work.now)).previous())
    latest = _latest(work.session)
    if week.last_day >= period.first_day and (latest is None or week.as_int > latest.iso_week):
        return _release(work, accepted, latest, week)
    if latest is None:
        return Refusal("week_not_over", 409, {"week": str(IsoWeek.of(period.first_day))}, receipt=False)
    return Applied(latest.id, latest.version, created=False)


def _latest(session: Session) -> Release | None:
    return session.scalar(sa.select(Release).order_by(Release.number.desc()).limit(1))


def _release(work: Work, accepted: Accepted, latest: Release | None, week: IsoWeek) -> Applied:
    first = exact.first_week(work.session, week.last_day)
    # What everybody may read begins with no visit at a stop that is never announced.
    shown = exact.first_week(work.session, week.last_day, Stop.publicity != Publicity.MEMBERS)
    key = work.keyring.secret(KEY)
    row = Release(
        id=accepted.entity_id,
        version=1,
        change_no=accepted.change_no,
        created_at=work.now,
        number=1 if latest is None else latest.number + 1,
        from_week=_from_week(latest, shown, week).as_int,
        iso_week=week.as_int,
        made_by=work.actor.holder_id,
        key_check=hashlib.blake2b(b"key check", key=key, digest_size=8).digest(),
    )
    work.session.add(row)
    put_census_beside(
        work.session, row, wanted=work.settings.target_population, released_on=local_day(work.now)
    )
    work.session.flush()
    _tell_heads(work.session, row, key, week.last_day)
    if first is not None:
        _tell_rare(work.session, row, key, first.first_day, week.last_day)
    audit.record(
        work.session,
        work.actor,
        work.now,
        action="release",
        entity_kind="release",
        entity_id=row.id,
        purpose=str(week),
    )
    outbox.week_released(work, row.id, IsoWeek.from_int(row.from_week), week, row.number)
    return Applied(row.id)


def _from_week(latest: Release | None, first: IsoWeek | None, week: IsoWeek) -> IsoWeek:
    if latest is not None:
        return IsoWeek.from_int(latest.iso_week).next()
    return first or week


def _tell_heads(session: Session, release: Release, key: bytes, last: dt.date) -> None:
    counted, told = exact.heads(session, last), _told(session, last)
    stops = {
        stop_id: (publicity, mesh)
        for stop_id, publicity, mesh in session.execute(sa.select(Stop.id, Stop.publicity, Stop.mesh))
    }
    atoms: list[dict[str, object]] = []
    left: list[dict[str, object]] = []
    cells: Counter[tuple[dt.date, int, str]] = Counter()
    for stay in sorted(counted.keys() | told.keys(), key=lambda stay: (stay.local_day, stay.stop_id.bytes)):
        before = told.get(stay) or _Told(_shown_at(*stops[stay.stop_id]), release.key_check)
        if before.key_check != release.key_check:
            # The key of its draw is lost, and a second draw of it could be averaged with the first: due until it is back.
            left.append(stay._asdict())
            continue
        now = Counter[str]()
        if stay in counted:
            draw = rules.keyed_draw(key, "visit", str(stay.stop_id), str(stay.local_day))
            now.update(rules.told_of_visit(rules.by_group(counted[stay]), draw), **{VISITS: 1})
        for figure, value in _changes(before.values, now):
            atoms.append(
                {
                    "release_id": release.id,
                    "stop_id": stay.stop_id,
                    "local_day": stay.local_day,
                    "figure": figure,
                    "mesh_1km": before.mesh_1km,
                    "value": value,
                }
            )
            if figure != VISITS or before.mesh_1km != CITY_ONLY:
                cells[rules.part_of(stay.local_day), before.mesh_1km, figure] += value
    bulk.append(session, ReleasedAtom, atoms)
    session.execute(sa.delete(DueStay).where(DueStay.local_day <= last))
    bulk.append(session, DueStay, left)
    rows = [
        {"number": release.number, "from_day": part, "mesh_1km": cell, "figure": figure, "value": value}
        for (part, cell, figure), value in sorted(cells.items())
        if value
    ]
    bulk.append(session, PublishedReach, rows)


def _shown_at(publicity: str, mesh: int) -> int:
    """The cell of 1 km that a stop is shown in; of one that is for members, none."""
    return CITY_ONLY if publicity == Publicity.MEMBERS else mesh // _CELL


def _changes(before: Mapping[str, int], now: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    for figure in sorted(before.keys() | now.keys()):
        change = now.get(figure, 0) - before.get(figure, 0)
        if change:
            yield figure, change


def _told(session: Session, last: dt.date) -> dict[Stay, _Told]:
    """Of what is due, what was told so far."""
    atom = ReleasedAtom
    select = (
        sa.select(atom.stop_id, atom.local_day, atom.mesh_1km, Release.key_check, atom.figure, atom.value)
        .join(DueStay, exact.due_at(atom))
        .join(Release, Release.id == atom.release_id)
        .where(atom.local_day <= last)
        .order_by(Release.number)
    )
    told: dict[Stay, _Told] = {}
    for stop_id, day, mesh, check, figure, value in session.execute(select):
        of_stay = told.setdefault(Stay(stop_id, day), _Told(mesh, check))
        of_stay.values[figure] += value
    return told


def _tell_rare(session: Session, release: Release, key: bytes, first: dt.date, last: dt.date) -> None:
    """Of every quarter that is over; with the draw of its own, as heads."""
    told: dict[tuple[dt.date, str], int] = defaultdict(int)
    checks: dict[tuple[dt.date, str], bytes] = {}
    rare = ReleasedRare
    select = sa.select(rare.quarter_day, rare.figure, rare.value, Release.key_check)
    select = select.join(Release, Release.id == rare.release_id).order_by(Release.number)
    for day, name, value, check in session.execute(select):
        told[day, name] += value
        checks.setdefault((day, name), check)
    counted = {
        (quarter.first_day, figure.value): count
        for (quarter, figure), count in exact.rare(session, first, last).items()
    }
    rows = []
    for day, name in sorted(counted.keys() | told.keys()):
        if checks.get((day, name), release.key_check) != release.key_check:
            continue
        draw = rules.keyed_draw(key, "quarter", str(FiscalQuarter.of(day)))
        change = rules.rounded(counted.get((day, name), 0), draw(name)) - told.get((day, name), 0)
        if change:
            rows.append({"quarter_day": day, "figure": name, "value": change})
    bulk.append(session, ReleasedRare, [{"release_id": release.id, **row} for row in rows])
    bulk.append(session, PublishedRare, [{"number": release.number, **row} for row in rows])
