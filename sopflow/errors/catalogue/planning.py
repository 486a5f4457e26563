"""SOP850…: what begins runs, plans (SOP860…) and forecasts (SOP880…)."""

from sopflow.errors.catalogue._entry import Entry, error, warning


def _info(en: str, zh: str, mend_en: str = "", mend_zh: str = "") -> Entry:
    """An entry that is told and need not be mended."""
    return Entry("info", {"en": en, "zh": zh}, {"en": mend_en, "zh": mend_zh})


ENTRIES = {
    "SOP850": error(
        "‘{word}’ is not known before a run begins, so it cannot say from when runs begin.",
        "在运行开始之前无法得知“{word}”，因此不能用它规定从何时开始启动。",
        "Write a date, or a field or parameter that is known without a run.",
        "请写日期，或写不依赖某次运行即可知道的字段或参数。",
    ),
    "SOP851": error(
        "‘match’ says which message begins a run, but no ‘message’ is named.",
        "“match”说明由怎样的消息启动运行，但没有写明“message”。",
        "Add the name: `message: NAME`.",
        "请加上消息的名字：`message: NAME`。",
    ),
    "SOP860": error(
        "‘{step}’ is due {due}, but it ends {end} at the earliest: {late} too late. What leads to it: {chain}.",
        "“{step}”的期限是 {due}，但最早要到 {end} 才能完成，晚 {late_zh}。由这些步骤决定：{chain}。",
        "[[Start by {start}, ]][[Open ‘{opener}’ by {open_by}, ]]shorten what leads to it, or move the deadline.",
        "[[请最迟在 {start} 启动，]][[请最迟在 {open_by} 开启“{opener}”，]]或缩短前面的步骤，或推迟期限。",
    ),
    "SOP861": warning(
        "‘{step}’ {key} {date}, outside its phase ‘{phase}’ ({from_} to {to}).",
        "“{step}”的 {key} 是 {date}，不在它所属的阶段“{phase}”（{from_} 至 {to}）之内。",
        "Change the date or the phase of the step, or the days of the phase.",
        "请修改该步骤的日期或阶段，或修改阶段的起止日期。",
    ),
    "SOP862": warning(
        "{from_} to {to} ({days}) belong to no phase: they lie between ‘{before}’ and ‘{after}’.",
        "{from_} 至 {to}（{days_zh}）不属于任何阶段：位于“{before}”与“{after}”之间。",
        "Let one of the two phases begin earlier or end later, or accept the gap: `accept: {{SOP862: why}}`.",
        "请让其中一个阶段提前开始或推迟结束，或接受这段空档：`accept: {{SOP862: 原因}}`。",
    ),
    "SOP863": warning(
        "{from_} to {to} belong to two phases: ‘{before}’ and ‘{after}’.",
        "{from_} 至 {to} 同时属于两个阶段：“{before}”和“{after}”。",
        "Let the one end before the other begins.",
        "请让前一阶段在后一阶段开始之前结束。",
    ),
    "SOP864": error(
        "‘{step}’ was due {due}, before the plan starts ({start}).",
        "“{step}”的期限是 {due}，早于计划的开始（{start}）。",
        "Start earlier, or give a later date for what it is counted from.",
        "请提前启动，或改用更晚的基准日期。",
    ),
    "SOP866": warning(
        "Not known: {names}. {count} of the dates hang on it and are left open: {steps}.",
        "未知：{names}。有 {count} 个日期取决于它，暂时留空：{steps}。",
        "Give it with the data, or for this plan only: `--assume {first}=…`.",
        "请在数据中给出，或仅为本计划假定：`--assume {first}=…`。",
    ),
    "SOP867": _info(
        "‘{step}’ is due {due}, which is no working day; the last one before it is {before}.",
        "“{step}”的期限 {due} 不是工作日；之前最近的工作日是 {before}。",
    ),
    "SOP868": error(
        "The plan has more than {most} parts: rounds of loops inside loops multiply.",
        "计划的组成部分超过 {most} 个：循环嵌套时轮数会相乘。",
        "Assume fewer rounds: `--rounds 1`.",
        "请假定较少的轮数：`--rounds 1`。",
    ),
    "SOP869": error(
        "There is no way to the end of ‘{name}’ that could be planned.",
        "“{name}”没有可以规划的通往结束的路径。",
        "Check it first: `sopflow check`.",
        "请先检查：`sopflow check`。",
    ),
    "SOP870": warning(
        "‘{step}’ reminds on {date}, after it is due ({due}).",
        "“{step}”的提醒在 {date}，晚于期限（{due}）。",
        "Remind before the deadline: `1 day before due`.",
        "请在期限之前提醒：`1 day before due`。",
    ),
    "SOP871": error(
        "‘{text}’ is no number of rounds.",
        "“{text}”不是轮数。",
        "Write a number from 1 to {most}, or one for a step: `--rounds {example}=2`.",
        "请写 1 到 {most} 的数，或为某一步骤指定：`--rounds {example}=2`。",
    ),
    "SOP872": error(
        "‘{name}’ is no step of this SOP, so no loop goes through it.",
        "“{name}”不是该 SOP 的步骤，没有循环经过它。",
        "Name a step of the loop[[, such as ‘{nearest}’]].",
        "请写出循环中的某个步骤[[，例如“{nearest}”]]。",
    ),
    "SOP873": error(
        "Nothing dates this plan: no deadline of it is known.",
        "无法确定该计划的日期：没有任何已知的期限。",
        "Say when it starts: `--at 2026-03-02`, in Python `at=`.",
        "请指明启动时间：`--at 2026-03-02`，在 Python 中用 `at=`。",
    ),
    "SOP874": error(
        "A plan cannot be written as ‘{file}’.",
        "计划不能写成“{file}”。",
        "Use one of these endings: {known}.",
        "请使用以下后缀之一：{known}。",
    ),
    # Forecasts
    "SOP880": error(
        "There is no way out, branch or condition ‘{name}’ to give odds to.",
        "没有可设定概率的出口、分支或条件“{name}”。",
        "[[Did you mean ‘{nearest}’? ]]Write STEP.OUTCOME. There are: {known}.",
        "[[是否想写“{nearest}”？]]请写“步骤.结果”。可用：{known}。",
    ),
    "SOP881": error(
        "There is no role ‘{name}’ to count people of.",
        "没有可设定人数的角色“{name}”。",
        "[[Did you mean ‘{nearest}’? ]]Roles: {known}.",
        "[[是否想写“{nearest}”？]]角色：{known}。",
    ),
    "SOP882": error(
        "The odds of ‘{name}’ are {number}.",
        "“{name}”的概率为 {number}。",
        "Odds lie between 0 and 1; those of one step add up to 1 at most.",
        "概率应在 0 与 1 之间；同一步骤的概率之和不超过 1。",
    ),
    "SOP883": error(
        "There is no distribution ‘{name}’.",
        "没有名为“{name}”的分布。",
        "[[Did you mean ‘{nearest}’? ]]Distributions: {known}.",
        "[[是否想写“{nearest}”？]]可用分布：{known}。",
    ),
    "SOP884": error(
        "‘{name}’ is {number}.",
        "“{name}”为 {number}。",
        "At least 1 is needed.",
        "至少应为 1。",
    ),
    "SOP885": error(
        "No run comes to an end: steps follow each other in a loop that is never left.",
        "没有一次运行能够结束：步骤陷入了无法离开的循环。",
        "Give odds to a way out of the loop: `--odds STEP.OUTCOME=0.5`.",
        "请为离开循环的出口设定概率：`--odds STEP.OUTCOME=0.5`。",
    ),
    "SOP886": error(
        "‘{text}’ says no number for a name.",
        "“{text}”没有为名称给出数字。",
        "Write, for example: {example}.",
        "例如可写：{example}。",
    ),
}
