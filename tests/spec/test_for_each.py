"""A for-each: its steps once for each item of a list."""

from datetime import date

from playbook import Playbook, answer, data, done, findings, judge, program, shanghai

from sopflow.engine import state_from_json, state_to_json

NAMES = program("""
    roles: {clerk: Clerk}
    data: {partners: {is: list of string, ask: clerk}, seen: string}
    steps:
      each:
        for-each: partners
        as: partner
        steps:
          call: {task: Call, set: {seen: = partner}}
          sign: {task: Sign, if: "partner != 'none'"}
      z: {task: Z}
""")


def test_its_steps_run_once_for_each_item():
    """Each item has a token of its own; the for-each goes on when all are through."""
    play = Playbook(NAMES, {"partners": ["acme", "bolt"]})
    play.stands("each.call", "each.call")
    play >> done("each[2].call") >> done("each[2].sign") >> done("each[1].call")
    play.stands("each.sign")
    (play >> done("each[1].sign")).stands("z")


def test_the_item_can_be_read():
    """`as` names the element in expressions and settings, in each region its own."""
    play = Playbook(NAMES, {"partners": ["acme", "none"]}) >> done("each[2].call")
    assert play.state.data["seen"] == "none"
    assert "each.sign" not in play.at, "the condition saw the item"
    play >> done("each[1].call")
    assert play.state.data["seen"] == "acme"
    play.stands("each.sign")


def test_an_empty_list_passes():
    """Nothing to do: the for-each goes on at once."""
    (Playbook(NAMES, {"partners": []}) << "each opened" << "each closed: done" << "z opened").stands("z")


def test_an_unknown_list_is_asked_for():
    """The list is read at entry; unknown, it is asked for."""
    play = Playbook(NAMES) << "each opened asking partners"
    (play >> answer("each", ["a"])).stands("each.call")
    (Playbook(NAMES) >> answer("each", "acme") << "refused: type").stands("each")


def test_the_list_is_read_at_entry():
    """What happens to the field afterwards starts and stops nothing."""
    play = Playbook(NAMES, {"partners": ["a"]}) >> data({"partners": ["a", "b"]})
    play.stands("each.call")


def test_an_ambiguous_name_is_refused_with_the_paths():
    """`call` of two items does not say which; the refusal gives the full paths."""
    from sopflow.engine import find_opening

    play = Playbook(NAMES, {"partners": ["a", "b"]})
    code, problem = find_opening(play.program, play.state, "call")
    assert code == "not-open"
    assert problem.fields["paths"] == "each[1].call, each[2].call"


def test_a_literal_list():
    """The list may stand in the definition."""
    p = program("""
        data: {last: string}
        steps:
          each: {for-each: [red, green], as: colour, steps: {paint: {task: Paint, set: {last: = colour}}}}
    """)
    play = Playbook(p) >> done("each[2].paint")
    assert play.state.data["last"] == "green"
    (play >> done("each[1].paint")).ended("done")


RECORDS = program("""
    data: {partners: [{name: string, price: int, signed: bool}]}
    steps:
      each:
        for-each: partners
        as: partner
        steps:
          sign: {approval: Sign, approved: note, refused: done}
          note: {task: Note, set: {partner.signed: true}}
      z: {task: Z}
""")


def test_the_parts_of_a_record_can_be_written():
    """`as: partner` is the element itself: `set` writes into the list."""
    play = Playbook(RECORDS, {"partners": [{"name": "a", "price": 1}, {"name": "b", "price": 2}]})
    play >> judge("each[2].sign", "approved") >> done("each[2].note")
    assert play.state.data["partners"][1]["signed"] is True
    assert "signed" not in play.state.data["partners"][0]
    (play >> judge("each[1].sign", "refused")).stands("z")


