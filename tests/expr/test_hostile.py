"""Expressions written to do harm: refused or failed, quickly, without a traceback."""

import sys
import time

import pytest

from sopflow.expr import BOOL, INT, STRING, Failure, ListType, Scope, build, explain

SCOPE = Scope({"a": BOOL, "n": INT, "t": STRING, "l": ListType(INT), "x.y": INT})
ENV = {"a": True, "n": 3, "t": "a" * 50_000 + "!", "l": list(range(40)), "x.y": 2}
SECONDS = 1.0  # each takes less than 0.1 s; the rest is for a busy machine

REFUSED = {
    "parentheses": "(" * 100_000 + "1" + ")" * 100_000,
    "parentheses that fit": "(" * 9_000 + "1" + ")" * 9_000,
    "nots": "!" * 100_000 + "a",
    "nots that fit": "!" * 19_000 + "a",
    "minuses": "-" * 19_000 + "n",
    "a long sum": " + ".join(["n"] * 4_000),
    "a long text": "'" + "a" * 10**7 + "' == t",
    "a large exponent": "1e999999999",
    "a million digits": "1" * 10**6,
    "many digits": "1" * 15_000,
    "indexes": "l" + "[0]" * 5_000,
    "selections": "x" + ".y" * 5_000,
    "hyphens": "x" + "-y" * 9_000,
    "macros in a row": "l" + ".map(x, x)" * 500,
    "choices": "a ? 1 : " * 2_000 + "1",
    "quotes": "'" * 19_999,
    "backslashes": "'''" + "\\" * 15_000,
    "operators": "==" * 9_000,
    "zeros": "\0" * 100,
    "half a character": "\ud800",
}
FAILED = {
    "macros in macros": "l.all(a1, l.all(a2, l.all(a3, l.all(a4, l.all(a5, a1 + a2 + a3 + a4 + a5 >= 0)))))",
    "doubling texts": "['foo', 'bar']" + ".map(x, [x + x, x + x])" * 40,
    "doubling lists": "[[1, 2]]" + ".map(x, x + x)" * 60,
    "doubling by sharing": "[[1]]" + ".map(x, [x, x])" * 60,
    "comparing what doubles": "[[1]]" + ".map(x, [x, x])" * 50 + " == [[1]]" + ".map(x, [x, x])" * 50,
    "a pattern": "t.matches('(a+)+$')",
    "nested counts": "t.matches('((((a{0,50}){0,50}){0,50}){0,50})b')",
    "a pattern for each item": "l.map(x, t.matches('a*a*a*a*b'))",
    "many patterns": " || ".join(["t.matches('a*b')"] * 1_000),
    "large products": " * ".join(["9223372036854775807"] * 100),
    "a large decimal": "int(decimal('1e6000'))",
    "long durations": "duration('" + "9" * 90 + "h')",
    "long texts again and again": "l.all(x, size(t) > 0 && t == t && t + t != t)",
}
BORNE = {
    "a long or": " || ".join(["a"] * 4_000),
    "a long and": " && ".join(["n == 3"] * 1_900),
    "a long list": "n in [" + ",".join(["1"] * 9_000) + "]",
    "many comparisons": " && ".join(["l == l"] * 1_500),
    "many searches": " || ".join(["t.contains('b')"] * 900),
    "deep lists": "[" * 32 + "1" + "]" * 32,
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    """Such a text is a problem, at once."""
    before = time.perf_counter()
    expression, problems = build(REFUSED[name], SCOPE)
    assert time.perf_counter() - before < SECONDS
    assert expression is None
    assert problems


@pytest.mark.parametrize("name", FAILED)
def test_failed(name):
    """Such an expression may be built, but evaluating it soon ends in a Failure, on every path."""
    expression, problems = build(FAILED[name], SCOPE)
    assert problems == ()
    for _ in range(7):
        before = time.perf_counter()
        assert isinstance(expression.evaluate(ENV), Failure)
        assert time.perf_counter() - before < SECONDS
    assert expression.missing(ENV) == ()


@pytest.mark.parametrize("name", BORNE)
def test_borne(name):
    """What is merely long is worked out, explained, and takes no time to speak of."""
    expression, problems = build(BORNE[name], SCOPE)
    assert problems == ()
    for _ in range(7):
        before = time.perf_counter()
        assert not isinstance(expression.evaluate(ENV), Failure)
        assert time.perf_counter() - before < SECONDS
    assert explain(expression, "en")
    assert explain(expression, "zh")


def test_a_caller_deep_in_the_stack():
    """Evaluation near the end of Python's stack fails as a value."""
    expression, _ = build("!" * 32 + "a" + " && n + n + n + n > 1" * 3, SCOPE)

    def dive(depth):
        return expression.evaluate(ENV) if depth == 0 else dive(depth - 1)

    left = sys.getrecursionlimit() - 60
    results = []
    for depth in range(left - 200, left, 7):
        try:
            results.append(dive(depth))
        except RecursionError:  # our own diving
            break
    assert results
    assert all(result is True or isinstance(result, Failure) for result in results)
