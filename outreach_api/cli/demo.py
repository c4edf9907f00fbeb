"""demo: an invented quarter of Matsudo in a home of its own, with a token for each role, served."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path

from outreach_api.access.writes.tokens import issue_token
from outreach_api.cli import serving
from outreach_api.cli.console import Commands, Failure, command, note_in_audit, opened, sqlite_file, tell
from outreach_api.cli.database import initialise
from outreach_api.demo import home
from outreach_api.demo.fill import Story
from outreach_api.demo.season import Season
from outreach_api.demo.team import PHONE_LABELS, team
from outreach_api.demo.wire import DemoRefused, Server
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.week import IsoWeek, local_day
from outreach_api.ledger.kinds import Registry
from outreach_api.messages import say
from outreach_api.outreach_map.population_file import read_population
from outreach_api.settings import Settings
from outreach_api.storage import copies
from outreach_api.storage.keyring import load_keyring
from schemas.vocabulary import Role

_HOME = Path(".demo")
_SEED, _WEEKS, _MOST_WEEKS = 1, 13, 104
_TOKEN_DAYS = 30


def add(commands: Commands) -> None:
    demo = command(
        commands,
        "demo",
        run_demo,
        "架空の3か月のデータを入れて動かす（本物のデータには触れません）",
        "make a home with an invented quarter and serve it; never touches another home",
    )
    serving.add_address(demo)
    demo.add_argument("--home", type=Path, default=_HOME, metavar="DIR", help="置き場所 · its folder (.demo)")
    demo.add_argument("--fresh", action="store_true", help="作り直す · begin anew, if it is a demo's home")
    demo.add_argument("--no-serve", action="store_true", help="動かさない · do not serve")
    demo.add_argument("--seed", type=_whole(0, 2**31), default=_SEED, metavar="N", help="乱数の種 · seed (1)")
    demo.add_argument(
        "--weeks", type=_whole(1, _MOST_WEEKS), default=_WEEKS, metavar="N", help="週の数 · weeks (13)"
    )
    demo.add_argument(
        "--until",
        type=_day,
        metavar="DAY",
        help="最後の日（既定は昨日）· the last day that is over (yesterday)",
    )
    demo.add_argument(
        "--population",
        type=Path,
        metavar="FILE",
        help="架空の人口の代わりに取り込むファイル · a population to import instead of an invented one",
    )


def run_demo(options: argparse.Namespace) -> int:
    settings = _settings(options)
    if not options.no_serve:
        serving.check_port(settings)
    try:
        season = _make(settings, options)
    except home.NotADemo:
        raise Failure(
            f"{settings.home} はデモのフォルダーではありません。何も変えていません。",
            f"{settings.home} is not a demo's home, so it is left alone: name another with --home.",
        ) from None
    tokens = _new_tokens(settings, season)
    _show(settings, season, tokens)
    return 0 if options.no_serve else serving.serve(settings)


def _settings(options: argparse.Namespace) -> Settings:
    """The environment's settings, but for where the data is (a demo has its own database and key) and that nobody is alerted."""
    chosen = dataclasses.replace(
        Settings.from_environment(),
        home=options.home,
        database_url="",
        key_file=None,
        cabinet_url="",
        smtp_url="",
        workers=1,
    )
    return serving.with_address(chosen, options)


def _make(settings: Settings, options: argparse.Namespace) -> Season:
    """The season of the demo that is there, or of the one that is made now. Raises NotADemo, Failure."""
    found = home.marker(settings)
    if found is not None and found.finished and not options.fresh:
        tell(
            f"{settings.home} のデモをそのまま使います（作り直すには --fresh）。",
            f"Keeping the demo in {settings.home}; --fresh makes a new one.",
        )
        serving.prepare(settings)
        return Season(found.seed, found.weeks, dt.date.fromisoformat(found.until))
    until = options.until or local_day(utc_now()) - dt.timedelta(days=1)
    season = Season(options.seed, options.weeks, until)
    population = None if options.population is None else _population(options.population, settings)
    if found is not None:
        _refuse_if_in_use(settings)
        home.clear(settings)
    made = home.Marker(season.seed, season.weeks, until.isoformat())
    home.mark(settings, made)
    initialise(settings)
    tell(
        f"架空のデータを入れます：{season.first_day} から {until} まで",
        f"Filling {season.weeks} invented weeks, {season.first_day} to {until}",
    )
    _fill(settings, season, population)
    home.mark(settings, dataclasses.replace(made, finished=True))
    return season


