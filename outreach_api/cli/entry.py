"""The `outreach` command. Each module of this folder offers `add(commands)` for a group of commands."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

import sqlalchemy as sa

from outreach_api.cli import (
    area,
    asking,
    backups,
    checking,
    database,
    demo,
    description,
    gazetteer,
    keys,
    population,
    queues,
    restoring,
    serving,
    stops,
    tokens,
    working,
)
from outreach_api.cli.console import Failure, tell
from outreach_api.kernel import log_lines
from outreach_api.settings import SettingsError
from outreach_api.storage.master_key import KeyFileError

# A new group of commands is one more module here.
GROUPS = (
    demo,
    database,
    serving,
    working,
    tokens,
    stops,
    population,
    area,
    gazetteer,
    queues,
    backups,
    restoring,
    keys,
    checking,
    asking,
    description,
)

REFUSED, MISUSED = 1, 2


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="outreach",
        description="くるくる移動アウトリーチの管理コマンド · looks after a kurukuru outreach server",
        epilog="設定は環境変数 OUTREACH_* で · settings come from OUTREACH_* in the environment",
    )
    made.add_argument("--version", action="version", version=version("kurukuru-outreach"))
    commands = made.add_subparsers(title="コマンド · commands", metavar="COMMAND", required=True)
    for group in GROUPS:
        group.add(commands)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 refused or failed, 2 misused. An expected fault is a sentence, no traceback."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            # A terminal that can't show Japanese must not stop a backup.
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    log_lines.to_be_quiet()
    try:
        options = parser().parse_args(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else MISUSED
    try:
        return _run(options)
    except Exception as fault:
        # A traceback's texts may hold what somebody wrote, and cron mails what a command says.
        said = log_lines.bare(fault)
        tell("思わぬ誤りです。", f"Unexpected: {said['error']}", *said["frames"])
        for cause in said.get("causes", ()):
            tell(f"after {cause['error']}", *cause["frames"])
    return REFUSED


def _run(options: argparse.Namespace) -> int:
    try:
        done: int = options.run(options)
        sys.stdout.flush()
        return done
    except Failure as failure:
        tell(*failure.sentences)
    except SettingsError as fault:
        tell("設定に誤りがあります。", "The settings have faults:", *fault.faults)
    except KeyFileError as fault:
        tell("鍵ファイルが使えません。", str(fault))
    except sa.exc.DatabaseError as fault:
        if type(fault) not in (sa.exc.OperationalError, sa.exc.DatabaseError):
            raise  # SQL that the database doesn't understand is a fault of ours
        tell("データベースを開けません。", f"The database can't be used: {str(fault.orig).strip()}")
    except BrokenPipeError:
        # Whoever read us has seen enough; nothing may be flushed to them at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as fault:
        tell("ファイルの操作に失敗しました。", f"{fault.filename or ''}: {fault.strerror or fault}")
    except KeyboardInterrupt:
        return 130
    return REFUSED