def test_the_parts_of_a_record_can_be_read():
    """A decision inside may hang on a part of its item."""
    p = program("""
        data: {partners: [{name: string, price: int}]}
        steps:
          each:
            for-each: partners
            as: partner
            steps:
              dear: {decision: Dear?, when: partner.price > 10, yes: ask, no: done}
              ask: {task: Ask}
          z: {task: Z}
    """)
    (Playbook(p, {"partners": [{"name": "a", "price": 5}, {"name": "b", "price": 20}]})).stands("each.ask")
    (Playbook(p, {"partners": [{"name": "a", "price": 5}]})).stands("z")


JOINS = """
    data: {{partners: list of string}}
    steps:
      each: {{for-each: partners, join: {join}, short: few, steps: {{call: {{task: Call}}}}}}
      z: {{task: Z, next: end}}
      few: {{task: Few}}
"""


def test_first_and_n_of_the_items():
    """The joins are those of parallel; too few items go short."""
    first, two = program(JOINS.format(join="first")), program(JOINS.format(join="2 of 3"))
    (Playbook(first, {"partners": ["a", "b"]}) >> done("each[2].call")).stands("z")
    Playbook(first, {"partners": []}).stands("few")
    play = Playbook(two, {"partners": ["a", "b", "c"]}) >> done("each[3].call")
    play.stands("each.call", "each.call")
    (play >> done("each[1].call")).stands("z")
    (Playbook(two, {"partners": ["a"]}) >> done("call")).stands("few")


def test_for_eaches_nest():
    """An inner for-each has the outer item, too."""
    p = program("""
        data: {seen: string}
        steps:
          x: {for-each: [a, b], as: one, steps: {y: {for-each: [c, d], as: two, steps: {
            t: {task: T, set: {seen: = one + two}}}}}}
          z: {task: Z}
    """)
    play = Playbook(p) >> done("x[2].y[1].t")
    assert play.state.data["seen"] == "bc"
    play >> done("x[1].y[2].t")
    assert play.state.data["seen"] == "ad"
    (play >> done("x[1].y[1].t") >> done("x[2].y[2].t")).stands("z")


def test_a_group_in_an_item_knows_the_item():
    """Steps of a block inside an item see the item as well."""
    p = program("""
        data: {seen: string}
        steps:
          x:
            for-each: [a, b]
            as: one
            steps: {g: {group: G, steps: {s: {task: S}, t: {task: T, set: {seen: = one}}}}}
    """)
    play = Playbook(p) >> done("x[2].g.s") >> done("x[2].g.t")
    assert play.state.data["seen"] == "b"


def test_an_item_may_leave_the_for_each():
    """A step of an item that goes to an enclosing list withdraws all items."""
    p = program("""
        steps:
          plan: {task: Plan}
          each: {for-each: [a, b], steps: {ask: {approval: Ask, refused: plan}}}
    """)
    (Playbook(p) >> done("plan") >> judge("each[1].ask", "refused")).stands("plan")


def test_items_are_counted_under_many():
    """Sixty items join in any order."""
    play = Playbook(NAMES, {"partners": ["none"] * 60})
    for number in [*range(60, 0, -2), *range(1, 61, 2)]:
        play >> done(f"each[{number}].call")
    play.stands("z")


def test_at_once_opens_so_many_items_at_a_time():
    """`at-once: 2` opens the next item when one of two is done."""
    p = program("""
        steps:
          each: {for-each: [a, b, c], at-once: 2, steps: {call: {task: Call}}}
          z: {task: Z}
    """)
    play = Playbook(p)
    play >> done("each[3].call") << "refused: not-open"
    (play >> done("each[2].call") >> done("each[3].call") >> done("each[1].call")).stands("z")


PARTNERS = """
    roles: {lawyer: Lawyer, clerk: Clerk}
    data: {partners: [{name: string, ok: bool, day: date, fee: {is: int, min: 1, ask: lawyer}}]}
    steps:
      each:
        for-each: partners
        as: partner
        steps:
          fill: {task: Fill, by: clerk, form: [partner.day, partner.fee?], ensures: partner.day > date('2026-01-01')}
          is-ok: {decision: Is it ok?, about: partner.ok, by: clerk, yes: dear, no: fill}
          dear: {decision: Dear?, when: partner.fee > 10, yes: sign, no: done}
          sign: {task: Sign, by: lawyer, due: 3 days before partner.day, set: {partner.name: = partner.name + '!'}}
"""


