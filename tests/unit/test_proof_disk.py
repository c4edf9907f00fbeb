"""The disk of the power-cut proof: as treacherous as SQLite's documentation says that disks are, and no more."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from tests.proofs.disk import SECTOR, Created, Disk, Event, FolderSynced, Removed, Synced, Truncated, Wrote

NAMED: tuple[Event, ...] = (Created(1, "a"), FolderSynced(1))
TRIES = 400


def states(*events: Event, before: Sequence[Event] = NAMED) -> set[bytes | None]:
    """All that file `a` was found to hold in many cuts after these events; None where it was not found."""
    found = set()
    for number in range(TRIES):
        disk = Disk([*before, *events])
        disk.play(len(before) + len(events))
        found.add(disk.after_a_power_cut(random.Random(number)).get("a"))
    return found


def test_what_a_sync_covered_is_there_in_every_cut() -> None:
    synced = (Wrote(1, 0, b"abc"), Truncated(1, 2), Synced(1, 4))
    assert states(*synced) == {b"ab"}
    assert all(
        state is not None and state.startswith(b"ab") for state in states(*synced, Wrote(1, 2, b"xyz"))
    )


def test_a_sync_covers_nothing_that_was_written_while_it_ran() -> None:
    assert {b"", b"b"} <= states(Wrote(1, 0, b"b"), Synced(1, 2))


def test_a_sync_of_one_file_covers_no_other() -> None:
    assert {b"", b"b"} <= states(Wrote(1, 0, b"b"), Created(2, "other"), Synced(2, 4))


def test_unsynced_writes_arrive_in_any_combination_and_order() -> None:
    one, other = b"a" * SECTOR, b"b" * SECTOR
    whole = (Wrote(1, 0, bytes(2 * SECTOR)), Synced(1, 3))
    nothing = bytes(SECTOR)
    combinations = {nothing * 2, one + nothing, nothing + other, one + other}
    assert combinations <= states(*whole, Wrote(1, 0, one), Wrote(1, SECTOR, other))


def test_a_truncation_may_not_have_arrived() -> None:
    assert states(Wrote(1, 0, b"abc"), Synced(1, 3), Truncated(1, 1)) == {b"abc", b"a"}


def test_a_write_is_torn_at_sectors_and_inside_of_one() -> None:
    old, new = bytes(2 * SECTOR), b"n" * (2 * SECTOR)
    found = states(Wrote(1, 0, old), Synced(1, 3), Wrote(1, 0, new))
    assert old[:SECTOR] + new[SECTOR:] in found
    assert new[:SECTOR] + old[SECTOR:] in found
    assert any(state is not None and 0 < state[:SECTOR].count(b"n") < SECTOR for state in found)


def test_a_write_touches_no_byte_beside_it() -> None:
    kept = b"k" * 100
    for state in states(Wrote(1, 0, kept * 3), Synced(1, 3), Wrote(1, 100, b"n" * 100)):
        assert state is not None
        assert (state[:100], state[200:]) == (kept, kept)


def test_a_file_may_have_grown_without_its_content() -> None:
    found = states(Wrote(1, 0, b"content"))
    assert {b"", b"content", bytes(7)} <= found
    assert any(state and len(state) == 7 and state not in (b"content", bytes(7)) for state in found)


@pytest.mark.parametrize(
    ("before", "events", "expected"),
    [
        ((), [Created(1, "a")], {None, b""}),
        ((), [Created(1, "a"), FolderSynced(1)], {b""}),
        (NAMED, [Removed("a")], {None, b""}),
        (NAMED, [Removed("a"), FolderSynced(3)], {None}),
    ],
)
def test_a_name_is_sure_only_when_its_folder_was_synced(
    before: Sequence[Event], events: list[Event], expected: set[bytes | None]
) -> None:
    assert states(*events, before=before) == expected


def test_a_name_may_lead_to_the_file_that_it_once_led_to() -> None:
    old: list[Event] = [Wrote(1, 0, b"old"), Synced(1, 3)]
    new: list[Event] = [Removed("a"), Created(2, "a"), Wrote(2, 0, b"new"), Synced(2, 7)]
    assert states(*old, *new) == {b"old", None, b"new"}


def test_while_the_power_is_on_everything_is_there() -> None:
    disk = Disk(
        [*NAMED, Wrote(1, 3, b"c"), Wrote(1, 0, b"a"), Truncated(1, 2), Created(2, "b"), Removed("b")]
    )
    disk.play(7)
    assert disk.as_written() == {"a": b"a\0"}
