#!/usr/bin/env python3
"""Fetches weeks' reach reports and writes them to files, as a coordinator's cron job does. Standard library only.

  OUTREACH_URL=https://… OUTREACH_TOKEN=… weekly_report.py --since-last --format all --out reports

Files: report-2026-W47-open.csv (nobody closed that week yet: figures as known now) · report-2026-W47.csv (closed:
version 1) · report-2026-W47-v2.csv (told anew). `visits` is a CSV as well: visits-2026-W47.csv.

Exit codes: 0 done · 2 wrong use, or a file can't be written · 3 refused: token, role, or no such week ·
4 server or network, after trying again for a while · 5 not closed yet (--require-closed) · 6 nothing new (--since-last).
"""

from __future__ import annotations

import argparse
import datetime as dt
import email.utils
import http.client
import json
import os
import random
import re
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

OK, MISUSED, REFUSED, FAILED, NOT_CLOSED, NOTHING_NEW = 0, 2, 3, 4, 5, 6
TOKYO = dt.timezone(dt.timedelta(hours=9), "Asia/Tokyo")
TIMEOUT_SECONDS, WHOLE_ANSWER_SECONDS = 60, 300
WAITS_SECONDS = (1, 4, 15, 60)
LONGEST_RETRY_AFTER_SECONDS = 600
MEDIA = {
    "json": "application/json",
    "csv": "text/csv",
    "visits": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "html": "text/html",
}
TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}


class Stop(Exception):
    """Ends it: an exit code, and why, for a person."""


class Half(Exception):
    """An answer of which not all came: asked for again."""


