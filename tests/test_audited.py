"""Every read of a text, every file that goes out and every change of access leaves its row in the audit.

What must leave one is found in the description and the declared kinds, so a new one fails until it does.
"""

from __future__ import annotations

import argparse
import uuid

import pytest
import sqlalchemy as sa

from outreach_api.access import operations as access
from outreach_api.cli.entry import parser
from outreach_api.contacts.operations import CHANGE_ALERT_ADDRESSES, ERASE_TEXT
from outreach_api.kernel.ids import new_id
from outreach_api.reports.deliveries import operations as deliveries
from outreach_api.storage.ledger import AuditEntry
from outreach_api.sync.operations import ERASE_AT_STOP
from schemas.vocabulary import PackForm, ReportForm
from tests.api import Api
from tests.described import Operation, operations
from tests.two_vans import TwoVans

NOT_ACCESS = {"shift.plan"}  # who is on the van: it opens nothing
KINDS = {
    "person.add": "addPerson",
    "person.change": "endAccess",
    "pairing.make": "pair",
    "map_link.make": "makeMapLink",
    "access.revoke": "revoke",
    "alert_addresses.change": "changeAlertAddresses",
    "note.erase_text": "eraseNoteText",
    "stop.erase_texts": "eraseTextsStop",
    "subscription.add": "addSubscription",
    "subscription.change": "changeSubscription",
    "subscription.end": "endSubscription",
    "subscription.rotate_secret": "rotateSubscriptionSecret",
    "subscription.ping": "pingSubscription",
    "subscription.retry": "retrySubscription",
}
READS = {
    "readNoteText": "readNoteText",
    "readRejectionContent": "readRejectionContent",
    "getReport": "exportReport",
    "getPack": "exportPack",
    "printRunSheet": "printRunSheet",
    "printReceipt": "printReceipt",
    "drawSuggestion": "drawSuggestion",
}
FILES = [form for form in ReportForm if form is not ReportForm.JSON]
PACKS = [form for form in PackForm if form is not PackForm.JSON]
OTHERS = {
    "rotateToken": "rotate",
    "redeemPairing": "redeem",
    "redeemMapLink": "redeem",
    "signOutOfMap": "signOutOfMap",
    "acceptQuarantine": "acceptQuarantine",
}
NO_ROW = {"push", "replanDay"}  # the one carries kinds, which leave their own; the other changes nothing
COMMANDS = {
    "backup": "backup",
    "backup-keys": "backup_keys",
    "begin-epoch": "begin_epoch",
    "import-queue": "import_queue",
    "mark-backup": "mark_backup",
    "migrate": "migrate",
    "pair": "pair",
    "purge": "purgeNoteTexts",
    "restore": "restore",
    "revoke": "revoke_token",
    "rotate-keys": "rotate_keys",
    "token": "issue_token",
    "who-saw": "who_saw",
}
SILENT_COMMANDS = {
    *("demo", "init", "serve", "work", "tokens", "verify", "openapi"),
    *("import-stops", "import-population", "import-boundary", "import-areas", "import-gazetteer"),
}


@pytest.fixture(scope="module")
def vans(module_api: Api) -> TwoVans:
    return TwoVans(module_api)


def name_of(operation: Operation) -> str:
    return str(operation.said["operationId"])


def rows(api: Api) -> list[tuple[str, uuid.UUID | None]]:
    with api.database.read() as session:
        select = sa.select(AuditEntry.action, AuditEntry.holder_id).order_by(AuditEntry.seq)
        return [(row.action, row.holder_id) for row in session.execute(select)]


def test_whatever_shows_a_text_sends_a_file_or_lets_somebody_in_is_listed_here(vans: TwoVans) -> None:
    wanted = {kind.name for kind in access.KINDS} - NOT_ACCESS
    wanted |= {kind.name for kind in (CHANGE_ALERT_ADDRESSES, ERASE_TEXT, ERASE_AT_STOP)}
    wanted |= {kind.name for kind in deliveries.KINDS}
    assert wanted == KINDS.keys()
    reads, others = set(), set()
    for operation in operations(vans.api.app):
        answers = operation.said["responses"].get("200", {}).get("content", {})
        files = {media for media in answers if "json" not in media}
        texts = "purpose" in operation.parameters("query")
        if operation.method == "GET" and operation.roles is not None and (files or texts):
            reads.add(name_of(operation))
        if operation.method != "GET" and operation.kind is None:
            others.add(name_of(operation))
    assert reads == READS.keys()
    assert others - NO_ROW == OTHERS.keys()


