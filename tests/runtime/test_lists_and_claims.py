"""What came with growing lists, claims and what one has seen: each has its call on a run."""

import pytest
from playbook import program

import sopflow
from sopflow.engine import replay

LIST = program("""
    roles: {ann: {title: Ann, people: [wu, li]}}
    data: {towns: [{name: string, far: bool}]}
    steps:
      each:
        for-each: towns
        as: town
        key: town.name
        adds-until: 2026-03-10
        steps: {go: {task: Go, by: ann}}
      z: {task: Z}
""")
NINE = "2026-03-02T09:00"


def steps(run):
    """The paths of what is open."""
    return [item.step for item in run.open]


def test_a_list_grows_shrinks_and_is_closed():
    """By key or by number; the history has each with who and why."""
    run = sopflow.Run(LIST, {"towns": [{"name": "Wien"}]}, at=NINE)
    run.add("each", {"name": "Graz"}, by="wu", why="asked for")
    run.add("each", {"name": "Linz"})
    assert steps(run) == ["each[Wien].go", "each[Graz].go", "each[Linz].go"]
    run.drop("each", "Graz", by="wu", why="closed")
    run.drop("each", 1)
    run.done("each[Linz].go", by="li")
    assert run.why_not("each") == "its items are done, and more may still come"
    run.close_list("each", by="wu", why="enough")
    assert steps(run) == ["z"]
    lines = [line for line in run.history if line["event"] in ("ItemAdded", "ItemDropped", "ListClosed")]
    assert [{key: line[key] for key in ("event", "item", "by", "why") if key in line} for line in lines] == [
        {"event": "ItemAdded", "item": {"name": "Graz"}, "by": "wu", "why": "asked for"},
        {"event": "ItemAdded", "item": {"name": "Linz"}},
        {"event": "ItemDropped", "item": 2, "by": "wu", "why": "closed"},
        {"event": "ItemDropped", "item": 1},
        {"event": "ListClosed", "by": "wu", "why": "enough"},
    ]
    assert replay(LIST, run.events) == run.state


@pytest.mark.parametrize("item", ["Rom", 7, 0, -1, True, None, 1.5, ["Wien"]])
def test_an_item_that_is_not_there_cannot_be_dropped(item):
    """Whatever is handed in is found or refused."""
    run = sopflow.Run(LIST, {"towns": [{"name": "Wien"}]}, at=NINE)
    with pytest.raises(sopflow.Refused):
        run.drop("each", item)
    with pytest.raises(sopflow.Refused):
        run.drop("each[Wien].go", "Wien")


def test_a_list_that_is_closed_takes_nothing_more():
    """Nor does a step that is no list."""
    run = sopflow.Run(LIST, {"towns": [{"name": "Wien"}]}, at=NINE)
    with pytest.raises(sopflow.Refused):
        run.add("each", {"name": 3})
    with pytest.raises(sopflow.Refused):
        run.add("each", {"name": "Wien"})
    with pytest.raises(sopflow.Refused):
        run.add("go", {"name": "Graz"})
    run.close_list("each")
    with pytest.raises(sopflow.Refused) as refused:
        run.add("each", {"name": "Graz"})
    assert refused.value.code == "closed"


def test_a_step_that_somebody_has_taken_is_theirs():
    """Until they give it back, or it is handed over."""
    run = sopflow.Run(LIST, {"towns": [{"name": "Wien"}]}, at=NINE)
    run.claim("go", by="wu")
    assert run.open[0].claimed == "wu"
    assert run.open[0].as_data()["claimed"] == "wu"
    assert run.why_not("go") == "nothing: it is open, and wu has taken it"
    for act in (lambda: run.done("go", by="li"), lambda: run.claim("go", by="li"), lambda: run.release("go", by="li")):
        with pytest.raises(sopflow.Refused) as refused:
            act()
        assert refused.value.code == "role"
    assert (run.enabled(""), len(run.enabled("wu")), len(run.enabled("li"))) == ((), 1, 0)
    with pytest.raises(sopflow.Refused):
        run.claim("go", by="")
    run.release("go", by="wu")
    run.done("go", by="li")
    told = run.why("go").splitlines()
    assert [line.partition(": ")[2] for line in told[1:4]] == ["wu took it", "wu gave it back", "li completed it"]


def test_what_was_changed_since_one_looked_is_a_reason_to_refuse():
    """`seen` is the number of the last event that one knew of."""
    p = program("data: {n: int, m: int}\nsteps: {a: {task: A, form: [n]}}")
    run = sopflow.Run(p, {"n": 1})
    seen = run.state.seq
    run.set({"n": 2})
    with pytest.raises(sopflow.Refused) as refused:
        run.done("a", seen=seen)
    assert refused.value.code == "stale"
    run.set({"m": 2})
    run.done("a", seen=seen + 1)
    assert run.finished


def test_a_field_that_is_given_twice_is_refused():
    """By its dotted path and inside a map: nobody guesses which is meant."""
    p = program("data: {place: {city: string}}\nsteps: {a: {task: A}}")
    with pytest.raises(sopflow.Refused) as refused:
        sopflow.Run(p, {"place": {"city": "Wien"}, "place.city": "Graz"})
    assert refused.value.finding.code == "SOP750"
