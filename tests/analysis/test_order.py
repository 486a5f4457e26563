"""What comes before what: held against a walk over all ways, on random flows."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sopflow.analysis._flow import Flow
from sopflow.analysis._order import Order
from sopflow.compiler import lower
from sopflow.dsl import loads
from sopflow.program import DONE

TARGETS = st.integers(0, 7)


@st.composite
def flows(draw):
    """A list of up to eight steps, some with two ways; whatever is not reached stays."""
    size = draw(st.integers(1, 8))
    lines = []
    for number in range(size):
        one, other = draw(TARGETS) % size, draw(TARGETS) % size
        lines.append(
            draw(
                st.sampled_from(
                    [
                        f"  s{number}: {{task: S}}",
                        f"  s{number}: {{task: S, optional: true}}",
                        f"  s{number}: {{task: S, next: s{one}}}",
                        f"  s{number}: {{approval: S, approved: s{one}, refused: s{other}}}",
                        f"  s{number}: {{approval: S, refused: s{other}}}",
                    ]
                )
            )
        )
    program = lower(loads("sopflow: 1\nid: f\nsteps:\n" + "\n".join(lines) + "\n")).program
    assert program is not None
    return Flow(program)


def reached(flow, starts, without=None):
    """All steps that ways lead to from ``starts``, never through ``without``."""
    found, todo = set(), [start for start in starts if start != without]
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            todo += [way.target for way in flow.ways[here] if way.target > DONE and way.target != without]
    return found


@settings(max_examples=150, deadline=None)
@given(flows())
def test_before_is_what_all_ways_or_some_way_say(flow):
    """Surely before: without it the other is not reached. Maybe before: a way leads from it to the other."""
    order, steps = Order(flow), flow.program.steps
    live = reached(flow, [0])
    for first in live:
        without = reached(flow, [0], without=first)
        behind = reached(flow, [way.target for way in flow.ways[first] if way.target > DONE])
        for then in live:
            surely = first != then and then not in without and not steps[first].optional
            assert order.is_surely_before(first, then) is surely
            assert order.may_be_before(first, then) is (then in behind)
