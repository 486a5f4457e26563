"""One run of those that belong together: its program, its state, and where it stands among the others.

A run that was asked for from outside is at the top; each call of an SOP is a run below the one that calls. What may
happen, and in which order, is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sopflow.engine import Opening, RunState, roles_of, without_items
from sopflow.engine import events as ev
from sopflow.program import Op, Program, Step
from sopflow.runtime._inputs import flatten

_CACHED = "runtime"  # the key of this room in a program's memo


@dataclass(slots=True, eq=False)
class Node:
    """One run.

    ``call`` is the opening, in the run ``above``, of the call that began it; ``id`` the id of that step, ``prefix`` its
    path, with a dot at the end. ``children`` are the runs that its own calls wait for, by their openings; ``paths`` the
    paths of openings in items; ``handed`` to whom openings were handed over.
    """

    program: Program
    state: RunState
    above: Node | None = None
    call: int = 0
    id: str = ""
    prefix: str = ""
    children: dict[int, Node] = field(default_factory=dict)
    events: list[ev.Event] = field(default_factory=list)
    paths: dict[int, str] = field(default_factory=dict)
    handed: dict[int, str] = field(default_factory=dict)
    versions: dict[str, Program] = field(default_factory=dict)  # the programs it has been on, by hash

    @classmethod
    def of(cls, program: Program) -> Node:
        """A run of ``program`` that has not started."""
        return cls(program, RunState.of(program))

    @classmethod
    def called(cls, above: Node, call: int, step: Step, path: str) -> Node:
        """A run that ``step`` of the run ``above`` calls; it stands at ``path`` there, and has not started."""
        assert step.call is not None  # only a call starts a run
        program = step.call.program
        return cls(program, RunState.of(program), above, call, step.id, f"{above.prefix}{path}.")

    def copy(self) -> Node:
        """One that stands where this one stands; ``above`` and ``children`` are still the same as here."""
        return replace(
            self,
            state=self.state.copy(),
            events=[*self.events],
            paths={**self.paths},
            handed={**self.handed},
            versions={**self.versions},
        )

    @property
    def over(self) -> bool:
        """Whether the run has ended or was cancelled."""
        return self.state.status in ("ended", "cancelled")

    def who(self, opening: Opening, by: str | None) -> str | None:
        """Who acts: unsaid, the step's own role."""
        if by is not None:
            return by
        return next(iter(roles_of(self.program, self.program.steps[opening.step], opening)), None)

    def flat(self, opening: Opening, data: Mapping[str, object]) -> dict[str, object]:
        """Data that are handed in for an open step, by dotted path. Raises Refused."""
        return flatten(self.program, data, self.program.steps[opening.step])

    def down(self) -> Iterator[Node]:
        """This run, then those below it, in the order of their calls."""
        if not self.children:
            yield self
            return
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children.values()))

    def path(self, opening: Opening) -> str:
        """The path of what is open, through the calls above it, with its items."""
        return self.prefix + (self.paths.get(opening.id) or self.program.steps[opening.step].path)

    def inside_out(self) -> list[Node]:
        """The runs below it, each after those that it calls, then this run."""
        stack, found = [self], []
        while stack:
            node = stack.pop()
            found.append(node)
            stack.extend(node.children.values())
        return found[::-1]

    def up(self) -> Iterator[Node]:
        """This run, then the one that called it, and so on."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.above

    def inside(self, name: str) -> list[str]:
        """What ``name`` may mean inside this run: what is left behind the way to it, the shortest first.

        A way begins at any run above, and takes each call by its path or its id, with its items or without:
        ``send[2].kit.``, ``send.kit.``, ``kit.``.
        """
        ways: list[str] = []
        if "." in name:
            for node in list(self.up())[-2::-1]:  # from the first call to the last; nothing leads to the top
                assert node.above is not None  # as the top is left out
                last = node.prefix.removeprefix(node.above.prefix)
                longer = [way + part for way in (*ways, "") for part in (last, without_items(last), f"{node.id}.")]
                ways = [way for way in dict.fromkeys(longer) if name.startswith(way)]
        return [name[len(way) :] for way in (*ways, "")]


def asks_the_world(program: Program) -> bool:
    """Whether a step of the program may ask for more than people: a call, a message, a handler, a resource."""
    known = program.memo.get(_CACHED)
    if known is None:
        known = any(step.op in (Op.CALL, Op.EMIT) or step.run or step.holds for step in program.steps)
        program.memo[_CACHED] = known
    return known is True
