"""A packed run: nothing of it is lost, it takes few bytes, and what is no packed run is refused in words."""

import json
import os
import subprocess
import sys
import tracemalloc
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zlib import crc32
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from playbook import program, written

from sopflow.calendars import Moment
from sopflow.engine import Accepted, Opening, RunState, events, find_opening, state_from_json, state_to_json, step
from sopflow.engine._pack import _WORDS, Unreadable, pack, unpack
from sopflow.engine._state import Mark
from sopflow.engine._wire import Reader, Words, Writer

sys.path.insert(0, str(Path(__file__).parent))
from test_laws import MIXED, runs

START = datetime(2026, 3, 2, 9, 13, 27, 482113, tzinfo=timezone(timedelta(hours=8)))
DATA = {"customer": "Acme Trading Ltd", "urgent": True, "amount": 1200, "until": "2026-05-01", "price": "1999.90"}
PEOPLE = ("ann.smith", "bob.jones", "carla.diaz")
TWENTY = program(
    "roles: {clerk: Clerk}\n"
    "data: {customer: string, urgent: bool, amount: int, until: date, price: decimal}\n"
    "steps:\n"
    + "".join(
        f"  step-{number}: {{task: Do {number}, by: clerk, due: 9 days after opened, remind: [7 days after opened]}}\n"
        for number in range(20)
    )
)


def happens(state: RunState, event: events.Event) -> None:
    """Let it happen, and be accepted."""
    assert isinstance(step(state.data.program, state, event), Accepted)


def played(steps: int) -> RunState:
    """A run of twenty steps of which so many have been done, by three people, at instants of which no two are equal."""
    state = RunState.of(TWENTY)
    happens(state, events.Started(program=TWENTY.hash, data=DATA, at=START))
    at = START
    for number in range(steps):
        at += timedelta(hours=5 + 13 * number % 47, minutes=17, microseconds=123457 * number + 1)
        opening = find_opening(TWENTY, state, f"step-{number}").id
        happens(state, events.StepDone(opening=opening, by=PEOPLE[number % 3], at=at))
    return state


# -- nothing is lost ---------------------------------------------------------------------------------------------------


def ordered(state: RunState) -> str:
    """All that JSON says of a state, in order."""
    return json.dumps(state_to_json(state))


@given(runs())
def test_a_run_may_be_packed_after_each_event(run):
    """A run that is packed and unpacked between its events goes as one that is not: nothing is lost, order counts."""
    history, _ = run
    state, parked = RunState.of(MIXED), pack(RunState.of(MIXED))
    for event in history:
        twin = unpack(parked, MIXED)
        happens(state, event)
        happens(twin, event)
        parked = pack(state)
        again = unpack(parked, MIXED)
        assert ordered(again) == ordered(twin) == ordered(state)
        assert again == state
        assert again.next_timer() == state.next_timer()
        assert pack(again) == pack(twin) == parked


@given(runs())
def test_packing_is_as_good_as_json(run):
    """What comes out is what comes out of JSON, down to who watches what."""
    _, state = run
    assert written(unpack(pack(state), MIXED)) == written(state_from_json(state_to_json(state), MIXED))


def offset(minutes):
    """A fixed zone."""
    return timezone(timedelta(minutes=minutes))


zones = st.one_of(
    st.none(),
    st.integers(-1439, 1439).map(offset),
    st.just(timezone(timedelta(hours=8, minutes=5, seconds=43))),
    st.just(timezone(timedelta(microseconds=-1))),
    st.sampled_from([ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")]),
)
instants = st.datetimes(timezones=zones)
clock = timezone(timedelta(hours=-3))
moments = st.one_of(
    st.dates().map(Moment.on),
    st.datetimes(timezones=st.just(clock)).map(Moment.at),
    st.datetimes(timezones=st.just(UTC)).map(Moment.exactly),
)
texts = st.text(st.characters(categories=None))  # half of a pair, too: JSON may bring it
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**64), 2**64),
    texts,
    st.decimals(),
    st.floats(),
    st.dates(),
    st.times(timezones=st.sampled_from([None, UTC, clock])),
    st.timedeltas(),
    instants,
    moments,
)
values = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(texts | st.integers(), inner, max_size=4),
        st.builds(
            Mark,
            st.integers(-1, 9),
            st.integers(),
            st.integers(),
            st.booleans(),
            st.dictionaries(texts, inner, max_size=3),
        ),
        st.sets(st.integers(), max_size=4),
        st.frozensets(texts, max_size=4),
    ),
    max_leaves=12,
)


def shown(value: object) -> object:
    """A value as it can be compared: with its types, its offsets, and NaN equal to itself."""
    match value:
        case datetime():
            return ("datetime", value.isoformat())
        case Decimal() | float() | time():
            return (type(value).__name__, str(value))
        case Moment():
            return ("moment", value.date, shown(value.instant), value.exact)
        case Mark():
            return ("mark", value.scope, value.number, value.region, value.instead, shown(value.message))
        case list() | tuple():
            return (type(value).__name__, [shown(item) for item in value])
        case set() | frozenset():
            return (type(value).__name__, sorted(value))
        case dict():
            return [(shown(key), shown(item)) for key, item in value.items()]
        case _:
            return (type(value).__name__, value)


