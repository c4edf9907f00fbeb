"""Turns files that somebody hands in, plain or zipped, into rows of text: bounded, whatever they claim to be."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from outreach_api.outreach_map.population import TableError

MAX_ZIP_MEMBERS = 200
MAX_ERRORS = 50

# What zipfile raises for what is no sound zip. RuntimeError: it wants a password; NotImplementedError: an exotic
# compression.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)


class Unreadable(Exception):
    """Carries the one error that ends the reading at once."""

    def __init__(self, line: int, column: str, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.error = TableError(line, column, code, params)


Unzipped = tuple[str, bytes]
"""A file's name (of one in a zip: "zip › member") and its content."""


def unzipped(name: str, data: bytes, endings: Sequence[str], most: int) -> list[Unzipped]:
    """The files inside a zip whose names end as asked, or the file itself; raises Unreadable.

    Never more than `most` bytes in all, whatever headers claim. Names of members are shown, never opened as paths.
    """
    if data[:4] != b"PK\x03\x04":
        if len(data) > most:
            raise Unreadable(0, "", "file_too_big", most=most)
        return [(name, data)]
    left = most
    found: list[Unzipped] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            wanted = [member for member in members if member.filename.lower().endswith(tuple(endings))]
            if len(members) > MAX_ZIP_MEMBERS or not wanted:
                raise Unreadable(0, "", "zip_without", endings=" ".join(endings), most=MAX_ZIP_MEMBERS)
            for member in wanted:
                with archive.open(member) as packed:
                    content = packed.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise Unreadable(0, "", "file_too_big", most=most)
                found.append((f"{name} › {printable(_name_of(member))}", content))
    except BROKEN_ZIP:
        raise Unreadable(0, "", "zip_broken") from None
    return found


def _name_of(member: zipfile.ZipInfo) -> str:
    """Without the flag for UTF-8, zipfile reads names as cp437; those made in Japan are cp932."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("cp932")
    except UnicodeError:
        return member.filename


def printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:120]


def rows_of(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a comma-separated text, each with the line that it ends on. Raises Unreadable."""
    reader = csv.reader(io.StringIO(decode(data), newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise Unreadable(reader.line_num, "", "file_not_csv") from None


def decode(data: bytes) -> str:
    """Text of a file in UTF-8 (with or without a mark) or cp932, which hardly ever passes for UTF-8."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(0, "", "file_encoding")


def same_label(label: str) -> str:
    """A label without the differences that don't matter: width, spaces, kinds of tilde."""
    folded = "".join(unicodedata.normalize("NFKC", label).split())
    return folded.translate({ord("〜"): "~", ord("∼"): "~"})
