"""What keeps a step from being done now: told from the state of its run, and from what became of it last.

Nothing changes here; the words stand in ``_words.py``.
"""

from __future__ import annotations

from collections.abc import Iterator

from sopflow.engine import Opening, enabled, roles_of
from sopflow.program import Alternative, Handler, Op
from sopflow.runtime._journal import Line
from sopflow.runtime._names import names_of_open
from sopflow.runtime._scene import Scene
from sopflow.runtime._words import outcome, reason, status

_BLOCKS = frozenset({Op.FORK, Op.EACH, Op.GROUP, Op.REPEAT})
_LAST = frozenset({"Closed", "PassedOver", "Withdrawn"})


def hindrance(scene: Scene, opening: Opening | None = None) -> str:
    """What keeps the step from being done now."""
    if scene.node.state.status == "suspended":
        return scene.say("suspended")
    opening = opening or next(iter(scene.openings()), None)
    if opening is not None:
        return _of_open(scene, opening)
    why = gone(scene)
    if why != scene.say("never"):
        return why
    return scene.say("now", why=why, open=names_of_open(scene.family.nodes()) or scene.say("nothing"))


def _of_open(scene: Scene, opening: Opening) -> str:
    step, state = scene.step, scene.node.state
    match opening.phase:
        case "incident":
            return scene.say("incident", error=reason(scene.lang, opening.error))
        case "gone":
            return scene.say("gone")
        case "asks":
            return _of_question(scene, opening)
        case "held":
            return _of_held(scene, opening)
    if "retry" in opening.timers:
        return scene.say("tried-again", attempt=opening.tries, at=scene.at(state.timers[opening.id, "retry"]))
    if "round" in opening.timers:
        return scene.say("round", at=scene.at(state.timers[opening.id, "round"]))
    if step.op == Op.CALL:
        child = scene.node.children.get(opening.id)
        below = names_of_open(child.down()) if child is not None else ""
        return scene.say("calls-open", open=below) if below else scene.say("calls")
    if step.op in _BLOCKS:
        if step.op == Op.EACH and not opening.live and not opening.starts:
            return scene.say("more-items")
        inside = ", ".join(_inside(scene, opening))
        return scene.say("block-open", open=inside) if inside else scene.say("block")
    return scene.say("claimed", who=opening.claimed) if opening.claimed else scene.say("open")


def _of_question(scene: Scene, opening: Opening) -> str:
    if not opening.asked:
        return scene.say("needs-data")
    roles, fields = roles_of(scene.node.program, scene.step, opening), scene.listed(opening.asked)
    return scene.say("asks-of", roles=scene.listed(roles), fields=fields) if roles else scene.say("asks", fields=fields)


def _of_held(scene: Scene, opening: Opening) -> str:
    step, state = scene.step, scene.node.state
    if opening.holding == "asked":
        names = scene.listed(step.holds)
        held = scene.family.resources.held
        holders = dict.fromkeys(held[name] for name in step.holds if name in held)
        return (
            scene.say("resources-of", names=names, holders=scene.listed(holders))
            if holders
            else (scene.say("resources", names=names))
        )
    if "opens" in opening.timers:
        return scene.say("opens-at", at=scene.at(state.timers[opening.id, "opens"]))
    if opening.pending:
        return scene.say("mended")
    if step.op == Op.WAIT:
        parts = [_awaited(scene, one, opening, f"wait-{number}") for number, one in enumerate(step.wait)]
        return scene.say("waits", what=scene.say("or").join(parts))
    unsettled = [after.step for after in step.after if not _is_closed_since(scene, after.step, after.fork, opening)]
    if unsettled:
        return scene.say("after", steps=scene.listed(scene.node.program.steps[index].path for index in unsettled))
    return scene.say("place", block=scene.block_above) if step.after else scene.say("something")


