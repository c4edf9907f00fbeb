"""What commands share that import files of the area: files, --list or --undo; bounded; every fault is named."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from outreach_api.cli.console import Failure, tell
from outreach_api.kernel.week import TOKYO
from outreach_api.messages import say
from outreach_api.outreach_map.population import TableError
from outreach_api.outreach_map.table_file import Unzipped

_LONGEST_LABEL = 80


class Import(Protocol):
    imported_at: dt.datetime
    undone_at: dt.datetime | None


def add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="ファイル · the files")
    parser.add_argument(
        "--undo", action="store_true", help="最後の取り込みを取り消す · undo the newest import"
    )
    parser.add_argument("--list", action="store_true", help="取り込みの一覧 · list the imports")


def one_thing(*asked: object) -> bool:
    """Whether exactly one of them was asked for; else says so."""
    if sum(map(bool, asked)) == 1:
        return True
    tell(
        "ファイル、--list、--undo のどれか一つを指定してください。",
        "Name the files, or one of --list and --undo.",
    )
    return False


def contents(files: Iterable[Path], most: int) -> list[Unzipped]:
    """Names and contents, `most` bytes at most each. Raises Failure."""
    found: list[Unzipped] = []
    for file in files:
        with file.open("rb") as source:
            content = source.read(most + 1)
        if len(content) > most:
            raise Failure(f"{file.name}:", *both("file_too_big", {"most": most}))
        found.append((file.name, content))
    return found


def refuse(errors: Sequence[TableError]) -> None:
    """Name every fault of the files and import nothing."""
    if not errors:
        return
    for error in errors:
        tell(f"{_place(error)}: {' '.join(both(error.code, error.params))}")
    raise Failure(*NOTHING)


NOTHING = ("何も取り込んでいません。", "Nothing was imported.")


def _place(error: TableError) -> str:
    line = f"{error.line}行目 · line {error.line}" if error.line else "ファイル · file"
    return ", ".join(filter(None, (error.file, line, error.column)))


def both(code: str, params: Mapping[str, object]) -> tuple[str, str]:
    return say(code, "ja", params), say(code, "en", params)


def state(entry: Import) -> str:
    at = f"{entry.imported_at.astimezone(TOKYO):%Y-%m-%d %H:%M}"
    return f"{at} 取消 undone" if entry.undone_at else at


def label(text: str) -> str:
    text = text.strip()
    if not text or len(text) > _LONGEST_LABEL or not text.isprintable():
        raise argparse.ArgumentTypeError(f"1 to {_LONGEST_LABEL} printable characters")
    return text


def label_of(files: Sequence[Path]) -> str:
    """The name of an import that got none: that of its first file."""
    more = f" ほか{len(files) - 1}" if len(files) > 1 else ""
    return label(files[0].stem[: _LONGEST_LABEL - len(more)] + more)
