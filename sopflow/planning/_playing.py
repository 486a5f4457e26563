"""One run after the other, played by chance over the tables of a flow: a discrete-event simulation.

A token goes from step to step; where work takes time it waits in a heap of (time, number). What a token drags along is
its *cause*: the chain of steps whose ends let it come here, which at the end of a run is the run's critical chain.
Knows nodes and seconds, nothing of programs, calendars or results.

People: a role with a limit works on so many steps at once; what comes later waits, first come, first served.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from heapq import heappop, heappush
from math import inf
from random import Random

from sopflow.planning._lasting import Draw
from sopflow.planning._nodes import Flow, Instead, Node, Way, shortest, summed
from sopflow.planning._tokens import Cause, Frame, Played
from sopflow.program import DONE, Op

_EVENTS = 1_000_000  # of one run at most: loops are bounded, but loops in loops may be too much to play


class Player:
    """Plays runs of a flow; each call of :meth:`play` is another run, drawn from the same stream of chance."""

    def __init__(
        self, flow: Flow, *, start: float, random: Random, draw: Draw, people: Mapping[str, int], rounds: int
    ) -> None:
        self.flow, self.nodes, self.start, self.random, self.draw = flow, flow.nodes, start, random.random, draw
        self.people, self.rounds = dict(people), rounds
        # Ways of each step: all, those nearest to the end, those that the data leave; each with the odds so far.
        self.only = [node.ways[0] if len(node.ways) == 1 and node.ways[0].far < inf else None for node in self.nodes]
        self.ways = [summed(node.ways) for node in self.nodes]
        self.forward = [summed(shortest(node.ways)) for node in self.nodes]
        self.decided = [
            summed([way for way in node.ways if way.name in node.decided]) if node.decided is not None else ()
            for node in self.nodes
        ]

    def play(self) -> Played:
        """One run."""
        self.run = Played()
        self.now = self.start
        self.heap: list[tuple[float, int, str, int, Frame, Cause, str]] = []
        self.ready: list[tuple[int, Frame, Cause]] = []
        self.number = 0
        self.free = dict(self.people)
        self.queues: dict[str, deque[tuple[int, Frame, Cause, float]]] = {role: deque() for role in self.people}
        self.busy: dict[int, tuple[Frame, str]] = {}
        self.parked: list[tuple[int, Frame, Cause]] = []
        self.settled: set[int] = set()  # regions in which nothing will happen any more
        self.skipped: set[int] = set()
        self.left = False  # whether any block has been left: only then may a token be dead
        self.root = Frame(None, None)
        self.root.live = self.root.need = 1
        self._go(self.flow.heads[0] if self.flow.heads else DONE, self.root, None)
        for _ in range(_EVENTS):
            if self.ready:
                index, frame, cause = self.ready.pop()
                if not self.left or frame.alive:
                    self._open(self.nodes[index], frame, cause)
                continue
            if self.parked and self._unpark():
                continue
            if not self.heap:
                break
            self.now, number, kind, index, frame, cause, role = heappop(self.heap)
            if kind == "end" and role and self.busy.pop(number, None) is None:
                continue  # withdrawn: its place was given to another
            if self.left and not frame.alive:
                continue
            node = self.nodes[index]
            match kind:
                case "begin":
                    self._begin(node, frame, cause)
                case "round":
                    self._round(node, frame, cause)
                case "instead":
                    self._take(node.instead[int(role)], node, frame, cause)
                case "waited":
                    self._close(node, frame, (index, cause), role)
                case _:
                    done: Cause = (index, cause)
                    if role in self.free:
                        self.free[role] += 1
                        self._next_in_queue(role, done)
                    self._close(node, frame, done)
        else:
            self.run.finished = False
        return self.run

    # -- tokens ------------------------------------------------------------------------------------------------------

    def _later(self, time: float, kind: str, node: Node, frame: Frame, cause: Cause, role: str = "") -> int:
        self.number += 1
        heappush(self.heap, (time, self.number, kind, node.index, frame, cause, role))
        return self.number

    def _go(self, target: int, frame: Frame, cause: Cause) -> None:
        """Send a token of ``frame`` on: to a step, out of blocks around it, to the end of its region or of its run."""
        if target == DONE:
            self._arrive(frame, cause)
            return
        if target < DONE:
            self._end(target, frame, cause)
            return
        region = self.nodes[target].region
        while frame.node is not None and region not in frame.regions:
            self._leave(frame)
            if frame.up is None:
                return
            frame = frame.up
        self.ready.append((target, frame, cause))

    def _leave(self, frame: Frame) -> None:
        """Withdraw what is left of a block; people who work in it are free again."""
        frame.dead = self.left = True
        if frame.node is not None:
            self.settled.update(frame.node.regions)
        if self.people:
            for number in [number for number, (where, _) in self.busy.items() if not where.alive]:
                _, role = self.busy.pop(number)
                self.free[role] += 1
                self._next_in_queue(role, None)

    def _end(self, target: int, frame: Frame, cause: Cause) -> None:
        """An end of the run, or of the called SOP that holds the token."""
        here: Frame = frame
        while here.node is not None and here.node.step.op is not Op.CALL:
            self._leave(here)
            assert here.up is not None
            here = here.up
        number = DONE - 1 - target
        if here.node is None:
            self._over(number, cause)
            here.dead = self.left = True
            return
        self._leave(here)
        assert here.up is not None
        self._close(here.node, here.up, cause, here.node.ends[number] if number < len(here.node.ends) else "")

    def _over(self, outcome: int, cause: Cause) -> None:
        run = self.run
        run.finished, run.outcome, run.end, run.chain = True, outcome, self.now, cause

    def _arrive(self, frame: Frame, cause: Cause) -> None:
        """A region of a block is done."""
        node = frame.node
        if node is None:
            self._over(0, cause)
            return
        if frame.target is not None:
            assert frame.up is not None
            frame.dead = True
            self._go(frame.target, frame.up, cause)
            return
        if frame.trails:
            if self.run.finished:  # the run waits for what trails
                self.run.end, self.run.chain = max(self.run.end, self.now), cause
            frame.live -= 1
            return
        frame.live -= 1
        frame.got += 1
        if node.step.op is Op.REPEAT:
            self._again(node, frame, cause)
            return
        if frame.waiting and frame.got < frame.need:
            frame.live += 1
            self._go(self.flow.heads[frame.waiting.popleft()], frame, cause)
            return
        if frame.got < frame.need and frame.live:
            return
        assert frame.up is not None
        if frame.live and node.finish:
            frame.trails = True
        elif frame.live:
            self._leave(frame)
        short = frame.got < frame.need and any(way.name == "short" for way in node.ways)
        self._close(node, frame.up, cause, "short" if short else "")

    # -- steps -------------------------------------------------------------------------------------------------------

    def _open(self, node: Node, frame: Frame, cause: Cause) -> None:
        """A token comes to a step."""
        if node.sure < 1.0 and self.random() >= node.sure:
            self._skip(node, frame, cause)
            return
        if node.after and self._unsettled(node):
            self.parked.append((node.index, frame, cause))
            return
        self._wait_until_it_opens(node, frame, cause)

    def _wait_until_it_opens(self, node: Node, frame: Frame, cause: Cause) -> None:
        self.run.opened[node.index] = self.now
        if node.opens is not None:
            time = node.opens(self.now, self.run.opened, self.run.closed)
            if time is not None and time > self.now:
                self._later(time, "begin", node, frame, cause)
                return
        self._begin(node, frame, cause)

    def _unsettled(self, node: Node) -> bool:
        """Whether a step of a sibling branch that comes first may still be done."""
        closed, skipped, settled = self.run.closed, self.skipped, self.settled
        return any(step not in closed and step not in skipped and branch not in settled for step, branch in node.after)

    def _unpark(self) -> bool:
        """Let go what waited for steps beside it, if they are closed or nothing else happens any more."""
        still = []
        freed = False
        for index, frame, cause in self.parked:
            node = self.nodes[index]
            if self.left and not frame.alive:
                continue
            if self.heap and self._unsettled(node):
                still.append((index, frame, cause))
                continue
            freed = True
            last, _ = max(node.after, key=lambda one: self.run.closed.get(one[0], self.start))
            self._wait_until_it_opens(node, frame, (last, cause))
        self.parked = still
        return freed

    def _begin(self, node: Node, frame: Frame, cause: Cause) -> None:
        match node.step.op:
            case Op.WORK | Op.VOTE | Op.CHOOSE:
                self._work(node, frame, cause)
            case Op.FORK | Op.EACH | Op.GROUP | Op.REPEAT:
                self._start(node, frame, cause)
            case Op.CALL if node.regions:
                self._start(node, frame, cause)
            case Op.WAIT:
                self._await(node, frame, cause)
            case _:
                if node.takes is not None:
                    self._work(node, frame, cause)
                else:
                    self._close(node, frame, cause)

    def _work(self, node: Node, frame: Frame, cause: Cause) -> None:
        """Somebody does it, at once or when there is somebody."""
        if node.takes is None:
            self._close(node, frame, (node.index, cause))
            return
        role = ""
        if node.roles:
            role = next((one for one in node.roles if self.free.get(one, 1) > 0), "") or min(
                node.roles,
                key=lambda one: len(self.queues[one]),  # all of them are busy
            )
            if role in self.free:
                if self.free[role] <= 0:
                    self.queues[role].append((node.index, frame, cause, self.now))
                    return
                self.free[role] -= 1
        self._do(node, frame, cause, role)

    def _do(self, node: Node, frame: Frame, cause: Cause, role: str) -> None:
        assert node.takes is not None
        end = node.takes(self.now, self.draw())
        if role:
            worked = self.run.worked
            worked[role] = worked.get(role, 0.0) + end - self.now
        limited = role in self.free
        if not (limited or self.heap or self.ready or self.parked):
            self.now = end  # nothing else happens until then
            self._close(node, frame, (node.index, cause))
            return
        number = self._later(end, "end", node, frame, cause, role if limited else "")
        if limited:
            self.busy[number] = frame, role

    def _next_in_queue(self, role: str, freed_by: Cause) -> None:
        """The next piece of work for a role; what it waited for is who was busy."""
        queue = self.queues[role]
        while queue and self.free[role] > 0:
            index, frame, cause, since = queue.popleft()
            if self.left and not frame.alive:
                continue
            self.free[role] -= 1
            queued = self.run.queued
            queued[role] = queued.get(role, 0.0) + self.now - since
            self._do(self.nodes[index], frame, freed_by or cause, role)

    def _await(self, node: Node, frame: Frame, cause: Cause) -> None:
        """A wait: its times are known; a message comes by chance before the first of them, or at once."""
        times = [
            (exit_, at(self.now, self.run.opened, self.run.closed)) if at is not None else (exit_, None)
            for exit_, at in node.waits
        ]
        dated = [(max(time, self.now), exit_) for exit_, time in times if time is not None]
        first = min(dated, default=None)
        way = self._drawn(node, frame)
        if first is None or way is None:
            self._close(node, frame, (node.index, cause), way.name if way is not None else "")
            return
        if way.name in {exit_ for _, exit_ in dated}:
            time, exit_ = first
        else:
            time, exit_ = self.now + self.random() * (first[0] - self.now), way.name
        self._later(time, "waited", node, frame, cause, exit_)

    def _skip(self, node: Node, frame: Frame, cause: Cause) -> None:
        self.skipped.add(node.index)
        way = next((way for way in node.ways if way.name == node.ordinary), None) or next(iter(node.ways), None)
        self._go(way.target if way is not None else DONE, frame, cause)

    def _close(self, node: Node, frame: Frame, cause: Cause, outcome: str = "") -> None:
        """A step is done: note whether it is late, and go on."""
        run = self.run
        if node.due is not None:
            due = node.due(run.opened.get(node.index, self.now), run.opened, run.closed)
            if due is not None:
                run.late[node.index] = run.late.get(node.index, False) or self.now > due
        run.closed[node.index] = self.now
        way = self.only[node.index] or self._chosen(node, frame, outcome)
        if way is None and node.ways:
            self._stuck(frame, cause)
            return
        target = way.target if way is not None else DONE
        if target == DONE:
            self.settled.add(node.region)
        self._go(target, frame, cause)

    def _chosen(self, node: Node, frame: Frame, outcome: str) -> Way | None:
        """The way of an outcome that is known, else one by chance."""
        return next((way for way in node.ways if way.name == outcome), None) or self._drawn(node, frame)

    def _stuck(self, frame: Frame, cause: Cause) -> None:
        """No way leads on: only a handler does, at its time; one whose time is not known, at once."""
        here: Frame | None = frame
        while here is not None and here.node is not None:
            if here.awaits:
                return
            if here.node.instead:
                self._take(here.node.instead[0], here.node, here, cause)
                return
            here = here.up
        self._go(DONE, frame, cause)

    def _drawn(self, node: Node, frame: Frame) -> Way | None:
        """A way out: what the data decide, else by the odds; after too many rounds one that does not come back."""
        count = frame.visits[node.index] = frame.visits.get(node.index, 0) + 1
        ways = self.ways[node.index]
        # All items of a for-each stand in one frame.
        if count > self.rounds * max(frame.node.items if frame.node is not None else 1, 1):
            ways = self.forward[node.index]
        elif self.decided[node.index] and (count == 1 or node.always):
            ways = self.decided[node.index]
        if node.step.op in (Op.FORK, Op.EACH, Op.REPEAT, Op.CALL, Op.GROUP):
            ways = tuple(one for one in self.ways[node.index] if one[1].name == node.ordinary) or ways
        if len(ways) < 2:
            return ways[0][1] if ways else None
        drawn = self.random() * ways[-1][0]
        return next((way for total, way in ways if drawn < total), ways[-1][1])

    # -- blocks ------------------------------------------------------------------------------------------------------

    def _start(self, node: Node, up: Frame, cause: Cause) -> None:
        """Start the regions of a block."""
        frame = Frame(node, up)
        heads = self.flow.heads
        self.settled.update(node.regions)
        if node.step.op is Op.EACH:
            starting = list(node.regions) * node.items
        else:
            starting = [
                region for region, odds in zip(node.regions, node.starts, strict=True)
                if odds >= 1.0 or self.random() < odds
            ]  # fmt: skip
        if not starting:
            short = node.need and any(way.name == "short" for way in node.ways)
            self._close(node, up, cause, "short" if short else "")
            return
        self.settled.difference_update(starting)
        frame.need = node.need or len(starting)
        for which, handler in enumerate(node.instead):
            at = handler.at(self.now, self.run.opened, self.run.closed)
            if at is not None:
                frame.awaits = True
                self._later(max(at, self.now), "instead", node, frame, cause, str(which))
        if node.step.op is Op.REPEAT:
            self._await_round(node, frame, cause)
            return
        now = starting[: node.at_once] if node.at_once else starting
        frame.waiting.extend(starting[len(now) :])
        frame.live = len(now)
        for region in reversed(now):
            if heads[region] >= 0:
                self.ready.append((heads[region], frame, cause))
            else:
                self._arrive(frame, cause)

    def _take(self, handler: Instead, node: Node, frame: Frame, cause: Cause) -> None:
        """A handler takes the place of a block."""
        if frame.trails:
            return
        self._leave(frame)
        assert frame.up is not None
        self.run.closed[node.index] = self.now
        cause = (node.index, cause)
        if handler.region < 0 or self.flow.heads[handler.region] < 0:
            self._go(handler.target, frame.up, cause)
            return
        own = Frame(node, frame.up)
        own.regions, own.target = (handler.region,), handler.target
        self.ready.append((self.flow.heads[handler.region], own, cause))

    def _again(self, node: Node, frame: Frame, cause: Cause) -> None:
        """A round of a repeat is over."""
        frame.round += 1
        assert frame.up is not None
        most = min(node.rounds or self.rounds, self.rounds) if node.again < 1.0 else node.rounds
        if frame.round < most and (node.again >= 1.0 or self.random() < node.again):
            self._await_round(node, frame, cause)
            return
        exhausted = node.rounds and frame.round >= node.rounds and any(way.name == "exhausted" for way in node.ways)
        self._close(node, frame.up, cause, "exhausted" if exhausted and node.again < 1.0 else "")

    def _await_round(self, node: Node, frame: Frame, cause: Cause) -> None:
        """The next round begins at the next tick of its pace, or at once."""
        tick = None if node.every is None else node.every(self.run.opened.get(node.index, self.now), self.now)
        if tick is None:
            self._round(node, frame, cause)
        else:
            self._later(tick, "round", node, frame, cause)

    def _round(self, node: Node, frame: Frame, cause: Cause) -> None:
        frame.live += 1
        self._go(self.flow.heads[node.regions[0]], frame, cause)