def read_back(value: object) -> object:
    """What is read where ``value`` was written."""
    writer = Writer(Words(["common"]))
    writer.value(value)
    reader = Reader(Words(["common"]), writer.body())
    read = reader.value()
    reader.finish()
    return read


@given(values)
@example(-1)
@example(2**63)
@example(2**63 - 1)
@example(10**5000)
@example(timedelta.min)
@example(datetime.min.replace(tzinfo=offset(1439)))
@example(datetime.max.replace(tzinfo=offset(-1439)))
@example(Decimal("-0.00"))
@example(["common", "common", "rare", "rare", "", "\ud83d", "\ude00"])
def test_a_value_survives(value):
    """Each value of each type that a field may hold comes back as it is: type, digits, offset and order."""
    assert shown(read_back(value)) == shown(value)


@given(st.lists(instants | instants.map(lambda at: at.replace(microsecond=0)), max_size=8))
def test_instants_share_what_they_have_in_common(ats):
    """Instants one after the other, some the same ones again, come back each with its own offset."""
    ats = [*ats, *ats, *(datetime.fromisoformat(at.isoformat()) for at in ats)]
    assert shown(read_back(ats)) == shown(ats)


def test_the_hour_that_a_clock_change_repeats_is_two():
    """02:30 comes twice on that night, and stays twice."""
    berlin = ZoneInfo("Europe/Berlin")
    ats = [datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=fold) for fold in (0, 1)]
    assert [at.isoformat() for at in read_back(ats)] == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]


def test_whatever_an_opening_says_is_kept():
    """Each attribute of an opening, whether any rule sets it now or not."""
    state = played(1)
    opening = next(opening for opening in state.open.values() if opening.step >= 0)
    said = {
        "bool": True,
        "int": 7,
        "str": "so",
        "tuple[str, ...]": ("a", "customer"),
        "Moment | None": Moment.on(date(2026, 5, 1)),
        "dict[int, int] | None": {3: 4, -1: 5},
        "tuple[tuple[int, int, object], ...]": ((1, 2, {"x": date(2026, 5, 1)}),),
        "list[tuple[int, dict[str, object]]] | None": [(1, {"x": Decimal("1.50")})],
        "dict[int, str] | None": {1: "one"},
        "frozenset[str]": frozenset({"a", "b"}),
        "frozenset[int]": frozenset({1, 300}),
        "dict[str, object] | None": {"ann": "approved"},
        "set[int] | None": {2, 1},
    }
    for name, kind in Opening.__annotations__.items():
        setattr(opening, name, said[kind])
    opening.mark, opening.item, opening.since = Mark(-1, 2, 3, True, {"x": 1}), {"name": "Acme"}, START
    read = unpack(pack(state), TWENTY).open[opening.id]
    assert read.said() == opening.said()
    assert repr(read) == repr(opening)


# -- few bytes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("steps", "most"), [(0, 200), (10, 320), (14, 350), (19, 400)])
def test_a_parked_run_takes_few_bytes(steps, most):
    """A run in the middle of twenty steps, all told: a fifth to a tenth of it as JSON."""
    state = played(steps)
    assert state.timers
    assert len(pack(state)) <= most
    assert 5 * len(pack(state)) < len(ordered(state))


def test_words_stand_once():
    """Each word of the module has one number."""
    assert len(set(_WORDS)) == len(_WORDS)


STORY = """
    import sys
    sys.path[:0] = [{here!r}, {spec!r}]
    from test_pack import pack, played
    print(pack(played(14)).hex())
"""


def test_the_same_bytes_on_every_machine():
    """One history gives the same bytes in each process, whatever Python's hash seed."""
    here = Path(__file__).parent
    code = "\n".join(line.strip() for line in STORY.format(here=str(here), spec=str(here.parent / "spec")).splitlines())
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
            timeout=120,
        ).stdout.strip()
        for seed in ("0", "4711")
    }
    assert told == {pack(played(14)).hex()}


def test_the_bytes_of_format_1():
    """What a body is made of, to the byte: a change here needs a new format."""
    writer = Writer(Words(["due", "ann"]))
    writer.named({"due": START, "at": [START, START + timedelta(seconds=1)], "n": (0, 227, 228, -1, None, True)})
    writer.text(None)
    writer.text("at")
    writer.signed(-3)
    assert writer.body().hex(" ") == (
        "1d 03 02 04 02 fc 00 40 3a 69 0d fd 05 5c 2e bf bf f8 01 02 0b 02 04 06 04 fa 01 09 3d 01 01 0c 06 14 f7 f8 "
        "f8 05 01 02 00 02 00 04 05 61 74 6e 2d 31"
    )


