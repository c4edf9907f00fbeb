"""The quick reader of bodies takes nothing that the strict one refuses, and reads the same values."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach_api.web.json_body import _UNSURE, _quickly, _strictly, read_json

NAMES = st.sampled_from(["a", "b", ":", '":', "é", "駄菓子", "\\", '"', " :", "a\n", "12:30"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64])
    | st.floats(allow_nan=False, allow_infinity=False)
    | NAMES
    | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """JSON as clients write it, then spoilt: keys doubled, colons moved off, bytes cut or changed."""
    indent = draw(st.sampled_from([None, 1]))
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]))
    text = json.dumps(
        draw(VALUES), ensure_ascii=draw(st.booleans()), indent=indent, separators=separators, allow_nan=False
    )
    for old, new in (('"b"', '"a"'), ('":', '" :'), ("1", "1" * 25), ("[", "[" * 70)):
        if draw(st.integers(0, 3)) == 0:
            text = text.replace(old, new)
    body = bytearray(text.encode("utf-8", "surrogatepass"))
    if body and draw(st.integers(0, 3)) == 0:
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    return bytes(body)


@settings(max_examples=600)
@given(bodies())
def test_what_the_quick_reader_takes_the_strict_one_reads_alike(body: bytes) -> None:
    quick = _quickly(body)
    if quick is not _UNSURE:
        strict = _strictly(body)
        assert quick == strict
        assert repr(quick).replace("-0.0", "0.0") == repr(strict).replace("-0.0", "0.0")


@pytest.mark.parametrize(
    "body", [b'{"a":1,"b":[{"c":":"}]}', '{"名":"駄菓子 \\"飴\\"","n":-9007199254740991,"x":0.5}'.encode()]
)
def test_what_phones_send_is_read_quickly(body: bytes) -> None:
    assert _quickly(body) == read_json(body) == _strictly(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2}',
        b'{"a" :1,"a":2}',
        b'{"a"\n:1,"b":{"c":1,"c":2}}',
        b"[9223372036854775808]",
        b"[" * 70 + b"]" * 70,
        b"[1e19]",
        b'{"a": 1}',
        b'"\\ud800"',
        b"[9007199254740992]",
    ],
)
def test_whatever_is_in_doubt_is_left_to_the_strict_reader(body: bytes) -> None:
    assert _quickly(body) is _UNSURE