class Wanted(NamedTuple):
    """A week in one of its versions; 0 is what is known while nobody has closed it."""

    week: str
    version: int

    def path(self, form: str, out: Path) -> Path:
        kind, ending = ("visits", "csv") if form == "visits" else ("report", form)
        state = {0: "-open", 1: ""}.get(self.version, f"-v{self.version}")
        return out / f"{kind}-{self.week}{state}.{ending}"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to whoever it names."""

    def redirect_request(self, *_: object) -> None:
        return None


class Server:
    """Answers what is asked of it, or raises Stop."""

    def __init__(self, url: str | None, token: str, language: str) -> None:
        if not url or not re.match(r"https?://[^/\s]+", url):
            raise Stop(MISUSED, "say where the server is: --url or OUTREACH_URL, beginning with http(s)://")
        self.url = url.rstrip("/")
        self.headers = {
            "Authorization": f"Bearer {token}",
            "Accept-Language": language,
            "User-Agent": "weekly_report",
        }

    def report(self, wanted: Wanted, form: str) -> bytes:
        """Of exactly that version, even if the week is told anew meanwhile. Rows of visits are always as known now."""
        version = "" if form == "visits" else f"&version={wanted.version or 'live'}"
        return self.get(f"/v1/reports/week/{wanted.week}?format={form}{version}", MEDIA[form])

    def week(self, week: str) -> dict[str, Any]:
        return self._json(f"/v1/report-weeks/{week}")

    def weeks_that_are_over(self, since: str | None) -> list[dict[str, Any]]:
        """Oldest first, from the first with a visit."""
        path = "/v1/report-weeks?limit=200" + (f"&from={since}" if since else "")
        page = self._json(path)
        found: list[dict[str, Any]] = page["items"]
        while page["next"]:
            page = self._json(f"{path}&cursor={page['next']}")
            found += page["items"]
        return [week for week in reversed(found) if week["state"] != "running"]

    def get(self, path: str, media: str) -> bytes:
        """Tries again when the network or the server is away for a while, or half an answer came."""
        address, why, least = self.url + path, "", 0.0
        for wait in (0, *WAITS_SECONDS):
            if why:
                seconds = max(least, wait * random.uniform(1, 1.5))  # noqa: S311 - so that not all come at once
                tell(f"{why}; again in {seconds:.0f} s")
                time.sleep(seconds)
            least = 0.0
            try:
                request = urllib.request.Request(address, headers={**self.headers, "Accept": media})  # noqa: S310 - http(s)
                with urllib.request.build_opener(NoRedirect).open(request, timeout=TIMEOUT_SECONDS) as answer:
                    body, found = read_whole(answer), answer.headers.get_content_type()
                if found == media:
                    return body
                raise Stop(FAILED, f"{address} answered {found}: no report")
            except urllib.error.HTTPError as error:
                said = error.read(2_000).decode("utf-8", "replace")
                if error.code not in TRY_AGAIN:
                    raise Stop(
                        REFUSED if error.code >= 400 else FAILED, f"{address} answered {error.code}: {said}"
                    ) from None
                why, least = f"{error.code} {error.reason}", seconds_to_wait(error.headers.get("Retry-After"))
            except (
                OSError,
                http.client.HTTPException,
                Half,
            ) as error:  # no route, cut off, a bad certificate
                why = str(getattr(error, "reason", error)) or type(error).__name__
        raise Stop(FAILED, f"{address}: {why}; gave up")

    def _json(self, path: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self.get(path, MEDIA["json"]))
        except ValueError:
            raise Stop(FAILED, f"{self.url}{path} answered no JSON") from None
        return found


def read_whole(answer: Any) -> bytes:
    """Raises Half: when less came than was announced, nothing was announced, or it takes for ever."""
    announced, until = answer.length, time.monotonic() + WHOLE_ANSWER_SECONDS
    if announced is None and not answer.chunked:
        raise Half("an answer that doesn't say how long it is")
    parts = []
    while part := answer.read1(65_536):
        parts.append(part)
        if time.monotonic() > until:
            raise Half("an answer that takes too long")
    body = b"".join(parts)
    if announced is not None and len(body) != announced:
        raise Half(f"{len(body)} of {announced} bytes")
    return body


def seconds_to_wait(retry_after: str | None) -> float:
    """What a server asks for: seconds, or a date; ten minutes at most, because it is a cron job that waits."""
    text = (retry_after or "0").strip()
    try:
        until = email.utils.parsedate_to_datetime(text)
        seconds = float(text) if text.isdigit() else (until - dt.datetime.now(dt.UTC)).total_seconds()
    except (ValueError, TypeError):
        seconds = float(text) if text.isdigit() else 0.0
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)


class Written:
    """What was written already, by format: {"csv": {"2026-W47": 1}}. Kept in a file beside the reports."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.formats: dict[str, dict[str, int]] = {}
        try:
            self.formats = json.loads(file.read_text(encoding="utf-8"))["written"]
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise Stop(
                MISUSED, f"{file} can't be read ({fault}); without it all weeks are fetched anew"
            ) from None

    def missing(self, form: str, week: dict[str, Any]) -> Iterator[Wanted]:
        """Versions of a week that were not written; of one that nobody closed, one look at it."""
        newest = week["version"] or 0
        last = self.formats.get(form, {}).get(week["week"], -1)
        if newest < last:
            tell(f"{week['week']}: version {last} was written, the server knows {newest}: was it restored?")
        # Rows of visits are no version's: the newest is all that can be had of them.
        first = max(last + 1, newest if form == "visits" else min(newest, 1))
        for version in range(first, newest + 1):
            yield Wanted(week["week"], version)

    def note(self, form: str, wanted: Wanted) -> None:
        """After its file is there: whoever is killed in between writes the same bytes under the same name again."""
        self.formats.setdefault(form, {})[wanted.week] = wanted.version
        text = json.dumps({"written": self.formats}, indent=1, sort_keys=True)
        write_whole(self.file, f"{text}\n".encode())