# -- what is no packed run ---------------------------------------------------------------------------------------------

PACKED = pack(played(14))


def refused(data: bytes, code: str = "SOP785") -> bool:
    """Whether the bytes are refused, for that reason."""
    with pytest.raises(Unreadable) as caught:
        unpack(data, TWENTY)
    return caught.value.problem.code == code


def sealed(data: bytes) -> bytes:
    """The bytes with a check that fits them."""
    return data[:1] + crc32(data[5:]).to_bytes(4, "little") + data[5:]


@given(st.binary(max_size=200))
@example(b"")
@example(b"\x01")
@example(b'{"program": "x"}')
def test_foreign_bytes_are_refused(data):
    """Anything else than a packed run is said to be none."""
    assert refused(data)
    assert refused(b"\x01" + data)


@given(st.integers(0, len(PACKED) - 1))
def test_a_part_of_a_run_is_refused(size):
    """A run that was cut off is said to be damaged; so is one with something behind it."""
    assert refused(PACKED[:size])
    assert refused(PACKED + PACKED[size:])


@given(st.integers(0, 8 * len(PACKED) - 1), st.integers(0, 8 * len(PACKED) - 1))
def test_a_flipped_bit_is_found(first, second):
    """One bit or two that have changed, wherever they are, are found."""
    data = bytearray(PACKED)
    for bit in {first, second}:
        data[bit // 8] ^= 1 << bit % 8
    assert refused(bytes(data))


def is_harmless(data: bytes) -> bool:
    """Whether the bytes are read as a run, or refused for what they are; nothing else is ever raised."""
    try:
        return isinstance(unpack(data, TWENTY), RunState)
    except Unreadable as unreadable:
        return unreadable.problem.code == "SOP785"


@given(st.integers(39, len(PACKED) - 1), st.binary(min_size=1, max_size=12), st.integers(0, 12))
def test_forged_bytes_do_no_harm(at, put, cut):
    """Bytes that were changed and sealed again are refused, or read as a run."""
    assert is_harmless(sealed(PACKED[:at] + put + PACKED[at + cut :]))


@given(st.binary(max_size=300))
def test_forged_bodies_do_no_harm(body):
    """The same of bodies that were never written."""
    assert is_harmless(sealed(PACKED[:39] + body))


VAST = b"\xff" + b"\xff" * 8
HUGE = [
    VAST,
    bytes([250, 255, 255, 255]) + b"\0" * 500,  # more numbers than there are
    bytes([3]) + VAST + VAST + VAST,  # runs of steps without number
    bytes([200, 100]) + bytes([0, 20]) * 100,  # all steps, over and over
    bytes([5, 0, 0, 1, 1]) + VAST,  # a name that is longer than all letters
    bytes([247, 0, 0, 1, 2, 11]) + bytes([1, 11]) * 120,  # lists in lists
    bytes([247, 0, 0, 1, 2, 15]) + VAST + bytes([0]) * 200,  # a map of as many
    bytes([200, 0, 0, 0, 0, 0, 1, 0]) + VAST * 3 + bytes(100),  # an opening from nowhere
]


@pytest.mark.parametrize("body", HUGE)
def test_a_short_forgery_takes_little(body):
    """Counts and lengths far beyond the bytes that are there, or lists within lists, cost neither memory nor stack."""
    data = sealed(PACKED[:39] + body)
    tracemalloc.start()
    try:
        assert refused(data)
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()


def test_a_run_of_another_program_is_refused_by_name():
    """It says which program the run is of, and which was given."""
    with pytest.raises(Unreadable) as caught:
        unpack(PACKED, MIXED)
    assert caught.value.problem.code == "SOP786"
    assert caught.value.problem.fields == {"wanted": TWENTY.hash[:12], "given": MIXED.hash[:12], "name": MIXED.name}


def test_another_format_is_refused():
    """A first byte that is not 1 is not of this format, even where all else fits."""
    assert refused(b"\x02" + sealed(PACKED)[1:])


def test_other_tables_of_the_same_definition_are_refused():
    """A definition that was compiled to other tables has the same hash, and its runs cannot be read by them."""
    assert refused(sealed(PACKED[:5] + bytes([PACKED[5] ^ 1]) + PACKED[6:]))


def nested(levels: int) -> object:
    """A list in a list, so deep."""
    value: object = []
    for _ in range(levels):
        value = [value]
    return value


def test_only_what_a_field_can_hold_is_packed():
    """A state of no program, values of other types, and values that nest without end are the caller's mistakes."""
    with pytest.raises(ValueError, match="no program"):
        pack(RunState(TWENTY.hash))
    for wrong, error in ((object(), TypeError), (nested(101), ValueError), (b"bytes", TypeError)):
        state = played(0)
        state.data["customer"] = wrong
        with pytest.raises(error):
            pack(state)
    assert read_back(nested(99)) == nested(99)
