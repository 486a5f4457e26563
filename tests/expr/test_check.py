"""Checking: names, types, and the mends that are proposed."""

from decimal import Decimal

import pytest

from sopflow.errors.catalogue import ENTRIES
from sopflow.expr import (
    BOOL,
    DATE,
    DECIMAL,
    DOUBLE,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    EnumType,
    Function,
    Gather,
    Leaf,
    ListType,
    Literal,
    MapType,
    RecordType,
    Scope,
    build,
    check,
    parse,
)  # fmt: skip

PRIORITY = EnumType(("P0", "P1", "P2"))
SCOPE = Scope(
    {
        "event.free": BOOL, "event.start": DATE, "event.priority": PRIORITY, "n": INT, "d": DOUBLE, "price": DECIMAL,
        "name": STRING, "now": TIMESTAMP, "tags": ListType(STRING), "grades": ListType(PRIORITY),
        "partner": RecordType({"name": STRING, "signed": BOOL}), "m": MapType(STRING, INT), "any": DYN,
        "steps.director_review.rounds": INT, "steps.phase_2.done": BOOL, "colour": EnumType(("red", "green")),
    },
    {"in_hours": Function("in_hours", (STRING,), BOOL, lambda now, name: True, reads=("now",))},
)  # fmt: skip


def problems(text, expect=None):
    """What is wrong with ``text``."""
    return build(text, SCOPE, expect=expect)[1]


@pytest.mark.parametrize(
    "text, of",
    [
        ("event.free && n > 1", "bool"), ("n + 1", "int"), ("price * 2", "decimal"), ("price * n", "decimal"),
        ("event.start - event.start", "duration"), ("now - now", "duration"), ("[1, 2]", "list(int)"),
        ("tags.map(t, size(t))", "list(int)"), ("partner.name + 'x'", "string"), ("m.a", "int"), ("any.a.b", "dyn"),
        ("event.free ? 1 : 2", "int"), ("event", "{free: bool, start: date, priority: [P0, P1, P2]}"),
        ("{'a': 1}", "map(string, int)"), ("[1, 'a']", "list(dyn)"), ("event['start']", "date"),
        ("in_hours('x')", "bool"),
        ("[] + tags", "list(string)"), ("[[], [1]]", "list(list(int))"), ("[{}, m]", "list(map(string, int))"),
        ("[[], [dyn(1)], [1]]", "list(list(dyn))"), ("[]", "list(dyn)"), ("event.free ? [] : tags", "list(string)"),
    ],
)  # fmt: skip
def test_types(text, of):
    """The checker knows what an expression gives."""
    node, _ = parse(text)
    assert str(check(node, SCOPE)[0]) == of
    assert check(node, SCOPE)[1] == ()


SPACES = dict.fromkeys(
    ("a.b.x", "a.x", "x", "a.b.y.p", "y", "y.p.q", "a.b.z.p", "a.z", "a.b.r.one", "a.b.r.two", "r.three"), INT
)


@pytest.mark.parametrize(
    "text, path",
    [
        ("x", "a.b.x"), (".x", "x"), ("a.x", "a.x"), ("b.x", "a.b.x"), ("y", "y"), ("y.p", "a.b.y.p"),
        ("y.p.q", "y.p.q"), (".y", "y"), ("z", "a.z"), ("z.p", "a.b.z.p"), ("r", "a.b.r"), (".r", "r"),
        ("r.one", "a.b.r.one"), ("r.three", "r.three"),
    ],
)  # fmt: skip
def test_a_container_is_tried_before_what_holds_it(text, path):
    """In ``a.b`` a name means the one in ``a.b``, in ``a``, or in none; a longer name before a shorter one."""
    expression, found = build(text, Scope(SPACES, container="a.b"))
    assert found == ()
    assert expression.node.path == path


def test_a_macro_variable_hides_the_names_of_a_container():
    """A variable of a macro is nearer than every name space, but not than a rooted name."""
    expression, _ = build("[7].all(x, x == 7) && [7].all(x, .x == 1)", Scope(SPACES, container="a.b"))
    assert expression.reads == ("x",)
    assert expression.evaluate({"a.b.x": 2, "x": 1}) is True


def test_a_slip_in_a_container_is_mended_from_its_names():
    """The nearest name is looked for in the container too."""
    scope = Scope({"event.priority": STRING, "event.place.city": STRING, "n": INT}, container="event")
    (found,) = build("priorty == 'P0'", scope)[1]
    assert (found.code, found.fields["near"]) == ("SOP320", "priority")
    (found,) = build("place.citi == 'Bonn'", scope)[1]
    assert (found.code, found.fields["near"]) == ("SOP320", "event.place.city")


