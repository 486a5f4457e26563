"""Evaluating: unknown, errors, the additions to CEL, and how an expression behaves as an object."""

import pickle
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from sopflow.expr import (
    BOOL,
    DATE,
    DECIMAL,
    DOUBLE,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    UNKNOWN,
    EnumType,
    Failure,
    Function,
    ListType,
    RecordType,
    Scope,
    UInt,
    build,
)  # fmt: skip

SCOPE = Scope(
    {
        "a": BOOL, "b": BOOL, "n": INT, "p.q.x": INT, "p.q.y": INT, "p.z": INT, "e": EnumType(("low", "mid", "high")),
        "price": DECIMAL, "share": DOUBLE, "day": DATE, "now": TIMESTAMP, "any": DYN,
        "r": RecordType({"x": INT, "deep": RecordType({"y": BOOL})}), "rs": ListType(RecordType({"x": INT})),
    },
    {
        "boom": Function("boom", (), BOOL, lambda: 1 / 0),
        "double_it": Function("double_it", (INT,), INT, lambda number: 2 * number),
        "later": Function("later", (INT,), INT, lambda now, days: now.day + days, reads=("now",)),
    },
)  # fmt: skip


def expression(text, expect=None):
    """A checked expression."""
    built, problems = build(text, SCOPE, expect=expect)
    assert problems == ()
    return built


def value(text, **env):
    """The value by the interpreter, after making sure that the fast path gives the same."""
    made = expression(text)
    env = {name.replace("__", "."): given for name, given in env.items()}
    first, *others = [made.evaluate(env) for _ in range(8)]
    assert all(type(other) is type(first) and other == first for other in others if other is not UNKNOWN)
    return first


def fails(result, code):
    """Whether ``result`` is the failure of that code."""
    return isinstance(result, Failure) and result.problem.code == code


@pytest.mark.parametrize("op, decides", [("&&", False), ("||", True)])
@pytest.mark.parametrize("other", ["a", "1 / 0 > 1", "boom()"])
def test_one_part_can_decide(op, decides, other):
    """``false && x`` is false and ``true || x`` true, in either order, whether x is unknown or an error."""
    word = str(decides).lower()
    assert value(f"{word} {op} {other}") is decides
    assert value(f"{other} {op} {word}") is decides


def test_unknown_beats_error():
    """Where unknown and error meet and nothing decides, the whole is unknown."""
    assert value("1 / 0 > 1 || a") is UNKNOWN
    assert value("a && 1 / 0 > 1") is UNKNOWN
    assert value("n + 1 / 0 > 1") is UNKNOWN
    assert fails(value("1 / 0 > 1 || b", b=False), "SOP340")


def test_a_choice_needs_only_the_side_it_takes():
    """The other side of a choice may be unknown or an error; its test may not."""
    assert value("b ? 1 : n", b=True) == 1
    assert value("b ? 1 : 1 / 0", b=True) == 1
    assert value("a ? 1 : 1") is UNKNOWN


def test_macros_absorb_like_the_chains_they_are():
    """``exists`` is a chain of ``||`` and ``all`` of ``&&``, so one item can decide; the others cannot."""
    assert value("[0, 1].exists(i, 1 / i == 1)") is True
    assert fails(value("[0, 2].exists(i, 1 / i == 1)"), "SOP340")
    assert value("rs.exists(r, r.x > 1)", rs=[{}, {"x": 2}]) is True
    assert value("rs.all(r, r.x > 1)", rs=[{}, {"x": 2}]) is UNKNOWN
    assert fails(value("[0, 1].exists_one(i, 1 / i == 1)"), "SOP340")


def test_known_and_has():
    """``known`` asks whether there is a value, ``has`` whether there is a field."""
    assert value("known(n)") is False
    assert value("known(n)", n=3) is True
    assert value("known(r.x)", r={}) is False
    assert value("known(a || b)", b=True) is True
    assert value("has(p.z)", p__z=1) is True
    assert value("has(r.deep)", r={"x": 1}) is False
    assert value("known(p)") is False
    assert value("known(p)", p__q__y=1) is True


def test_a_path_above_leaves_is_a_record_of_what_is_known():
    """Reading ``p`` gathers its known leaves, nested as their paths are."""
    assert value("p", p__q__x=1, p__z=2) == {"q": {"x": 1}, "z": 2}
    assert value("p") == {}


