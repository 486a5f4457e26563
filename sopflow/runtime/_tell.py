"""Why a step stands as it does, and why it cannot be done now: told from the history, not from guesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sopflow.engine import RunState, enabled, without_items
from sopflow.program import Program, Step


def why(
    program: Program, state: RunState, lines: Sequence[Mapping[str, object]], step: Step, *, name: str, prefix: str = ""
) -> str:
    """The story of the step: each line of the history that is about it, in plain words.

    A ``name`` with an item (``partners[2].sign``) is about that one, a name without about all of them.
    """
    about = [(line, str(line.get("step", "")).removeprefix(prefix)) for line in lines if line.get("step")]
    told = [
        _sentence(line)
        for line, path in about
        if (path.endswith(name) if "[" in name else without_items(path) == step.path)
    ]
    told = [sentence for sentence in told if sentence]
    return "\n".join(told) if told else why_not(program, state, step)


def why_not(program: Program, state: RunState, step: Step) -> str:
    """What keeps the step from being done now."""
    at = [opening for opening in state.open.values() if opening.step == step.index]
    if state.status == "suspended":
        return "the run is suspended"
    if at:
        opening = at[0]
        match opening.phase:
            case "asks":
                return f"it waits for an answer about {', '.join(opening.asked)}"
            case "held":
                due = min(
                    (state.timers[opening.id, name] for name in opening.timers if (opening.id, name) in state.timers),
                    default=None,
                )
                return (
                    f"it opens at {due.astimezone(program.zone).isoformat()}"
                    if due
                    else "it waits for something to happen"
                )
            case "incident":
                return f"it stands at an incident: {opening.error}"
            case _:
                return "nothing: it is open"
    record = state.done.get(step.index)
    if record is not None:
        when = f" at {record.at.astimezone(program.zone).isoformat()}" if record.at else ""
        return f"it was closed ({record.outcome}) by {record.by or 'the system'}{when}"
    if not state.running:
        return f"the run is {state.status} ({state.outcome}) and never reached it"
    now = ", ".join(program.steps[opening.step].path for opening in enabled(program, state))
    return f"it has not been reached; open now: {now or 'nothing'}"


def _sentence(line: Mapping[str, object]) -> str:
    at = f"{line['at']}: " if line.get("at") else ""
    match line["event"]:
        case "Opened":
            who = f" for {line['role']}" if line.get("role") else ""
            due = f", due {line['due']}" if line.get("due") else ""
            asks = f", asking for {', '.join(line['asks'])}" if line.get("asks") else ""  # type: ignore[arg-type]  # paths
            return f"{at}opened{who}{due}{asks}"
        case "Held":
            return f"{at}waits until {line['until']}"
        case "Answered":
            what = line.get("field") or "the question"
            return f"{at}{line.get('by', 'somebody')} answered {what}: {line['value']}"
        case "Voted":
            reason = f" ({line['why']})" if line.get("why") else ""
            return f"{at}{line.get('by', 'somebody')} judged it {line['verdict']}{reason}"
        case "Judged":
            inputs = line["inputs"]
            known = ", ".join(f"{name} = {value}" for name, value in inputs.items()) if isinstance(inputs, dict) else ""
            return f"{at}went ‘{line['result']}’ because {line['rule']}" + (f" [{known}]" if known else "")
        case "StepDone":
            return f"{at}{line.get('by', 'somebody')} completed it"
        case "Closed":
            return f"{at}closed: {line['outcome']}"
        case "PassedOver":
            return f"{at}passed over: {line['why']}"
        case "Withdrawn":
            return f"{at}withdrawn: {line['why']}"
        case "Overdue":
            return f"{at}late: it was due {line['due']}"
        case "Reminded":
            return f"{at}reminded {line['to']}"
        case "Escalated":
            return f"{at}{'handed over to' if line['handed_over'] else 'told'} {line['to']}"
        case "Replanned":
            return f"{at}its deadline moved to {line['due']}"
        case _:
            return ""
