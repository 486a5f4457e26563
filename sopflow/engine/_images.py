"""Which step of a new version stands for which step of the old one: by id and place, or as a map says.

It compares two programs; of runs it knows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sopflow.engine._enabled import find_step
from sopflow.errors import Problem, nearest
from sopflow.program import Handler, Program, Step

RUN = -1  # the step that stands for the run itself, as in ``Region.block``

#: What tells the regions of a program apart: the block, the name of the branch, and whether it is a handler's.
Home = tuple[int, str, bool]


@dataclass(frozen=True, slots=True)
class Images:
    """The images of the old version's steps and regions, by number; what has none is not there.

    ``withdrawn`` are the old steps that the map gives up, ``wrong`` is what it says of steps that do not exist.
    """

    old: Program
    new: Program
    steps: Mapping[int, int]
    regions: Mapping[int, int]
    withdrawn: frozenset[int]
    wrong: tuple[Problem, ...]

    @classmethod
    def of(cls, old: Program, new: Program, steps: Mapping[str, str]) -> Images:
        """The images under the map ``steps`` (old path → new path, "" for a step that is given up).

        A step that is not named stands for the one of its id in the image of its region: who renames a group need
        not name what is inside it.
        """
        targets, wrong = _read(old, new, steps)
        ours, theirs = _homes(old), _homes(new)
        region_at = {home: region for region, home in theirs.items()}
        step_at = {(step.region, step.id): step.index for step in new.steps}
        images: dict[int, int] = {RUN: RUN}
        regions: dict[int, int] = {}
        for step in old.steps:  # blocks come before what is inside them
            here = step.region
            block, name, handles = ours[here]
            if here not in regions and block in images and (images[block], name, handles) in region_at:
                regions[here] = region_at[images[block], name, handles]
            target = targets.get(step.index)
            if target is None and here in regions:
                target = step_at.get((regions[here], step.id))
            elif target is not None and name:  # a branch or a handler may go by another name
                above, _, is_handler = theirs[new.steps[target].region]
                if (images.get(block), handles) == (above, is_handler):
                    regions[here] = new.steps[target].region
            if target is not None:
                images[step.index] = target
        withdrawn = frozenset(index for index, target in targets.items() if target is None)
        return cls(old, new, images, regions, withdrawn, wrong)

    def handler(self, scope: int, number: int) -> int | None:
        """The number that handler ``number`` of the old step ``scope`` has in the new version; None if it is gone."""
        if scope not in self.steps:
            return None
        was = handlers_of(self.old, scope)[number]
        for other, handler in enumerate(handlers_of(self.new, self.steps[scope])):
            if (handler.region == self.regions.get(was.region)) if was.region >= 0 else (handler.id == was.id):
                return other
        return None

    def alike(self, scope: int, number: int) -> Handler | None:
        """The old handler that handler ``number`` of the image of ``scope`` stands for; None where that is new."""
        ours = enumerate(handlers_of(self.old, scope))
        return next((handler for other, handler in ours if self.handler(scope, other) == number), None)

    def nearest(self, step: Step) -> str:
        """The path of the new step that ``step`` may have become; "" if none is like it."""
        region = self.regions.get(step.region)
        beside = [self.new.steps[index] for index in self.new.regions[region].steps] if region is not None else []
        for near in (beside, self.new.steps):
            paths = {other.id: other.path for other in near if other.op == step.op}
            for name in nearest(step.id, paths):
                return paths[name]
            for other in near:
                if other.title and other.title == step.title and other.id in paths:
                    return other.path
        return ""


def handlers_of(program: Program, scope: int) -> tuple[Handler, ...]:
    """The handlers of a step, or of the run."""
    return program.handlers if scope == RUN else program.steps[scope].handlers


def _homes(program: Program) -> dict[int, Home]:
    """The home of each region, by its number."""
    handling = {handler.region for handler in program.handlers}
    handling.update(handler.region for step in program.steps for handler in step.handlers)
    return {region.index: (region.block, region.id, region.index in handling) for region in program.regions}


def _read(old: Program, new: Program, steps: Mapping[str, str]) -> tuple[dict[int, int | None], tuple[Problem, ...]]:
    """The map by numbers (None: given up), and what is wrong with it."""
    targets: dict[int, int | None] = {}
    wrong: list[Problem] = []
    for name, target in steps.items():
        was = find_step(old, name)
        becomes = find_step(new, target) if target else None
        if isinstance(was, Problem):
            wrong.append(_unknown("SOP761", name, was))
        if isinstance(becomes, Problem):
            wrong.append(_unknown("SOP762", target, becomes))
        elif isinstance(was, Step):
            targets[was.index] = becomes.index if becomes is not None else None
    return targets, tuple(wrong)


def _unknown(code: str, name: object, problem: Problem) -> Problem:
    """No step of that version; a name that several share says which it may mean."""
    meant = problem.fields.get("paths") or problem.fields.get("nearest")
    return Problem(code, fields={"step": name, "nearest": meant})
