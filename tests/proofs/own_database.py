"""A database to oneself: empty, on a disk or in a cluster of its own, so that a proof may do to it what it likes."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import cluster

BACKENDS = ("sqlite", "postgresql")


@contextlib.contextmanager
def own_database(backend: str) -> Iterator[str]:
    """Its URL. Raises cluster.NoPostgres."""
    if backend == "postgresql":
        with cluster.own() as url:
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="own_database_") as folder:
        yield f"sqlite:///{Path(folder) / 'proof.db'}"
