"""Whether a run fits another version of its definition: each reason why it does not.

Every opening must have an image in the image of its region, and what people, handlers and children were told of it
must still be true: the operation, the outcomes, the seats. Nothing changes here; ``_moving.py`` does the moving.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sopflow.engine._images import RUN, Images, handlers_of
from sopflow.engine._people import field_of, free_seats, roles_for, seats_of, settled, verdict
from sopflow.engine._plan import RESOURCES
from sopflow.engine._refusal import WHAT
from sopflow.engine._state import Opening, RunState
from sopflow.errors import Finding, Problem
from sopflow.program import DONE, END, Op, Program, Question, Step
from sopflow.values import Field

#: What a map of steps can mend: not data that do not fit or are not known, nor a run that is over.
MENDABLE: Final = frozenset({*(f"SOP{number}" for number in range(760, 774)), "SOP776"})

#: Where the token of something that is withdrawn goes on: a new step, DONE, an end; None: nobody can tell.
Onward = int | None


def unfit_data(images: Images, state: RunState) -> Iterator[Problem]:
    """The values that the new version cannot read, and the parameters that it would need."""
    new = images.new
    for path, value in state.data.items():
        problem = new.fields[path].read(value, new.zone) if path in new.fields else None
        if isinstance(problem, Problem):
            yield misfit(path, problem)
    for path in sorted(new.parameters):
        if path not in state.data and new.fields[path].default is None:
            yield Problem("SOP778", fields={"name": path})


def misfit(path: str, problem: Problem) -> Problem:
    """The value of a field does not fit, and why."""
    finding = Finding(problem.code, fields=problem.fields)
    return Problem("SOP777", fields={"field": path, "why": finding.text("en"), "why_zh": finding.text("zh")})


def unfit_openings(images: Images, state: RunState) -> Iterator[tuple[int, Problem]]:
    """The openings that have no place in the new version, and why. What hangs below one is not looked at."""
    passed: set[int] = set()
    for number in sorted(state.open):  # blocks come before what hangs below them
        opening = state.open[number]
        if opening.up in passed:
            passed.add(number)
        elif opening.step >= 0:
            found = list(_unfit(images, state, opening))
            yield from ((number, problem) for problem in found)
            if found or opening.step in images.withdrawn:
                passed.add(number)


def withdrawn(images: Images, state: RunState) -> list[Opening]:
    """The openings that the map gives up, by id; not those below them, which go with them."""
    gone: set[int] = set()
    found: list[Opening] = []
    for number in sorted(state.open):
        opening = state.open[number]
        if opening.up in gone or opening.step in images.withdrawn:
            if opening.up not in gone:
                found.append(opening)
            gone.add(number)
    return found


def falls(images: Images, opening: Opening) -> bool:
    """Whether nothing takes the place of an opening that is withdrawn: it trails, or its branch or handler is gone."""
    if opening.phase == "gone":
        return True
    if images.old.steps[opening.step].region in images.regions and is_handled_alike(images, opening):
        return False
    return opening.branch < 0 or opening.mark is None


def onward(images: Images, opening: Opening) -> Onward:
    """Where the token goes on when the opening is withdrawn.

    To the step of that id, which begins anew; else along the old version's ordinary ways to the first step that the
    new one still has.
    """
    old, new = images.old, images.new
    step = old.steps[opening.step]
    again = images.steps.get(step.index)
    if again is not None and _is_in_place(images, step.index) and is_handled_alike(images, opening):
        return again
    seen: set[int] = set()
    target = _ordinary(old, step, opening)
    while target is not None and target >= 0:
        if _is_in_place(images, target):
            return images.steps[target]
        if target in seen:
            return None
        seen.add(target)
        target = _ordinary(old, old.steps[target], None)
    if target is not None and target <= END:
        name = old.outcomes[END - target]
        return END - new.outcomes.index(name) if name in new.outcomes else None
    return target


def _is_in_place(images: Images, index: int) -> bool:
    """Whether the old step's image stands in the image of its region."""
    image = images.steps.get(index)
    return image is not None and images.new.steps[image].region == images.regions.get(images.old.steps[index].region)


def _ordinary(old: Program, step: Step, opening: Opening | None) -> Onward:
    """The ordinary target of a step, None where it hangs on an answer; ``opening``: what stands in a scope's place."""
    target = step.exits.get(step.ordinary)
    if target == DONE and opening is not None and opening.mark is not None and opening.mark.scope >= 0:
        scope = old.steps[opening.mark.scope]
        target = scope.exits.get(scope.ordinary)
    return target if isinstance(target, int) else None


def _unfit(images: Images, state: RunState, opening: Opening) -> Iterator[Problem]:
    """Why the opening cannot go over; nothing if it can."""
    step, image = images.old.steps[opening.step], images.steps.get(opening.step)
    if opening.step in images.withdrawn:
        if not falls(images, opening) and onward(images, opening) is None:
            yield Problem("SOP771", fields={"step": step.path})
        return
    if image is None:
        yield Problem("SOP760", fields={"step": step.path, "nearest": images.nearest(step)})
        return
    becomes = images.new.steps[image]
    both = {"step": step.path, "target": becomes.path}
    if becomes.op != step.op:
        (kind, kind_zh, _), (other, other_zh, _) = WHAT[step.op], WHAT[becomes.op]
        words = {"kind_text": kind, "kind_zh": kind_zh, "other_text": other, "other_zh": other_zh}
        yield Problem("SOP763", fields={**both, **words})
    elif not _is_in_place(images, step.index):
        block = images.old.regions[step.region].block
        where = images.old.name if block == RUN else images.old.steps[block].path
        yield Problem("SOP764", fields={**both, "block": where})
    elif not is_handled_alike(images, opening):
        yield Problem("SOP770", fields=both)
    elif opening.phase != "gone":
        yield from _unfit_step(images, state, opening, step, becomes)


