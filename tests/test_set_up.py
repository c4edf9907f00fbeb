"""Holds what a newcomer meets first: run.py starts quickly, begins again after a cut, and is honest."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """scripts/workplace.py, looking at a folder of this test's own."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import workplace

    (tmp_path / ".venv").mkdir()
    (tmp_path / "scripts" / "lock").mkdir(parents=True)
    for name in ("pyproject.toml", "scripts/lock/runtime.txt", "scripts/lock/dev.txt"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(workplace, "ROOT", tmp_path)
    monkeypatch.setattr(workplace, "STAMP", tmp_path / ".venv" / "set-up.json")
    return workplace


def stamp(workplace: ModuleType, lock: str) -> None:
    workplace.STAMP.write_text(json.dumps([lock, workplace.fingerprint(lock)]))


def test_a_finished_set_up_is_not_repeated(workplace: ModuleType) -> None:
    stamp(workplace, "runtime")
    assert workplace.is_ready("runtime")
    assert not workplace.is_ready("dev")


def test_what_suffices_for_tests_suffices_for_serving(workplace: ModuleType) -> None:
    stamp(workplace, "dev")
    assert workplace.is_ready("runtime")
    assert workplace.is_ready("dev")


@pytest.mark.parametrize("changed", ["pyproject.toml", "scripts/lock/dev.txt"])
def test_a_changed_lock_or_project_is_set_up_again(workplace: ModuleType, changed: str) -> None:
    stamp(workplace, "dev")
    (workplace.ROOT / changed).write_text("something else")
    assert not workplace.is_ready("dev")


def test_a_set_up_that_was_cut_off_begins_again(workplace: ModuleType) -> None:
    workplace.STAMP.write_text(workplace.UNFINISHED)
    assert not workplace.is_ready("runtime")
    assert workplace.left_unfinished()


def test_a_program_that_was_killed_has_an_exit_code_that_says_so(workplace: ModuleType) -> None:
    fatal = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert workplace.run([sys.executable, "-c", fatal], cwd=workplace.ROOT) == 137


def test_an_unknown_command_is_an_error_with_advice() -> None:
    asked = subprocess.run(
        [sys.executable, str(SCRIPTS / "run.py"), "deploy"], capture_output=True, text=True
    )
    assert asked.returncode == 2
    assert "unknown command: deploy" in asked.stderr
    assert "demo" in asked.stderr


def test_an_older_python_can_read_why_it_is_refused() -> None:
    ast.parse((SCRIPTS / "run.py").read_text(), feature_version=(3, 7))
