"""What a kind of change is: its name, contract, roles and write. Capabilities declare, `perform` runs.

What there are hundreds of in one push are Structs: made ten times faster than frozen dataclasses, and as unchangeable.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec
from sqlalchemy.orm import Session

from outreach_api.kernel import clock
from outreach_api.kernel.errors import Refusal
from outreach_api.settings import Settings
from outreach_api.storage.base import Base
from outreach_api.storage.keyring import Keyring
from schemas.vocabulary import Role

# A push is performed in these steps, so that order inside it does not matter where meaning doesn't depend on it.
MASTER_DATA, ARRIVALS, FACTS, EVENTS, CLOSINGS = range(5)


class ReadFault(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


class PayloadSchema(Protocol):
    """What the ledger wants of a schema; schemas.base.WireSchema is one."""

    @classmethod
    def read(cls, payload: object) -> tuple[dict[str, Any], tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a device or a person behind a token, with one role, and one van if crew."""

    holder_id: uuid.UUID
    role: Role
    van_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    token: str | None = None
    """The public prefix of the token that they came in with; none for the console."""
    leaving: bool = False
    """They have left: what was entered before is still taken, and kept apart."""
    acting_id: uuid.UUID | None = None
    """Who holds a shared phone, as a PIN of the shift told."""
    only: str | None = None
    """Their token was given to this page, and opens nothing but what that asks."""

    def may_touch(self, van_id: uuid.UUID | None) -> bool:
        """Crew reach their own van only; the other roles reach all."""
        return self.role is not Role.CREW or self.van_id == van_id


class Operation(msgspec.Struct, frozen=True):
    """One change as it was asked for; `payload` is the JSON as sent."""

    op_id: uuid.UUID
    kind: str
    v: int
    entity_id: uuid.UUID
    payload: Any
    base_version: int | None = None
    occurred_at: dt.datetime | None = None
    pin: str | None = None
    """As typed on a shared phone; says who acts, and is no part of what was asked for."""
    acting_id: uuid.UUID | None = None


class Accepted(msgspec.Struct, frozen=True):
    """An operation whose contract was kept: `values` are what its schema read."""

    operation: Operation
    values: dict[str, Any]
    change_no: int
    occurred_at: dt.datetime
    """On the server's clock: the phone's time plus its skew, or now."""
    clock_suspect: bool

    @property
    def entity_id(self) -> uuid.UUID:
        return self.operation.entity_id

    @property
    def acting_id(self) -> uuid.UUID | None:
        """The person who did it, if a PIN told."""
        return self.operation.acting_id

    def moment(self, said: dt.datetime | None) -> dt.datetime:
        """A time of the payload on the server's clock, or when it occurred if there is none.

        What a clock said that is far off would move a visit to another day. By one that stands right, people may
        have typed ten o'clock: that stays ten o'clock to the second.
        """
        if said is None:
            return self.occurred_at
        if self.operation.occurred_at is None:
            return said
        correction = self.occurred_at - self.operation.occurred_at
        return clock.corrected(said, correction) if abs(correction) > clock.MAX_SKEW else said


class Tally(msgspec.Struct, frozen=True):
    """An increment of one visit's total."""

    visit_id: uuid.UUID
    measure: str
    key: str
    value: int


class Announce(msgspec.Struct, frozen=True):
    """Tells devices in a scope (a van, or all) that something changed, or that it is gone for them."""

    kind: str
    entity_id: uuid.UUID
    van_id: uuid.UUID | None = None
    gone: bool = False


class Warn(msgspec.Struct, frozen=True):
    """Something that the sender should see, though the change stands. Receipts keep it, so no text in params."""

    code: str
    path: str = ""
    params: Mapping[str, Any] = msgspec.field(default_factory=dict)


class Applied(msgspec.Struct, frozen=True):
    """What a write did. Totals and feed follow from it after the savepoint, so a rollback undoes nothing else."""

    entity_id: uuid.UUID
    version: int = 1
    created: bool = True
    tallies: tuple[Tally, ...] = ()
    announces: tuple[Announce, ...] = ()
    warnings: tuple[Warn, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """What a write may use besides its operations."""

    session: Session
    actor: Actor
    now: dt.datetime
    settings: Settings
    keyring: Keyring
    ending: set[uuid.UUID] = field(default_factory=set)
    """Operations of this request that have ended, and whose receipts are still to be written."""


Gone = Callable[[Work, Collection[uuid.UUID]], Mapping[uuid.UUID, Refusal]]
Write = Callable[[Work, Sequence[Accepted]], "list[Applied | Refusal]"]
WriteOne = Callable[[Work, Accepted], "Applied | Refusal"]


def one_by_one(write: WriteOne) -> Write:
    """Make a write for many of a write for one, for kinds that never come in bulk."""

    def write_many(work: Work, operations: Sequence[Accepted]) -> list[Applied | Refusal]:
        return [write(work, operation) for operation in operations]

    return write_many


def same_form(payload: Any) -> Any:
    """The upcaster of a version whose payloads are all good ones of the next, which only says more.

    Raising the version for that still matters: a server that doesn't know it answers `retry` and keeps the phone
    waiting for an upgrade, where it would refuse a field that it never heard of for good.
    """
    return payload


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """A declared kind of change, the same for a route and for push."""

    name: str
    schema: type[PayloadSchema]
    roles: frozenset[Role]
    write: Write
    entity: str
    v: int = 1
    upcasters: Mapping[int, Callable[[Any], Any]] = field(default_factory=dict)
    """From a published older version to the next one; every older version must have one."""
    stage: int = FACTS
    table: type[Base] | None = None
    """Where its rows go, if it only appends: one a payload, with the entity's id. Such kinds are written many at once."""
    gone: Gone | None = None
    """Of rows that are there and the actor reaches, those that were taken back: what never comes back is refused by
    its name."""
    sees_endings: bool = False
    """Its write asks which operations of its own request have ended (`Work.ending`)."""
    creates: bool = False
    """Makes its entity. Whatever has a table does; others say so."""
    needs_base: bool = False
    """Changes what a coordinator owns: 428 without a base version; the write answers 412 when stale."""
    unwritten: bool = False
    """What it changes is shown before anybody wrote it: the first change comes with version 0."""
    pushed: bool = True
    """May come by /v1/sync/push."""

    bulk: bool = field(init=False)
    """Written many at once."""
    step: tuple[int, str] = field(init=False)
    """When its turn is in a push."""

    def __post_init__(self) -> None:
        bulk = self.table is not None
        object.__setattr__(self, "bulk", bulk)
        object.__setattr__(self, "creates", self.creates or bulk)
        object.__setattr__(self, "step", (self.stage, self.name if bulk else ""))


def roles(*who: Role) -> frozenset[Role]:
    return frozenset(who)


class Registry:
    """All declared kinds by name."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self._by_name: dict[str, Kind] = {}
        for kind in kinds:
            if kind.name in self._by_name:
                raise ValueError(f"two kinds are called {kind.name}")
            missing = set(range(1, kind.v)) - set(kind.upcasters)
            if missing or not kind.roles:
                raise ValueError(f"{kind.name}: no upcaster from {sorted(missing)}, or no roles")
            self._by_name[kind.name] = kind

    def get(self, name: str) -> Kind | None:
        return self._by_name.get(name)

    def __iter__(self) -> Any:
        return iter(self._by_name.values())
