"""Everything the installer may choose, read once from the environment into one frozen object."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from outreach_api.mail_server import EMAIL, MailServer, mail_server
from schemas.vocabulary import TargetPopulation

PREFIX = "OUTREACH_"
_ORIGIN = re.compile(
    r"(https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?|http://(localhost|127\.0\.0\.1))(:[1-9][0-9]{0,4})?", re.ASCII
)


class SettingsError(Exception):
    """One line for each environment variable that can't be used, in the order of `Settings`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(text)

    return read


def _number(lowest: float, highest: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not lowest <= value <= highest:
            raise ValueError(f"must be a number from {lowest:g} to {highest:g}")
        return value

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError("must be one of " + ", ".join(words))
        return text

    return read


def _origins(text: str) -> tuple[str, ...]:
    found = tuple(text.replace(",", " ").split())
    for origin in found:
        # As browsers write it; a page of this machine is as safe as one over HTTPS.
        if not _ORIGIN.fullmatch(origin):
            raise ValueError("must be origins such as https://app.example.org, without a path or a *")
    return found


def _geocoders(text: str) -> tuple[str, ...]:
    found = tuple(text.replace(",", " ").split())
    if not set(found) <= {"gazetteer", "gsi", "nominatim"} or len(set(found)) != len(found):
        raise ValueError("must be some of gazetteer, gsi, nominatim, in the order in which they are asked")
    return found


def _user_agent(text: str) -> str:
    # Who runs Nominatim wants to be able to reach who asks: a sample of some library is refused there.
    if not re.fullmatch(r"[!-~][ -~]{5,198}", text) or not re.search(r"@|https?://", text):
        raise ValueError("must name this installation and hold a mail or web address")
    return text


def _database_url(text: str) -> str:
    if text.startswith(("postgres://", "postgresql://")):
        text = "postgresql+psycopg://" + text.split("://", 1)[1]
    if text.startswith("sqlite:///"):
        name = text.removeprefix("sqlite:///")
        if not name or name.startswith(":memory:"):
            raise ValueError("a SQLite database must be a file: sqlite:///path/to/outreach.db")
        return text
    if text.startswith("postgresql+psycopg://"):
        try:
            parts = urlsplit(text)
            named = bool(parts.path.strip("/")) and (parts.port or True)
        except ValueError:
            named = False
        if not named:
            raise ValueError("a PostgreSQL database is postgresql://user@host:5432/name")
        return text
    raise ValueError("must begin with sqlite:/// or postgresql://")


_WEB_FORM = "must be https://host or http://host, with a path or without"


def _web_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_WEB_FORM) from None
    extra = parts.username or parts.query or parts.fragment or not text.isascii() or not text.isprintable()
    if parts.scheme not in ("https", "http") or not host or port == 0 or extra:
        raise ValueError(_WEB_FORM)
    return text.rstrip("/")


def _smtp_url(text: str) -> str:
    mail_server(text)
    return text


def _email(text: str) -> str:
    if len(text) > 200 or not re.fullmatch(EMAIL, text, re.ASCII):
        raise ValueError("must be an e-mail address")
    return text


def _emails(text: str) -> tuple[str, ...]:
    return tuple(map(_email, text.replace(",", " ").split()))


def _target(text: str) -> TargetPopulation:
    try:
        return TargetPopulation(text)
    except ValueError:
        raise ValueError("must be one of " + ", ".join(TargetPopulation)) from None


def _clock(text: str) -> str:
    if text != "none" and not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text, re.ASCII):
        raise ValueError("must be HH:MM, or none")
    return text


def _any_text(text: str) -> str:
    if not text or not text.isprintable() or len(text) > 200:
        raise ValueError("must be 1 to 200 printable characters")
    return text


def _invoice_number(text: str) -> str:
    if not re.fullmatch(r"T[1-9][0-9]{12}", text, re.ASCII):
        raise ValueError("must be T and 13 digits")
    # 法人番号の指定等に関する省令 art. 2: 9 − (Σ Pn × Qn mod 9), Pn counted from the right, Qn 1 where n is odd, else 2.
    total = sum(int(digit) * (1 + n % 2) for n, digit in enumerate(reversed(text[2:])))
    if int(text[1]) != 9 - total % 9:
        raise ValueError("must be T and 13 digits, of which the first fits the others: look for a slip")
    return text


def _word(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", text, re.ASCII):
        raise ValueError("must be one word")
    return text


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise ValueError("must name a file or folder")
    # A service manager's environment file knows no ~.
    return Path(text).expanduser()


def _setting(default: Any, read: Callable[[str], Any], says: str, *, shown: bool = True) -> Any:
    """`shown`: False for what may hold a password: it never stands in a repr, which ends in logs."""
    return field(default=default, repr=shown, metadata={"read": read, "says": says})


_SPEEDS = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2}))?=([0-9]{1,3})", re.ASCII)


