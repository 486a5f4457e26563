"""``matches``: RE2's syntax, Python's ``re`` as the judge, and no pattern that takes long."""

import contextlib
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.expr._regex import matches
from sopflow.expr._values import Fault

PIECES = st.sampled_from(
    ["a", "b", "ab", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\w", r"\s", "x", "1", " ", "^", "$", r"\b"]
)


@st.composite
def patterns(draw, depth=3):
    """Patterns that mean the same to RE2 and to Python."""
    if depth == 0:
        return draw(PIECES)
    inner = patterns(depth=depth - 1)
    kind = draw(st.sampled_from(["piece", "sequence", "either", "repeat"]))
    match kind:
        case "piece":
            return draw(PIECES)
        case "sequence":
            return draw(inner) + draw(inner)
        case "either":
            return f"({draw(inner)}|{draw(inner)})"
    return f"(?:{draw(inner)}){draw(st.sampled_from(['*', '+', '?', '{2}', '{1,2}', '{0,}', '*?']))}"


@given(patterns(), st.text("abcx1 ", max_size=8))
def test_as_python_where_both_agree(pattern, text):
    """On the common syntax the answer is that of Python's ``re`` (whose $ also matches before a last newline)."""
    assert matches(text, pattern) == bool(re.search(pattern, text, re.ASCII))


@pytest.mark.parametrize(
    "text, pattern, found",
    [
        ("ÄRGER", "(?i)ärger", True), ("a\nb", "a.b", False), ("a\nb", "(?s)a.b", True), ("a\nb", "(?m)^b$", True),
        ("是否", r"^\p{Lo}+$", True), ("x1", r"\P{L}", True), ("a]", "[]a]{2}", True), ("tab\t", r"[[:space:]]", True),
        ("A-017", r"\AA-\d{3}\z", True), ("a", r"\x61", True), ("a-b", r"[a\-]-?b", True), ("aXb", "a(?i:x)b", True),
        ("axb", "a(?i)X(?-i)B", False), ("", "", True), ("{", "{", True), ("(?P", r"\(\?P", True),
    ],
)  # fmt: skip
def test_syntax(text, pattern, found):
    """Flags, classes, Unicode categories, anchors."""
    assert matches(text, pattern) is found


@pytest.mark.parametrize(
    "pattern",
    [
        "(", ")", "a)", "[", "[a", "*", "a**", r"\1", "(?=a)", "(?<!a)", "(?P<n>", r"a\\"[:-1], "[b-a]", "a{2,1}",
        "a{1001}", "(" * 100 + ")" * 100, "a" * 1001, r"\x{110000}", r"\pÄ", "[[:nope:]]", "(((){1000}){1000}){1000}",
        "((a{100}){100}){100}", "(?i", r"\Qa",
    ],
)  # fmt: skip
def test_refused(pattern):
    """What RE2 has not either, what is malformed and what is too large is refused, never a traceback."""
    with pytest.raises(Fault):
        matches("a", pattern)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*)*x", "a?" * 50 + "a" * 50 + "b"])
def test_no_pattern_explodes(pattern):
    """The classic bombs of backtracking engines are harmless."""
    before = time.perf_counter()
    with contextlib.suppress(Fault):
        matches("a" * 5000 + "!", pattern)
    assert time.perf_counter() - before < 1


@given(st.text(max_size=30) | st.text("ab[](){}*+?|^$\\.-,:0PpxLnd<", max_size=30), st.text("ab", max_size=5))
def test_any_pattern_is_used_or_refused(pattern, text):
    """No pattern raises anything but the refusal."""
    with contextlib.suppress(Fault):
        assert matches(text, pattern) in (True, False)