@pytest.mark.parametrize(
    "text, env, missing",
    [
        ("a && b", {}, ("a", "b")), ("b && a", {"b": True}, ("a",)), ("a && b", {"b": False}, ()),
        ("b && a && n > 1", {}, ("b", "a", "n")), ("a ? n : n + 1", {}, ("a",)), ("n == p.z", {}, ("n", "p.z")),
        ("r.deep.y", {"r": {"deep": {}}}, ("r.deep.y",)), ("r.deep.y", {}, ("r",)),
        ("rs[0].x > 1", {"rs": [{}]}, ("rs",)),
        ("rs.exists(s, s.x > 1)", {"rs": [{}]}, ("rs",)), ("1 / 0 > 1", {}, ()), ("known(a)", {}, ()),
        ("n > 1 || n < -1 || a", {}, ("n", "a")), ("later(2) > 1", {}, ("now",)),
    ],
)  # fmt: skip
def test_missing_is_what_people_must_be_asked(text, env, missing):
    """The unknown variables that stop an evaluation, each once, in the order of the text; none if it is decided."""
    assert expression(text).missing(env) == missing


def test_enumerations_rank_as_declared():
    """``<`` goes by the order of declaration, not of the alphabet; a value that is none is an error."""
    assert value("e < 'high'", e="low") is True
    assert value("e >= 'mid'", e="low") is False
    assert value("e == 'mid' || e == 'high'", e="high") is True
    assert fails(value("e < 'high'", e="odd"), "SOP324")


def test_numbers_beside_a_decimal_are_decimals():
    """Literals by their digits, ints and doubles by their shortest form."""
    assert value("price * 0.1", price=Decimal("0.1")) == Decimal("0.01")
    assert value("price == 0.1", price=Decimal("0.1")) is True
    assert value("price + n", price=Decimal("0.1"), n=1) == Decimal("1.1")
    assert value("price > share", price=Decimal("0.3"), share=0.25) is True
    assert value("price == share", price=Decimal("0.1"), share=0.1) is True
    assert fails(value("price / 0", price=Decimal(1)), "SOP340")
    assert fails(value("price / 0", price=Decimal(0)), "SOP340")
    assert expression("n", expect=DECIMAL).evaluate({"n": 2}) == Decimal(2)


def test_dates():
    """Days are subtracted to durations and shifted by whole days only."""
    assert value("day - date('2026-01-01')", day=date(2026, 1, 31)) == timedelta(days=30)
    assert value("day + duration('48h')", day=date(2026, 1, 31)) == date(2026, 2, 2)
    assert fails(value("day + duration('1h')", day=date(2026, 1, 31)), "SOP345")
    assert value("days_between(day, date('2026-01-01'))", day=date(2026, 1, 31)) == -30
    assert value("date('2026-02-30')").problem.code == "SOP345"
    assert value("time('18:00') > time('09:30:00')") is True
    assert value("time('18:00')") == time(18)
    moment = datetime(2026, 1, 31, 20, tzinfo=UTC)
    assert value("date(now, 'Asia/Shanghai')", now=moment) == date(2026, 2, 1)
    assert value("now.getDayOfWeek('+08:00')", now=moment) == 0
    assert fails(value("now.getHours('Nowhere/City')", now=moment), "SOP345")


def test_integers_have_64_bits():
    """Overflow is an error on every path, and division cuts towards zero."""
    for text in ("n + 1", "n * 2", "-(-n - 1) + 1"):
        assert fails(value(text, n=2**63 - 1), "SOP341")
    assert value("n / 2", n=-7) == -3
    assert value("n % 2", n=-7) == -1


def test_true_is_not_one():
    """Python's ``True == 1`` shows nowhere."""
    assert value("any == 1", any=True) is False
    assert value("any == true", any=1) is False
    assert value("1 in any", any=[True]) is False
    assert value("{true: 'a'}[any] == 'a'", any=True) is True
    assert fails(value("{true: 'a'}[any] == 'a'", any=1), "SOP342")


