"""A checked expression, ready to be evaluated; knows its environment only as a mapping of dotted paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import final

from sopflow.errors import Problem
from sopflow.expr._check import elaborate
from sopflow.expr._fast import generate
from sopflow.expr._interpret import BUDGET, Exhausted, Missing, interpret
from sopflow.expr._nodes import Call, Leaf, Macro, Node, walk
from sopflow.expr._parser import parse
from sopflow.expr._scope import Function, Scope
from sopflow.expr._types import Type
from sopflow.expr._values import UNKNOWN, Fault

__all__ = ["Expression", "build"]

_WARM = 4  # evaluations by the interpreter before a fast function is worth its making


def build(text: str, scope: Scope, *, expect: Type | None = None) -> tuple[Expression | None, tuple[Problem, ...]]:
    """The expression that ``text`` is under ``scope``, or everything that is wrong with it.

    ``expect`` is the type that is wanted of the whole; literals are read as that type where they can be.
    """
    node, problems = parse(text)
    if node is None:
        return None, problems
    checked, more = elaborate(node, scope, expect=expect)
    if problems or more:
        return None, tuple(sorted((*problems, *more), key=lambda problem: problem.start))
    called = {part.function for part in walk(checked) if isinstance(part, Call) and part.target is None}
    functions = {name: scope.functions[name] for name in sorted(called) if name in scope.functions}
    return Expression(text, checked, functions), ()


@final
class Expression:
    """A checked expression. Immutable; equal to every other of the same text.

    ``text`` is what was written, ``type`` what it gives, ``reads`` the dotted paths of the variables that it
    may read, in the order of the text, ``node`` its checked tree. Made by :func:`build`.
    """

    __slots__ = ("_fast", "_functions", "_metered", "_warmth", "node", "reads", "text", "type")

    text: str
    type: Type
    reads: tuple[str, ...]
    node: Node
    _fast: Callable[[Mapping[str, object]], object]
    _functions: Mapping[str, Function]
    _metered: bool
    _warmth: int

    def __init__(self, text: str, node: Node, functions: Mapping[str, Function]) -> None:
        parts = tuple(walk(node))
        leaves = dict.fromkeys(part.path for part in parts if isinstance(part, Leaf))
        fields = {"text": text, "type": node.type, "reads": tuple(leaves), "node": node, "_functions": functions}
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_metered", any(isinstance(part, Macro) for part in parts))
        object.__setattr__(self, "_warmth", 0)
        object.__setattr__(self, "_fast", self._warm_up)

    def evaluate(self, env: Mapping[str, object]) -> object:
        """The value under ``env``; ``UNKNOWN`` if unknown variables stand in the way; a ``Failure`` on error.

        A lookup in ``env`` that raises ``KeyError`` means that the variable is unknown. Values must be of the
        declared types. Never raises.
        """
        try:
            return self._fast(env)
        except Exception:  # noqa: BLE001  # whatever it was: the interpreter knows what it means
            return self._exactly(env)

    def missing(self, env: Mapping[str, object]) -> tuple[str, ...]:
        """The unknown variables that stop the evaluation under ``env``, in the order of the text.

        Empty when there is a value or a failure. A field that a record lacks is given with its path
        (``partner.signed``).
        """
        try:
            interpret(self.node, env, self._functions, metered=self._metered)
        except Missing as missing:
            return self._in_order(missing.paths)
        except Exception:  # noqa: BLE001  # a failure: nobody's answer would help
            return ()
        return ()

    def _in_order(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        place = {path: at for at, path in enumerate(self.reads)}
        return tuple(sorted(dict.fromkeys(paths), key=lambda path: place.get(path, len(place))))

    def _exactly(self, env: Mapping[str, object]) -> object:
        try:
            return interpret(self.node, env, self._functions, metered=self._metered)
        except Missing:
            return UNKNOWN
        except Fault as fault:
            return fault.failure()
        except (Exhausted, RecursionError, MemoryError):
            return Fault("SOP346", most=BUDGET).failure()
        except Exception as error:  # noqa: BLE001  # a value of the environment that misbehaves
            return Fault("SOP349", name=self.text, error=type(error).__name__).failure()

    def _warm_up(self, env: Mapping[str, object]) -> object:
        if self._warmth >= _WARM:
            object.__setattr__(self, "_fast", generate(self.node, self._functions) or self._exactly)
            return self._fast(env)
        object.__setattr__(self, "_warmth", self._warmth + 1)
        return self._exactly(env)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an Expression cannot be changed: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"an Expression cannot be changed: {name}")

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, Expression) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Expression({self.text!r}, {self.type})"

    def __reduce__(self) -> tuple[Callable[..., Expression], tuple[str, Node, Mapping[str, Function]]]:
        return Expression, (self.text, self.node, self._functions)
