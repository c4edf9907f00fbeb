"""The cabinet: keys by month that can be destroyed, wrapped by a master key that can be changed while servers run."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.settings import Settings
from outreach_api.storage import cabinet as cabinets
from outreach_api.storage import master_key
from outreach_api.storage.keyring import Keyring, load_keyring, make_keys, secret_id
from outreach_api.storage.master_key import CannotOpen, KeyFileError, Master, read_masters, replace_masters

NOVEMBER = dt.datetime(2026, 11, 28, 3, 0, tzinfo=dt.UTC)
DECEMBER = NOVEMBER + dt.timedelta(days=5)
TEXT = "妹が学校へ行けていない"
PLACE = {"table": "contact_notes", "column": "text_sealed", "row": new_id()}
FROM_BEFORE = {
    "table": "contact_notes",
    "column": "text_sealed",
    "row": uuid.UUID("5f0f7d2e-3d0e-4f63-9a55-3c1c8f0f2b11"),
}
SEALED_BEFORE = bytes.fromhex(
    "01075a534a05f9bd25dd8c518f5117cfad8bcedeaec4d56686cebebd5a5bf29596c9d1cd10f97bceea8843223bee729c9eaa4a3582a91b3bb2c5"
    "cfc62e2afe279893"
)
"""The same text, sealed by the first format with a master key of the bytes 0 to 31."""


@pytest.fixture
def settings(tmp_path: Path, empty_engine_url: str) -> Settings:
    return Settings(home=tmp_path, cabinet_url=empty_engine_url)


@pytest.fixture
def keys(settings: Settings) -> Iterator[Keyring]:
    with closing(make_keys(settings)) as made:
        yield made


def test_each_month_has_a_key_of_its_own_which_every_process_finds(keys: Keyring, settings: Settings) -> None:
    november, december = keys.seal(TEXT, **PLACE, at=NOVEMBER), keys.seal(TEXT, **PLACE, at=DECEMBER)
    with closing(load_keyring(settings)) as another:
        assert another.open(november, **PLACE) == another.open(december, **PLACE) == TEXT
        again = another.seal(TEXT, **PLACE, at=NOVEMBER)
    assert secret_id(november) == secret_id(again) != secret_id(december)


def test_the_month_is_that_of_tokyo(keys: Keyring) -> None:
    last = dt.datetime(2026, 11, 30, 14, 59, tzinfo=dt.UTC)
    first = last + dt.timedelta(minutes=1)
    assert secret_id(keys.seal(TEXT, **PLACE, at=last)) == secret_id(keys.seal(TEXT, **PLACE, at=NOVEMBER))
    assert secret_id(keys.seal(TEXT, **PLACE, at=first)) == secret_id(keys.seal(TEXT, **PLACE, at=DECEMBER))


def test_what_a_destroyed_key_sealed_is_gone_and_the_rest_is_not(keys: Keyring, settings: Settings) -> None:
    november, december = keys.seal(TEXT, **PLACE, at=NOVEMBER), keys.seal(TEXT, **PLACE, at=DECEMBER)
    keys.cabinet.destroy([secret_id(november) or b""])
    with closing(load_keyring(settings)) as later:
        with pytest.raises(CannotOpen):
            later.open(november, **PLACE)
        assert later.open(december, **PLACE) == TEXT
        assert not later.sealed(november)


def test_only_keys_of_texts_of_earlier_months_that_seal_nothing_are_offered_for_destruction(
    keys: Keyring,
) -> None:
    keys.secret("receipts")
    november = secret_id(keys.seal(TEXT, **PLACE, at=NOVEMBER)) or b""
    december = secret_id(keys.seal(TEXT, **PLACE, at=DECEMBER)) or b""
    assert keys.cabinet.unused("2026-11", set()) == []
    assert keys.cabinet.unused("2026-12", set()) == [november]
    assert keys.cabinet.unused("2027-01", {november}) == [december]


def test_a_copy_of_the_cabinet_serves_for_a_year(keys: Keyring, settings: Settings) -> None:
    keys.seal(TEXT, **PLACE, at=NOVEMBER)
    with keys.cabinet.database.read() as session:
        periods = set(session.scalars(sa.text("SELECT period FROM secrets WHERE use = 'note text'")))
    assert (len(periods), min(periods), max(periods)) == (13, "2026-11", "2027-11")


def test_many_who_need_a_new_key_at_once_get_the_same(settings: Settings, keys: Keyring) -> None:
    together = threading.Barrier(6)
    found: list[bytes] = []

    def ask() -> None:
        with closing(load_keyring(settings)) as own:
            together.wait()
            found.append(own.cabinet.secret("note text", "2030-01").key)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


def test_a_new_master_key_opens_everything_and_the_old_one_nothing(keys: Keyring, settings: Settings) -> None:
    sealed, receipts, public = keys.seal(TEXT, **PLACE, at=NOVEMBER), keys.secret("receipts"), keys.public_key
    old = settings.master_key_file.read_text()
    assert keys.cabinet.rotate() == 15
    assert settings.master_key_file.stat().st_mode & 0o077 == 0
    with closing(load_keyring(settings)) as later:
        assert later.open(sealed, **PLACE) == TEXT
        assert (later.secret("receipts"), later.public_key) == (receipts, public)
    settings.master_key_file.write_text(old)
    with pytest.raises(KeyFileError, match="is not the one that closed the cabinet"):
        load_keyring(settings)


def test_a_server_that_runs_on_meanwhile_seals_what_everybody_can_open(
    keys: Keyring, settings: Settings
) -> None:
    keys.seal(TEXT, **PLACE, at=NOVEMBER)
    with closing(load_keyring(settings)) as console:
        console.cabinet.rotate()
    sealed = keys.seal(
        TEXT, **PLACE, at=DECEMBER
    )  # its first of December: a new key, wrapped by the new master
    with closing(load_keyring(settings)) as later:
        assert later.open(sealed, **PLACE) == TEXT


@pytest.mark.parametrize("cut_after", ["the new key is in the file", "everything is wrapped anew"])
def test_a_rotation_that_is_cut_off_loses_nothing(
    keys: Keyring, settings: Settings, monkeypatch: pytest.MonkeyPatch, cut_after: str
) -> None:
    sealed = keys.seal(TEXT, **PLACE, at=NOVEMBER)
    written: list[int] = []

    def replace(path: Path, masters: list[Master]) -> None:
        if written and cut_after == "everything is wrapped anew":
            raise OSError("the power is gone")
        replace_masters(path, masters)
        written.append(len(masters))
        if cut_after == "the new key is in the file":
            raise OSError("the power is gone")

    monkeypatch.setattr(cabinets, "replace_masters", replace)
    with pytest.raises(OSError, match="power"):
        keys.cabinet.rotate()
    monkeypatch.undo()
    assert len(read_masters(settings.master_key_file)) == 2
    with closing(load_keyring(settings)) as later:
        assert later.open(sealed, **PLACE) == TEXT
        later.cabinet.rotate()
        assert later.open(sealed, **PLACE) == TEXT
    assert len(read_masters(settings.master_key_file)) == 1


def test_a_key_without_its_cabinet_is_refused_and_makes_no_new_one(
    tmp_path: Path, settings: Settings, keys: Keyring
) -> None:
    keys.close()
    elsewhere = Settings(home=tmp_path, cabinet_url=f"sqlite:///{tmp_path / 'lost.cabinet'}")
    for _ in range(2):
        with pytest.raises(KeyFileError, match=r"there is no cabinet at .*lost\.cabinet"):
            load_keyring(elsewhere)
    assert not (tmp_path / "lost.cabinet").exists()


def test_a_damaged_key_in_the_cabinet_is_noticed(keys: Keyring, settings: Settings) -> None:
    with keys.cabinet.database.write() as session:
        wrapped = session.scalar(sa.text("SELECT wrapped FROM secrets"))
        assert isinstance(wrapped, bytes)
        altered = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
        session.execute(sa.text("UPDATE secrets SET wrapped = :w"), {"w": altered})
    with pytest.raises(KeyFileError, match="damaged"):
        load_keyring(settings)


def test_a_home_from_before_the_cabinet_goes_on_as_it_was(settings: Settings) -> None:
    file = settings.master_key_file
    file.parent.mkdir(parents=True)
    file.touch(mode=0o600)
    file.write_text(bytes(range(32)).hex() + "\n")
    old = Master(bytes(range(32)))
    for _ in range(2):
        with closing(load_keyring(settings)) as keys:
            assert keys.secret("receipts") == old.derive("receipts")
            assert keys.open(SEALED_BEFORE, **FROM_BEFORE) == TEXT
            assert keys.sealed(SEALED_BEFORE)
            assert keys.seal(TEXT, **PLACE, at=NOVEMBER)[0] == 2
    assert file.read_text().startswith(master_key.HEADER)


def test_erasures_are_noted_once_and_for_as_long_as_backups_are_put_back(keys: Keyring) -> None:
    row = new_id()
    for _ in range(2):
        keys.witness.note_erasures("contact_notes.text_sealed", [row], NOVEMBER)
    assert keys.witness.erased_in("contact_notes.text_sealed") == [row]
    assert keys.witness.erased_in("rejections.sealed") == []
    for days, left in ((400, [row]), (401, [])):
        keys.witness.forget_old_erasures(NOVEMBER + dt.timedelta(days=days))
        assert keys.witness.erased_in("contact_notes.text_sealed") == left


def test_a_home_whose_making_was_cut_off_after_the_key_is_made_whole(settings: Settings) -> None:
    master_key.make_key_file(settings.master_key_file)
    with pytest.raises(KeyFileError, match="there is no cabinet"):
        load_keyring(settings)
    load_keyring(settings, new_home=True).close()
    load_keyring(settings).close()