def _speeds(text: str) -> tuple[int, ...]:
    """24 numbers, by hour of the day: "7-9=70 17=80" is 70 % from 7:00 to 9:00 and 80 % from 17:00 to 18:00."""
    by_hour = [100] * 24
    for part in text.split():
        found = _SPEEDS.fullmatch(part)
        first, last = (int(found[1]), int(found[2] or int(found[1]) + 1)) if found else (0, 0)
        if found is None or not 0 <= first < last <= 24 or not 10 <= int(found[3]) <= 300:
            raise ValueError("must be hours and percent, such as 7-9=70 17-19=80, each from 10 to 300")
        by_hour[first:last] = [int(found[3])] * (last - first)
    return tuple(by_hour)


_METRES = _number(50, 5_000)
_DAYS = _whole(1, 3_660)
_WBGT = _number(15, 45)
_POINTS = _number(0, 1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Field `xyz` is the environment variable OUTREACH_XYZ; its metadata says what it means."""

    home: Path = _setting(Path(".outreach"), _path, "folder of the default database and key")
    database_url: str = _setting(
        "", _database_url, "sqlite:///file or postgresql://…; default: in home", shown=False
    )
    public_database_url: str = _setting(
        "",
        _database_url,
        "the same database as a user who may read only what was published; default: no such user",
        shown=False,
    )
    key_file: Path | None = _setting(None, _path, "master key, outside the database and its backups")
    cabinet_url: str = _setting(
        "",
        _database_url,
        "keys of texts, wrapped by the master key; default: a file beside that",
        shown=False,
    )
    host: str = _setting("127.0.0.1", _any_text, "address that serve listens on")
    port: int = _setting(8000, _whole(1, 65_535), "port that serve listens on")
    proxies: int = _setting(0, _whole(0, 9), "our proxies in front, each adding to X-Forwarded-For")
    https: str = _setting(
        "no", _one_of("no", "yes"), "yes: a proxy serves it through HTTPS, and browsers are to insist (HSTS)"
    )
    cors_origins: tuple[str, ...] = _setting(
        (), _origins, "origins of web apps that may call the API, such as https://app.example.org"
    )
    log: str = _setting("info", _one_of("debug", "info", "warning", "error"), "least level that is logged")
    threads: int = _setting(32, _whole(1, 256), "blocking threads of one worker")
    workers: int = _setting(1, _whole(1, 64), "worker processes; more than 1 needs PostgreSQL")
    organisation: str = _setting("駄菓子屋カフェくるくる", _any_text, "name on pages and reports")
    max_body_bytes: int = _setting(2_000_000, _whole(1_000, 50_000_000), "largest request body")
    max_unpacked_bytes: int = _setting(
        8_000_000, _whole(1_000, 200_000_000), "largest request body once gzip is unpacked"
    )
    silent_seconds: int = _setting(
        60, _whole(2, 3_600), "an unfinished request silent for so long is cut off"
    )
    request_seconds: int = _setting(
        60, _whole(2, 3_600), "a request may take so long to arrive, and a second more for each 4,000 bytes"
    )
    max_import_bytes: int = _setting(
        60_000_000, _whole(1_000, 500_000_000), "largest file to import, unpacked too"
    )

    smtp_url: str = _setting(
        "", _smtp_url, "mail server for alerts: smtps:// or smtp://user:password@host:587", shown=False
    )
    mail_sender: str = _setting("", _email, "address that alerts come from; default: the mail server's user")
    office_emails: tuple[str, ...] = _setting(
        (), _emails, "addresses that are reminded on Tuesdays of weeks that nobody closed", shown=False
    )
    public_url: str = _setting(
        "", _web_url, "https://… under which people and phones reach it; alerts and codes name it"
    )
    webhook_lan: str = _setting(
        "no",
        _one_of("no", "yes"),
        "yes: webhooks may go to private addresses of this network, there through http too",
    )
    alert_minutes: int = _setting(
        15, _whole(1, 240), "minutes until what nobody acknowledged is told to the deputy too"
    )
    token_days: int = _setting(400, _DAYS, "days until a token ends")
    token_idle_days: int = _setting(120, _DAYS, "a token ends that was not used for more days than this")

    map_hours: int = _setting(8, _whole(1, 72), "hours until the page /map must be signed in anew")
    base_map: str = _setting(
        "none",
        _one_of("none", "std", "pale"),
        "maps of 国土地理院 under ours on /map: std or pale; browsers then tell that server which area they look at",
    )

    geocoders: tuple[str, ...] = _setting(
        ("gazetteer",), _geocoders, "who is asked for an address, in this order: gazetteer, gsi, nominatim"
    )
    geocode_homes: str = _setting(
        "no",
        _one_of("no", "yes"),
        "yes: also addresses that may be private homes are sent to gsi and nominatim",
    )
    geocode_seconds: float = _setting(5.0, _number(0.2, 30), "gsi and nominatim have so long to answer")
    geocode_cache_days: int = _setting(90, _whole(1, 365), "days that their answers are kept, sealed")
    gsi_url: str = _setting(
        "https://msearch.gsi.go.jp/address-search/AddressSearch", _web_url, "the address search of 国土地理院"
    )
    nominatim_url: str = _setting("https://nominatim.openstreetmap.org", _web_url, "where Nominatim is")
    nominatim_agent: str = _setting(
        "", _user_agent, "how Nominatim is told who asks: name and mail or web address; without it, it is off"
    )

    tax_rounding: str = _setting("floor", _one_of("floor", "half_up", "ceil"), "rounding of tax in a price")
    invoice_number: str = _setting(
        "", _invoice_number, "our number as a qualified invoice issuer, T and 13 digits; default: none"
    )
    free_rule: str = _setting(
        "", _any_text, "the rule under which children get something free, as it hangs at the counter"
    )
    till_tolerance_yen: int = _setting(300, _whole(0, 100_000), "till difference that needs no reason")
    note_text_days: int = _setting(90, _DAYS, "days after the visit until a note's text is purged")
    texts_per_hour: int = _setting(60, _whole(1, 10_000), "note texts that one holder may open in an hour")
    readback_hours: int = _setting(48, _whole(0, 720), "hours in which crew may read back own notes")

    target_population: TargetPopulation = _setting(
        TargetPopulation.CHILDREN_0_14,
        _target,
        "whom coverage and gaps count: children_0_14, children_0_5 or households_under_6",
    )
    catchment_m: float = _setting(500.0, _METRES, "radius that a stop reaches, metres")
    infant_catchment_m: float = _setting(300.0, _METRES, "radius that it reaches with infants, metres")
    coverage_days: int = _setting(42, _DAYS, "a stop covers its catchment for so many days after a visit")
    gap_full_days: int = _setting(84, _DAYS, "days without a visit until a gap counts in full")
    unvisited_days: int = _setting(42, _DAYS, "the report lists stops not visited for more days than this")
    permission_warning_days: int = _setting(30, _DAYS, "the report lists permissions that end this soon")
    recontact_days: int = _setting(60, _DAYS, "a follow-up met within so many days is a re-contact")

    travel_kmh: float = _setting(20.0, _number(3, 80), "mean speed of the van in the city, km/h")
    detour_factor: float = _setting(1.35, _number(1, 3), "road length over straight line")
    travel_speeds: tuple[int, ...] = _setting(
        (), _speeds, "speed by hour in percent of what it is else, such as 7-9=70 17-19=80"
    )
    osrm_url: str = _setting(
        "", _web_url, "OSRM server that knows the roads; it hears where stops are; default: estimates"
    )
    osrm_profile: str = _setting("driving", _word, "profile of that server")
    osrm_seconds: float = _setting(5.0, _number(0.1, 60), "it has so long to answer")
    osrm_points: int = _setting(100, _whole(2, 10_000), "most places in one question (its --max-table-size)")
    travel_days: int = _setting(180, _DAYS, "days until the roads are asked again about a drive")
    weather_decided_at: str = _setting(
        "07:30",
        _clock,
        "until then the weather may call a day off, HH:MM that morning; none: not said",
    )
    organisation_kana: str = _setting("", _any_text, "how its name is read, for furigana on the page /when")
    setup_minutes: int = _setting(30, _whole(0, 240), "set-up at a stop before it opens")
    teardown_minutes: int = _setting(30, _whole(0, 240), "teardown at a stop after it closes")
    shift_minutes: int = _setting(
        600, _whole(60, 960), "longest day of a van, from leaving its base (or first set-up) to being back"
    )
    break_minutes: int = _setting(
        45, _whole(0, 240), "break in one piece, between two stays, on a long day; 0 is none on any day"
    )
    break_after_minutes: int = _setting(
        360, _whole(0, 960), "a day is long that takes more minutes than this"
    )
    long_break_minutes: int = _setting(60, _whole(0, 240), "break on a still longer day")
    long_break_after_minutes: int = _setting(
        480,
        _whole(0, 960),
        "such a day takes more minutes than this (労働基準法 art. 34: 45 over 6 hours, 60 over 8)",
    )
    revisit_days: int = _setting(
        0, _whole(0, 366), "days between two visits of a stop that says nothing of its own; 0 is any"
    )
    heat_warn: float = _setting(28.0, _WBGT, "degrees WBGT from which on a plan warns of heat")
    heat_shade: float = _setting(31.0, _WBGT, "degrees WBGT from which on a stop must have shade")
    heat_refuse: float = _setting(33.0, _WBGT, "degrees WBGT from which on nobody goes out")
    stay_minutes: int = _setting(
        120, _whole(15, 600), "a suggested stay, until visits there show how long one takes"
    )
    water_per_hour: int = _setting(
        10,
        _whole(0, 500),
        "litres of fresh water that an hour at a stop without water takes, for vans whose tank is known",
    )
    apart_days: int = _setting(21, _DAYS, "least days between two suggested visits of a stop")
    points_person: float = _setting(
        0.25, _POINTS, "points of a stop for each person there who is not reached"
    )
    points_day: float = _setting(2.0, _POINTS, "points for each day since its last visit")
    points_due: float = _setting(
        80.0, _POINTS, "points for a visit in time at a stop that wants one at least every so many days"
    )
    points_return: float = _setting(60.0, _POINTS, "points for each promise to meet again that is due there")
    points_follow_up: float = _setting(30.0, _POINTS, "points for each other promise that is due there")
    points_weight: float = _setting(
        40.0, _POINTS, "points for each step of the weight that a coordinator gave"
    )
    points_drive_minute: float = _setting(1.0, _POINTS, "points that a minute on the road takes off")

    @property
    def database(self) -> str:
        """The database's address, in SQLAlchemy's form."""
        return self.database_url or f"sqlite:///{self.home / 'outreach.db'}"

    @property
    def master_key_file(self) -> Path:
        return self.key_file or self.home / "keys" / "master.key"

    @property
    def cabinet(self) -> str:
        """The cabinet's address, in SQLAlchemy's form."""
        return self.cabinet_url or f"sqlite:///{self.master_key_file.with_suffix('.cabinet')}"

    @property
    def organisation_reading(self) -> str:
        """How its name is read; empty where nobody said so. The name that it comes with brings its own."""
        ours = self.organisation == "駄菓子屋カフェくるくる"
        return self.organisation_kana or ("だがしやカフェくるくる" if ours else "")

    @property
    def weather_decided(self) -> dt.time | None:
        """Local time of every morning; None where nothing is said of it."""
        return None if self.weather_decided_at == "none" else dt.time.fromisoformat(self.weather_decided_at)

    @property
    def mail(self) -> tuple[MailServer, str] | None:
        """The mail server and who its mails come from; None when there is none."""
        if not self.smtp_url:
            return None
        server = mail_server(self.smtp_url)
        return server, self.mail_sender or server.user

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read OUTREACH_* variables. Raises SettingsError that names every bad or unknown one."""
        given = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        faults: list[str] = []
        known = {PREFIX + f.name.upper(): f for f in fields(cls)}
        for name, setting in known.items():
            text = given.get(name)
            if text is None:
                continue
            try:
                values[setting.name] = setting.metadata["read"](text.strip())
            except ValueError as fault:
                # An address of a database may hold a password, and faults go into logs.
                told = "" if setting.name.endswith("_url") else f"; it is {text[:80]!r}"
                faults.append(f"{name}: {fault}{told}")
        for name in sorted(settings_in(given)):
            if name not in known:
                faults.append(f"{name}: there is no such setting")
        settings = cls(**values)
        if settings.workers > 1 and settings.database.startswith("sqlite"):
            faults.append("OUTREACH_WORKERS: more than one worker needs PostgreSQL (OUTREACH_DATABASE_URL)")
        if settings.mail is not None and not re.fullmatch(EMAIL, settings.mail[1], re.ASCII):
            faults.append(
                "OUTREACH_MAIL_SENDER: お知らせの差出人のアドレスを入れてください · say which address alerts come from"
            )
        if faults:
            raise SettingsError(faults)
        return settings


_FOR_TOOLS = {
    # Read by the test suite, by clients and by run.py, not by the server.
    "OUTREACH_REQUIRE",
    "OUTREACH_TEST_CLUSTER",
    "OUTREACH_TEST_POSTGRES_URL",
    "OUTREACH_SHARED_DATA",
    "OUTREACH_URL",
    "OUTREACH_TOKEN",
}


def settings_in(environment: Mapping[str, str]) -> list[str]:
    """The names of the settings that an environment gives, known or not, but not what is for tools."""
    return [name for name in environment if name.startswith(PREFIX) and name not in _FOR_TOOLS]
