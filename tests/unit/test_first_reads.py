"""Many threads read their first payloads at once, as after a restart: no process dies of it.

In a process of its own, because a crash would take the suite with it.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

THREADS = 4
PROGRAM = f"""
import importlib, sys, threading
from outreach_api.app import KINDS
from outreach_api.sync import envelopes
from schemas.compiled import compiled

def at_once(read, given):
    together = threading.Barrier({THREADS})
    def one():
        together.wait()
        read(given)
    threads = [threading.Thread(target=one) for _ in range({THREADS})]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

sys.setswitchinterval(1e-6)
{{}}
print("alive")
"""
ENVELOPES = "for _ in range(1000): at_once(importlib.reload(envelopes).quickly, {'kind': 'sale.add'})"
CONTRACTS = (
    "for kind in KINDS: at_once(compiled(kind.schema()), {name: None for name in kind.schema().fields})"
)


@pytest.mark.parametrize("first", [ENVELOPES, CONTRACTS], ids=["envelopes", "contracts"])
def test_first_reads_of_many_threads_leave_the_process_alive(first: str) -> None:
    program = PROGRAM.format(first)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout) == (0, "alive\n"), ended.stderr
