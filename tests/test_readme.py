"""README names every command and every setting, and nothing that does not exist."""

from __future__ import annotations

import argparse
import dataclasses
import re
from pathlib import Path

from outreach_api.cli.entry import parser
from outreach_api.settings import PREFIX, Settings

README = Path("README.md").read_text(encoding="utf-8")


def _table(heading: str) -> set[str]:
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def test_every_setting_is_documented_with_its_default() -> None:
    settings = {PREFIX + field.name.upper(): field for field in dataclasses.fields(Settings)}
    assert _table("Settings") == set(settings)
    for name, field in settings.items():
        several = isinstance(field.default, tuple)
        default = " ".join(field.default) if several else "" if field.default is None else str(field.default)
        assert f"| `{name}` | {default} | {field.metadata['says']} |" in README


def test_every_command_is_documented() -> None:
    (commands,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert _table("Commands") == set(commands.choices)


def test_every_test_that_a_decision_names_exists() -> None:
    named = set(re.findall(r"`(tests/[a-z_/]+\.py)`", README))
    assert named
    assert [path for path in sorted(named) if not Path(path).exists()] == []
