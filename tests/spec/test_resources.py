"""`holds`: what one run at a time may have (critical section, WCP 39)."""

from playbook import Playbook, cancel, done, fires, granted, jump, program, revoked, shanghai

from sopflow.engine import effects as fx

ROOM = """
    roles: {clerk: Clerk}
    steps:
      plan: {task: Plan}
      meet: {task: Meet, by: clerk, holds: [screen, room], due: 1 hour after opened}
      tidy: {task: Tidy}
"""
NINE = shanghai("2026-03-02T09:00")


def effects(play, *kinds):
    """The effects of the last event that are of these kinds."""
    return [effect for effect in play.effects if isinstance(effect, kinds)]


def test_a_step_waits_for_its_resources():
    """It asks for all of them at once, in alphabetical order, and is offered when they are its own."""
    play = Playbook(program(ROOM), at=NINE) >> done("plan", "2026-03-02T09:00")
    assert effects(play, fx.Acquire, fx.Offer) == [fx.Acquire(2, ("room", "screen"))]
    play >> done("meet") << "refused: not-open"
    play >> granted("meet", "2026-03-02T11:00") << "meet opened"
    assert [offer.roles for offer in effects(play, fx.Offer)] == [("clerk",)]


def test_due_times_count_from_the_grant():
    """Whoever waits for a room is not late for the meeting in it."""
    play = Playbook(program(ROOM), at=NINE) >> done("plan") >> granted("meet", "2026-03-02T11:00")
    assert play.opening("meet").due.iso().startswith("2026-03-02T12:00")


def test_resources_are_released_when_the_step_goes_on():
    """By being done, or by being taken back; also those that were only asked for."""
    play = Playbook(program(ROOM)) >> done("plan") >> granted("meet") >> done("meet")
    assert effects(play, fx.Release) == [fx.Release(2, ("room", "screen"))]
    play = Playbook(program(ROOM)) >> done("plan") >> jump("meet", "tidy")
    assert effects(play, fx.Release) == [fx.Release(2, ("room", "screen"))]
    play = Playbook(program(ROOM)) >> done("plan") >> cancel()
    assert effects(play, fx.Release) == [fx.Release(2, ("room", "screen"))]


def test_a_grant_that_nobody_asked_for_is_refused():
    """Nor one that was made before."""
    play = Playbook(program(ROOM)) >> granted("plan") << "refused: not-open"
    play >> done("plan") >> granted("meet")
    play >> granted("meet") << "refused: not-open"


def test_resources_that_are_taken_away_are_asked_for_again():
    """What was open is withdrawn; with a new grant it begins anew."""
    p = program("""
        steps:
          use: {group: Use, holds: machine, steps: {one: {task: One}, two: {task: Two}}}
          z: {task: Z}
    """)
    play = Playbook(p) >> granted("use") >> done("use.one")
    play >> revoked("use") << "use.two withdrawn" << "use withdrawn"
    assert effects(play, fx.Release, fx.Acquire) == [fx.Release(1, ("machine",)), fx.Acquire(1, ("machine",))]
    (play >> granted("use")).stands("use.one")
    (play >> done("use.one") >> done("use.two")).stands("z")


def test_who_gets_its_resources_again_may_be_late_again():
    """The deadline counts from the new grant."""
    play = Playbook(program(ROOM), at=NINE) >> done("plan") >> granted("meet") >> fires("meet", "due")
    play >> revoked("meet") >> granted("meet")
    play >> fires("meet", "due") << "meet overdue"
