"""A stolen phone holds no readable note: text is sealed before it is written down, in the queue and in the export."""

from __future__ import annotations

import base64
import gzip
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from outreach_api.app import KINDS
from outreach_api.kernel import ids as server_ids
from outreach_api.kernel.ids import new_id
from outreach_api.storage.contacts import ContactNote
from schemas import vocabulary
from tests.api import Api
from tests.handheld import Handheld, Van
from van_app import ids, words
from van_app.checking import CannotKeep, LooksPersonal

TEXT = "上の子の夜泣きで眠れないとのこと。"


def noted(van: Van, **said: Any) -> Handheld:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    phone.note(**{"depth": "listening", "text": TEXT, "topics": ["isolation"], **said})
    return phone


def sealed_in(phone: Handheld) -> list[str]:
    return [one.sealed for one in phone.queue.find("sealed IS NOT NULL") if one.sealed is not None]


def written_down(phone: Handheld) -> bytes:
    """Everything that this phone has on its disk."""
    folder: Path = phone.queue.path.parent
    phone.export(folder / "rescue.jsonl")
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_a_notes_words_are_nowhere_on_the_phone_and_whole_on_the_server(van: Van, api: Api) -> None:
    phone = noted(van)
    spellings = [TEXT, json.dumps(TEXT)[1:-1], "isolation", "夜泣き"]
    on_disk = written_down(phone)
    assert b"note.write" in on_disk
    assert not [one for one in spellings if one.encode() in on_disk or one.encode("utf-16-le") in on_disk]
    phone.sync()
    on_its_way = b"".join(gzip.decompress(body) for body in phone.network.pushes)
    assert not [one for one in spellings if one.encode() in on_its_way]
    (note,) = api.get("/v1/contact-notes", role="safeguarding").json["items"]
    assert note["topics"] == ["isolation"]
    path = f"/v1/contact-notes/{note['id']}/text?purpose=safeguarding"
    assert api.get(path, role="safeguarding").json["text"] == TEXT


def test_a_sealed_notes_length_does_not_tell_how_much_was_said(van: Van) -> None:
    phone = noted(van, text="あ")
    phone.note(depth="crisis", safety_concern=True, text="い" * 20, topics=["money", "health"])
    assert len({len(sealed) for sealed in sealed_in(phone)}) == 1


def test_a_sealed_note_cannot_be_put_under_another_operation(van: Van) -> None:
    phone = noted(van)
    (sealed,) = sealed_in(phone)
    phone.queue.change([one.op_id for one in phone.queue.find("sealed IS NOT NULL")], op_id=str(new_id()))
    assert phone.sync().dead == 1
    assert base64.urlsafe_b64decode(sealed + "=")[:4].hex() == phone.queue.get("rules")["seal"]["key_id"]


def test_without_a_key_to_seal_with_no_note_is_kept(van: Van) -> None:
    phone = van.phone(paired=False)
    phone.open_visit(plan_stop_id=van.plan_stop)
    with pytest.raises(CannotKeep, match="sync once"):
        phone.note(depth="chat", text=TEXT)
    assert TEXT.encode() not in written_down(phone)


@pytest.mark.parametrize("text", ["090-1234-5678 に電話", "山田さんと話した", "０９０-１２３４-５６７８"])
def test_whoever_writes_what_looks_personal_is_asked_first(van: Van, text: str) -> None:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    with pytest.raises(LooksPersonal) as asked:
        phone.note(depth="chat", text=text)
    assert asked.value.warnings
    assert text not in str(asked.value)
    assert sealed_in(phone) == []
    phone.note(depth="chat", text=text, sure=True)
    assert phone.sync().dead == 0


@pytest.mark.parametrize(
    "said",
    [
        {"depth": "deep"},
        {"topics": ["money", "money"]},
        {"stages": ["grown_up"]},
        {"text": "あ" * 281},
        {"text": "  "},
        {"text": "a\x00b"},
        {"text": "\ud800"},
    ],
    ids=str,
)
def test_what_the_server_would_refuse_is_refused_before_it_is_sealed(van: Van, said: dict[str, Any]) -> None:
    with pytest.raises(CannotKeep):
        noted(van, **said)


def test_a_concern_is_urgent_until_it_has_arrived_and_one_about_staff_is_never_marked(
    van: Van, api: Api
) -> None:
    for said in ({"safety_concern": True}, {"depth": "crisis"}, {"topics": ["violence"]}):
        phone = noted(van, **said)
        assert phone.status().urgent == 1
        phone.sync()
        assert phone.queue.rows("SELECT min(turn) AS turn FROM operations")[0]["turn"] > 0
    about_staff = noted(van, safety_concern=True, about_staff=True)
    assert about_staff.status().urgent == 0
    assert about_staff.sync().applied == 2
    with api.database.read() as session:
        assert session.query(ContactNote).filter_by(about_staff=True).count() == 1


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_the_queue_and_what_lies_beside_it_are_for_their_owner_only(van: Van) -> None:
    phone = noted(van)
    phone.sync()
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in phone.queue.path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_ids_of_what_families_said_tell_no_time_and_those_of_facts_do(van: Van) -> None:
    phone = noted(van)
    phone.count({"infant": 1})
    versions = {one.kind: one.op_id[14] for one in phone.queue.find("1")}
    assert versions == {"visit.open": "7", "note.write": "4", "head_count.add": "7"}


def test_the_apps_words_and_the_servers_are_the_same() -> None:
    pairs = {
        vocabulary.Band: tuple(words.BANDS),
        vocabulary.Payment: words.PAYMENTS,
        vocabulary.ServiceMode: words.SERVICE_MODES,
        vocabulary.CancelReason: words.REASONS,
        vocabulary.Familiarity: words.FAMILIARITY,
        vocabulary.Depth: words.DEPTHS,
        vocabulary.Stage: words.STAGES,
        vocabulary.Topic: words.TOPICS,
        vocabulary.InfoGiven: words.INFO,
    }
    assert {word.__name__: tuple(one.value for one in word) for word in pairs} == {
        word.__name__: mine for word, mine in pairs.items()
    }
    assert ids.VISITS == server_ids.NAMESPACE
    kinds = {kind.name for kind in KINDS}
    assert set(words.KINDS) <= kinds
    assert {kind.partition(".")[0] for kind in kinds} >= words.PRIVATE_KINDS