@pytest.mark.parametrize("kind", sorted(KINDS, key=lambda kind: (kind.endswith(".end"), kind)))
def test_a_change_of_access_leaves_its_row(vans: TwoVans, kind: str) -> None:
    world, operation = vans.own, vans.own.operations[kind]
    before = len(rows(vans.api))
    with vans.api.database.read() as session:
        known = world.kinds[kind]
        version = 1
        if known.needs_base:
            path = operation.path(**world.path_ids(operation))
            version = vans.api.get(path, role=world.role(known)).json["version"]
        del session
    answer = vans.api.send(
        operation.method,
        operation.path(**world.path_ids(operation)),
        world.body(operation),
        role=world.role(known),
        key=new_id(),
        version=version if known.needs_base else None,
    )
    assert answer.status < 300, answer
    assert [action for action, _ in rows(vans.api)[before:]] == [KINDS[kind]]
    assert rows(vans.api)[-1][1] is not None


def test_every_text_and_every_file_leaves_its_row_and_a_refusal_too(vans: TwoVans) -> None:
    api = vans.api
    with_purpose = "?purpose=safeguarding"
    light = {"visit_id": str(vans.own.ids["visit"]), "depth": "chat", "text": "立ち話"}
    note = api.post("/v1/contact-notes", light, role="coordinator").json["id"]
    asked = [
        (f"/v1/contact-notes/{note}/text{with_purpose}", "safeguarding", 200),
        (f"/v1/contact-notes/{note}/text", "coordinator", 403),
        (f"/v1/sync/rejections/{vans.own.ids['rejection']}/content{with_purpose}", "safeguarding", 200),
        *((f"/v1/reports/week/2026-W48?format={form}", "reporter", 200) for form in FILES),
        *((f"/v1/packs/2026-W47?format={form}", "reporter", 200) for form in PACKS),
        (f"/v1/plans/{vans.own.ids['plan']}/run-sheet.html", "coordinator", 200),
        (f"/v1/sales/{vans.own.ids['sale']}/receipt", "coordinator", 200),
        (f"/v1/sales/{vans.own.ids['sale']}/receipt", "reporter", 403),
        (f"/v1/plans/{vans.own.ids['plan']}/run-sheet.html", "reporter", 403),
        (f"/v1/plan-suggestions/{vans.own.ids['suggestion']}/picture.svg", "coordinator", 409),
    ]
    for path, role, status in asked:
        before = len(rows(api))
        assert api.get(path, role=role).status == status, path
        assert len(rows(api)) > before, path
    before = len(rows(api))
    assert api.get("/v1/reports/week/2026-W48", role="reporter").status == 200
    assert len(rows(api)) == before


def test_who_comes_in_and_what_is_let_in_leaves_its_row(vans: TwoVans) -> None:
    api = vans.api
    code = api.post("/v1/pairings", {"van_id": str(vans.other.van)}).json["code"]
    before = len(rows(api))
    token = api.post("/v1/pairings/redeem", {"code": code}, role=None).json["token"]
    assert api.post("/v1/tokens/rotate", {}, role=None, token=token).status == 201
    device = vans.other.ids["device"]
    assert api.post(f"/v1/sync/quarantine/{device}/accept", role="safeguarding").status == 200
    assert [action for action, _ in rows(api)[before:]] == ["redeem", "rotate", "acceptQuarantine"]


def test_every_command_says_whether_it_leaves_one() -> None:
    """That they do: tests/test_cli.py, tests/test_cli_backups.py, tests/test_erasure.py and tests/http/test_who_saw.py."""
    (commands,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert set(commands.choices) == COMMANDS.keys() | SILENT_COMMANDS
