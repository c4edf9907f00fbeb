"""Seeded luck: the same seed gives the same numbers and ids, and each stream is its own, whatever else is drawn."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Mapping
from typing import TypeVar

from outreach_api.kernel.ids import uuid7

Choice = TypeVar("Choice")


class Chance(random.Random):
    """One stream, named by the seed and what it is for. Never for anything secret."""

    def __init__(self, *name: object) -> None:
        super().__init__("/".join(map(str, name)))

    def fact_id(self, at: dt.datetime) -> uuid.UUID:
        """A version 7 UUID, for visits and what was counted and sold."""
        return uuid7(at, self.randbytes(10))

    def quiet_id(self) -> uuid.UUID:
        """A version 4 UUID, for what must not show its time."""
        return uuid.UUID(bytes=self.randbytes(16), version=4)

    def happens(self, probability: float) -> bool:
        return self.random() < probability

    def of_many(self, number: int, probability: float) -> int:
        """How many of a number it happens to."""
        return sum(self.random() < probability for _ in range(number))

    def pick(self, weights: Mapping[Choice, float]) -> Choice:
        """One of the keys, by weight."""
        return self.choices(list(weights), list(weights.values()))[0]
