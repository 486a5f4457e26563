"""The examples of docs/reference/expressions.md are true, and its lists are complete."""

import re
from pathlib import Path

import pytest

from sopflow.expr import UNKNOWN, Failure, build
from sopflow.expr._library import LIBRARY

PAGE = (Path(__file__).parents[2] / "docs/reference/expressions.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
NAMES: dict[str, object] = {}
for language, block in BLOCKS:
    if language == "python":
        exec(compile(block, "expressions.md", "exec"), NAMES)
EXAMPLES = [
    [part.strip() for part in line.rsplit("//", 1)]
    for language, block in BLOCKS
    if language == "cel"
    for line in block.splitlines()
]


@pytest.mark.parametrize("text, said", EXAMPLES)
def test_an_example_gives_what_it_says(text, said):
    """Every line of the page gives the value, the unknown, the error or the finding that stands beside it."""
    expression, problems = build(text, NAMES["scope"])
    if said.startswith("SOP"):
        assert [problem.code for problem in problems] == [said]
        return
    assert expression is not None, problems
    value = expression.evaluate(NAMES["env"])
    if said == "unknown":
        assert value is UNKNOWN
    elif said == "error":
        assert isinstance(value, Failure)
    else:
        expected, _ = build(said, NAMES["scope"])
        assert value == expected.evaluate({})


@pytest.mark.parametrize("function", sorted({*LIBRARY, "known", "has"}))
def test_every_function_is_documented(function):
    """The page names each function that an expression may call."""
    assert re.search(rf"\b{function}\b", PAGE)
