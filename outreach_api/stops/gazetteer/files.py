"""Opens what was handed in, plain or zipped, and gives its lines one by one: bounded, whatever it claims to be."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

MOST_BYTES = 1_500_000_000
"""Of one list once unpacked: the blocks of all Japan are 1.2 GB."""
MOST_MEMBERS = 200
_SNIFFED = 1 << 20


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong where: the line as an editor counts, 0 for the whole file."""

    file: str
    line: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)


class Unusable(Exception):
    """Ends the reading of a file at once."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Member:
    """One list: a plain file, or one of those in a zip."""

    path: Path
    inside: str | None = None

    @property
    def name(self) -> str:
        return self.path.name if self.inside is None else f"{self.path.name} › {self.inside}"

    def unusable(self, code: str, line: int = 0, column: str = "", /, **params: object) -> Unusable:
        return Unusable(Fault(self.name, line, column, code, params))


def members_of(path: Path) -> list[Member]:
    """The lists in a file. Raises Unusable for a zip without any, or which can't be opened."""
    with path.open("rb") as source:
        zipped = source.read(4) == b"PK\x03\x04"
    if not zipped:
        return [Member(path)]
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Unusable(Fault(path.name, 0, "", "zip_broken")) from None
    lists = [name for name in names if name.lower().endswith((".csv", ".txt"))]
    if not lists or len(names) > MOST_MEMBERS:
        raise Unusable(Fault(path.name, 0, "", "zip_without_lists"))
    return [Member(path, name) for name in lists]


def lines_of(member: Member) -> Iterator[tuple[int, Sequence[str]]]:
    """The records of a list, each with the line it ends on; the first one is its header. Raises Unusable."""
    with _text(member) as text:
        reader = csv.reader(text, strict=True)
        try:
            for cells in reader:
                if any(cells):
                    yield reader.line_num, cells
        except csv.Error:
            raise member.unusable("file_not_csv", reader.line_num) from None
        except UnicodeDecodeError:
            raise member.unusable("file_encoding", reader.line_num + 1) from None
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise member.unusable("zip_broken") from None


@contextmanager
def _text(member: Member) -> Iterator[IO[str]]:
    with _bytes(member) as raw:
        head = raw.read(_SNIFFED)
    encoding = _encoding(member, head)
    with _bytes(member) as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
        yield text


@contextmanager
def _bytes(member: Member) -> Iterator[io.BufferedReader]:
    if member.inside is None:
        with member.path.open("rb") as plain:
            yield io.BufferedReader(_Bounded(member, plain))
        return
    try:
        with zipfile.ZipFile(member.path) as archive, archive.open(member.inside) as packed:
            yield io.BufferedReader(_Bounded(member, packed))
    except (RuntimeError, NotImplementedError):
        # RuntimeError: it wants a password; NotImplementedError: an exotic compression.
        raise member.unusable("zip_broken") from None


class _Bounded(io.RawIOBase):
    """Never gives more than MOST_BYTES, whatever a zip's header says."""

    def __init__(self, member: Member, source: IO[bytes]) -> None:
        self._member, self._source, self._left = member, source, MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        got = self._source.read(len(view))
        self._left -= len(got)
        if self._left < 0:
            raise self._member.unusable("file_too_big", most=MOST_BYTES)
        view[: len(got)] = got
        return len(got)


def _encoding(member: Member, head: bytes) -> str:
    """UTF-8 (with or without a mark) or cp932, which hardly ever passes for UTF-8; by the first megabyte."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < _SNIFFED)
        except UnicodeDecodeError:
            continue
        return encoding
    raise member.unusable("file_encoding")
