"""The people of the demo, who have no names but what they do, and the two phones on the van."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from outreach_api.demo.chance import Chance
from outreach_api.kernel.ids import derived
from outreach_api.ledger.kinds import Actor
from schemas.vocabulary import Role

# Name, kana, role.
_PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("まとめ役（デモ）", "まとめやく", Role.COORDINATOR),
    ("安全責任者（デモ）", "あんぜんせきにんしゃ", Role.SAFEGUARDING),
    ("報告係（デモ）", "ほうこくがかり", Role.REPORTER),
    ("管理者（デモ）", "かんりしゃ", Role.ADMIN),
    ("店長（デモ）", "てんちょう", Role.CREW),
    ("運転担当（デモ）", "うんてんたんとう", Role.CREW),
    ("声かけ担当（デモ）", "こえかけたんとう", Role.CREW),
    ("学生ボランティア（デモ）", "がくせいぼらんてぃあ", Role.CREW),
    ("火曜の助っ人（デモ）", "かようのすけっと", Role.CREW),
)
PHONE_LABELS = ("車の電話1（デモ）", "車の電話2（デモ）")


@dataclass(frozen=True, slots=True)
class Person:
    id: uuid.UUID
    name: str
    kana: str
    role: Role

    @property
    def actor(self) -> Actor:
        return Actor(self.id, self.role, person_id=self.id)


@dataclass(frozen=True, slots=True)
class Team:
    van_id: uuid.UUID
    people: tuple[Person, ...]
    phone_ids: tuple[uuid.UUID, ...]

    def the(self, role: Role) -> Person:
        """The one person of a role that is not crew."""
        return next(person for person in self.people if person.role is role)

    @property
    def crew(self) -> list[Person]:
        return [person for person in self.people if person.role is Role.CREW]

    def phone(self, number: int) -> Actor:
        return Actor(self.phone_ids[number], Role.CREW, van_id=self.van_id)


CONSOLE = Actor(derived("console"), Role.ADMIN)
"""Whoever sits at the server enters the first people, as with the console's own commands."""


def team(seed: int) -> Team:
    """The same people for the same seed, also when an existing demo is served again."""
    chance = Chance(seed, "team")
    van_id = chance.quiet_id()
    people = tuple(Person(chance.quiet_id(), *person) for person in _PEOPLE)
    return Team(van_id, people, tuple(chance.quiet_id() for _ in PHONE_LABELS))


def behind(phone: int) -> dt.timedelta:
    """How far a phone's clock is behind: the second one's is a minute and a half late."""
    return dt.timedelta(seconds=(0, 95)[phone])
