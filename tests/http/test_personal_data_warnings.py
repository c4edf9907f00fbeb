"""Warnings of personal data are the same online and in a push, come again with a resend, and give nothing away."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.kernel.personal_data import PersonalData, personal_data_hits
from outreach_api.kernel.text import normalise
from outreach_api.storage.ledger import Receipt
from tests.api import Api
from tests.http.test_contact_notes import note_for, visit_of
from tests.http.test_sync import operation, push, results
from tests.labelled_notes import LabelledNote, labelled_notes

ALL = labelled_notes("tuned_on")
OF_EACH_KIND = [next(note for note in ALL if note.labels == {kind}) for kind in PersonalData]
HARMLESS = next(note for note in ALL if not note.labels)
SEVERAL = next(note for note in ALL if len(note.labels) > 2)
TOLD = [*OF_EACH_KIND, SEVERAL, HARMLESS]


def codes(warnings: list[dict[str, Any]]) -> set[str]:
    return {warning["code"] for warning in warnings}


def wanted(note: LabelledNote) -> set[str]:
    return {f"personal_data_{kind}" for kind in note.labels}


def matches(notes: list[LabelledNote]) -> set[str]:
    """What was recognised in them, as written and in its one spelling; 〒 alone would be found everywhere."""
    found = {note.text[hit.start : hit.end] for note in notes for hit in personal_data_hits(note.text)}
    return {spelling for match in found for spelling in (match, normalise(match)) if len(spelling) > 2}


def test_a_push_lists_the_same_warnings_as_a_single_request_and_again_when_it_is_resent(api: Api) -> None:
    visit = visit_of(api)
    online = [
        api.post("/v1/contact-notes", note_for(visit, text=note.text), role="crew", key=new_id())
        for note in TOLD
    ]
    notes = [operation("note.write", note_for(visit, text=note.text)) for note in TOLD]
    first, again = push(api, *notes), push(api, *notes)
    assert results(first) == [("applied", None)] * len(TOLD)
    assert {line["result"] for line in again.json["results"]} == {"duplicate"}
    for note, single, pushed, resent in zip(
        TOLD, online, first.json["results"], again.json["results"], strict=True
    ):
        assert codes(single.json["warnings"]) == wanted(note), note
        assert single.json["warnings"] == pushed["warnings"] == resent["warnings"], note
        assert len(pushed["warnings"]) == len(note.labels), "each kind is told once"


def test_a_warning_is_a_path_a_code_and_the_sentence_of_that_code(api: Api) -> None:
    """Two notes of one kind get the very same warnings: nothing in them depends on what was written."""
    visit = visit_of(api)
    for kind in PersonalData:
        alike = [note for note in ALL if note.labels == {kind}]
        said = push(api, *(operation("note.write", note_for(visit, text=note.text)) for note in alike))
        warnings = [line["warnings"] for line in said.json["results"]]
        assert warnings == [warnings[0]] * len(alike), kind
        assert set(warnings[0][0]) == {"path", "code", "detail"}


def test_nothing_of_what_was_recognised_is_answered_kept_in_receipts_or_logged(
    api: Api, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    visit = visit_of(api)
    notes = [operation("note.write", note_for(visit, text=note.text)) for note in TOLD]
    answers = [push(api, *notes).text, push(api, *notes).text]
    answers += [
        api.post("/v1/contact-notes", note_for(visit, text=note.text), role="crew").text for note in TOLD
    ]
    # Refused ones are described, too: an unknown visit, a depth that is none.
    answers += [
        push(api, *(operation("note.write", note_for(str(new_id()), text=note.text)) for note in TOLD)).text,
        push(api, *(operation("note.write", {**note_for(visit), "depth": note.text}) for note in TOLD)).text,
    ]
    with api.database.read() as session:
        kept = [receipt.detail for receipt in session.scalars(sa.select(Receipt)) if receipt.detail]
    warned = [warning for detail in kept for warning in detail.get("warnings", ())]
    assert {path for path, _, _ in warned} == {"/text"}
    assert [params for _, _, params in warned if params] == []
    out, err = capfd.readouterr()
    places = {
        "answers": "\n".join(answers),
        "receipts": json.dumps(kept, ensure_ascii=False),
        "logs": caplog.text,
        "output": out + err,
    }
    for match in matches(TOLD):
        for place, text in places.items():
            assert match not in text, place
