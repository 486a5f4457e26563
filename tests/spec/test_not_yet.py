"""What the engine does not run yet is a finding, never something that is passed over in silence."""

import pytest
from playbook import findings

SILENT = {
    "holds": "steps: {a: {task: A, holds: room}}",
    "retry and timeout": "steps: {a: {task: A, run: x, retry: {times: 3, wait: 1 minute}, timeout: within 1 hour}}",
    "key of for-each": """
        data: {l: list of string}
        steps: {a: {for-each: l, key: item, steps: {b: {task: B}}}}
    """,
}


@pytest.mark.parametrize("construct", SILENT)
def test_a_construct_that_is_not_run_is_refused(construct):
    """Whoever writes it is told that it does nothing."""
    assert findings(SILENT[construct]) == ["SOP420"]


@pytest.mark.parametrize(
    "text",
    [
        "steps: {a: {repeat: A, every: week, at-most: 3, exhausted: end, steps: {b: {task: B}}}}",
        "roles: {a: A, b: B}\ndata: {x: bool}\nsteps: {q: {task: Q, by: [{when: x, then: a}, {else: b}]}}",
    ],
)
def test_these_are_refused(text):
    """A finding names the construct that is not run."""
    assert findings(text) == ["SOP420"]
