"""A van with a plan, an item and phones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api import Api
from tests.handheld import Van


@pytest.fixture
def van(api: Api, tmp_path: Path) -> Iterator[Van]:
    made = Van(api, tmp_path)
    yield made
    made.let_go()
