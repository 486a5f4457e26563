"""``holds``: resources are taken in the order of their names, so that no two runs wait for each other."""

import pytest
from lowering import compiled, findings, step

from sopflow.errors import DefinitionError


def test_what_is_held_is_in_the_order_of_names():
    """A list is taken all at once; its own order means nothing, nor does saying a name twice."""
    assert step("steps: {a: {task: A, holds: [van, room, van]}}", "a").holds == ("room", "van")
    assert step("steps: {a: {task: A, holds: room}}", "a").holds == ("room",)


def test_what_is_taken_inside_comes_later_in_the_alphabet():
    """Whoever holds `room` may take `van`; whoever holds `room` and `van` may take neither `seats` nor `door`."""
    assert compiled("steps: {g: {group: G, holds: room, steps: {a: {task: A, holds: van}}}}").report.ok
    text = """
        steps:
          g:
            group: G
            holds: [room, van]
            steps: {a: {task: A, holds: [seats, yard]}, h: {group: H, steps: {b: {task: B, holds: door}}}}
    """
    assert findings(text) == [("SOP432", "steps.g.steps.a.holds.0"), ("SOP432", "steps.g.steps.h.steps.b.holds")]


def test_what_is_held_is_not_taken_again():
    """A step inside that takes what is held around it would wait for itself."""
    text = "steps: {g: {group: G, holds: room, steps: {a: {task: A, holds: room}}}}"
    assert findings(text) == [("SOP433", "steps.g.steps.a.holds")]


def test_branches_are_not_inside_each_other():
    """Siblings take what they like: none of them holds anything while it waits for the other."""
    text = "steps: {p: {parallel: P, branches: {a: {task: A, holds: b}, b: {task: B, holds: a}}}}"
    assert compiled(text).report.ok


@pytest.mark.parametrize(
    ("handler", "found"),
    [
        ("m: {task: M, holds: alpha}", ["SOP432"]),
        ("m: {instead: true, task: M, holds: alpha}", []),
        ("cancelled: {task: M, holds: alpha}", []),
        ("error: {task: M, holds: alpha}", ["SOP432"]),
    ],
)
def test_handlers_beside_are_inside(handler, found):
    """While a handler beside it runs its host goes on holding; one in its place finds what it held free."""
    text = f"messages: {{m: {{}}}}\nsteps: {{g: {{task: G, holds: room, on: {{{handler}}}}}}}"
    assert [code for code, _ in findings(text)] == found


def test_a_called_sop_is_inside():
    """Who holds and waits for a child waits for all that the child takes, at whatever distance."""
    child, grandchild = "steps: {c: {call: grandchild}}", "steps: {a: {task: A, holds: [hall, zoo]}}"
    text = "steps: {g: {group: G, holds: room, steps: {c: {call: child%s}}}}"
    assert findings(text % "", child=child, grandchild=grandchild) == [("SOP434", "steps.g.steps.c.call")]
    assert findings(text % ", detached: true", child=child, grandchild=grandchild) == []
    assert findings(text % "", child="steps: {a: {task: A, holds: zoo}}") == []


def test_what_is_wrong_inside_a_called_sop_is_found_too():
    """The order holds for the whole program."""
    child = "steps: {g: {group: G, holds: b, steps: {a: {task: A, holds: a}}}}"
    assert findings("steps: {c: {call: child}}", child=child) == [("SOP432", "steps.g.steps.a.holds")]


def test_who_calls_itself_while_it_holds_waits_for_itself():
    """In a recursion what is held around the call is taken again below it."""
    text = "steps: {c: {call: test, holds: room, at-most: 2, too-deep: end}}"
    assert findings(text) == [("SOP434", "steps.c.call")]


def test_an_end_holds_nothing():
    """On an end the model refuses the key."""
    with pytest.raises(DefinitionError, match="SOP155"):
        compiled("steps: {a: {end: x, holds: room}}")
