"""Reading: the grammar, the places of things, and what is said of a text that cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.expr import And, Binary, Conditional, Has, Literal, Macro, Name, Or, Select, Unary, parse, walk


def read(text):
    """The tree of a faultless text."""
    node, problems = parse(text)
    assert problems == ()
    return node


def codes(text):
    """The codes of what is wrong with ``text``."""
    return [problem.code for problem in parse(text)[1]]


def test_precedence_is_that_of_cel():
    """``||`` binds loosest, then ``&&``, comparison, sum, product, sign."""
    assert read("a || b && c == d + e * -f") == Or((
        Name("a"),
        And((
            Name("b"),
            Binary("==", Name("c"), Binary("+", Name("d"), Binary("*", Name("e"), Unary("-", Name("f"))))),
        )),
    ))  # fmt: skip


def test_operators_of_one_level_go_left_to_right():
    """``a - b - c`` is ``(a - b) - c``."""
    assert read("a - b - c") == Binary("-", Binary("-", Name("a"), Name("b")), Name("c"))


def test_choices_go_right_to_left():
    """The last part of a choice may be a choice."""
    assert read("a ? b : c ? d : e") == Conditional(Name("a"), Name("b"), Conditional(Name("c"), Name("d"), Name("e")))


def test_a_long_chain_is_one_level():
    """Thousands of conditions joined by ``||`` are one flat node."""
    node = read(" || ".join(["a"] * 3000))
    assert isinstance(node, Or)
    assert len(node.parts) == 3000


@pytest.mark.parametrize(
    "text, value",
    [
        ("-9223372036854775808", -(2**63)), ("0x1F", 31), ("1e3", 1000.0), (".5", 0.5), ("r'\\n'", "\\n"),
        (r"'\u662f\x41\101\''", "是AA'"), ("b'\\xff'", b"\xff"), ("'''a'b\n'''", "a'b\n"), ("null", None),
    ],
)  # fmt: skip
def test_literals(text, value):
    """Literals are CEL's: numbers, texts raw or escaped, bytes."""
    assert read(text) == Literal(value)


def test_macros_and_has_are_read_as_such():
    """A macro keeps its variable, ``has`` its selection."""
    assert read("l.all(x, x > 1)") == Macro("all", Name("l"), "x", Binary(">", Name("x"), Literal(1)))
    assert read("has(a.b)") == Has(Select(Name("a"), "b"))


def test_comments_and_spaces_mean_nothing():
    """``//`` begins a comment up to the end of the line."""
    assert read("a // first\n && b") == read("a&&b")


@pytest.mark.parametrize(
    "text, right",
    [
        ("a = 1", "=="), ("a === 1", "=="), ("a <> 1", "!="), ("a and b", "&&"), ("a OR b", "||"), ("not a", "!"),
        ("a & b", "&&"), ("a ≥ 1", ">="), ("a ＝ 1", "=="), ("（a)", "("), ("a 且 b", "&&"), ("a == ‘x’", "'x'"),
        ("a == “x”", "'x'"), ("a is 1", "=="), ("！a", "!"),
    ],
)  # fmt: skip
def test_a_slip_is_read_as_meant(text, right):
    """What other languages or a Chinese keyboard write is reported with the mend, and read on."""
    node, problems = parse(text)
    assert node is not None
    assert [(problem.code, problem.fields["right"]) for problem in problems] == [("SOP306", right)]


@pytest.mark.parametrize(
    "text, code",
    [
        ("", "SOP313"), ("a +", "SOP313"), ("a b", "SOP303"), ("(a", "SOP304"), ("a)", "SOP303"), ("'a", "SOP304"),
        ("a == ;", "SOP301"), ("3days", "SOP308"), ("9223372036854775808", "SOP307"), ("1e999", "SOP307"),
        (r"'\q'", "SOP309"), ("a ? b", "SOP315"), ("a.", "SOP316"), ("a.1", "SOP303"), ("l.all(1, true)", "SOP317"),
        ("if", "SOP318"), ("has(a)", "SOP319"), ("* a", "SOP302"), ("{1 2}", "SOP315"), ("[1, , 2]", "SOP302"),
        ("(" * 33 + "a" + ")" * 33, "SOP311"), ("!" * 33 + "a", "SOP311"), ("a" + " + a" * 200, "SOP311"),
        ("a" * 20_001, "SOP310"), ("是否", "SOP301"), (r"'\ud83d'", "SOP309"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_has_a_code(text, code):
    """Each fault of a text is a problem with a code of its own."""
    assert code in codes(text)


def test_problems_point_at_their_place():
    """``start`` and ``end`` are offsets into the text."""
    (problem,) = parse("event.free = true")[1]
    assert "event.free = true"[problem.start : problem.end] == "="


@given(st.text(max_size=60) | st.text("ab.()[]{}'\"!&|=<>?:,+-*/%1 \\xu`‘（", max_size=60))
def test_any_text_is_read_or_refused(text):
    """No text makes the parser raise; a tree or a problem comes of it, and places lie inside the text."""
    node, problems = parse(text)
    assert node is not None or problems
    for part in walk(node) if node else ():
        assert 0 <= part.start < part.end <= len(text)
    for problem in problems:
        assert 0 <= problem.start <= problem.end <= len(text)
