"""A call: another SOP as a child run."""

from playbook import Playbook, cancel, ends, findings, fx, judge, message, program

CHILD = """
    inputs: [name]
    data: {name: string, price: int}
    steps:
      ask: {approval: Ask, refused: end no-deal, changes: end later}
"""

PARENT = program(
    """
    data: {partner: string, cost: int, note: string}
    steps:
      deal:
        call: child
        with: {name: = partner}
        next: {done: pay, no-deal: stop, else: deal}
      pay: {task: Pay, next: end}
      stop: {task: Stop}
    """,
    child=CHILD,
)


def test_a_call_starts_a_child_with_what_it_is_given():
    """The child runs by itself; what `with` says goes in."""
    play = Playbook(PARENT, {"partner": "acme"}) << "deal opened"
    assert fx.StartChild(1, 0, {"name": "acme"}, 1) in play.effects
    play.stands("deal")


def test_an_end_of_the_child_is_an_outcome_of_the_call():
    """Each end of the child takes its way."""
    (Playbook(PARENT, {"partner": "acme"}) >> ends("deal", "done", price=5)).stands("pay")
    (Playbook(PARENT) >> ends("deal", "no-deal")).stands("stop")


def test_data_come_back_at_the_end_only():
    """`set` reads the child's data when it ends; nothing else of it is seen."""
    p = program(
        """
        data: {cost: int, note: string}
        steps:
          deal: {call: child, set: {cost: = result.price, note: dealt}}
          z: {task: Z}
        """,
        child=CHILD,
    )
    play = Playbook(p) >> ends("deal", "done", price=5)
    assert dict(play.state.data) == {"cost": 5, "note": "dealt"}


def test_else_serves_the_other_ends():
    """An end that is not named takes the way of `else`."""
    play = Playbook(PARENT)
    first = play.opening("deal").id
    play >> ends("deal", "later")
    assert play.opening("deal").id != first, "called again"


def test_a_child_may_be_cancelled():
    """A child that is cancelled outside ends the call by a way that exists."""
    play = Playbook(PARENT) >> ends("deal", "cancelled")
    assert play.state.running


def test_withdrawing_a_call_cancels_its_child():
    """Calling off a call cancels the child at once, and asks nobody; its answer is late."""
    play = Playbook(PARENT)
    late = ends("deal", "done")(play.program, play.state)
    play >> cancel()
    assert fx.CancelChild(1) in play.effects
    play >> late << "refused: status"
    play.ended("cancelled", "cancelled")


def test_cancelling_the_call_alone_cancels_its_child():
    """Calling off the call step goes on by its ordinary way, and the child is cancelled."""
    play = Playbook(PARENT) >> cancel("deal")
    assert fx.CancelChild(1) in play.effects
    play.stands("pay")


def test_a_detached_call_waits_for_nothing():
    """`detached: true` hands over and goes on; the end of the child changes nothing."""
    p = program("steps: {c: {call: child, detached: true}, z: {task: Z}}", child="steps: {a: {task: A}}")
    play = Playbook(p)
    assert any(isinstance(effect, fx.StartChild) for effect in play.effects)
    assert not any(isinstance(effect, fx.CancelChild) for effect in play.effects)
    play.stands("z")


def test_a_call_is_not_offered_to_anybody():
    """A call waits for its child: there is nothing that a person could do at it."""
    play = Playbook(PARENT)
    assert not any(isinstance(effect, fx.Offer) for effect in play.effects)


def test_a_map_of_ends_must_be_total():
    """Each end of the child needs a way, or `else`."""
    from playbook import sop

    from sopflow.compiler import lower

    children = {"child": sop(CHILD, id="child")}
    report = lower(
        sop("steps: {a: {call: child, next: {done: end, no-deal: end}}}"), find=lambda name, _: children.get(name)
    ).report
    assert [finding.code for finding in report.errors] == ["SOP418"]
    assert findings("steps: {a: {call: nowhere}}") == ["SOP209"]


def test_a_child_that_is_changed_is_another_program():
    """The parent's hash holds the child's: a run is pinned with all that it calls."""
    text = "steps: {c: {call: child}}"
    one, two = (program(text, child=f"steps: {{a: {{task: {name}}}}}") for name in ("A", "B"))
    assert one.hash != two.hash
    assert one.hash == program(text, child="steps: {a: {task: A}}").hash


def test_a_message_for_a_child_is_not_refused_by_the_parent():
    """A call takes no message; one that nobody takes is kept."""
    p = program("messages: {m: {}}\nsteps: {c: {call: child}}", child="messages: {m: {}}\nsteps: {a: {task: A}}")
    play = Playbook(p) >> message("m")
    assert play.kept == {"m": [{}]}
    play >> judge("c", "approved") << "refused: outcome"
