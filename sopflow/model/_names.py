"""How names are written: ids, fields, targets; each reader gives the name back or says what is wrong with it."""

from __future__ import annotations

import re

from sopflow.model._frozen import Many
from sopflow.model._node import read_many
from sopflow.model._problems import near, problem

RESERVED_IDS = frozenset({"done", "end", "else", "none", "any", "unknown", "started", "opened", "due"})
RESERVED_MESSAGES = frozenset({"overdue", "error", "cancelled"})
# Roots of expressions, and the words that CEL keeps for itself (its language definition, section "Syntax").
RESERVED_FIELDS = frozenset(
    "steps result message run now today is"
    " true false null in as break const continue else for function if import let loop package namespace return var void"
    " while".split()
)
_NEVER_A_FIELD = frozenset({"is", "true", "false", "null", "in"})

KEBAB = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
SNAKE = r"[A-Za-z][A-Za-z0-9_]*"
_KEBAB = re.compile(KEBAB)
_SNAKE = re.compile(SNAKE)
FIELD = re.compile(rf"{SNAKE}(?:\.{SNAKE})*")
STEP = re.compile(rf"{KEBAB}(?:\[[^\[\]]+\])?(?:\.{KEBAB}(?:\[[^\[\]]+\])?)*")
END = re.compile(rf"end(?: ({KEBAB}))?( of run)?")
SOP = re.compile(rf"(?:{KEBAB}/)*{KEBAB}(?:@\d+(?:\.\d+){{0,2}})?")


def read_word(value: object) -> str:
    """Any one word or phrase; a number is taken as it is written."""
    match value:
        case str() if value.strip():
            return value
        case str():
            raise problem("SOP121")
        case bool() | float():
            raise problem("SOP120", value=value)
        case int():
            return str(value)
        case None:
            raise problem("SOP110")
        case _:
            raise problem("SOP113")


def read_kebab(value: object) -> str:
    """A name such as ``event-planner``."""
    word = read_word(value)
    if _KEBAB.fullmatch(word):
        return word
    raise problem("SOP130", name=word, nearest=as_kebab(word))


def read_id(value: object) -> str:
    """The id of a step, branch, phase or role."""
    word = read_kebab(value)
    if word in RESERVED_IDS:
        raise problem("SOP132", name=word, known=near(word, RESERVED_IDS))
    return word


def is_id(word: str) -> bool:
    """Whether ``word`` can be the id of a step, branch, phase or role."""
    return _KEBAB.fullmatch(word) is not None and word not in RESERVED_IDS


def read_message_id(value: object) -> str:
    """The name of a message."""
    word = read_id(value)
    if word in RESERVED_MESSAGES:
        raise problem("SOP132", name=word, known=near(word, RESERVED_IDS | RESERVED_MESSAGES))
    return word


def read_field_name(value: object) -> str:
    """One name that expressions can read, at the top: ``event``, ``x_high``, ``N``."""
    word = read_part_name(value)
    if word in RESERVED_FIELDS:
        raise problem("SOP133", name=word)
    return word


def read_part_name(value: object) -> str:
    """One name inside a map of fields: ``start`` in ``event.start``."""
    word = read_word(value)
    if not _SNAKE.fullmatch(word):
        raise problem("SOP131", name=word, nearest=as_snake(word))
    if word in _NEVER_A_FIELD:
        raise problem("SOP133", name=word)
    return word


def read_field_path(value: object) -> str:
    """The path of a field: ``event.free``."""
    return _matching(FIELD, value, "SOP134")


def read_form_entry(value: object) -> str:
    """A field of a form: ``event.note``, or ``event.note?`` if it may stay empty."""
    word = read_word(value)
    if not FIELD.fullmatch(word.removesuffix("?")):
        raise problem("SOP134", name=word)
    return word


def read_step_name(value: object) -> str:
    """A step that is referred to: ``review``, ``paid.pay-contract``, ``partners[acme].sign``."""
    return _matching(STEP, value, "SOP135")


def read_sop_name(value: object) -> str:
    """An SOP that is called: ``event-hosting``, ``marketing/event-hosting@1``."""
    return _matching(SOP, value, "SOP136")


def read_target(value: object) -> str:
    """Where a step goes: a step, ``done``, ``end``, ``end NAME``, ``end NAME of run``."""
    if isinstance(value, (dict, list)):
        raise problem("SOP138")
    word = read_word(value)
    if not STEP.fullmatch(word) and not END.fullmatch(word):
        raise problem("SOP137", target=word)
    return word


def read_end(value: object) -> str:
    """The operand of ``end``: an outcome, maybe ``of run``."""
    word = read_word(value)
    if not END.fullmatch(f"end {word}"):
        raise problem("SOP130", name=word, nearest=as_kebab(word.removesuffix(" of run")))
    return word


def read_names(value: object) -> Many[str]:
    """One kebab-case name or a list of them: roles, resources."""
    return read_many(read_reference, value, bare=True)


def read_words(value: object) -> Many[str]:
    """A list of words: citations, people."""
    return read_many(read_word, value)


def read_reference(value: object) -> str:
    """A kebab-case name that is mentioned, not given."""
    word = read_word(value)
    if not _KEBAB.fullmatch(word):
        raise problem("SOP130", name=word, nearest=as_kebab(word))
    return word


def as_kebab(word: str) -> str:
    """``word`` as kebab-case would have it: ``isFree`` gives ``is-free``."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", word)
    name = re.sub(r"[^a-z0-9]+", "-", split.lower()).strip("-")
    return name if _KEBAB.fullmatch(name) else "my-name"


def as_snake(word: str) -> str:
    """``word`` as an expression could read it: ``event-start`` gives ``event_start``."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", word).strip("_")
    return name if _SNAKE.fullmatch(name) else "my_name"


def _matching(pattern: re.Pattern[str], value: object, code: str) -> str:
    word = read_word(value)
    if not pattern.fullmatch(word):
        raise problem(code, name=word)
    return word
