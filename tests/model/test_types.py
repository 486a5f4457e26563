"""Types and fields: every short form means the same as a long one, and literals belong to their type."""

import pytest
from pydantic import ValidationError

from sopflow import values
from sopflow.errors import Problem
from sopflow.model import Enumeration, Field, ListOf, Record, Scalar, Sop, plain

BOOL, INT, STRING, DECIMAL = (Scalar(name) for name in ("bool", "int", "string", "decimal"))


def field(written):
    """The field that is written so."""
    return Field.model_validate(written)


@pytest.mark.parametrize(
    ("short", "type_"),
    [
        ("bool", BOOL),
        ("list of date", ListOf(Scalar("date"))),
        ("list of list of int", ListOf(ListOf(INT))),
        (["P0", "P1"], Enumeration(("P0", "P1"))),
        ({"name": "string"}, Record({"name": Field(**{"is": "string"})})),
        (
            [{"name": "string", "price": "decimal"}],
            ListOf(Record({"name": field("string"), "price": field("decimal")})),
        ),
        ([["good", "bad"]], ListOf(Enumeration(("good", "bad")))),
        ([{"at": {"x": "int"}}], ListOf(Record({"at": Field(**{"is": {"x": "int"}})}))),
    ],
)
def test_each_short_form_is_a_type(short, type_):
    """A type as it is written, alone or behind `is`, is the same type, and is written back as it was."""
    assert field(short).is_ == type_
    assert field({"is": short}) == field(short)
    assert plain(field(short)) == short
    assert plain(field({"is": short})) == {"is": short}


@pytest.mark.parametrize(
    ("short", "default"),
    [
        ("int = 2", 2),
        ("int = -2", -2),
        ("bool = true", True),
        ("bool =  false", False),
        ("decimal = 0.5", 0.5),
        ("decimal = 3", 3),
        ("decimal = 0.10", "0.10"),
        ("string = as you like", "as you like"),
        ("string = 'as you like '", "as you like "),
        ("string = a = b", "a = b"),
        ("int = = x + 1", "= x + 1"),
        ("date = 2026-05-31", "2026-05-31"),
        ("duration = 3 days", "3 days"),
    ],
)
def test_a_default_stands_behind_its_type(short, default):
    """`TYPE = DEFAULT` is the long form with that default; an exact decimal keeps its zeros as text."""
    made = field(short)
    assert made.has_default
    assert made.default == default
    assert type(made.default) is type(default)
    name = short.split(" ")[0]
    assert made == field({"is": name, "default": default})
    assert field(plain(made)) == made


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("bool", [True, False], [1, "true", "yes"]),
        ("int", [0, -3], [True, 1.5, "1"]),
        ("decimal", [1, 1.5, "1.50"], [True, "one", "1,5"]),
        ("string", ["a"], [1, True, ["a"]]),
        ("date", ["2026-02-28"], ["2026-02-30", "28.2.2026", 20260228]),
        ("time", ["09:00"], ["25:00", 9]),
        ("datetime", ["2026-02-28T09:00", "2026-02-28T09:00+08:00"], ["now", 0]),
        ("duration", ["3 days", "1 hour"], ["3", "soon", "3 months", "1 working hour", "1..2 weeks"]),
        ("list of int", [[], [1, 2]], [1, ["a"], [1, True]]),
        (["a", "b"], ["a"], ["c", 1, ["a"]]),
        ([["a", "b"]], [[], ["a", "a"]], ["a", ["c"]]),
        ([{"n": "int"}], [[], [{"n": 1}], [{}]], [{"n": 1}, [{"n": "x"}], [{"m": 1}]]),
    ],
)
def test_a_default_is_of_its_type(type_, good, bad):
    """A literal of the type is taken; any other is a fault; a computed one is for the compiler."""
    for default in [*good, "= computed"]:
        assert field({"is": type_, "default": default}).default == default
    for default in bad:
        with pytest.raises(ValidationError):
            field({"is": type_, "default": default})


@pytest.mark.parametrize(
    "written", ["1 minute", "90 minutes", "2 days", "3 weeks", "3 months", "1..2 days", "1 year", "x"]
)
def test_a_duration_is_what_a_run_takes_for_one(written):
    """The default of a duration is refused where it is read, and not only when a run would begin with it."""
    taken = not isinstance(values.Field("f", "duration").read(written), Problem)
    try:
        field({"is": "duration", "default": written})
    except ValidationError:
        assert not taken
    else:
        assert taken


def test_fields_are_the_leaves_of_the_data():
    """`sop.fields` has dotted paths in written order; records behind `is` and lists of records are one field."""
    sop = Sop.model_validate(
        {
            "sopflow": 1,
            "id": "x",
            "data": {
                "b": {"start": "date", "in_": {"deep": "int"}},
                "a": [{"n": "int"}],
                "c": {"is": {"n": "int"}, "title": "C"},
            },
            "steps": {"s": {"task": "S"}},
        }
    )
    assert list(sop.fields) == ["b.start", "b.in_.deep", "a", "c"]
    assert sop.fields["c"].is_ == Record({"n": field("int")})
