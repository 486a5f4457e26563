"""What an expression may name: variables by dotted path, and functions of the embedder.

Knows types, no syntax trees and no values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sopflow.expr._types import RecordType, Type

__all__ = ["Function", "Scope"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function that an embedder adds.

    ``call`` gets the values of the parameters, in order, and gives a value of type ``result``; it must be
    pure and quick, since it may be called twice for one evaluation. Whatever it raises becomes a Failure.
    ``reads`` names variables whose values it gets before those of its parameters: ``in_hours('office')`` that
    reads ``now``.
    """

    name: str
    parameters: tuple[Type, ...]
    result: Type
    call: Callable[..., object]
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that an expression may use.

    ``variables`` maps dotted leaf paths (``event.start``, ``x_high``) to types. A name resolves by its longest
    declared prefix to one leaf; what follows selects from its value. A path that only leaves lie below
    (``event``) reads as the record of those that are known.

    ``container`` is the name space that an expression stands in: in ``a.b`` the name ``x`` means ``a.b.x``, or
    else ``a.x``, or else ``x``, and ``.x`` only the last (CEL, "Name Resolution"). Functions have no name spaces.
    """

    variables: Mapping[str, Type]
    functions: Mapping[str, Function] = field(default_factory=dict)
    container: str = field(default="", kw_only=True)
    spaces: tuple[str, ...] = field(init=False, repr=False, compare=False)  # "a.b.", "a.", "": the order of trying
    _prefixes: frozenset[str] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = self.container.split(".") if self.container else []
        spaces = tuple(".".join(parts[:count]) + "." for count in range(len(parts), 0, -1))
        object.__setattr__(self, "spaces", (*spaces, ""))

    def has_below(self, path: str) -> bool:
        """Whether leaves are declared below ``path``."""
        if self._prefixes is None:  # a scope may have thousands of names, and few expressions ask
            prefixes = {name[:at] for name in self.variables for at, sign in enumerate(name) if sign == "."}
            object.__setattr__(self, "_prefixes", frozenset(prefixes))
            assert self._prefixes is not None
        return path in self._prefixes

    def below(self, path: str) -> tuple[str, ...]:
        """The declared leaves below ``path``."""
        return tuple(leaf for leaf in self.variables if leaf.startswith(path + "."))

    def record(self, path: str) -> RecordType:
        """The type of ``path`` read as a whole."""
        tree: dict[str, object] = {}
        for leaf in self.below(path):
            *between, last = leaf[len(path) + 1 :].split(".")
            branch = tree
            for name in between:
                inner = branch.setdefault(name, {})
                branch = inner if isinstance(inner, dict) else {}
            branch.setdefault(last, self.variables[leaf])
        return _record(tree)

    def names_below(self, path: str) -> tuple[str, ...]:
        """The names that may follow ``path`` and a dot; with "" those that may begin a path."""
        starts = (path + ".",) if path else self.spaces
        names = (
            leaf[len(start) :].split(".")[0] for start in starts for leaf in self.variables if leaf.startswith(start)
        )
        return tuple(dict.fromkeys(names))


def _record(tree: Mapping[str, object]) -> RecordType:
    # As deep as a dotted path has dots, which a declaration decides, never an expression.
    return RecordType({name: _record(of) if isinstance(of, dict) else of for name, of in tree.items()})  # type: ignore[misc]
