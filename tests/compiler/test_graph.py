"""The graph of a program: what its vertices and edges say."""

import subprocess
import sys
from textwrap import dedent

import pytest

from sopflow.compiler import graph, lower
from sopflow.dsl import loads
from sopflow.errors import DefinitionError

HEADER = 'sopflow: 1\nid: test\nversion: "1.0.0"\ntitle: A test\ntime-zone: Asia/Shanghai\n'
TEXT = HEADER + dedent("""
    data: {hot: {is: bool}, cold: {is: bool}}
    steps:
      write: {task: {en: Write it, zh: 写}}
      both:
        parallel: Both
        branches:
          one: {task: One, if: hot}
          two:
            group: Two
            steps:
              look: {task: Look, outcomes: [right, wrong], next: {right: done, wrong: write}}
      ask:
        decision: Ask
        about: cold
        yes: done
        no: choose
      choose:
        decision: Choose
        next:
          - {when: hot, then: write}
          - {else: end cold}
""")


@pytest.fixture(scope="module")
def compiled():
    """The definition with a little of everything."""
    return lower(loads(TEXT))


@pytest.fixture(scope="module")
def made(compiled):
    """Its graph."""
    return graph(compiled)


def _edges(made):
    path = {vertex: data["path"] for vertex, data in made.nodes(data=True)}
    return {
        (path[source], path[target]): (data["kind"], data["outcome"], data["condition"])
        for source, target, data in made.edges(data=True)
    }


def test_each_step_is_a_vertex(made, compiled):
    """A step's number leads to its id, path, kind, operation, place and title; the start and the ends are strings."""
    assert set(made) == {*range(len(compiled.program.steps)), "start", "end:cold", "end:done"}
    look = compiled.program.by_path["both.two.look"]
    two = compiled.program.by_path["both.two"]
    assert made.nodes[look] == {
        "index": look,
        "id": "look",
        "path": "both.two.look",
        "kind": "task",
        "op": "work",
        "region": compiled.program.steps[look].region,
        "block": two,
        "title": "Look",
    }
    assert made.nodes["end:cold"]["kind"] == "end"


def test_each_exit_is_an_edge(made):
    """An edge says whether the token goes on, arrives, leaves or ends; of a question it says what must hold."""
    assert _edges(made) == {
        ("start", "write"): ("enter", "", ""),
        ("write", "both"): ("go", "done", ""),
        ("both", "both.one"): ("enter", "one", "hot"),
        ("both", "both.two"): ("enter", "two", ""),
        ("both", "ask"): ("go", "done", ""),
        ("both.one", "both"): ("arrive", "done", ""),
        ("both.two", "both"): ("arrive", "done", ""),
        ("both.two", "both.two.look"): ("enter", "", ""),
        ("both.two.look", "both.two"): ("arrive", "right", ""),
        ("both.two.look", "write"): ("leave", "wrong", ""),
        ("ask", "end:done"): ("end", "yes", "cold = yes"),
        ("ask", "choose"): ("go", "no", "cold = no"),
        ("choose", "write"): ("go", "write", "hot"),
        ("choose", "end:cold"): ("end", "end cold", "else"),
    }


def test_a_program_will_do(compiled, made):
    """Who has only the program gets the same graph."""
    again = graph(compiled.program)
    assert dict(again.nodes(data=True)) == dict(made.nodes(data=True))
    assert _edges(again) == _edges(made)


def test_what_does_not_compile_has_no_graph():
    """A definition with errors is refused with all of its findings."""
    broken = lower(loads(HEADER + "steps: {write: {task: Write, next: nowhere}}"))
    with pytest.raises(DefinitionError, match="SOP201"):
        graph(broken)


def test_compiling_costs_no_networkx():
    """Only those who ask for a graph load networkx."""
    code = "import sys, sopflow.compiler; print('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
