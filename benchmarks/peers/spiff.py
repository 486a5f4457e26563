"""``SpiffWorkflow``: its own specifications, built in Python; tasks are run by their words' outcome."""

from __future__ import annotations

from collections.abc import Callable

from SpiffWorkflow.operators import Attrib, Equal
from SpiffWorkflow.specs.ExclusiveChoice import ExclusiveChoice
from SpiffWorkflow.specs.Simple import Simple
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow
from workloads.work import Flat, Tally, Work

Play = Callable[[], str]


def build(work: Work, tally: Tally) -> Play | None:
    """A workflow for each token: manual tasks in a row, a choice where a state has several words."""
    if not isinstance(work, Flat) or work.silent or work.bounded or len(work.states) > 200:
        return None
    spec = WorkflowSpec(name="flat", addstart=True)
    tasks = {
        number: (ExclusiveChoice if len(state) > 1 else Simple)(spec, f"s{number}", manual=True)
        for number, state in enumerate(work.states)
        if state
    }
    over = {number: Simple(spec, f"over{number}") for number in work.ends}
    spec.start.connect(tasks[0])
    for number, state in enumerate(work.states):
        words = list(state.items())
        for place, (word, ((_, to), *_)) in enumerate(words):
            target = tasks.get(to) or over[to]
            if len(words) > 1 and place < len(words) - 1:
                tasks[number].connect_if(Equal(Attrib("word"), word), target)
            else:
                tasks[number].connect(target)
    numbers = {f"s{number}": number for number in tasks}
    hook = tally.hook
    (end,) = work.ends.values()

    def play() -> str:
        workflow = Workflow(spec)
        workflow.run_all(halt_on_manual=True)
        for word in work.script():
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            if task is None:  # past about a thousand tasks it takes itself to be done
                raise RuntimeError(f"complete after {tally.count} steps")
            task.set_data(word=word)
            hook(numbers[task.task_spec.name])
            task.run()
        workflow.run_all(halt_on_manual=True)
        return end if workflow.is_completed() else ""

    return play
