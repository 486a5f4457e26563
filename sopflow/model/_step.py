"""A step: what every kind has in common, how lists of steps are read, and what answers an event beside them.

Knows no single kind: which one a step is, the registry says by the key that it finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias

from pydantic import Field as Option

from sopflow.errors import nearest
from sopflow.model._frozen import NOTHING, Entries, Many
from sopflow.model._names import (
    RESERVED_MESSAGES,
    is_id,
    read_form_entry,
    read_id,
    read_kebab,
    read_step_name,
    read_word,
)
from sopflow.model._node import Node, Reads, as_map, keep
from sopflow.model._parts import Escalation, Item, Material
from sopflow.model._problems import Problems, near, problem
from sopflow.model._registry import installed_kinds, our_kind
from sopflow.model._text import Text
from sopflow.model._types import Field
from sopflow.model._values import (
    EXPR,
    EXPRS,
    FLAG,
    LITERALS,
    NAMES,
    PHRASE,
    TARGET,
    TEXT,
    TIME,
    VALUES,
    WORDS,
    Cases,
    Expr,
    Target,
    Time,
    Value,
    is_cases,
    one_of,
    read_by,
    read_condition,
    read_next,
    read_reminders,
)


def _read_code(value: object) -> str:
    word = read_word(value)
    if not (word.startswith("SOP") and len(word) == 6 and word[3:].isdigit()):
        raise problem("SOP139", name=word)
    return word


ACCEPT = Reads.entries(_read_code, "Code", read_word, "Word")
_PASSING_OVER = frozenset({"while", "if", "optional", "missed"})
STEP_NAMES = Reads.many(read_step_name, "StepName", bare=True)

if TYPE_CHECKING:
    Handlers: TypeAlias = "Mapping[str, Handler]"
else:
    Handlers = Mapping  # a handler holds a step: pydantic would wait for it, and has no use for it


class Step(Node):
    """What all kinds of steps may say.

    A kind is a subclass with a field whose alias is the kind's key, and these class-level facts:
    ``kind`` (the key), ``lowers_to`` (the operation of the core that runs it: one of work, choose, fork,
    each, call, group, repeat, wait, emit, end), ``exits`` (keys that say a way out, besides ``next`` and
    ``missed``), ``refuses`` (common keys that make no sense on it), ``needs`` (a key that is only said
    beside another).
    """

    what: ClassVar[tuple[str, str]] = ("a step", "步骤")
    kind: ClassVar[str] = ""
    lowers_to: ClassVar[str] = "work"
    exits: ClassVar[tuple[str, ...]] = ()
    refuses: ClassVar[frozenset[str]] = frozenset()
    needs: ClassVar[Mapping[str, str]] = {}

    id: Annotated[str, Reads(keep, "Id")]  # those who read the list have looked at it
    title: Annotated[Text | None, TEXT] = None
    by: Annotated[tuple[str, ...] | Cases, Reads(read_by, "By")] = ()
    may: Annotated[tuple[str, ...], NAMES] = ()
    not_by: Annotated[tuple[str, ...], STEP_NAMES] = ()
    same_by: Annotated[tuple[str, ...], STEP_NAMES] = ()
    tell: Annotated[tuple[str, ...], NAMES] = ()
    if_: Annotated[Expr | None, EXPR] = None
    optional: Annotated[bool | Expr, Reads(read_condition, "Expr")] = False
    missed: Annotated[Target | None, TARGET] = None
    opens: Annotated[Time | None, TIME] = None
    due: Annotated[Time | None, TIME] = None
    remind: Annotated[tuple[Time, ...], Reads(read_reminders, "Reminders")] = ()
    escalate: Annotated[tuple[Escalation, ...], Reads.many(Escalation.read, "Escalation", bare=True)] = ()
    duration: Annotated[str | Cases | None, PHRASE] = None
    checklist: Annotated[tuple[Item, ...], Reads.many(Item.read, "Item")] = ()
    standards: Annotated[tuple[Item, ...], Reads.many(Item.read, "Item")] = ()
    materials: Annotated[tuple[Material, ...], Reads.many(Material.read, "Material")] = ()
    form: Annotated[tuple[str, ...], Reads.many(read_form_entry, "FormEntry")] = ()
    evidence: Annotated[tuple[Field, ...], Reads.many(Field.read, "Field_")] = ()
    set: Annotated[Mapping[str, Value], VALUES] = NOTHING
    while_: Annotated[Expr | None, EXPR] = None
    holds: Annotated[tuple[str, ...], NAMES] = ()
    after: Annotated[tuple[str, ...], STEP_NAMES] = ()
    requires: Annotated[tuple[Expr, ...], EXPRS] = ()
    ensures: Annotated[tuple[Expr, ...], EXPRS] = ()
    on: Annotated[Handlers, Reads(lambda value: read_handlers(value), "Handlers")] = NOTHING
    phase: Annotated[str | None, Reads(read_kebab, "Id")] = None
    next: Annotated[Target | Mapping[str, Target] | Cases | None, Reads(read_next, "Next")] = None
    note: Annotated[Text | None, TEXT] = None
    cites: Annotated[tuple[str, ...], WORDS] = ()
    inferred: Annotated[Text | None, TEXT] = None
    accept: Annotated[Mapping[str, str], ACCEPT] = NOTHING

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """Keys that this kind refuses, keys that need another, and a way for whoever passes it over."""
        for name in cls.refuses.intersection(body):
            problems.add("SOP155", name, at_key=True, key=name, kind=cls.kind)
        for name, needed in cls.needs.items():
            if name in body and needed not in body and name not in cls.refuses:
                problems.add("SOP154", name, at_key=True, key=name, needs=needed)
        if not _PASSING_OVER.isdisjoint(body):
            cls._check_passing_over(body, problems)

    @classmethod
    def _check_passing_over(cls, body: Mapping[str, object], problems: Problems) -> None:
        """Who passes a step over has a way to go, and only then is that way said."""
        skips = next((name for name in ("while", "if", "optional") if name in body and body[name] is not False), "")
        if "missed" in body and not skips:
            problems.add("SOP154", "missed", at_key=True, key="missed", needs="if, optional, while")
        if skips and "missed" not in body and skips not in cls.refuses and cls.has_no_ordinary_way(body):
            problems.add("SOP165", skips, at_key=True, key=skips)

    @classmethod
    def unknown(cls, name: object, problems: Problems) -> None:
        """Report a key that this kind does not have: whose it is, if it is another kind's."""
        owners = [
            kind for kind, other in installed_kinds().known.items() if name in other.known_keys() and kind != name
        ]
        if name == "title" and cls.kind:
            problems.add("SOP174", "title", at_key=True, kind=cls.kind)
        elif owners and cls.kind:
            problems.add("SOP175", str(name), at_key=True, key=name, kind=cls.kind, known=", ".join(owners))
        else:
            super().unknown(name, problems)

    @classmethod
    def has_no_ordinary_way(cls, body: Mapping[str, object]) -> bool:
        """Whether several ways lead on and none is the one that is taken when nothing is judged."""
        return isinstance(body.get("next"), dict) or is_cases(body.get("next"))


