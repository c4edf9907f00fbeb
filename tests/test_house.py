"""Holds the house rules that no unit test sees: floors, style, types, and what may be in the repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {
    "outreach_api",
    "schemas",
    "migrations",
    "scripts",
    "tests",
    "openapi.yaml",
    "pyproject.toml",
    "README.md",
    "LICENSE",
}
# Where packages come from is decided by who installs them; words are joined so as not to find this file.
REGISTRY = re.compile(
    "|".join(["py" + r"pi\.", "python" + "hosted", "--index" + "-url", "--extra-index" + "-url"])
)
# Somebody's own folders: what is found there is found nowhere else.
MACHINE_PATH = re.compile(r"(?<![\w.}/-])(?:/(?:home|Users|root|work|workspace|mnt)/|[A-Z]:\\Users\\)\w")


PROGRAMS = Path(sys.executable).parent


@pytest.mark.parametrize(
    "check",
    [
        pytest.param([sys.executable, "-m", "mypy"], id="types"),
        pytest.param([sys.executable, "-m", "ruff", "check", "."], id="lint"),
        pytest.param([sys.executable, "-m", "ruff", "format", "--check", "."], id="format"),
        pytest.param([str(PROGRAMS / "lint-imports"), "--no-cache"], id="floors"),
    ],
)
def test_the_code_keeps_its_own_rules(check: list[str]) -> None:
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_says_where_packages_come_from() -> None:
    assert found_in_files(REGISTRY) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert found_in_files(MACHINE_PATH) == []


def test_the_lock_pins_every_package_by_hash() -> None:
    for lock in ("runtime", "dev"):
        text = (ROOT / "scripts" / "lock" / f"{lock}.txt").read_text()
        packages = re.findall(r"^[A-Za-z].*(?:\n[ ].*)*", text, flags=re.MULTILINE)
        unpinned = [package for package in packages if "==" not in package or "--hash=sha256:" not in package]
        assert packages
        assert unpinned == []


def test_the_test_lock_is_the_runtime_lock_and_more() -> None:
    runtime, dev = (
        set(
            re.findall(
                r"^\S+==\S+", (ROOT / "scripts" / "lock" / f"{lock}.txt").read_text(), flags=re.MULTILINE
            )
        )
        for lock in ("runtime", "dev")
    )
    assert runtime - dev == set()


def test_the_top_level_holds_only_what_belongs_there() -> None:
    top = {path.parts[0] for path in repository_files()}
    assert {name for name in top if not name.startswith(".")} - TOP_LEVEL == set()


def found_in_files(pattern: re.Pattern[str]) -> list[str]:
    findings = []
    for path in repository_files():
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        findings += [f"{path}: {found.group()}" for found in pattern.finditer(text)]
    return findings


def repository_files() -> list[Path]:
    """What git tracks or would add, relative to the root."""
    # The checkout may belong to another user, as in a container.
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("git is not installed")
    if listed.returncode != 0:
        pytest.skip(f"this is no git checkout: {listed.stderr.strip()}")
    return [Path(name) for name in listed.stdout.split("\0") if name]