def test_a_form_asks_for_fields_of_the_item():
    """They are read by their types, and written into the element of the list."""
    play = Playbook(program(PARTNERS), {"partners": [{"name": "acme"}, {"name": "globex"}]})
    play >> done("each[1].fill") << "refused: incomplete"
    play >> done("each[1].fill", data={"partner.day": "no day"}) << "refused: type"
    play >> done("each[1].fill", data={"partner.day": "2025-12-31"}) << "refused: incomplete"
    play >> done("each[1].fill", data={"partner.dy": "2026-05-01"}) << "refused: type"
    play >> done("each[1].fill", data={"partner.day": "2026-05-01", "partner.fee": 0}) << "refused: type"
    play >> done("each[2].fill", data={"partner.day": "2026-05-01", "partner.fee": 20})
    assert play.state.data["partners"] == [
        {"name": "acme"},
        {"name": "globex", "day": date(2026, 5, 1), "fee": 20},
    ]
    play.stands("each.fill", "each.is-ok")


def test_a_question_about_a_field_of_the_item():
    """Each item has its own answer; a new round asks anew, whatever was written about the others."""
    play = Playbook(program(PARTNERS), {"partners": [{"name": "acme"}, {"name": "globex"}]})
    for item in ("each[1]", "each[2]"):
        play >> done(f"{item}.fill", data={"partner.day": "2026-05-01", "partner.fee": 5})
    play >> answer("each[1].is-ok", False, by="clerk") >> done("each[1].fill", data={"partner.day": "2026-05-02"})
    play >> answer("each[2].is-ok", True, by="clerk")
    play.stands("each.is-ok")
    (play >> answer("each.is-ok", True, by="clerk")).ended("done")


def test_an_unknown_field_of_the_item_is_asked_of_whom_it_names():
    """`ask` on a field of a record says who knows it."""
    play = Playbook(program(PARTNERS), {"partners": [{"name": "acme", "ok": True, "day": "2026-05-01"}]})
    play >> done("each.fill")
    play.stands("each.dear")
    play >> answer("each.dear", 30, field="partner.fee", by="clerk") << "refused: role"
    play >> answer("each.dear", 30, field="partner.fee", by="lawyer")
    play.stands("each.sign")


def test_a_deadline_hangs_on_a_field_of_the_item():
    """It is the item's own, and moves with it."""
    at = shanghai("2026-03-02T09:00")
    days = {"a": "2026-05-01", "b": "2026-06-01"}
    partners = [{"ok": True, "fee": 30, "name": name, "day": day} for name, day in days.items()]
    play = Playbook(program(PARTNERS), {"partners": partners}, at=at)
    play >> done("each[1].fill") >> done("each[2].fill")
    assert [play.opening(f"each[{n}].sign").due.iso() for n in (1, 2)] == ["2026-04-28", "2026-05-29"]


def test_items_that_look_alike_are_not_one():
    """What is written about one is not written about another of the same value, nor is it lost by a snapshot."""
    p = program("""
        data: {words: list of string}
        steps:
          each: {for-each: words, as: word, steps: {a: {task: A, set: {word: done}}, b: {task: B}}}
    """)
    play = Playbook(p, {"words": ["x", "x"]}) >> done("each[1].a")
    assert play.state.data["words"] == ["done", "x"]
    again = state_from_json(state_to_json(play.state), p)
    assert again == play.state


def test_what_is_no_field_of_the_item_is_a_finding():
    """A misspelt part is found when the definition is read."""
    assert findings(PARTNERS.replace("form: [partner.day", "form: [partner.dya")) == ["SOP203"]
    assert findings(PARTNERS.replace("about: partner.ok", "about: partner.okay")) == ["SOP203"]
    assert findings(PARTNERS.replace("set: {partner.name:", "set: {partner.nam:")) == ["SOP203"]
    assert findings(PARTNERS.replace("before partner.day", "before partner.name")) == ["SOP215"]