# Keys of a handler itself; the rest of its map is the step that it runs.
_HANDLER_KEYS = frozenset({"message", "match", "at", "every", "when", "if", "instead", "rest"})
_TRIGGERS = ("message", "at", "every", "when")


class Handler(Node):
    """A step (or only a way to go) for when something happens while its scope is open.

    The trigger is one of ``message``, ``at``, ``every``, ``when``, else the ``id`` itself. ``next`` is that
    of ``step`` where there is one.
    """

    what: ClassVar[tuple[str, str]] = ("a handler", "处理项")

    id: Annotated[str, Reads(keep, "Id")]  # those who read the list have looked at it
    message: Annotated[str | None, Reads(read_kebab, "Id")] = None
    match: Annotated[Mapping[str, object], LITERALS] = NOTHING
    at: Annotated[Time | None, TIME] = None
    every: Annotated[str | Cases | None, PHRASE] = None
    when: Annotated[Expr | None, EXPR] = None
    if_: Annotated[Expr | None, EXPR] = None
    instead: Annotated[bool, FLAG] = False
    rest: Annotated[str | None, one_of("finish", "cancel")] = None
    step: Annotated[Step | None, Reads(keep, {})] = Option(default=None, alias=" step")  # no key of its own
    title: Annotated[Text | None, TEXT] = None
    next: Annotated[Target | Mapping[str, Target] | Cases | None, Reads(read_next, "Next")] = None
    note: Annotated[Text | None, TEXT] = None
    cites: Annotated[tuple[str, ...], WORDS] = ()
    inferred: Annotated[Text | None, TEXT] = None
    accept: Annotated[Mapping[str, str], ACCEPT] = NOTHING

    @property
    def trigger(self) -> str:
        """Which key triggers it: ``message``, ``at``, ``every``, ``when``, or ``id`` for its own name."""
        return next((name for name in _TRIGGERS if getattr(self, name) is not None), "id")

    @classmethod
    def check(cls, body: Mapping[str, object], problems: Problems) -> None:
        """One trigger at most, and something to do."""
        said = [name for name in _TRIGGERS if name in body]
        if len(said) > 1:
            problems.add("SOP152", said[1], at_key=True, one=said[0], other=said[1])
        if said and body.get("id") in RESERVED_MESSAGES:
            problems.add("SOP166", said[0], at_key=True, id=body["id"], key=said[0])
        if "match" in body and said and "message" not in said:
            problems.add("SOP154", "match", at_key=True, key="match", needs="message")