def _refuse_if_in_use(settings: Settings) -> None:
    """Another demo may be filling or serving it. Raises Failure."""
    file = sqlite_file(settings)
    if file is not None and file.exists() and copies.in_use(file):
        raise Failure(
            f"{settings.home} のデモは使用中です。先に止めるか、--home で別の場所にしてください。",
            f"The demo in {settings.home} is in use: stop it first, or name another folder with --home.",
        )


def _fill(settings: Settings, season: Season, population: tuple[str, bytes] | None) -> None:
    from outreach_api.app import KINDS

    keyring = load_keyring(settings)
    # The installer's own limits must not change the story; they hold for what is served.
    limits = Settings(home=settings.home)
    with opened(settings) as database:
        story = Story(Server(database, keyring, limits, Registry(KINDS)), season, population)
        try:
            filled = story.tell(lambda line: tell(f"  {line}"))
        except DemoRefused as refused:
            raise Failure(
                "デモのデータが受けつけられませんでした。プログラムの誤りです。",
                f"A fault of this program: {refused}",
            ) from None
    off = "、".join(f"{reason} {number}" for reason, number in sorted(filled.cancelled.items()))
    tell(
        f"出店 {filled.held} 回、来場 {filled.visitors.total()} 人、中止 {filled.cancelled.total()} 回（{off}）",
        f"{filled.held} visits held with {filled.visitors.total()} visitors, {filled.cancelled.total()} cancelled",
    )


def _population(file: Path, settings: Settings) -> tuple[str, bytes]:
    data = file.read_bytes()
    faults = read_population([(file.name, data)], settings.max_import_bytes).errors
    if faults:
        told = [f"{file}: {fault.line}: {say(fault.code, 'en', fault.params)}" for fault in faults[:5]]
        raise Failure(f"{file} は取り込めません。", f"{file} can't be imported.", *told)
    return file.name, data


def _new_tokens(settings: Settings, season: Season) -> dict[Role, str]:
    """One token a role, for the people and the phone that the demo knows."""
    people, now = team(season.seed), utc_now()
    tokens: dict[Role, str] = {}
    with opened(settings) as database, database.write() as session:
        for number in (1, 0):  # the last one made is the first phone's, which is shown
            tokens[Role.CREW] = issue_token(
                session,
                role=Role.CREW,
                label=PHONE_LABELS[number],
                now=now,
                days=_TOKEN_DAYS,
                van_id=people.van_id,
                device_id=people.phone_ids[number],
            )
        for role in Role:
            if role is not Role.CREW:
                person = people.the(role)
                tokens[role] = issue_token(
                    session, role=role, label=person.name, now=now, days=_TOKEN_DAYS, person_id=person.id
                )
        note_in_audit(session, "issue_token", "token", "demo")
    return tokens


def _show(settings: Settings, season: Season, tokens: dict[Role, str]) -> None:
    here = serving.address(settings)
    week = last_full_week(season.until)
    ask = f"curl -H 'Authorization: Bearer {tokens[Role.COORDINATOR]}'"
    print(
        f"""
くるくる移動アウトリーチ デモ：人も場所も連絡先も架空です · everything in it is invented

  {here}/          はじめのページ · start here
  {here}/docs      API の説明、ここで試せます · the API, to try out
  {here}/map       アウトリーチマップ、下のトークンで · the outreach map, with a token from below
  {here}/when      くるくるはいつ？ · the public timetable
  {here}/reach     くるくるが行ったところ · what was released

トークン（{_TOKEN_DAYS}日）· a token for each role
"""
        + "\n".join(f"  {role:<13}{token}" for role, token in tokens.items())
        + f"""

先週の週報と到達の地図 · the last full week's report and the reach map
  {ask} {here}/v1/reports/week/{week}
  {ask} {here}/v1/map/reach

ほかのコマンドで使う · for other commands: OUTREACH_HOME={settings.home}
""",
        flush=True,
    )


def last_full_week(until: dt.date) -> IsoWeek:
    """The last ISO week that is wholly over."""
    week = IsoWeek.of(until)
    return week if until == week.sunday else week.previous()


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not lowest <= int(text[:12]) <= highest:
            raise argparse.ArgumentTypeError(f"a whole number from {lowest} to {highest}")
        return int(text)

    return read


def _day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day such as 2026-11-22") from None
    if not 2020 <= day.year <= 2100:
        raise argparse.ArgumentTypeError("a day from 2020 to 2100")
    return day
