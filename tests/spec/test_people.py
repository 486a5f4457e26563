"""Who may do a step: roles, their people, deputies, four eyes, handing over."""

import pytest
from playbook import Playbook, answer, claim, data, done, fx, judge, program, reassign, tick

ROLES = program("""
    roles:
      writer: {title: Writer, people: [ann, bob], deputy: editor}
      editor: {title: Editor, people: [cy]}
      guest: Guest
    steps:
      write: {task: Write, by: writer, checklist: [Spelling]}
      read: {task: Read, by: guest}
      check: {task: Check, by: [writer, editor], may: guest}
      anybody: {task: Anybody}
""")


@pytest.mark.parametrize(
    "by, may", [("writer", True), ("ann", True), ("cy", True), ("editor", True), ("guest", False), ("zoe", False)]
)
def test_a_role_with_people_is_for_them_and_its_deputy(by, may):
    """A role that lists people is filled by them, by its own name, and by its deputy."""
    play = Playbook(ROLES) >> done("write", by=by)
    if may:
        play.stands("read")
    else:
        play << "refused: role"
        assert play.refused.problem.fields["roles"] == "writer"


@pytest.mark.parametrize("by, may", [("guest", True), ("zoe", True), ("ann", True), ("writer", False)])
def test_a_role_without_people_is_for_anybody(by, may):
    """Where a role lists no people any name will do, but not another role's."""
    play = Playbook(ROLES) >> done("write") >> done("read", by=by)
    play.stands("check") if may else play << "refused: role"


@pytest.mark.parametrize("by", ["writer", "editor", "guest", "ann", "cy", "zoe"])
def test_several_roles_and_those_who_may(by):
    """A list in `by` is any one of them; `may` says who else may do it."""
    (Playbook(ROLES) >> done("write") >> done("read") >> done("check", by=by)).stands("anybody")


def test_a_step_without_roles_is_anybodys():
    """Nobody is turned away where nobody is named."""
    play = Playbook(ROLES) >> done("write") >> done("read") >> done("check")
    (play >> done("anybody", by="the cat")).ended("done")


def test_without_a_name_the_steps_own_role_acts():
    """Unsaid, it was the step's role that did it; a step without a role was done by the system."""
    play = Playbook(ROLES) >> done("write")
    assert play.state.done[0].by == "writer"


def test_the_wrong_people_may_not_tick():
    """The checklist is for those who may do the step."""
    Playbook(ROLES) >> tick("write", 1, by="zoe") << "refused: role"


EYES = program("""
    roles: {writer: Writer, boss: Boss}
    steps:
      write: {task: Write, by: writer}
      review: {approval: Review, by: boss, not-by: write, refused: write}
      send: {task: Send, same-by: [write]}
""")


def test_four_eyes():
    """Whoever wrote it does not judge it, under any name of theirs; another person may."""
    play = Playbook(EYES) >> done("write", by="ann") >> judge("review", "approved", by="ann") << "refused: four-eyes"
    assert play.refused.problem.fields["other"] == "write"
    (play >> judge("review", "approved", by="bob")).stands("send")


def test_four_eyes_look_at_the_last_time():
    """In a loop it is whoever did the step last who may not."""
    play = Playbook(EYES) >> done("write", by="ann") >> judge("review", "refused", by="bob") >> done("write", by="bob")
    play >> judge("review", "approved", by="bob") << "refused: four-eyes"
    (play >> judge("review", "approved", by="ann")).stands("send")


def test_four_eyes_cannot_be_put_to_sleep_by_leaving_out_the_name():
    """A role that acts for itself is not the person it is not to be: without names four eyes cannot be told apart."""
    p = program("""
        roles: {boss: Boss}
        steps:
          write: {task: Write, by: boss}
          review: {approval: Review, by: boss, not-by: write, refused: write}
    """)
    play = Playbook(p) >> done("write") >> judge("review", "approved") << "refused: four-eyes"
    (play >> judge("review", "approved", by="ann")).ended("done")


def test_same_by():
    """`same-by`: only who did that step; others are told who it is."""
    play = Playbook(EYES) >> done("write", by="ann") >> judge("review", "approved", by="bob")
    play >> done("send", by="bob") << "refused: role"
    assert play.refused.problem.fields["who"] == "ann"
    (play >> done("send", by="ann")).ended("done")


def test_four_eyes_of_several_steps():
    """`not-by` may name several steps."""
    p = program("""
        steps:
          a: {task: A}
          b: {task: B}
          c: {task: C, not-by: [a, b]}
    """)
    play = Playbook(p) >> done("a", by="ann") >> done("b", by="bob")
    play >> done("c", by="ann") << "refused: four-eyes" >> done("c", by="bob") << "refused: four-eyes"
    (play >> done("c", by="cy")).ended("done")