def test_functions_of_an_embedder():
    """They get their hidden reads first; what they raise is a Failure."""
    assert value("double_it(n) + 1", n=3) == 7
    assert value("later(2)", now=datetime(2026, 1, 5, tzinfo=UTC)) == 7
    assert value("later(2)") is UNKNOWN
    assert fails(value("boom()"), "SOP349")


def test_an_environment_that_misbehaves_is_a_failure():
    """Whatever a lookup raises but KeyError, evaluation does not."""

    class Odd(dict):
        def __getitem__(self, key):
            raise ZeroDivisionError

    assert all(fails(expression("n > 1").evaluate(Odd()), "SOP349") for _ in range(8))


def test_values_of_other_kinds_are_failures():
    """A value of no known kind, or of another than declared, never raises."""
    assert fails(value("any + 1", any=object()), "SOP349")
    assert fails(value("n + 1", n="x"), "SOP344")
    assert fails(expression("any", expect=BOOL).evaluate({"any": "yes"}), "SOP328")


def test_unknown_and_failure_are_never_true():
    """Neither can be taken for true or false by accident."""
    for result in (value("a"), value("1 / 0")):
        with pytest.raises(TypeError):
            bool(result)
    assert pickle.loads(pickle.dumps(UNKNOWN)) is UNKNOWN


def test_failures_speak_both_languages():
    """A Failure keeps its code, whose words exist in Chinese too."""
    failure = value("1 / 0")
    assert failure.text == "Division by zero."
    assert failure.problem.at(None).text("zh") == "除数为零。"


def test_an_expression_is_a_value():
    """Equal and hashed by its text, immutable, and the same after pickling."""
    made = expression("n > 1 && e == 'low'")
    again = pickle.loads(pickle.dumps(made))
    assert made == again == expression("n > 1 && e == 'low'")
    assert hash(made) == hash(again)
    assert made != expression("n > 2")
    assert (again.type, again.reads, again.node) == (BOOL, ("n", "e"), made.node)
    assert again.evaluate({"n": 2, "e": "low"}) is True
    with pytest.raises(AttributeError):
        made.text = "n"


def test_lists_that_come_out_are_fresh():
    """A caller who changes a list that it got changes no later result."""
    made = expression("[1, 2]")
    for _ in range(8):
        made.evaluate({}).append(3)
    assert made.evaluate({}) == [1, 2]


def test_unsigned_numbers_stay_unsigned():
    """Arithmetic of unsigned numbers gives unsigned numbers."""
    result = value("1u + 2u")
    assert isinstance(result, UInt)
    assert result == 3
    assert fails(value("0u - 1u"), "SOP341")


def test_text_of_values():
    """``string`` writes values as CEL does."""
    assert value("string(price)", price=Decimal("1.50")) == "1.50"
    assert value("string(day)", day=date(2026, 1, 31)) == "2026-01-31"
    assert value("string(duration('90m'))") == "5400s"
    assert build("string(x)", Scope({"x": STRING}))[0].evaluate({"x": "是"}) == "是"


@pytest.mark.parametrize("big", [2**53 + 1, 2**63 - 1, -(2**53) - 1])
def test_a_whole_number_beside_a_double_counts_as_the_double_next_to_it(big):
    """Beyond 2**53 a double has lost digits, so the whole number it meets loses them too; neither is less."""
    assert value("n == share", n=big, share=float(big)) is True
    assert value("n < share || n > share", n=big, share=float(big)) is False
    assert value("share <= n && n >= share && any in [share]", n=big, share=float(big), any=big) is True
    assert value("n == any", n=big, any=big - 1) is False


def test_a_key_is_found_by_its_exact_size():
    """A double is the key of a map only where it is that whole number."""
    assert value("{1: 'one'}[any]", any=1.0) == "one"
    assert fails(value("{9007199254740993: 'odd'}[any]", any=2.0**53), "SOP342")


@pytest.mark.parametrize("given", [Decimal("NaN"), Decimal("-Infinity")])
def test_a_decimal_that_is_no_number_has_no_order(given):
    """NaN is neither less nor more nor equal, whatever it meets; an infinity is less or more."""
    infinite = given.is_infinite()
    for other in ("price", "share", "n"):
        env = {"price": given, "share": 1.5, "n": 1}
        assert value(f"price < {other}", **env) is (infinite and other != "price")
        assert value(f"price == {other}", **env) is (infinite and other == "price")
