#!/usr/bin/env python3
"""Fetches one week's reach report and writes it to a file, as a coordinator's cron job does. Standard library only.

  OUTREACH_URL=https://… OUTREACH_TOKEN=… weekly_report.py --last --format csv --out reports

Exit codes: 0 written · 2 wrong use, or the file can't be written · 3 refused: token, role, or no such week ·
4 server or network, after trying again for a while.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import os
import re
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

OK, MISUSED, REFUSED, FAILED = 0, 2, 3, 4
TOKYO = dt.timezone(dt.timedelta(hours=9), "Asia/Tokyo")
TIMEOUT_SECONDS = 60
WAITS_SECONDS = (1, 4, 15, 60)
MEDIA = {"json": "application/json", "csv": "text/csv"}
TRY_AGAIN = {408, 429, 500, 502, 503, 504}


class Stop(Exception):
    """Ends it: an exit code, and why, for a person."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to whoever it names."""

    def redirect_request(self, *_: object) -> None:
        return None


def main(arguments: list[str]) -> int:
    options = read_options(arguments)
    try:
        week = options.week or last_full_week(dt.datetime.now(dt.UTC))
        address = report_address(options.url, week)
        body = fetch(address, read_token(options.token_file), options.format)
        path = options.out / f"report-{week}.{options.format}"
        write_whole(path, body)
    except Stop as stop:
        code, why = stop.args
        print(f"weekly_report: {why}", file=sys.stderr)
        return int(code)
    print(path)
    return OK


def read_options(arguments: list[str]) -> argparse.Namespace:
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written, allow_abbrev=False)
    parser.add_argument("--url", default=os.environ.get("OUTREACH_URL"), help="the server (OUTREACH_URL)")
    parser.add_argument("--token-file", type=Path, help="a file with the token, instead of OUTREACH_TOKEN")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--week", type=iso_week, help="an ISO week such as 2026-W47")
    which.add_argument("--last", action="store_true", help="the last full week in Tokyo (the default)")
    parser.add_argument("--format", choices=MEDIA, default="json")
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


def report_address(url: str | None, week: str) -> str:
    if not url or not re.match(r"https?://[^/\s]+", url):
        raise Stop(MISUSED, "say where the server is: --url or OUTREACH_URL, beginning with http(s)://")
    return f"{url.rstrip('/')}/v1/reports/week/{week}"


def read_token(file: Path | None) -> str:
    try:
        token = file.read_text(encoding="ascii") if file else os.environ.get("OUTREACH_TOKEN", "")
    except (OSError, UnicodeDecodeError) as fault:
        raise Stop(MISUSED, f"the token file can't be read: {fault}") from None
    token = token.strip()
    if not re.fullmatch(r"[!-~]+", token):
        raise Stop(MISUSED, "there is no token: set OUTREACH_TOKEN, or name a file with --token-file")
    return token


def fetch(address: str, token: str, form: str) -> bytes:
    """The report's bytes. Tries again when the network or the server is away for a while. Raises Stop."""
    headers = {"Authorization": f"Bearer {token}", "Accept": MEDIA[form], "User-Agent": "weekly_report"}
    opener = urllib.request.build_opener(NoRedirect)
    why = ""
    for wait in (0, *WAITS_SECONDS):
        if why:
            print(f"weekly_report: {why}; again in {wait:g} s", file=sys.stderr)
            time.sleep(wait)
        try:
            request = urllib.request.Request(address, headers=headers)  # noqa: S310 - http(s) only, see above
            with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                body: bytes = answer.read()
                if answer.headers.get_content_type() == MEDIA[form]:
                    return body
                raise Stop(FAILED, f"{address} answered {answer.headers.get_content_type()}: no report")
        except urllib.error.HTTPError as error:
            said = error.read(2_000).decode("utf-8", "replace")
            if error.code not in TRY_AGAIN:
                code = REFUSED if error.code >= 400 else FAILED
                raise Stop(code, f"{address} answered {error.code}: {said}") from None
            why = f"{error.code} {error.reason}"
        except (OSError, http.client.HTTPException) as error:  # no route, no name, cut off, a bad certificate
            why = str(getattr(error, "reason", error)) or type(error).__name__
    raise Stop(FAILED, f"{address}: {why}; gave up")


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