@pytest.mark.parametrize(
    "text, code, fields",
    [
        ("event.fre", "SOP320", {"name": "event.fre", "near": "event.free"}),
        ("evnt.free", "SOP320", {"name": "evnt", "near": "event"}),
        ("partner.nme", "SOP320", {"name": "partner.nme", "near": "partner.name"}),
        ("zzz", "SOP321", {"name": "zzz"}),
        ("n == True", "SOP306", {"right": "true"}),
        ("steps.director-review.rounds > 1", "SOP322", {"right": "steps.director_review.rounds"}),
        ("steps.phase-2.done", "SOP322", {"right": "steps.phase_2.done"}),
        ("event.priority == 'P00'", "SOP323", {"near": "P0"}),
        ("event.priority == 'p1'", "SOP323", {"near": "P1"}),
        ("event.priority == 'urgent'", "SOP324", {"known": "P0, P1, P2"}),
        ("'zz' in grades", "SOP324", {}),
        ("event.priority in ['P0', 'zz']", "SOP324", {"found": "zz"}),
        ("n.size", "SOP325", {}),
        ("event.free ? 1 : 'a'", "SOP326", {}),
        ("name + 1", "SOP327", {"op": "+"}),
        ("n && event.free", "SOP328", {"op": "&&"}),
        ("!n", "SOP328", {"op": "!"}),
        ("n.all(x, true)", "SOP329", {}),
        ("size()", "SOP330", {"wanted": "1", "count": 0}),
        ("known()", "SOP330", {}),
        ("name.int()", "SOP331", {"right": "int(x)"}),
        ("contains(name, 'a')", "SOP331", {"right": "x.contains()"}),
        ("size(n)", "SOP333", {"name": "size"}),
        ("tags['a']", "SOP333", {"name": "[]"}),
        ("n + d", "SOP334", {}),
        ("event.start < now", "SOP335", {}),
        ("event.start < '2026-01-01'", "SOP336", {}),
        ("n == 'a'", "SOP337", {}),
        ("n in tags", "SOP337", {}),
        ("event.priority == colour", "SOP337", {}),
        ("{1.5: 2}", "SOP338", {}),
        ("event.priority < colour", "SOP339", {}),
        ("siz(name)", "SOP312", {"near": "size"}),
        ("frobnicate(name)", "SOP314", {}),
    ],
)  # fmt: skip
def test_faults(text, code, fields):
    """Each fault has its code and the fields that its mend needs."""
    (problem,) = problems(text)
    assert problem.code == code
    assert {name: problem.fields[name] for name in fields} == fields


def test_all_problems_come_at_once():
    """Slips of writing, unknown names and wrong values are told together, in the order of the text."""
    found = problems("event.fre = true and event.priority == 'P9' && n + d > zzz")
    assert [problem.code for problem in found] == ["SOP320", "SOP306", "SOP306", "SOP324", "SOP334", "SOP321"]


@pytest.mark.parametrize("text, code", [("n", "SOP332"), ("name", "SOP332")])
def test_the_wanted_type_is_held(text, code):
    """An expression of another type than the one wanted is refused."""
    assert [problem.code for problem in problems(text, expect=BOOL)] == [code]


def test_literals_become_what_is_wanted():
    """Texts become values of the enumeration that is wanted, numbers decimals."""
    assert problems("event.free ? 'P0' : 'P1'", expect=PRIORITY) == ()
    assert [problem.code for problem in problems("event.free ? 'P0' : 'zz'", expect=PRIORITY)] == ["SOP324"]
    assert build("0.1", SCOPE, expect=DECIMAL)[0].evaluate({}) == Decimal("0.1")


def test_subtraction_with_a_meaning_stays():
    """``n-d`` of two declared names is a subtraction, however it is spaced."""
    assert problems("n-n > 0") == ()


def test_the_checked_tree_has_leaves():
    """Declared names are leaves with their whole path, a path above several leaves gathers them."""
    expression, _ = build("event.free && size(name) > 0 && event != event", SCOPE)
    assert expression.reads == ("event.free", "name", "event.start", "event.priority")
    assert build("event.free", SCOPE)[0].node == Leaf("event.free")
    assert isinstance(build("event", SCOPE)[0].node, Gather)
    assert build("event.priority == 'P1'", SCOPE)[0].node.right == Literal("P1")


def test_longest_declared_prefix_wins():
    """With both ``a`` and ``a.b`` declared, ``a.b`` is the variable and ``a.c`` a field of ``a``."""
    scope = Scope({"a": RecordType({"b": STRING, "c": STRING}), "a.b": INT})
    assert build("a.b", scope)[0].type == INT
    assert build("a.c", scope)[0].type == STRING


def test_macro_variables_shadow():
    """Inside a macro its variable hides a declared name; a leading dot reaches past it."""
    scope = Scope({"x": STRING, "x.y": STRING, "l": ListType(INT)})
    assert build("l.all(x, x > 1)", scope)[1] == ()
    assert build("l.all(x, .x == 'a')", scope)[1] == ()
    assert build("l.all(x, x.y == 'a')", scope)[1] != ()


def test_functions_read_what_they_declare():
    """A variable that a function reads belongs to what the expression reads."""
    assert build("in_hours('office')", SCOPE)[0].reads == ("now",)


@pytest.mark.parametrize("code", sorted(code for code in ENTRIES if "SOP301" <= code <= "SOP349"))
def test_every_code_speaks_both_languages(code):
    """Each text and mend exists in English and Chinese and uses the same fields."""
    import string

    def fields(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    entry = ENTRIES[code]
    assert entry.text["en"]
    assert entry.text["zh"]
    assert fields(entry.text["en"]) == fields(entry.text["zh"])
    assert fields(entry.mend["en"]) == fields(entry.mend["zh"])
