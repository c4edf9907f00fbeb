"""Every code that the source can answer has a text, every text is used, and both languages say the same."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import outreach_api
import schemas
from outreach_api.messages import TEXTS, say

HOUSE = Path(outreach_api.__file__).parent
SOURCES = [
    path
    for folder in (HOUSE, Path(schemas.__file__).parent)
    for path in sorted(folder.rglob("*.py"))
    if path.parent != HOUSE / "messages"
]
# Where the code stands among the arguments.
CODE_AT = {
    "Refusal": 0,
    "Problem": 1,
    "Coded": 0,
    "Warn": 0,
    "Violation": 0,
    "_hard": 0,
    "_soft": 0,
    "TableError": 2,
    "Unreadable": 2,
    "BadOutline": 0,
}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def spoken(argument: ast.expr) -> Iterator[str]:
    """The codes that an argument may be: a word, or the words of a choice between some."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from spoken(argument.body)
        yield from spoken(argument.orelse)


def codes() -> Iterator[tuple[str, str]]:
    for path, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = CODE_AT.get(name)
            if place is None:
                continue
            given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            if len(node.args) > place:
                given.append(node.args[place])
            for argument in given:
                for code in spoken(argument):
                    yield code, f"{path.name}:{node.lineno}"


def test_every_code_has_a_text() -> None:
    found = list(codes())
    assert len(found) > 50
    assert [(code, where) for code, where in found if code not in TEXTS] == []


def test_every_text_is_used() -> None:
    words, patterns = set(), set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                patterns.add(pattern(node))
            elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
                patterns.add(re.escape(str(node.left.value)) + ".+")
    made = [re.compile(one) for one in patterns if len(one.replace(".+", "")) >= 4]
    # What to do about a fault of a plan stands beside its text, under its code and ".fix".
    told = {code: code.removesuffix(".fix") for code in TEXTS}
    unused = [
        code for code, word in told.items() if word not in words and not any(m.fullmatch(word) for m in made)
    ]
    assert unused == []


def pattern(node: ast.JoinedStr) -> str:
    """What an f-string may become: van_{paper}_ends is van_.+_ends."""
    return "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values)


def test_both_languages_fill_the_same_blanks() -> None:
    differing = [code for code, text in TEXTS.items() if blanks(text.ja) != blanks(text.en)]
    assert differing == []


def blanks(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_texts_are_whole_sentences() -> None:
    for code, text in TEXTS.items():
        assert text.ja.strip() == text.ja != "", code
        assert text.en.strip() == text.en != "", code
        assert any(ord(letter) > 0x2E80 for letter in text.ja), code


def test_a_name_in_a_sentence_turns_nothing_round() -> None:
    """People paste names with marks of direction; JSON gives them as they were entered, sentences don't."""
    told = say("worth_less", "ja", {"other": "\u2067寺\u202eの庭\u2069"})
    assert "「寺の庭」" in told
