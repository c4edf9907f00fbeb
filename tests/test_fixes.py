"""Every code with which an operation can end says what would help, in both languages, and no fix is left over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import outreach_api
from outreach_api.messages import TEXTS
from outreach_api.messages.fixes import FIXES, fix_of

HOUSE = Path(outreach_api.__file__).parent
# Where operations are refused: what changes things, the rules under it, and the way there.
CHANGES = (
    "access",
    "calendar",
    "contacts",
    "plans",
    "sales",
    "stops",
    "visits",
    "ledger",
    "sync",
    "reports/weeks",
)
# In these, what only looks or only speaks HTTP.
NOT_CHANGING = {"reads", "routes", "reads.py", "routes.py"}
# Functions there that refuse something else than an operation, and what.
OTHERWISE = {
    ("contacts/rules.py", "may_open_text"): "a reading",
    ("sync/quarantine.py", "accept"): "a request of the office, which holds many operations",
    ("ledger/outcomes.py", "refusal"): "hands on the code of a refusal made elsewhere",
}
LONGEST_JA, LONGEST_EN = 60, 115
# Words that must not stand on a phone which a family may see.
UNKIND = ("ケース", "対象者", "困窮", "エラー", "不正", "無効", "失敗")


def test_every_code_that_ends_an_operation_says_what_would_help() -> None:
    found = dict(ends())
    assert len(found) > 40
    missing = {code: where for code, where in found.items() if code not in FIXES}
    assert missing == {}, "write in messages/fixes.py what somebody can do about these"


def test_no_fix_is_left_over() -> None:
    assert FIXES.keys() - dict(ends()).keys() == set()


def test_a_fix_stands_beside_what_is_wrong() -> None:
    assert FIXES.keys() - TEXTS.keys() == set()


def test_fixes_are_short_and_kind_in_both_languages() -> None:
    for code in FIXES:
        ja, en = fix_of(code, "ja"), fix_of(code, "en")
        assert (ja, en) == FIXES[code]
        assert ja.endswith("。"), code
        assert en.endswith("."), code
        assert any(ord(letter) > 0x2E80 for letter in ja), code
        assert en.isascii(), code
        assert len(ja) <= LONGEST_JA, (code, len(ja))
        assert len(en) <= LONGEST_EN, (code, len(en))
        assert not [word for word in UNKIND if word in ja], code
        assert "{" not in ja + en, code


def ends() -> Iterator[tuple[str, str]]:
    """Every code with which an operation can be refused, and where; fails where it can't tell which."""
    for folder in CHANGES:
        for path in sorted((HOUSE / folder).rglob("*.py")):
            place = path.relative_to(HOUSE).as_posix()
            if not NOT_CHANGING.intersection(path.relative_to(HOUSE).parts):
                yield from refusals(place, ast.parse(path.read_text(encoding="utf-8")))


def refusals(place: str, module: ast.Module) -> Iterator[tuple[str, str]]:
    skipped = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and (place, node.name) in OTHERWISE
    ]
    inside = {id(node) for function in skipped for node in ast.walk(function)}
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and name_of(node) == "Refusal" and id(node) not in inside:
            codes = set(meant(node.args[0], module))
            assert codes, f"{place}:{node.lineno}: which codes can this be?"
            yield from ((code, f"{place}:{node.lineno}") for code in codes)
        elif isinstance(node, ast.Dict):  # a receipt that says how an operation has ended
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "code" and isinstance(value, ast.Constant):
                    yield value.value, f"{place}:{node.lineno}"


def meant(code: ast.expr, module: ast.Module) -> Iterator[str]:
    """The words that an expression may be: one, a choice, a name's values, or the code of one of our Problems."""
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        yield code.value
    elif isinstance(code, ast.IfExp):
        yield from meant(code.body, module)
        yield from meant(code.orelse, module)
    elif isinstance(code, ast.Name):
        for node in ast.walk(module):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == code.id for target in targets):
                yield from meant(node.value, module)  # type: ignore[attr-defined]
    elif isinstance(code, ast.Call):
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name == name_of(code):
                for answer in ast.walk(node):
                    if isinstance(answer, ast.Return) and answer.value is not None:
                        yield from meant(answer.value, module)
    elif isinstance(code, ast.Attribute) and code.attr == "code":
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and name_of(node) == "Problem":
                yield from meant(node.args[1], module)


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
