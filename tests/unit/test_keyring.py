"""The master key and what it seals: every way in which it can be wrong is said, none is let through."""

from __future__ import annotations

import datetime as dt
import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from outreach_api.kernel.ids import new_id
from outreach_api.settings import Settings
from outreach_api.storage.keyring import Keyring, load_keyring, make_keys
from outreach_api.storage.master_key import CannotOpen, KeyFileError, make_key_file

ROW = new_id()
PLACE = {"table": "contact_notes", "column": "text", "row": ROW}
NOW = dt.datetime(2026, 11, 28, 3, 0, tzinfo=dt.UTC)
TEXT = "妹が学校へ行けていない"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def keys(settings: Settings) -> Iterator[Keyring]:
    with closing(make_keys(settings)) as made:
        yield made


@pytest.fixture
def key_file(keys: Keyring, settings: Settings) -> Path:
    return settings.master_key_file


def test_a_new_key_is_its_owners_alone_and_seals(key_file: Path, keys: Keyring) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700
    assert keys.open(keys.seal(TEXT, **PLACE, at=NOW), **PLACE) == TEXT


def test_a_key_is_never_replaced(key_file: Path) -> None:
    before = key_file.read_text()
    with pytest.raises(FileExistsError):
        make_key_file(key_file)
    assert key_file.read_text() == before


def test_a_missing_key_says_where_it_should_be(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"there is no master key at .*nowhere"):
        load_keyring(Settings(home=tmp_path, key_file=tmp_path / "nowhere"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"00" * 31,
        b"00" * 33,
        b"0" * 63,
        b"zz" * 32,
        bytes(range(200, 232)),
        "０".encode() * 64,
        b"\xff" * 64,
    ],
)
def test_what_is_no_key_of_32_bytes_is_refused(settings: Settings, key_file: Path, content: bytes) -> None:
    key_file.write_bytes(content)
    with pytest.raises(KeyFileError) as refused:
        load_keyring(settings)
    assert "00000" not in str(refused.value), "no error shows a part of a key"


@pytest.mark.skipif(os.name != "posix", reason="files have no such modes here")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o777])
def test_a_key_that_others_may_touch_is_refused(settings: Settings, key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_keyring(settings)


def test_a_folder_in_the_keys_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError):
        load_keyring(Settings(key_file=tmp_path))


@pytest.mark.parametrize(
    "moved",
    [{"row": uuid.UUID(int=ROW.int ^ 1)}, {"column": "other"}, {"table": "referrals"}],
    ids=["another row", "another column", "another table"],
)
def test_a_sealed_text_opens_in_its_own_place_only(keys: Keyring, moved: dict[str, object]) -> None:
    sealed = keys.seal(TEXT, **PLACE, at=NOW)
    with pytest.raises(CannotOpen):
        keys.open(sealed, **{**PLACE, **moved})


def test_every_altered_byte_is_noticed(keys: Keyring) -> None:
    sealed = keys.seal(TEXT, **PLACE, at=NOW)
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(CannotOpen):
            keys.open(bytes(altered), **PLACE)


def test_every_cut_is_noticed(keys: Keyring) -> None:
    sealed = keys.seal(TEXT, **PLACE, at=NOW)
    for length in range(len(sealed)):
        with pytest.raises(CannotOpen):
            keys.open(sealed[:length], **PLACE)
    with pytest.raises(CannotOpen):
        keys.open(sealed + b"\0", **PLACE)


def test_another_key_opens_nothing_and_says_so(keys: Keyring, tmp_path: Path) -> None:
    other = make_keys(Settings(home=tmp_path / "other"))
    sealed = keys.seal(TEXT, **PLACE, at=NOW)
    with pytest.raises(CannotOpen, match="another key"):
        other.open(sealed, **PLACE)


def test_the_same_text_is_sealed_differently_each_time(keys: Keyring) -> None:
    assert len({keys.seal(TEXT, **PLACE, at=NOW) for _ in range(100)}) == 100
    assert TEXT.encode() not in keys.seal(TEXT, **PLACE, at=NOW)


def test_keys_for_different_uses_have_nothing_in_common(keys: Keyring) -> None:
    secrets = {keys.secret(use) for use in ("receipts", "cursors", "timetable")}
    assert len(secrets) == 3
    assert all(len(key) == 32 for key in secrets)
