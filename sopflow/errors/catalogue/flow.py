"""Flow: where steps may go, and whether every run can come to its end."""

from sopflow.errors.catalogue._entry import Entry, error, warning

ENTRIES: dict[str, Entry] = {
    "SOP401": error(
        "‘{name}’ stands inside ‘{block}’: a block is entered at its beginning only.",
        "“{name}” 位于 “{block}” 之内：区块只能从开头进入。",
        "Go to ‘{block}’.",
        "请改为转到 “{block}”。",
    ),
    "SOP402": error(
        "‘{name}’ stands in another branch of ‘{block}’, which runs by itself: branches have no order.",
        "“{name}” 位于 “{block}” 的另一分支，该分支自行运行：分支之间没有先后。",
        "Let ‘{name}’ wait: ‘after: [{here}]’ there; or put it below ‘{block}’, where the branches meet.",
        "请让 “{name}” 等待：在该处写 “after: [{here}]”；或将其放在 “{block}” 之后，即各分支汇合处。",
    ),
    "SOP404": error(
        "‘{step}’ may run on after its block has gone on, so it may not leave it for ‘{name}’.",
        "“{step}” 可能在其区块继续之后仍在运行，因此不能离开区块转到 “{name}”。",
        "Let it end with ‘done’.",
        "请以 “done” 结束。",
    ),
    "SOP405": error(
        "The handler ‘{handler}’ runs beside its scope, which goes on, so it may not go to ‘{name}’.",
        "处理项 “{handler}” 与其作用范围并行，后者会继续进行，因此不能转到 “{name}”。",
        "Let it end by itself, or say ‘instead: true’ if it ends the scope.",
        "请让其自行结束；若它要结束该范围，请写 “instead: true”。",
    ),
    "SOP411": error(
        "‘{step}’ is never reached.",
        "永远不会到达 “{step}”。",
        "Let some step go to it, or take it out.",
        "请让某个步骤转到它，或将其删除。",
    ),
    "SOP412": error(
        "From ‘{step}’ the run can never come to its end: {loop}.",
        "从 “{step}” 出发，运行永远无法结束：{loop}。",
        "Give one of these steps a way out of the circle.",
        "请为其中某个步骤提供离开循环的出口。",
    ),
    "SOP413": error(
        "The steps {loop} can go round without anything that waits.",
        "步骤 {loop} 可以无限循环而不等待任何事。",
        "Put a task, an approval or a wait into the circle.",
        "请在循环中加入任务、审批或等待。",
    ),
    "SOP414": error(
        "‘{step}’ can be left with too few branches to pass its join[[, as where {example}]], "
        "and ‘short’ does not say where to go then.",
        "“{step}” 可能因分支不足而无法通过汇合[[,例如当 {example} 时]],且未写明 short。",
        "Say ‘short: TARGET’.",
        "请写 “short: 目标”。",
    ),
    "SOP415": warning(
        "‘{step}’ falls into ‘{into}’, which is the head of a branch of ‘{decision}’.",
        "“{step}” 顺次落入 “{into}”，而后者是 “{decision}” 某分支的开头。",
        "Say where ‘{step}’ goes: ‘next: …’.",
        "请写明 “{step}” 的去向：“next: …”。",
    ),
    "SOP416": warning(
        "‘{step}’ waits for ‘{name}’, which nothing brings.",
        "“{step}” 等待 “{name}”，但没有任何途径提供它。",
        "Give the field somebody to ask (‘ask: ROLE’), or a form, a message or a ‘set’ that writes it.",
        "请为该字段写明询问对象（ask），或由表单、消息、set 写入。",
    ),
    "SOP417": error(
        "‘{step}’ asks again and again: nothing in its loop can change ‘{name}’, and ‘ask: unknown’ never asks anew.",
        "“{step}” 的循环中没有任何步骤可以改变 “{name}”，而 ask: unknown 不会重新询问。",
        "Leave ‘ask’ out, or write the field in the loop.",
        "请去掉 ask，或在循环中写入该字段。",
    ),
    "SOP418": error(
        "‘{step}’ has no way out for ‘{values}’.",
        "“{step}” 没有处理 “{values}” 的出口。",
        "Add it to ‘next’, or add ‘else’.",
        "请在 next 中补上，或加 else。",
    ),
    "SOP419": error(
        "‘{name}’ is no outcome of ‘{step}’.",
        "“{name}” 不是 “{step}” 的结果。",
        "Its outcomes: {known}.",
        "其结果：{known}。",
    ),
    "SOP421": error(
        "The SOP has {count} markings or more: too many for a flat machine (limit {limit}); ‘{block}’ multiplies them.",
        "该 SOP 至少有 {count} 个标识，超出平面状态机的上限（{limit}）；原因在于 “{block}”。",
        "Raise ‘limit’, or embed the engine itself: ‘sopflow.Run’.",
        "请提高 limit，或直接使用引擎：sopflow.Run。",
    ),
    "SOP422": error(
        "‘{step}’ cannot be shown as a flat machine: {what}.",
        "“{step}” 无法表示为平面状态机：{what_zh}。",
        "Embed the engine itself: ‘sopflow.Run’.",
        "请直接使用引擎：sopflow.Run。",
    ),
    "SOP423": warning(
        "‘{step}’ and ‘{other}’ may run at the same time, and both write ‘{name}’: the last one wins.",
        "“{step}” 与 “{other}” 可能同时进行，且都写入 “{name}”：以最后写入的为准。",
        "Let each write a field of its own, or say how the values meet: ‘merge: …’ on the field.",
        "请让两者写入各自的字段，或在字段上写明合并方式（merge）。",
    ),
    "SOP424": warning(
        "‘{step}’ runs once for each item and writes ‘{name}’ each time: the last one wins.",
        "“{step}” 对每一项各执行一次，每次都写入 “{name}”：以最后写入的为准。",
        "Write a field of the item (‘set: {{ITEM.FIELD: …}}’), or say how the values meet: ‘merge: …’ on the field.",
        "请写入该项自己的字段（set: {{项.字段: …}}），或在字段上写明合并方式（merge）。",
    ),
    "SOP425": warning(
        "‘{step}’ judges by ‘{name}’, which nothing in its loop can change: it is left in the first round or never.",
        "“{step}” 依据 “{name}” 判断，而其循环中没有任何步骤可以改变它：要么第一轮就离开，要么永远不离开。",
        "Write the field in the loop, or say ‘at-most’ on a ‘repeat’; accept it where the data come from outside.",
        "请在循环中写入该字段，或在 repeat 上写明 at-most；若数据来自外部，可用 accept 接受。",
    ),
    "SOP426": error(
        "The called SOP ‘{called}’ may never end: it can get stuck at ‘{inner}’.",
        "被调用的 SOP “{called}” 可能永远无法结束：它会停在 “{inner}”。",
        "Check that SOP on its own and mend it.",
        "请单独检查并修正该 SOP。",
    ),
    "SOP427": warning(
        "‘{step}’ judges by ‘{name}’, which ‘{other}’ may change at the same time: what comes of it hangs on who is first.",
        "“{step}” 依据 “{name}” 判断，而 “{other}” 可能同时改变它：结果取决于谁先完成。",
        "Let ‘{step}’ come ‘after’ it, put one of them above or below the block, or write a field of its own.",
        "请让 “{step}” 用 after 排在其后，或把其中之一移到该区块之前或之后，或写入另一个字段。",
    ),
    "SOP430": error(
        "‘{step}’ comes after ‘{name}’, which cannot come before it: the waiting goes round in a circle.",
        "“{step}” 排在 “{name}” 之后，而后者又须等待前者：等待形成循环。",
        "Take one of the two out of ‘after’.",
        "请从 after 中去掉其中之一。",
    ),
    "SOP431": warning(
        "It may be that none of the cases of ‘{key_name}’ on ‘{step}’ holds[[, as where {example}]]: the run stops there then.",
        "“{step}” 的 {key_name} 可能没有任何情形成立[[,例如当 {example} 时]]:此时运行将停在此处。",
        "Add ‘- {{else: …}}’ as the last case.",
        "请以 “- {{else: …}}” 作为最后一个情形。",
    ),
    "SOP432": error(
        "‘{step}’ takes ‘{name}’ while ‘{outer}’ around it holds ‘{held}’: two runs could wait for each other for ever.",
        "“{step}” 占用 “{name}” 时，其外层 “{outer}” 已占用 “{held}”：两次运行可能永远互相等待。",
        "Resources are taken in alphabetical order: let ‘{outer}’ hold both instead, or rename one.",
        "资源须按字母顺序占用：请让 “{outer}” 同时占用两者，或重命名其中之一。",
    ),
    "SOP433": error(
        "‘{step}’ takes ‘{name}’, which ‘{outer}’ around it holds already: it would wait for itself.",
        "“{step}” 占用 “{name}”，而其外层 “{outer}” 已占用它：它将永远等待自己。",
        "Take it out of one of the two.",
        "请从其中一处去掉。",
    ),
    "SOP434": error(
        "‘{step}’ holds ‘{held}’ while it waits for the SOP ‘{called}’, which takes ‘{name}’: "
        "two runs could wait for each other for ever.",
        "“{step}” 占用 “{held}” 的同时等待 SOP “{called}”，而后者要占用 “{name}”：两次运行可能永远互相等待。",
        "What is taken later comes later in the alphabet: rename one, let ‘{step}’ hold both in its place, or call it ‘detached’.",
        "后占用的资源在字母顺序上须靠后：请重命名其一，或改由 “{step}” 同时占用两者，或使用 detached 调用。",
    ),
    "SOP435": error(
        "The items of ‘{step}’ need names that last: ‘key’ must be read off the item (‘{item}’) alone[[, not off {name}]].",
        "“{step}” 的各项需要稳定的名称：key 只能取自该项(“{item}”)本身[[,不能取自 {name}]]。",
        "Write a field of the item: ‘key: {item}.name’; for plain items ‘key: {item}’.",
        "请写该项的字段，如 “key: {item}.name”；若为简单值，请写 “key: {item}”。",
    ),
    "SOP436": error(
        "‘{wait}’ is not always equally long: between two attempts a fixed time passes.",
        "“{wait}” 的长短不固定：两次尝试之间的等待须为固定时长。",
        "Write minutes, hours, days (of 24 hours) or weeks: ‘wait: 5 minutes’.",
        "请使用分钟、小时、天（24 小时）或周，例如 “wait: 5 minutes”。",
    ),
    "SOP437": error(
        "‘{step}’ may come ‘after’ steps of sibling branches only, and ‘{name}’ is in none: "
        "nobody could tell whether it is still to come.",
        "“{step}” 的 after 只能写同一 parallel 其他分支中的步骤，而 “{name}” 不是：无法判断它是否还会发生。",
        "What stands above ‘{step}’ is done when it opens, and a ‘parallel’ waits for its branches by itself: "
        "put ‘{step}’ below them, or make both branches of one ‘parallel’.",
        "“{step}” 开启时，其上方的步骤均已完成，parallel 也会自行等待其分支：请把 “{step}” 放在它们之后，"
        "或让两者成为同一 parallel 的分支。",
    ),
    "SOP438": error(
        "‘{name}’ runs once for each item of ‘{block}’: nobody could tell after how many of them ‘{step}’ comes.",
        "“{name}” 对 “{block}” 的每一项各执行一次：无法判断 “{step}” 应在其中几次之后。",
        "Wait for the whole list: ‘after: [{block}]’; or do both for each item, inside ‘{block}’.",
        "请等待整个列表：“after: [{block}]”；或在 “{block}” 内对每一项完成两者。",
    ),
    "SOP439": warning(
        "The branches ‘{one}’ and ‘{other}’ of ‘{block}’ both leave it for ‘{name}’: "
        "the first to get there ends the other, they do not meet.",
        "“{block}” 的分支 “{one}” 与 “{other}” 都离开该区块转到 “{name}”：先到者会终止另一分支，两者不会汇合。",
        "Branches meet where their block ends: let each end with ‘done’, and say ‘next: {name}’ on ‘{block}’; "
        "if only one counts, add ‘join: first’.",
        "分支在其区块结束处汇合：请让各分支以 “done” 结束，并在 “{block}” 上写 “next: {name}”；"
        "若只需其一，请加 “join: first”。",
    ),
    "SOP440": warning(
        "‘{step}’ waits for ‘{name}’, which in no run comes before it has gone on: unless it comes from outside, "
        "every run stands still here.",
        "“{step}” 等待 “{name}”，但在任何一次运行中它都不会先到：若不从外部传入，运行将永远停在此处。",
        "Let a step above it, or a branch that does not wait for it in turn, bring it; accept it if it comes from outside. "
        "A field may also have a ‘default’ or somebody to ask (‘ask: ROLE’), or stand under ‘inputs’.",
        "请由其上方的步骤，或不反过来等待它的分支提供；若来自外部，可用 accept 接受。"
        "字段也可以写明默认值（default）、询问对象（ask: 角色），或列入 inputs。",
    ),
    "SOP441": warning(
        "‘{step}’ may wait for ever for ‘{name}’: there are runs in which none of the steps that bring it is still to come.",
        "“{step}” 可能永远等待 “{name}”：在某些运行中，提供它的步骤都已不会再发生。",
        "Bring it on the other ways too, or give the wait a second way out: ‘first’ with a time. "
        "A field may also have a ‘default’ or somebody to ask (‘ask: ROLE’), or stand under ‘inputs’.",
        "请在其他路径上也提供它，或为该等待增加一个出口：在 first 中加时间。"
        "字段也可以写明默认值（default）、询问对象（ask: 角色），或列入 inputs。",
    ),
    "SOP442": warning(
        "It was not decided whether ‘{step}’ always gets ‘{name}’: what hangs together here is too much to look at.",
        "无法判定 “{step}” 是否总能等到 “{name}”：此处相互关联的内容过多，未能逐一检查。",
        "Give the wait a second way out (‘first’ with a time), or accept the finding with your own reason.",
        "请为该等待增加一个出口（在 first 中加时间），或写明理由后用 accept 接受。",
    ),
    "SOP443": warning(
        "‘{step}’ can never be left by ‘{key_name}’, so what is written there never counts.",
        "“{step}” 永远不会由 “{key_name}” 离开，该处所写不会生效。",
        "Take ‘{key_name}’ out, or mend what is inside ‘{step}’.",
        "请删除 “{key_name}”，或修正 “{step}” 内部的流程。",
    ),
    "SOP444": warning(
        "The handler ‘{handler}’ waits for an error, and nothing in its scope can fail.",
        "处理项 “{handler}” 等待错误，但其作用范围内没有任何步骤会出错。",
        "Put it where a registered handler works (‘run’) or values are computed; what people refuse is an outcome.",
        "请将其放在有注册处理程序（run）或计算值的范围上；人员的拒绝属于步骤结果。",
    ),
    "SOP445": warning(
        "The handler ‘{handler}’ waits for ‘{name}’, which nothing brings.",
        "处理项 “{handler}” 等待 “{name}”，但没有任何途径提供它。",
        "Give the field a form, a message or a ‘set’ that writes it, or say with ‘inputs’ that a start gives it.",
        "请由表单、消息或 set 写入该字段，或用 inputs 声明由启动时给出。",
    ),
    "SOP446": warning(
        "The handlers ‘{other}’ and ‘{handler}’ can both take the same ‘{name}’[[, as where {example}]]: "
        "one of them does, and nothing says which.",
        "处理项 “{other}” 与 “{handler}” 都能接收同一个 “{name}”[[,例如当 {example} 时]]:只有其中之一会接收，而定义并未说明是哪一个。",
        "Let their ‘match’ or ‘if’ exclude each other, or put both into one handler.",
        "请让两者的 match 或 if 互相排斥，或合并为一个处理项。",
    ),
}
