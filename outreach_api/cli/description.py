"""openapi: writes openapi.yaml from the routes, or says whether it still agrees with them."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import itertools
import json
import tempfile
from pathlib import Path
from typing import Any

import yaml

from outreach_api.cli.console import Commands, command, tell
from outreach_api.settings import Settings
from outreach_api.storage import migrate
from outreach_api.storage.keyring import make_keys
from outreach_api.storage.session import Database

FILE = migrate.folder().parent / "openapi.yaml"


def add(commands: Commands) -> None:
    openapi = command(
        commands, "openapi", run_openapi, "API の定義 openapi.yaml を書き出す", "write the API's description"
    )
    openapi.add_argument(
        "file",
        type=Path,
        nargs="?",
        default=FILE,
        metavar="FILE",
        help="既定はプロジェクトの openapi.yaml · the project's openapi.yaml unless named",
    )
    openapi.add_argument(
        "--check", action="store_true", help="書かずに比べる（違えば 1）· only compare; 1 if it differs"
    )


def run_openapi(options: argparse.Namespace) -> int:
    wanted = as_yaml(description())
    if not options.check:
        options.file.write_text(wanted, encoding="utf-8")
        tell(f"書き出しました · wrote {options.file}")
        return 0
    found = options.file.read_text(encoding="utf-8") if options.file.exists() else ""
    if found == wanted:
        tell(f"{options.file} は最新です · agrees with the routes")
        return 0
    lines = difflib.unified_diff(found.splitlines(), wanted.splitlines(), "committed", "routes", lineterm="")
    tell(
        *itertools.islice(lines, 40),
        f"{options.file} がルートと違います。`outreach openapi` で書き直し、差分を確認してください。",
        f"{options.file} differs from the routes: run `outreach openapi` and review the difference.",
    )
    return 1


def description() -> dict[str, Any]:
    """What the routes promise; needs neither a key nor a database."""
    from outreach_api.app import create_app

    nowhere = Database("sqlite://")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        with contextlib.closing(make_keys(settings)) as keyring:
            app = create_app(settings, database=nowhere, keyring=keyring)
    made: dict[str, Any] = app.extensions["outreach_openapi"]
    return made


def as_yaml(spec: dict[str, Any]) -> str:
    """Readable Japanese, keys in the order of the routes, no anchors, status codes as text."""
    # Through JSON: it makes keys text and separates what is shared, which YAML would write as anchors.
    plain = json.loads(json.dumps(spec))
    written: str = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=110)
    head = "# Made from the routes by `outreach openapi`; change them, not this file.\n"
    return head + written
