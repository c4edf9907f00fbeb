"""The matrix: every role × the own van, the other one, and nowhere × every operation and every pushed kind.

Made of the description and the declared kinds, so that a new one stands in it by itself. Whose a thing is, tests/scopes.py
says once; what is not said there fails. Time is compared by what is done: the same statements, one for one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from outreach_api.app import KINDS
from schemas.vocabulary import Role
from tests.api import Api
from tests.described import Slot
from tests.matrix import NOWHERE, Matrix, ended
from tests.scopes import OF_A_VAN, entity_named
from tests.two_vans import CREW, OTHER_CREW, TwoVans, role_of, undoing, whos


@pytest.fixture(scope="module")
def matrix(module_api: Api) -> Iterator[Matrix]:
    vans = TwoVans(module_api)
    for who in whos():
        vans.token(who)
    with undoing(module_api.app) as undone:
        yield Matrix(vans, undone)


def test_every_id_that_an_operation_takes_is_of_something_stated(matrix: Matrix) -> None:
    for line in matrix.both:
        for slot in matrix.slots[line.name]:
            entity = entity_named(slot.name)
            assert entity, f"{line.name}: say in tests/scopes.py whose {slot.name} is"
            if entity in OF_A_VAN:
                for world in (matrix.vans.own, matrix.vans.other):
                    assert entity in world.ids, f"{line.name}: make a {entity} in tests/two_vans.py"


def test_a_role_that_may_not_is_turned_away_at_the_door(matrix: Matrix) -> None:
    """Whatever it asks and whatever it names, the same is done and said."""
    doors: dict[tuple[str, bool], Any] = {}
    for line in matrix.online:
        for who in whos():
            if matrix.allowed(line, who):
                continue
            cases: list[tuple[Slot | None, uuid.UUID | None]] = [(None, None)]
            cases += [(slot, NOWHERE) for slot in matrix.slots[line.name] if slot.where == "path"]
            for slot, one in cases:
                asked = matrix.ask(line, who, slot, one)
                audited = any("INTO audit" in statement for statement in asked.statements)
                door = doors.setdefault((who, audited), (asked.tells(None), asked.statements))
                assert asked.answer.status == 403, (line.name, who, asked.answer)
                assert (asked.tells(None), asked.statements) == door, (line.name, who)
    assert len(doors) >= 5


def test_who_may_reaches_what_is_theirs(matrix: Matrix) -> None:
    """Crews the things of their van, all others those of both vans."""
    for line in matrix.both:
        for who in whos():
            if not matrix.allowed(line, who):
                continue
            worlds = [matrix.vans.home(who)]
            if role_of(who) is not Role.CREW and not line.pushed:
                worlds.append(matrix.vans.other)
            for world in worlds:
                asked = matrix.ask(line, who, world=world)
                assert asked.answer.status not in (401, 403, 404), (line.name, who, asked.answer)
                assert asked.answer.status < 500, (line.name, who, asked.answer)
                if line.pushed:
                    assert asked.answer.json["results"][0]["result"] != "retry", (
                        line.name,
                        who,
                        asked.answer,
                    )


def test_an_answer_to_a_crew_holds_no_id_of_another_van(matrix: Matrix) -> None:
    for line in matrix.both:
        for who, stranger in ((CREW, OTHER_CREW), (OTHER_CREW, CREW)):
            if matrix.allowed(line, who):
                text = matrix.ask(line, who).answer.text
                theirs = matrix.vans.home(stranger).ids
                assert not [e for e in theirs if e in OF_A_VAN and str(theirs[e]) in text], (line.name, who)


def test_what_is_nowhere_is_not_found(matrix: Matrix) -> None:
    for line in matrix.online:
        for who in whos():
            for slot in matrix.slots[line.name]:
                if slot.where == "path" and matrix.allowed(line, who):
                    assert matrix.ask(line, who, slot, NOWHERE).answer.status == 404, (line.name, who)


def test_what_is_out_of_scope_is_as_if_it_were_nowhere(matrix: Matrix) -> None:
    """In the path 404; anywhere, the same words and headers for the same statements, and nothing comes of it."""
    met = 0
    for line in matrix.both:
        for who in whos():
            if not matrix.allowed(line, who):
                continue
            for slot in matrix.slots[line.name]:
                hidden = matrix.hidden(line, who, slot)
                if not hidden:
                    continue
                unknown = matrix.ask(line, who, slot, NOWHERE)
                own = matrix.ask(line, who, slot, matrix.vans.home(who).ids[str(entity_named(slot.name))])
                for why, one in hidden.items():
                    met += 1
                    place = (line.name, who, slot, why)
                    asked = matrix.ask(line, who, slot, one)
                    status = ended(line, asked)
                    if slot.where == "path" and not line.pushed:
                        assert status == 404, (place, asked.answer)
                    elif slot.where != "query":
                        assert status >= 400, (place, asked.answer)
                    assert asked.tells(one, slot) == unknown.tells(NOWHERE, slot), place
                    assert asked.statements == unknown.statements, place
                    assert own.answer.text != asked.answer.text, (place, "says nothing of one's own either")
    assert met > 100


def test_an_id_that_another_van_took_is_taken_and_nothing_more(matrix: Matrix) -> None:
    """Ids are made by phones, so one that exists can't be given away twice. What became of it stays theirs."""
    makes = {kind.name: kind.entity for kind in KINDS if kind.table is not None and Role.CREW in kind.roles}
    gone = matrix.vans.ended
    told_to: dict[str, dict[tuple[str, str], str]] = {CREW: {}, OTHER_CREW: {}}
    for name, entity in makes.items():
        line = next(line for line in matrix.both if line.pushed and line.operation.kind == name)
        taken = {"there": matrix.vans.other.ids.get(entity), "ended": gone.get(entity)}
        for (how, one), who in product(taken.items(), told_to):
            if one is not None:
                told_to[who][name, how] = matrix.make(line, who, one)
    assert len(told_to[CREW]) > len(gone)
    assert set(told_to[CREW].values()) == {"already_exists"}, told_to[CREW]
    assert told_to[OTHER_CREW]["note.write", "ended"] == "text_was_erased"
    assert told_to[OTHER_CREW]["sale.record", "ended"] == "sale_was_voided"
