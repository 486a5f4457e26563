"""A line of the history in words, as it is told of the step that it is about.

Nothing changes here; the words stand in ``_words.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from sopflow.program import Op
from sopflow.runtime._journal import Line
from sopflow.runtime._scene import Scene
from sopflow.runtime._words import outcome, reason


def sentence(scene: Scene, line: Line, before: Line | None) -> str:
    """A line of the history in words; "" where another line says it already."""
    text = _sentence(scene, line, before)
    return f"{line['at']}: {text}" if text and line.get("at") else text


def _sentence(scene: Scene, line: Line, before: Line | None) -> str:
    event = str(line["event"])
    given = {name: scene.shown(value) for name, value in line.items()}
    given["by"] = str(line.get("by") or scene.say("by"))
    why = scene.say("reason", why=line["why"]) if line.get("why") else ""
    match event:
        case "Opened":
            role = scene.say("role", role=line["role"]) if line.get("role") else ""
            due = scene.say("due", due=line["due"]) if line.get("due") else ""
            asks = line.get("asks")
            asking = scene.say("asking", fields=scene.listed(asks)) if isinstance(asks, list) else ""
            return scene.say(event, role=role, due=due, asks=asking)
        case "Answered":
            given["field"] = str(line.get("field") or scene.say("question"))
            return scene.say(event, **given) + (scene.say("assumed") if line.get("assumed") else "")
        case "Voted":
            return scene.say(event, **given) + (f" ({line['why']})" if line.get("why") else "")
        case "Judged":
            return _of_judgement(scene, line)
        case "Closed":
            return scene.say(event, outcome=outcome(scene.lang, line["outcome"]))
        case "PassedOver":
            by_hand = before is not None and before["event"] == "Skipped"
            return "" if by_hand else scene.say(event, condition=line["why"])
        case "Withdrawn":
            return scene.say(event) + scene.say("reason", why=reason(scene.lang, str(line["why"])))
        case "Escalated":
            return scene.say("Handed" if line["handed_over"] else "Told", to=line["to"])
        case "Replanned":
            return scene.say(event if line["due"] else "Unplanned", due=line["due"])
        case "Claimed":
            return scene.say(event if line.get("to") else "Released", **given)
        case "Failed":
            error = reason(scene.lang, str(line["error"]))
            again = scene.say("again", again=line["again"]) if line.get("again") else ""
            return scene.say(event, attempt=line["attempt"], error=error) + again
        case "Incident":
            return scene.say(event, error=reason(scene.lang, str(line["error"])))
        case "Granted":
            resources = line.get("resources")
            return scene.say(event, resources=scene.listed(resources) if isinstance(resources, list) else "")
        case "ChildEnded":
            return scene.say(event, outcome=line["outcome"])
        case "StepDone" | "Held" | "Overdue" | "Reminded" | "Ticked" | "Moved":
            return scene.say(event, **given)
        case "Skipped" | "Reassigned" | "Jumped" | "Cancelled" | "Retried" | "Revoked" | "ItemAdded" | "ItemDropped":
            return scene.say(event, **given) + why
        case "ListClosed":
            return scene.say(event, **given) + why
        case _:
            return ""


def _of_judgement(scene: Scene, line: Line) -> str:
    """The way a decision or an approval went: the rule that held, and what it read."""
    rule = str(line["rule"])
    if scene.step.op != Op.VOTE:  # there it is the reason that a person gave
        rule = reason(scene.lang, rule)
    inputs = line["inputs"]
    read = scene.shown(inputs) if isinstance(inputs, Mapping) and inputs else ""
    told = scene.say("Judged", result=outcome(scene.lang, line["result"]))
    told += scene.say("because", rule=rule) if rule else ""
    return told + (f" [{read}]" if read and read != rule else "")