def main(arguments: list[str]) -> int:
    options = read_options(arguments)
    forms = list(MEDIA) if options.format == "all" else [options.format]
    try:
        server = Server(options.url, read_token(options.token_file), options.language)
        if options.since_last:
            return since_last(server, forms, options)
        week = server.week(options.week or last_full_week(dt.datetime.now(dt.UTC)))
        if options.require_closed and week["state"] != "closed":
            raise Stop(NOT_CLOSED, f"{week['week']} is not closed")
        for form in forms:
            fetch(server, Wanted(week["week"], week["version"] or 0), form, options.out)
    except Stop as stop:
        code, why = stop.args
        tell(why)
        return int(code)
    return OK


def since_last(server: Server, forms: list[str], options: argparse.Namespace) -> int:
    """All that is not written yet, oldest first."""
    written, count = Written(options.state or options.out / ".weekly_report.json"), 0
    weeks = server.weeks_that_are_over(options.from_week)
    open_weeks = [week["week"] for week in weeks if week["state"] != "closed"]
    for week in weeks:
        if options.require_closed and week["state"] != "closed":
            continue
        for form in forms:
            for wanted in written.missing(form, week):
                fetch(server, wanted, form, options.out)
                written.note(form, wanted)
                count += 1
    if options.require_closed and open_weeks:
        raise Stop(NOT_CLOSED, f"not closed: {', '.join(open_weeks)}")
    return OK if count else NOTHING_NEW


def fetch(server: Server, wanted: Wanted, form: str, out: Path) -> None:
    path = wanted.path(form, out)
    write_whole(path, server.report(wanted, form))
    print(path)


def read_options(arguments: list[str]) -> argparse.Namespace:
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written, allow_abbrev=False)
    parser.add_argument("--url", default=os.environ.get("OUTREACH_URL"), help="the server (OUTREACH_URL)")
    parser.add_argument("--token-file", type=Path, help="a file with the token, instead of OUTREACH_TOKEN")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--week", type=iso_week, help="an ISO week such as 2026-W47")
    which.add_argument("--last", action="store_true", help="the last full week in Tokyo (the default)")
    which.add_argument(
        "--since-last", action="store_true", help="all weeks and versions that were not written yet"
    )
    parser.add_argument(
        "--from", dest="from_week", type=iso_week, help="with --since-last: no weeks before this"
    )
    parser.add_argument("--state", type=Path, help="where --since-last notes them (OUT/.weekly_report.json)")
    parser.add_argument("--require-closed", action="store_true", help="write closed weeks only, else code 5")
    parser.add_argument("--format", choices=[*MEDIA, "all"], default="json")
    parser.add_argument("--language", choices=["ja", "en"], default="ja")
    parser.add_argument("--out", type=Path, default=Path(), help="the folder to write into (default: here)")
    return parser.parse_args(arguments)


def iso_week(text: str) -> str:
    try:
        if re.fullmatch(r"[0-9]{4}-W[0-9]{2}", text):
            dt.date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
            return text
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is no ISO week such as 2026-W47")


def last_full_week(now: dt.datetime) -> str:
    """The week that ended with the last Sunday in Tokyo, whatever day it is in UTC."""
    year, week, _ = (now.astimezone(TOKYO) - dt.timedelta(weeks=1)).isocalendar()
    return f"{year:04d}-W{week:02d}"


def read_token(file: Path | None) -> str:
    try:
        token = file.read_text(encoding="ascii") if file else os.environ.get("OUTREACH_TOKEN", "")
    except (OSError, UnicodeDecodeError) as fault:
        raise Stop(MISUSED, f"the token file can't be read: {fault}") from None
    token = token.strip()
    if not re.fullmatch(r"[!-~]+", token):
        raise Stop(MISUSED, "there is no token: set OUTREACH_TOKEN, or name a file with --token-file")
    return token


def write_whole(path: Path, body: bytes) -> None:
    """Put the file in its place in one step, so that nobody ever reads half a report. Raises Stop."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder, because a rename is one step only within one disk.
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".report-") as folder:
            part = Path(folder) / path.name
            with part.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
    except OSError as fault:
        raise Stop(MISUSED, f"{path} can't be written: {fault}") from None


def tell(text: str) -> None:
    print(f"weekly_report: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