def is_handled_alike(images: Images, opening: Opening) -> bool:
    """Whether the handler that began the opening, if one did, is still there, and still beside or instead."""
    mark = opening.mark
    if mark is None:
        return True
    number = images.handler(mark.scope, mark.number)
    return number is not None and handlers_of(images.new, images.steps[mark.scope])[number].instead == mark.instead


def _unfit_step(images: Images, state: RunState, opening: Opening, step: Step, becomes: Step) -> Iterator[Problem]:
    """What was told of the step, and is no longer so."""
    both: dict[str, object] = {"step": step.path, "target": becomes.path}
    lost = _lost_outcomes(opening, step, becomes)
    if lost:
        yield Problem("SOP765", fields={**both, "outcomes": ", ".join(lost)})
    if opening.votes and not _votes_fit(images, opening, step, becomes):
        yield Problem("SOP766", fields=both)
    if opening.phase == "open" and step.call is not None and becomes.call is not None:
        was, now = step.call.program.name, becomes.call.program.name
        if was != now:
            yield Problem("SOP767", fields={**both, "was": was, "now": now})
    if opening.phase == "open" and step.run != becomes.run:
        yield Problem("SOP768", fields={**both, "was": step.run or "–", "now": becomes.run or "–"})
    has_them = opening.stage > RESOURCES or opening.holding == "granted"  # what waits for some may wait for others
    if has_them and step.holds != becomes.holds:
        yield Problem("SOP769", fields=both)
    if opening.started and step.join is not None:
        yield from _unfit_block(images, state, opening, step, becomes)


def _lost_outcomes(opening: Opening, step: Step, becomes: Step) -> list[str]:
    """The outcomes that somebody outside was offered, and those given already, which the new step does not know."""
    offered: set[str] = {opening.pending} if opening.pending else set()
    if opening.phase == "open" and step.op in (Op.WORK, Op.VOTE, Op.CALL, Op.CHOOSE):
        offered |= step.exits.keys() - {step.missed, "too-deep", "differ"}
    return sorted(offered - becomes.exits.keys())


def _votes_fit(images: Images, opening: Opening, step: Step, becomes: Step) -> bool:
    """Whether the votes given leave it open, as they did: a migration does not decide in place of people."""
    if becomes.people.by_cases is None:  # then it is for those whom the step names
        opening = opening.copy()
        opening.roles = ()
    votes, people = dict(opening.votes or {}), seats_of(becomes, opening)
    if len(votes) >= people.seats:
        return False
    roles = roles_for(becomes, opening)
    if becomes.people.every and not opening.to and len(free_seats(images.new, roles, votes)) > len(roles) - len(votes):
        return False
    if step.op == Op.VOTE:
        return not verdict(list(votes.values()), people.need, people.seats)
    question = becomes.question
    if question is None or step.question is None or question.about != step.question.about:
        return False
    return _answers_fit(images, list(votes.values()), question, people.seats, becomes, opening)


def _answers_fit(
    images: Images, answers: list[object], question: Question, seats: int, becomes: Step, opening: Opening
) -> bool:
    field = field_of(images.new, becomes, question.about)
    if field is not None and any(isinstance(field.read(answer, images.new.zone), Problem) for answer in answers):
        return False
    if field is None and not all(answer in becomes.exits for answer in answers):
        return False
    rank = () if field is None else (False, True) if field.is_ == "bool" else field.values
    return seats > 1 and settled(answers, seats_of(becomes, opening), question, rank) is None


def _unfit_block(images: Images, state: RunState, opening: Opening, step: Step, becomes: Step) -> Iterator[Problem]:
    """Branches that would meet, items that do not fit, a threshold that is out of reach."""
    places = [*(opening.kids or {}), *(start[0] for start in opening.starts)]
    branches = [place for place in places if place >= 0]
    if step.op == Op.FORK:
        kept = [images.regions[branch] for branch in branches if branch in images.regions]
        if len(set(kept)) < len(kept):
            yield Problem("SOP772", fields={"step": step.path})
        waiting = [images.old.steps[head] for _, head, _ in opening.starts]
        for branch in waiting:  # it is not open yet, and cannot be if there is no such branch
            if branch.region not in images.regions and branch.index not in images.withdrawn:
                yield Problem("SOP760", fields={"step": branch.path, "nearest": images.nearest(branch)})
    else:
        yield from _unfit_items(images, state, opening, step, becomes)


def _unfit_items(images: Images, state: RunState, opening: Opening, step: Step, becomes: Step) -> Iterator[Problem]:
    field = item_field(images.new.fields, becomes)
    if field is None:
        return
    for item in items_of(state, opening):
        problem = field.read(item, images.new.zone)
        if isinstance(problem, Problem):
            yield misfit(step.path, problem)
            return


def item_field(fields: Mapping[str, Field], step: Step) -> Field | None:
    """What an item of the for-each must be; None where the items are literal, or anything."""
    listed = fields.get(step.each.field) if step.each is not None else None
    return listed.item if listed is not None else None


def items_of(state: RunState, opening: Opening) -> list[object]:
    """The items of an open for-each that are not done yet."""
    kids = [state.open[number] for branch, number in (opening.kids or {}).items() if branch >= 0]
    return [*(kid.item for kid in kids), *(start[2] for start in opening.starts)]