def test_four_eyes_hold_after_handing_over():
    """A step that is handed to the one who may not do it stays barred for them."""
    play = Playbook(EYES) >> done("write", by="ann") >> reassign("review", "ann")
    play >> judge("review", "approved", by="ann") << "refused: four-eyes"


def test_four_eyes_hold_for_the_answers_to_questions():
    """A decision may say `not-by` as well."""
    p = program("""
        data: {ok: bool}
        steps:
          a: {task: A}
          q: {decision: Q, about: ok, not-by: a, yes: end, no: end}
    """)
    play = Playbook(p) >> done("a", by="ann") >> answer("q", True, by="ann") << "refused: four-eyes"
    (play >> answer("q", True, by="bob")).ended("done")


def test_reassigning():
    """A step that is handed to somebody is theirs alone."""
    play = Playbook(ROLES) >> reassign("write", "zoe")
    assert play.effects == (fx.Withdraw(1, "reassigned"), fx.Offer(1, 0, ("zoe",)))
    play >> done("write", by="ann") << "refused: role" >> done("write", by="writer") << "refused: role"
    (play >> done("write", by="zoe")).stands("read")


def test_reassigning_to_a_role():
    """A step may be handed to another role, and then to its people."""
    (Playbook(ROLES) >> reassign("write", "editor") >> done("write", by="cy")).stands("read")


@pytest.mark.parametrize("to", ["", "  "])
def test_reassigning_to_nobody_is_refused(to):
    """A step is always somebody's."""
    Playbook(ROLES) >> reassign("write", to) << "refused: role"


def test_a_block_is_not_handed_over():
    """Only what people do can be handed over."""
    p = program("steps: {g: {group: G, steps: {a: {task: A}}}}")
    Playbook(p) >> reassign("g", "ann") << "refused: outcome"


def test_a_question_asks_the_role_its_field_names():
    """With nobody at the step, the field's `ask` is asked, and only they may answer."""
    p = program("""
        roles: {clerk: Clerk, boss: Boss}
        data: {price: {is: bool, ask: clerk}}
        steps:
          q: {decision: Q, about: price, yes: end, no: end}
    """)
    play = Playbook(p)
    assert play.effects == (fx.Ask(1, 0, ("price",), ("clerk",)),)
    (play >> answer("q", True, by="boss") << "refused: role" >> answer("q", True, by="clerk")).ended("done")


def test_data_may_say_whose_work_it_is():
    """`by` in cases: chosen when the step opens."""
    p = program("""
        roles: {lawyer: Lawyer, clerk: Clerk}
        data: {big: {is: bool, ask: clerk}}
        steps: {check: {task: Check, by: [{when: big, then: lawyer}, {else: clerk}]}, z: {task: Z}}
    """)
    play = Playbook(p, {"big": True}) >> done("check", by="clerk") << "refused: role"
    (play >> done("check", by="lawyer")).stands("z")
    play = Playbook(p, {"big": False}) >> done("check", by="lawyer") << "refused: role"
    play >> done("check", by="clerk")
    play = Playbook(p) >> answer("check", True, by="clerk", field="big")
    play >> done("check", by="clerk") << "refused: role"


def test_each_of_the_roles_that_the_data_name_has_a_seat():
    """`need: all` with cases: all roles of the case that holds."""
    p = program("""
        roles: {lawyer: Lawyer, clerk: Clerk, boss: Boss}
        data: {big: bool}
        steps:
          check: {approval: Check, by: [{when: big, then: [lawyer, boss]}, {else: [clerk]}], need: all, refused: z}
          z: {task: Z}
    """)
    play = Playbook(p, {"big": True}) >> judge("check", "approved", by="lawyer")
    play.stands("check")
    (play >> judge("check", "approved", by="boss")).stands("z")
    (Playbook(p, {"big": False}) >> judge("check", "approved", by="clerk")).stands("z")


def test_who_takes_a_step_has_it_alone():
    """Until it is given back, or handed to somebody else."""
    p = program("roles: {clerk: Clerk}\nsteps: {a: {task: A, by: clerk}}")
    play = Playbook(p) >> claim("a", "li", by="li")
    play >> done("a", by="wang") << "refused: role"
    play >> claim("a", "wang", by="wang") << "refused: role"
    play >> claim("a", "", by="wang") << "refused: role"
    play >> claim("a", "", by="li")
    play >> claim("a", "wang", by="wang")
    play >> reassign("a", "su")
    (play >> done("a", by="su")).ended("done")


def test_nobody_overwrites_what_they_have_not_seen():
    """`seen` is the number of the last event that somebody knew of."""
    p = program("data: {n: int}\nsteps: {a: {task: A, form: [n]}}")
    play = Playbook(p) >> data({"n": 3})
    play >> done("a", data={"n": 4}, seen=1) << "refused: stale"
    (play >> done("a", data={"n": 4}, seen=2)).ended("done")
