"""The token game on a slice of a program: what may happen in a marking.

What matters are the steps that wait for things of this definition alone, those that bring them, and the guards that
hang together; everything else goes on in the end. Where tokens do not disturb each other only one of them moves (a
stubborn set: no marking in which all stand still is lost by that; Valmari, "Stubborn sets for reduced state space
generation", 1991). Knows slices and facts, no rule and no text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sopflow.analysis._coupling import MESSAGE, Coupling
from sopflow.analysis._facts import Facts, Known, after_writing
from sopflow.analysis._flow import Hop
from sopflow.analysis._instant import Instant
from sopflow.analysis._marking import (
    ARRIVED,
    EMPTY,
    MANY,
    STARTS,
    UNDER_WAY,
    Come,
    Hops,
    Marking,
    Move,
    UnderWay,
    closed,
    is_used_up,
    moved,
    with_number,
    without,
)
from sopflow.analysis._slice import Slice
from sopflow.program import DONE, Op, Step


class Game:
    """The moves of the tokens of one slice. ``taken`` are the steps that waited and were passed so far."""

    def __init__(
        self, coupling: Coupling, slice_: Slice, facts: Facts, instant: Instant, things: frozenset[str]
    ) -> None:
        self.slice = slice_
        self.instant = instant
        self.facts = facts
        self.program = slice_.program
        self.gates = {
            step: gates for step, gates in coupling.gates.items() if not things.isdisjoint(coupling.waits_for(step))
        }
        self.brings = coupling.brings(things)
        takers = [thing for step in self.gates for thing in coupling.waits_for(step)]
        self.shared = {thing for thing in takers if takers.count(thing) > 1}
        #: The messages that are not kept: only those who wait at the moment get them.
        self.signals = {
            thing
            for thing in things
            if thing.startswith(MESSAGE) and not self.program.messages[thing.removeprefix(MESSAGE)].kept
        }
        self.after = {after.step for step in slice_.steps for after in self.program.steps[step].after}
        self.taken: set[int] = set()

    def starts(self) -> Iterator[Move]:
        """The first markings."""
        empty = Marking((EMPTY,) * len(self.slice.places))
        return self._to(empty, 0, self.program.regions[0].head)

    def held(self, marking: Marking) -> list[int]:
        """The steps that wait for what is not there."""
        here = [step for step in marking.at if step in self.gates]
        return sorted({step for step in here if not self._is_open(step, marking)})

    # -- moves ---------------------------------------------------------------------------------------------------------

    def moves(self, marking: Marking) -> Iterator[Move]:
        """The moves to look at.

        What happens at once comes first, as one event runs to completion: a message is sent, then taken. Then the
        moves of one token that nothing else hangs on; else those of all.
        """
        steps = self.program.steps
        places = [(number, step) for number, step in enumerate(marking.at) if step not in (EMPTY, ARRIVED)]
        starting = [(number, step) for number, step in places if step == STARTS]
        if starting:
            yield from self._moves_of(marking, *starting[0])
            return
        sending = [(number, step) for number, step in places if step >= 0 and steps[step].emit]
        over = [(number, step) for number, step in places if step >= 0 and self._is_over(marking, number, steps[step])]
        lying = without(marking, self.signals)
        taking = [(number, step) for number, step in places if step in self.gates and self._is_open(step, lying)]
        apart = [(number, step) for number, step in places if self._keeps_to_itself(number, step)]
        quick = [
            (number, step) for number, step in places if step >= 0 and self._may_be_quick(marking, number, steps[step])
        ]
        for some in (sending[:1], over[:1], [one for one in taking if one in apart][:1], taking):
            if any(True for number, step in some for _ in self._moves_of(marking, number, step)):
                for number, step in dict.fromkeys([*some, *quick]):
                    yield from self._moves_of(marking, number, step)
                return
        heard = next((thing for thing, _ in marking.there if thing in self.signals), "")
        if heard:
            yield from self._heard(marking, heard)
            for number, step in quick:
                yield from self._moves_of(marking, number, step)
            return
        for number, step in apart:
            moves = list(self._moves_of(marking, number, step))
            if moves and not any(there is not None and self._competes(marking, there) for there, _ in moves):
                yield from moves
                return
        for number, step in places:
            yield from self._moves_of(marking, number, step)

    def _may_be_quick(self, marking: Marking, place: int, step: Step) -> bool:
        """Whether a step that others do not hang on may need no event; a block, with what does not matter in it."""
        inner = self.slice.places[place].inner.get(step.index, ())
        if not inner:
            return not step.emit and step.index not in self.gates and not _takes_time(step)
        if step.op != Op.FORK or step.join is None:
            return False
        tokens = [marking.at[number] for number in inner]
        placed = {self.slice.places[number].region for number in inner}
        guards = dict(zip(step.regions, step.join.guards, strict=False))
        others = [region for region in step.regions if region not in placed]
        at_once = [region for region in others if self.instant.arrives(region)]
        if step.join.need:
            return tokens.count(ARRIVED) + len(at_once) >= step.join.need
        late = [region for region in others if region not in at_once and guards.get(region) is None]
        return not late and set(tokens) <= {ARRIVED, EMPTY}

    def _is_over(self, marking: Marking, place: int, step: Step) -> bool:
        """Whether a block goes on at once, as all that must has arrived in it."""
        inner = self.slice.places[place].inner.get(step.index)
        if not inner:
            return False
        tokens = [marking.at[number] for number in inner]
        need = step.join.need if step.join is not None else 0
        others = step.op == Op.FORK and len(inner) < len(step.regions)
        return tokens.count(ARRIVED) >= need if need else not others and set(tokens) <= {ARRIVED, EMPTY}

    def _heard(self, marking: Marking, signal: str) -> Iterator[Move]:
        """All who wait for a signal go on at once; then it is gone."""
        made: list[tuple[Marking, Hops]] = [(marking, ())]
        for number, step in enumerate(marking.at):
            if step in self.gates and any(signal in things for _, things in self.gates[step]):
                gone = [
                    (there, (*hops, *more))
                    for now, hops in made
                    for there, more in (self._moves_of(now, number, step) if now.at[number] == step else [(now, ())])
                ]
                yield from ((None, hops) for there, hops in gone if there is None)
                made = [(there, hops) for there, hops in gone if there is not None]
        yield from ((without(there, {signal}), hops) for there, hops in made)

    def _competes(self, before: Marking, after: Marking) -> bool:
        """Whether a move leads a token to where others may take what it waits for."""
        come = {step for step, was in zip(after.at, before.at, strict=True) if step != was and step in self.gates}
        return any(not self.shared.isdisjoint(things) for step in come for _, things in self.gates[step])

    def _is_open(self, step: int, marking: Marking) -> bool:
        there = {name for name, _ in marking.there}
        return any(not things.isdisjoint(there) for _, things in self.gates[step])

    def _keeps_to_itself(self, place: int, step: int) -> bool:
        """Whether what a token does neither takes from another token nor hangs on what that does."""
        if not self.slice.places[place].alone:
            return False
        if step <= UNDER_WAY:
            goes_to = UNDER_WAY - step
            wanted = {thing for _, things in self.gates.get(goes_to, ()) for thing in things}
            return not self.signals and self.shared.isdisjoint(wanted)
        here = self.program.steps[step]
        if step in self.facts.readers or here.handlers or here.after or here.while_ is not None or here.regions:
            return False
        if step in self.gates:
            (*_, (_, things)) = self.gates[step]
            return len(self.gates[step]) == 1 and self.shared.isdisjoint(things)
        return not here.emit or MESSAGE + here.emit not in self.signals

    def _moves_of(self, marking: Marking, place: int, number: int) -> Iterator[Move]:
        if number == STARTS:
            yield from self._to(marking, place, self.program.regions[self.slice.places[place].region].head)
            return
        if number <= UNDER_WAY:
            target = UNDER_WAY - number
            target = target if target < len(self.program.steps) else len(self.program.steps) - target
            come = self._come(marking, place, target, ())
            yield from ((there, (Come(place), *hops)) for there, hops in come)
            return
        step = self.program.steps[number]
        inner = self.slice.places[place].inner.get(step.index)
        if inner:
            yield from self._moves_of_block(marking, place, step, [marking.at[number] for number in inner])
            return
        if step.after and not self._is_settled(marking, step):
            return
        for exit_, rest, known in self._exits(marking, step):
            written = self.facts.written_by(step)
            now = replace(rest, known=after_writing(known, written)) if written else replace(rest, known=known)
            now = self._brought(now, step.index)
            for way in self.slice.flow.ways[step.index]:
                if way.exit == exit_:
                    yield from self._leave(now, place, (Hop(step.index, exit_),), way.target)

    def _exits(self, marking: Marking, step: Step) -> Iterator[tuple[str, Marking, Known]]:
        """The ways out that are open: which, what is left of the marking, and what is known then."""
        known, question = marking.known, step.question
        ways = dict.fromkeys(way.exit for way in self.slice.flow.ways[step.index])
        for gate, rest in self._through(marking, step):
            if step.index not in self.facts.readers or question is None or question.table is not None:
                yield from ((exit_, rest, known) for exit_ in ([gate] if gate else ways))
            elif question.about:
                yield from ((exit_, rest, then) for exit_, then in self.facts.by_field(step, known) if exit_ in ways)
            else:
                yield from ((exit_, rest, then) for exit_, then in self.facts.by_cases(step, known))
        if step.op == Op.WAIT:  # by a handler, or past it
            missed = step.missed or step.ordinary
            own = {missed, *(option.exit for option in step.wait)}
            passed = {missed} if step.while_ is not None or step.optional else set()
            yield from ((exit_, marking, known) for exit_ in ways if exit_ not in own or exit_ in passed)

    # -- things --------------------------------------------------------------------------------------------------------

    def _through(self, marking: Marking, step: Step) -> Iterator[tuple[str, Marking]]:
        """The gates of a step that are open, each with the marking without the message that it takes."""
        if step.index not in self.gates:
            yield from ((option.exit, marking) for option in step.wait)
            if not step.wait:
                yield "", marking
            return
        for exit_, things in self.gates[step.index]:
            for thing in sorted(things):
                number = dict(marking.there).get(thing, 0)
                if number:
                    self.taken.add(step.index)
                    yield exit_, with_number(marking, thing, number - 1) if is_used_up(thing, number) else marking

    def _brought(self, marking: Marking, step: int) -> Marking:
        """The marking once the step has brought what it brings; a signal is for all who wait."""
        for thing in self.brings.get(step, ()):
            number = dict(marking.there).get(thing, 0) + 1
            many = thing in self.signals or self.program.steps[step].call is not None
            marking = with_number(marking, thing, MANY if many else min(number, MANY))
        if step in self.after:
            marking = with_number(marking, closed(step), 1)
        return marking

    def _is_settled(self, marking: Marking, step: Step) -> bool:
        """Whether what the step comes after was closed, or can no longer be reached in its branch."""
        for after in step.after:
            if (closed(after.step), 1) in marking.there:
                continue
            tokens = [marking.at[n] for n, place in enumerate(self.slice.places) if place.region == after.branch]
            inside = [
                marking.at[n]
                for n, place in enumerate(self.slice.places)
                if place.region == self.program.steps[after.step].region
            ]
            live = any(token not in (EMPTY, ARRIVED) for token in tokens)
            passed = any(token >= 0 and token not in after.reach for token in inside)
            if live and not passed:
                return False
        return True

    # -- tokens --------------------------------------------------------------------------------------------------------

    def _leave(self, marking: Marking, place: int, left: tuple[Hop, ...], target: int) -> Iterator[Move]:
        """The token of ``place`` goes to ``target``, out of as many blocks as it takes; ``left`` are behind it."""
        at = list(marking.at)
        for inner in self.slice.below(place, at[place]):
            at[inner] = EMPTY
        at[place] = EMPTY
        region = self.slice.places[place].region
        while target >= 0 and self.program.steps[target].region != region:
            place = self.slice.places[place].up
            for inner in self.slice.below(place, at[place]):
                at[inner] = EMPTY
            at[place] = EMPTY
            region = self.slice.places[place].region
        for there, hops in self._to(replace(marking, at=tuple(at)), place, target):
            yield there, (*left, *hops)

    def _to(self, marking: Marking, place: int, target: int) -> Iterator[Move]:
        """A token comes to ``place``, at ``target``; or is under way where people have work before that."""
        for landing in self.slice.landings(self.slice.places[place].region, target):
            passed = [self.program.steps[hop.step] for hop in landing.hops]
            if (any(not step.emit for step in passed) or self._asks(landing.target)) and self._changes_something(
                place, landing.target
            ):
                yield moved(marking, place, self._under_way_to(landing.target)), (UnderWay(place, landing.hops),)
                if any(_takes_time(step) for step in passed):
                    continue
            yield from self._come(marking, place, landing.target, landing.hops)

    def _asks(self, target: int) -> bool:
        """Whether people may have to be asked before a block begins."""
        join = self.program.steps[target].join if target >= 0 else None
        return join is not None and any(join.guards)

    def _changes_something(self, place: int, target: int) -> bool:
        """Whether it matters to others when a token comes to ``target``."""
        if target < 0 or self.program.steps[target].emit or target in self.gates:
            return True
        region = self.slice.places[place].region
        return target in self.slice.places[place].inner or self.program.steps[target].region != region

    def _under_way_to(self, target: int) -> int:
        return UNDER_WAY - (target if target >= 0 else len(self.program.steps) - target)

    def _come(self, marking: Marking, place: int, target: int, hops: tuple[Hop, ...]) -> Iterator[Move]:
        """A token of ``place`` comes to ``target``."""
        if target >= 0 and self.program.steps[target].region != self.slice.places[place].region:
            yield from self._leave(marking, place, hops, target)
        elif target >= 0:
            yield from self._enter(marking, place, self.program.steps[target], hops)
        elif target == DONE and place:
            yield moved(marking, place, ARRIVED), hops
        else:
            yield None, hops

    def _enter(self, marking: Marking, place: int, step: Step, hops: tuple[Hop, ...]) -> Iterator[Move]:
        """The token opens a step."""
        inner = self.slice.places[place].inner.get(step.index, ())
        known = [marking.known]
        if step.if_ is not None and self._is_guarded(step):
            answers = list(self.facts.answers(step.if_, marking.known))
            known = [then for held, then in answers if held is True]
            missed = [then for held, then in answers if held is not True]
            exit_ = step.missed or step.ordinary
            for way in self.slice.flow.ways[step.index] if missed else ():
                if way.exit == exit_:
                    for then in missed:
                        now = replace(moved(marking, place, step.index), known=then)
                        yield from self._leave(now, place, (*hops, Hop(step.index, exit_)), way.target)
        for then in known:
            now = replace(moved(marking, place, step.index), known=then)
            if inner:
                yield from ((there, (*hops, *more)) for there, more in self._begin(now, step, inner))
            else:
                yield now, hops

    def _is_guarded(self, step: Step) -> bool:
        block = self.program.regions[step.region].block
        return block < 0 or self.program.steps[block].op != Op.FORK

    def _begin(self, marking: Marking, step: Step, inner: tuple[int, ...]) -> Iterator[Move]:
        """The tokens inside a block begin: those of branches by their guards, those of items by their number."""
        marking = without(marking, {closed(index) for index in self.after})
        for begun, known, because in self.facts.starts(
            marking.known, step, [self.slice.places[number].region for number in inner]
        ):
            why: Hops = (Hop(step.index, "", because),) if because else ()
            now = replace(marking, known=known)
            for number, begins in zip(inner, begun, strict=True):
                now = moved(now, number, STARTS if begins else EMPTY)
            yield now, why

    def _moves_of_block(self, marking: Marking, place: int, step: Step, inner: list[int]) -> Iterator[Move]:
        """A block is left when enough has arrived in it, or by what lies beside the places that matter."""
        for exit_ in self._exits_of_block(step, inner):
            if exit_ == "":
                yield from self._begin(marking, step, self.slice.places[place].inner[step.index])
                continue
            for way in self.slice.flow.ways[step.index]:
                if way.exit == exit_:
                    now = self._brought(self._trailing(marking, place, step), step.index)
                    left = (*self._others(step, inner, exit_), Hop(step.index, exit_))
                    yield from self._leave(now, place, left, way.target)
        for exit_, target in self.slice.free_ways(step):
            yield from self._leave(marking, place, (Hop(step.index, exit_),), target)
        if step.while_ is not None or step.optional:
            missed = step.missed or step.ordinary
            for way in self.slice.flow.ways[step.index]:
                if way.exit == missed:
                    yield from self._leave(marking, place, (Hop(step.index, missed),), way.target)

    def _exits_of_block(self, step: Step, inner: list[int]) -> Iterator[str]:
        """The exits of a block that are open; "" for another round."""
        got, started = inner.count(ARRIVED), len(inner) - inner.count(EMPTY)
        match step.op:
            case Op.GROUP:
                yield from ([step.ordinary] if got else [])
            case Op.REPEAT:
                yield from (["", step.ordinary, "exhausted"] if got else [])
            case _:
                need = step.join.need if step.join is not None else 0
                others = len(step.regions) - len(inner) if step.op == Op.FORK else 0
                more = step.each is not None and len(inner) == got  # there may be more items than are looked at
                if (got == started) if not need else (got + others >= need or more):
                    yield step.ordinary
                if need and got == started:
                    yield "short"

    def _others(self, step: Step, inner: list[int], exit_: str) -> Iterator[Hop]:
        """The steps of other branches by which a join passes that is content with some."""
        if step.op != Op.FORK or step.join is None or exit_ != step.ordinary:
            return
        missing = step.join.need - inner.count(ARRIVED)
        held = {place.region for place in self.slice.places}
        for region in step.regions:
            head = self.program.regions[region].head
            arrives = [one for one in self.slice.landings(region, head) if one.target == DONE and region not in held]
            if arrives and missing > 0:
                missing -= 1
                yield from arrives[0].hops

    def _trailing(self, marking: Marking, place: int, step: Step) -> Marking:
        """What still runs when its block has gone on may bring all that it can."""
        if step.join is None or not step.join.finish:
            return marking
        for number in self.slice.below(place, step.index):
            for index in self.program.regions[self.slice.places[number].region].steps:
                if marking.at[number] not in (EMPTY, ARRIVED):
                    marking = self._brought(marking, index)
        return marking


def _takes_time(step: Step) -> bool:
    """Whether a step surely waits for somebody."""
    sure = step.if_ is None and step.while_ is None and not step.optional
    return sure and step.op in (Op.WORK, Op.VOTE, Op.CALL)
