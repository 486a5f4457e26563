"""Random expressions mean the same to the fast path, to the interpreter and to Google's implementation."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.expr import (
    BOOL,
    DECIMAL,
    DOUBLE,
    INT,
    STRING,
    UINT,
    UNKNOWN,
    EnumType,
    Failure,
    ListType,
    RecordType,
    Scope,
    UInt,
    build,
)  # fmt: skip
from sopflow.expr._fast import generate

try:
    from cel_expr_python import cel
except ImportError:
    cel = None

PLAIN = {"b": BOOL, "c": BOOL, "i": INT, "j": INT, "d": DOUBLE, "s": STRING, "t": STRING, "l": ListType(INT)}
SCOPE = Scope(
    PLAIN
    | {
        "e": EnumType(("low", "mid", "high")),
        "m": DECIMAL,
        "u": UINT,
        "r": RecordType({"x": INT, "y": STRING}),
        "q": ListType(RecordType({"x": INT, "y": STRING})),
    }
)

int64 = st.sampled_from([0, 1, 2, 3, 7, -1, -5, 100, 2**31, 2**53 + 1, 2**62, 2**63 - 1, -(2**63)])
doubles = st.sampled_from(
    [0.0, -0.0, 1.5, -2.25, 2.0**53, 2.0**63, -(2.0**63), 1e300, float("inf"), float("-inf"), float("nan")]
)
texts = st.sampled_from(["", "a", "ab", "Ärger", "是", "low"])
records = st.fixed_dictionaries({}, optional={"x": int64, "y": texts})
plain_values = {
    "b": st.booleans(), "c": st.booleans(), "i": int64, "j": int64, "d": doubles, "s": texts, "t": texts,
    "l": st.lists(int64, max_size=4),
}  # fmt: skip
own_values = plain_values | {
    "e": st.sampled_from(["low", "mid", "high"]),
    "m": st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-1000, max_value=1000),
    "u": st.sampled_from([0, 1, 2**53 + 1, 2**63, 2**64 - 1]).map(UInt),
    "r": records,
    "q": st.lists(records, max_size=3),
}


ORDER = st.sampled_from(["<", "<=", ">", ">="])
SAME = st.sampled_from(["==", "!="])
JOIN = st.sampled_from(["&&", "||"])


def written(template, *parts):
    """Draw ``parts`` and put them into ``template``."""
    return st.builds(template.format, *parts)


def expressions(*, own: bool, depth: int = 3):
    """Texts of type bool; ``own``: with what only we have (enumerations, decimals, records, known)."""
    integer = st.sampled_from(["i", "j", "0", "1", "3", "-2", "9223372036854775807"] + (["r.x"] if own else []))
    double = st.sampled_from(["d", "1.5", "0.0", "-0.5"])
    text = st.sampled_from(["s", "t", "''", "'a'", "'ab'"] + (["r.y"] if own else []))
    truth = st.sampled_from(["b", "c", "true", "false"])
    for _ in range(depth):
        integer, double, text, truth = (
            st.one_of(integer, integers(integer, double, text, truth)),
            st.one_of(
                double,
                written("({} {} {})", double, st.sampled_from(["+", "-", "*", "/"]), double),
                written("double({})", integer),
            ),
            st.one_of(
                text,
                written("({} + {})", text, text),
                written("string({})", integer),
                written("({} ? {} : {})", truth, text, text),
            ),
            st.one_of(
                truth,
                conditions(integer, double, text, truth),
                *([own_conditions(integer, text, truth)] if own else []),
            ),
        )
    return truth


def integers(integer, double, text, truth):
    """Texts of type int."""
    return st.one_of(
        written("({} {} {})", integer, st.sampled_from(["+", "-", "*", "/", "%"]), integer),
        written("size({})", text),
        written("-({})", integer),
        written("({} ? {} : {})", truth, integer, integer),
        written("l[{}]", integer),
        written("size(l.filter(x, x > {}))", integer),
        written("size(l.map(x, x + {}))", integer),
        written("int({})", double),
    )


def conditions(integer, double, text, truth):
    """Texts of type bool that every CEL has."""
    return st.one_of(
        written("({} {} {})", integer, SAME, integer),
        written("({} {} {})", integer, ORDER, integer),
        written("({} {} {})", double, ORDER, double),
        written("({} {} {})", double, SAME, double),
        written("(dyn({}) {} {})", integer, st.one_of(ORDER, SAME), st.sampled_from(["d", "1.5"])),
        written("({} {} {})", text, SAME, text),
        written("({} {} {})", text, ORDER, text),
        written("({} {} {})", truth, JOIN, truth),
        written("({} {} {} {} {})", truth, JOIN, truth, JOIN, truth),
        written("!({})", truth),
        written("({} ? {} : {})", truth, truth, truth),
        written("({} in l)", integer),
        written("({} in [{}, {}])", text, text, text),
        written("({} in [1, 2, 3])", integer),
        written("{}.startsWith({})", text, text),
        written("{}.contains({})", text, text),
        written("{}.matches('^a?b*$')", text),
        written("l.all(x, x {} {})", ORDER, integer),
        written("l.exists(x, x {} {} || {})", ORDER, integer, truth),
        written("l.exists_one(x, x == {})", integer),
        written("(l == l.map(x, x * {}))", integer),
    )


def own_conditions(integer, text, truth):
    """Texts of type bool that only we have."""
    return st.one_of(
        written("(e {} {})", st.one_of(SAME, ORDER), st.sampled_from(["'low'", "'mid'", "e"])),
        written("(m * {} {} m + 0.1)", integer, ORDER),
        written("(m / {} {} 0.5)", integer, SAME),
        written("(dyn({}) {} m)", integer, ORDER),
        written("(d {} {})", st.one_of(ORDER, SAME), integer),
        written("({} {} {})", integer, st.one_of(ORDER, SAME), st.sampled_from(["1.5", "9007199254740992.0"])),
        written("(u {} {})", st.one_of(ORDER, SAME), st.sampled_from(["d", "i", "m", "1.5", "1"])),
        written("known({})", st.one_of(integer, truth)),
        written("q.exists(z, z.x > {})", integer),
        written("q.all(z, z.y == {} || {})", text, truth),
        st.sampled_from(["(e in ['low', 'high'])", "has(r.x)", "has(r.y)", "known(r)", "known(r.x)", "(r == r)"]),
    )


def environments(values):
    """Some of the variables known, some not."""
    return st.fixed_dictionaries({}, optional=values)


def is_same(a: object, b: object) -> bool:
    """Equal, of one type, and NaN is NaN."""
    return type(a) is type(b) and (a == b or (isinstance(a, float) and math.isnan(a) and math.isnan(b)))


@given(expressions(own=True), environments(own_values))
def test_fast_path_and_interpreter_agree(text, env):
    """What the generated function gives, the interpreter gives too; where it raises, the interpreter decides."""
    expression, problems = build(text, SCOPE)
    if expression is None:
        assert {problem.code for problem in problems} <= {"SOP311"}, problems
        return
    exact = expression._exactly(env)
    fast = generate(expression.node, {})
    if fast is not None:
        try:
            quick = fast(env)
        except Exception:  # noqa: BLE001
            return
        assert is_same(quick, exact)
    assert all(is_same(expression.evaluate(env), exact) for _ in range(7))


@given(expressions(own=True), environments({name: st.just(UNKNOWN) | values for name, values in own_values.items()}))
def test_cold_and_warm_agree_on_what_is_said_to_be_unknown(text, env):
    """A variable that is there and UNKNOWN is as good as one that is not, however often one evaluates."""
    expression, _ = build(text, SCOPE)
    if expression is None:
        return
    known = {name: value for name, value in env.items() if value is not UNKNOWN}
    exact = expression._exactly(known)
    assert all(is_same(expression.evaluate(env), exact) for _ in range(7))


@pytest.mark.parametrize(
    "text", ["known(b)", "b == c", "s in ['a', 'b']", "l == [1]", "[i] == [1]", "i in l", "b ? i : j"]
)
def test_unknown_values_are_never_compared(text):
    """What is unknown equals nothing and is in nothing: the answer is that it is unknown, the fifth time too."""
    expression, _ = build(text, SCOPE)
    wanted = False if text == "known(b)" else UNKNOWN
    assert [expression.evaluate(dict.fromkeys(PLAIN, UNKNOWN)) for _ in range(7)] == [wanted] * 7


@given(expressions(own=True), environments(own_values))
def test_missing_names_what_stops_the_evaluation(text, env):
    """There is something missing exactly when the value is unknown, and it is unknown in the environment."""
    expression, _ = build(text, SCOPE)
    if expression is None:
        return
    missing = expression.missing(env)
    assert (expression.evaluate(env) is UNKNOWN) == bool(missing)
    for path in missing:
        root, _, field = path.partition(".")
        assert root not in env or field or root == "q"


@given(expressions(own=True), environments(own_values), environments(own_values))
def test_more_knowledge_never_changes_a_value(text, env, more):
    """A value that is known stays the same when more becomes known (unless the expression asks ``known``)."""
    if "known" in text or "has(" in text:
        return
    expression, _ = build(text, SCOPE)
    if expression is None:
        return
    before = expression.evaluate(env)
    if isinstance(before, bool):
        assert expression.evaluate({**more, **env}) is before


@pytest.mark.peer
@pytest.mark.skipif(cel is None, reason="cel-expr-python is not installed (it has wheels for few platforms)")
@given(expressions(own=False), st.fixed_dictionaries(plain_values))
def test_google_cel_agrees(text, env):
    """On plain CEL, Google's implementation gives the same values and fails where we fail."""
    kinds = {BOOL: cel.Type.BOOL, INT: cel.Type.INT, DOUBLE: cel.Type.DOUBLE, STRING: cel.Type.STRING}
    peer = cel.NewEnv(variables={n: cel.Type.List(cel.Type.INT) if n == "l" else kinds[of] for n, of in PLAIN.items()})
    expression, _ = build(text, Scope(PLAIN))
    if expression is None:
        return
    ours = expression.evaluate(env)
    try:
        theirs = peer.compile(text).eval(data=env)
    except RuntimeError as error:
        if "recursion" in str(error).lower():  # its limit of nesting is lower than ours
            return
        raise
    if isinstance(ours, Failure) and ours.problem.code == "SOP346":  # ours of steps is lower
        return
    if theirs.type() == cel.Type.ERROR:  # an error is a value there, and a truthy one
        assert isinstance(ours, Failure), (text, env, ours, theirs.value())
    else:
        assert ours is theirs.value(), (text, env, ours, theirs.value())
