"""Turns a file that somebody hands in, plain or zipped, into rows of text: bounded, whatever it claims to be."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
import zlib

from outreach_api.outreach_map.population import TableError

# One first-mesh square in 250 m cells and 54 columns is 4 MB.
MAX_BYTES = 32 * 1024 * 1024
MAX_ZIP_MEMBERS = 20
MAX_ERRORS = 50


class Unreadable(Exception):
    """Carries the one error that ends the reading at once."""

    def __init__(self, line: int, column: str, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.error = TableError(line, column, code, params)


def read_rows(data: bytes) -> list[list[str]]:
    """The rows of a comma-separated file, or of the only one in a zip. Raises Unreadable."""
    try:
        return list(csv.reader(io.StringIO(decode(unzip(data)), newline=""), strict=True))
    except csv.Error:
        raise Unreadable(0, "", "file_not_csv") from None


def unzip(data: bytes) -> bytes:
    """The one text file inside a zip, or the data itself; never more than MAX_BYTES, whatever a header claims."""
    if data[:4] != b"PK\x03\x04":
        if len(data) > MAX_BYTES:
            raise Unreadable(0, "", "file_too_big", most=MAX_BYTES)
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            texts = [member for member in members if member.filename.lower().endswith((".txt", ".csv"))]
            if len(members) > MAX_ZIP_MEMBERS or len(texts) != 1:
                raise Unreadable(0, "", "zip_not_one_file", found=len(texts))
            with archive.open(texts[0]) as member:
                text = member.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        # RuntimeError: it wants a password; NotImplementedError: an exotic compression.
        raise Unreadable(0, "", "zip_broken") from None
    if len(text) > MAX_BYTES:
        raise Unreadable(0, "", "file_too_big", most=MAX_BYTES)
    return text


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