def find_kind(body: Mapping[str, object]) -> list[str]:
    """The kind keys in ``body``: of known kinds, of broken ones, and any with a dot."""
    known, broken = installed_kinds().known, installed_kinds().broken
    return [name for name in body if name in known or name in broken or ("." in name and not name.startswith("x-"))]


def read_step(value: object) -> Step:
    """A step with its ``id``, of the kind whose key it has."""
    if isinstance(value, Step):
        return value
    body = as_map(value)
    ours = our_kind(body)
    if ours is not None:
        return ours.read(body)  # type: ignore[return-value]
    found = find_kind(body)
    if len(found) == 1 and found[0] in installed_kinds().known:
        return installed_kinds().known[found[0]].read(body)  # type: ignore[return-value]
    problems = Problems()
    slips: dict[str, str] = {}
    if len(found) > 1:
        problems.add("SOP107", found[1], at_key=True, one=found[0], other=found[1])
    elif found and found[0] in installed_kinds().broken:
        problems.add("SOP109", found[0], at_key=True, kind=found[0], why=installed_kinds().broken[found[0]])
    elif found:
        problems.add("SOP108", found[0], at_key=True, kind=found[0], known=near(found[0], installed_kinds().known))
    else:
        slips = _slips(body)
        if slips:
            slip, kind = next(iter(slips.items()))
            problems.add("SOP105", slip, at_key=True, key=slip, nearest=kind)
        else:
            problems.add("SOP106", at_key=True, known=", ".join(installed_kinds().known))
    _check_anyway(body, found, slips, problems)
    problems.stop()
    raise AssertionError("a step without a kind was let pass")


def _slips(body: Mapping[str, object]) -> dict[str, str]:
    """Unknown keys that look like a kind's."""
    known = {name: name for name in installed_kinds().known}
    slips = {}
    for name in body:
        close = nearest(str(name), known) if name not in Step.known_keys() else []
        if close:
            slips[name] = close[0]
    return slips