def _is_closed_since(scene: Scene, index: int, fork: int, opening: Opening) -> bool:
    """Whether a step was closed on this visit of the fork around it."""
    here: Opening | None = opening
    while here is not None and here.step != fork:
        here = scene.node.state.open.get(here.up)
    record = scene.node.state.done.get(index)
    return here is None or (record is not None and record.seq >= here.born)


def _inside(scene: Scene, opening: Opening) -> Iterator[str]:
    """The paths of what waits for a person below an opening of a block."""
    state = scene.node.state
    for other in enabled(scene.node.program, state):
        above = other
        while above.step >= 0 and above.id != opening.id:
            above = state.open[above.up]
        if above.id == opening.id:
            yield scene.node.path(other)


def _awaited(scene: Scene, what: Alternative | Handler, opening: Opening | None, timer: str) -> str:
    """What a wait or a handler waits for."""
    if what.message:
        return scene.say("message", name=what.message)
    if what.when is not None:
        return scene.say("condition", condition=what.when.text)
    if isinstance(what, Handler) and what.on in ("overdue", "error", "cancelled"):
        return scene.say(what.on, step=scene.block_above)
    if isinstance(what, Handler) and what.every is not None:
        return scene.say("pace")
    due = scene.node.state.timers.get((opening.id, timer)) if opening is not None else None
    return scene.say("time", at=scene.at(due)) if due is not None else scene.say("no-time")


def gone(scene: Scene) -> str:
    """Why the step is not open: what became of it last, or why it never was."""
    lines = [line for line, _ in scene.lines()]
    for place in range(len(lines) - 1, -1, -1):
        if lines[place]["event"] in _LAST:
            return _of_last(scene, lines, place)
    state = scene.node.state
    if not state.running:
        return scene.say("over", status=status(scene.lang, state.status), outcome=state.outcome)
    return _of_region(scene) or scene.say("never")


def _of_last(scene: Scene, lines: list[Line], place: int) -> str:
    line, before = lines[place], lines[place - 1] if place else None
    if line["event"] == "Closed" and before is not None and before["event"] == "PassedOver":
        line, before = before, lines[place - 2] if place > 1 else None
    when = scene.say("at", at=line["at"]) if line.get("at") else ""
    if line["event"] == "Withdrawn":
        return scene.say("was-withdrawn", when=when, why=reason(scene.lang, str(line["why"])))
    if line["event"] == "PassedOver":
        if before is not None and before["event"] == "Skipped":
            by = before.get("by") or scene.say("by")
            return scene.say("was-skipped", when=when, by=by, why=line["why"])
        return scene.say("was-passed", when=when, condition=line["why"])
    record = scene.node.state.done.get(scene.step.index)
    by = record.by if record is not None and record.by else scene.say("system")
    return scene.say("was-closed", outcome=outcome(scene.lang, line["outcome"]), by=by, when=when)


def _of_region(scene: Scene) -> str:
    """Why a branch that would lead to the step was not begun; "" where none stands around it."""
    program, state = scene.node.program, scene.node.state
    region = program.regions[scene.step.region]
    while region.block >= 0 or any(handler.region == region.index for handler in program.handlers):
        block = program.steps[region.block] if region.block >= 0 else None
        handlers = program.handlers if block is None else block.handlers
        handler = next((one for one in handlers if one.region == region.index), None)
        if handler is not None:
            scope = next((o for o in state.open.values() if o.step == region.block), None)
            timer = f"on-{handlers.index(handler)}"
            return scene.say("handler", what=_awaited(scene, handler, scope, timer)) if scope is not None else ""
        if block is None:
            return ""
        for opening in state.open.values():
            if opening.step == block.index and any(
                program.steps[start[1]].region == region.index for start in opening.starts
            ):
                return scene.say("queued", block=block.path)
        guards = block.join.guards if block.join is not None else ()
        guard = guards[block.regions.index(region.index)] if guards else None
        if guard is not None and block.index in state.opened and state.opened.keys().isdisjoint(region.steps):
            return scene.say("guard", block=block.path, condition=guard.text)
        region = program.regions[block.region]
    return ""