def _check_anyway(body: Mapping[str, object], found: list[str], slips: Mapping[str, str], problems: Problems) -> None:
    """What else is wrong with a step whose kind is not clear, as far as that can be said."""
    if slips:
        slip, kind = next(iter(slips.items()))
        renamed = {kind if name == slip else name: part for name, part in body.items()}
        problems.read(installed_kinds().known[kind].read, renamed)
        return
    common = {name: part for name, part in body.items() if name in Step.known_keys() or str(name).startswith("x-")}
    every = frozenset[str]().union(*(cls.known_keys() for cls in installed_kinds().known.values()))
    for name in body.keys() - every if not found else ():
        if not str(name).startswith("x-"):
            Step.unknown(name, problems)
    problems.read(Step.read, common)


def read_steps(value: object) -> Many[Step]:
    """Steps (or branches) in order: a map by id, or a list of maps that say their ``id``."""
    problems = Problems()
    steps: list[Step] = []
    extensions: dict[str, object] = {}
    if not isinstance(value, (dict, list, tuple)):
        raise problem("SOP110") if value is None else problem("SOP112")
    if isinstance(value, dict):
        for name, body in value.items():
            if isinstance(name, str) and name.startswith("x-"):
                extensions[name] = body
                continue
            if not isinstance(name, str) or not is_id(name):
                problems.read(read_id, name, str(name), at_key=True)
            try:
                steps.append(read_step(_with_id(name, body)))
            except ValueError as error:
                problems.caught(error, str(name))
    else:
        seen: set[str] = set()
        for index, body in enumerate(value):
            listed = _check_id(body, index, seen, problems) if isinstance(body, dict) else body
            try:
                steps.append(read_step(listed))
            except ValueError as error:
                problems.caught(error, index)
    problems.stop()
    if not steps:
        raise problem("SOP116")
    return Many.of(steps, extensions=extensions)


def _check_id(body: dict[str, object], index: int, seen: set[str], problems: Problems) -> dict[str, object]:
    """``body`` with an id that need not be looked at again; what is wrong with its own is told here."""
    if "id" not in body:
        return body
    name = problems.read(read_id, body["id"], index, "id")
    if name in seen:
        problems.add("SOP151", index, "id", name=name)
    seen.add(name or "")
    return {**body, "id": name or "nameless"}


def _with_id(name: object, body: object) -> object:
    if not isinstance(body, dict):
        raise problem("SOP110") if body is None else problem("SOP112")
    if "id" in body:
        problems = Problems()
        problems.add("SOP104", "id", at_key=True, id=name)
        problems.stop()
    return {"id": str(name), **body}


def read_handlers(value: object) -> Entries[Handler]:
    """Handlers by id."""
    problems = Problems()
    handlers: dict[str, Handler] = {}
    extensions: dict[str, object] = {}
    for name, body in as_map(value).items():
        if isinstance(name, str) and name.startswith("x-"):
            extensions[name] = body
            continue
        problems.read(read_id, name, str(name), at_key=True)
        handler = problems.read(partial(_read_handler, str(name)), body, str(name))
        if handler is not None:
            handlers[handler.id] = handler
    problems.stop()
    return Entries(handlers, extensions=extensions)


def _read_handler(name: str, value: object) -> Handler:
    if isinstance(value, Handler):
        return value
    body = as_map(_with_id(name, value))
    if not find_kind(body) and not _slips_of_handler(body):
        if "next" not in body and body.get("instead") is not True:
            problems = Problems()
            problems.add("SOP167", at_key=True, known=", ".join(installed_kinds().known))
            problems.read(Handler.read, body)
            problems.stop()
        return Handler.read(body)
    problems = Problems()
    step = problems.read(read_step, {name: part for name, part in body.items() if name not in _HANDLER_KEYS})
    own = {name: part for name, part in body.items() if name in _HANDLER_KEYS or name == "id"}
    handler = problems.read(Handler.read, own)
    problems.stop()
    assert handler is not None
    assert step is not None
    return handler.model_copy(update={"step": step, "next": step.next})


def _slips_of_handler(body: Mapping[str, object]) -> dict[str, str]:
    return _slips({name: part for name, part in body.items() if name not in Handler.known_keys()})
