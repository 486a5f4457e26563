"""Models of other tools: what cannot be read as one, and how its runs go wrong."""

from __future__ import annotations

from sopflow.errors.catalogue._entry import Entry, error

ENTRIES: dict[str, Entry] = {
    "SOP450": error(
        "This cannot be read as a process model: {what}.",
        "无法读取为流程模型：{what_zh}。",
        "{how}",
        "{how_zh}",
    ),
    "SOP451": error(
        "‘{name}’ is of the kind ‘{kind}’, of which it is not known how runs go through it.",
        "“{name}” 的类型是 “{kind}”，无法判断流程如何经过它。",
        "What can be judged: {known}.",
        "可以判断的类型：{known}。",
    ),
    "SOP452": error(
        "Two parts of the model have the id ‘{id}’; the first stands in line {line}.",
        "模型中有两个部分使用标识 “{id}”，前一个在第 {line} 行。",
        "Give one of them another id.",
        "请为其中一个改用另一标识。",
    ),
    "SOP453": error(
        "The flow goes from or to ‘{name}’, which the model does not have.",
        "该连线的一端是 “{name}”，但模型中没有它。",
        "[[The nearest id is ‘{nearest}’. ]]Name a node that is there, or take the flow out.",
        "[[最接近的标识是 “{nearest}”。]]请写已有的节点，或删去该连线。",
    ),
    "SOP454": error(
        "Runs need one start and one end; this model has {starts} without a way in[[ ({start_names})]]"
        " and {ends} without a way out[[ ({end_names})]].",
        "流程应有一个开始和一个结束；该模型有 {starts} 个节点没有入口[[({start_names})]],"
        "{ends} 个节点没有出口[[({end_names})]]。",
        "Let all begin in one start and all end in one end; connect what is left over, or take it out.",
        "请让所有路径从同一处开始、在同一处结束；多余的节点请连上或删去。",
    ),
    "SOP455": error(
        "No run ever does ‘{node}’.",
        "任何运行都不会执行 “{node}”。",
        "Let a flow from the start lead to it in such a way that all it needs comes, or take it out.",
        "请让它能从开始处到达，且所需的一切都会到来；或将其删去。",
    ),
    "SOP456": error(
        "A run that comes to ‘{node}’ never comes to its end[[: it stays among {others}]].",
        "运行一旦到达 “{node}”，就永远不会结束[[:只会停留在 {others} 之间]]。",
        "Give it a way out that leads to the end.",
        "请补上通往结束处的出口。",
    ),
    "SOP457": error(
        "A run can get stuck: ‘{node}’ waits for ever for what should come by {missing}[[; {others} waits too]].",
        "运行可能卡住：“{node}” 永远等不到经由 {missing} 到来的部分[[;{others} 也在等待]]。",
        "What a choice (XOR) has split meets in an XOR gateway; only what an AND gateway has split meets in an AND gateway.",
        "由选择（XOR）分开的路径应在 XOR 网关汇合；只有由 AND 网关分开的路径才在 AND 网关汇合。",
    ),
    "SOP458": error(
        "What runs side by side is not brought together: {what}.",
        "并行的部分没有汇合：{what_zh}。",
        "What an AND gateway has split meets in an AND gateway before it goes on; an XOR gateway lets each part go on by itself.",
        "由 AND 网关分开的部分应先在 AND 网关汇合再继续；XOR 网关会让每一部分各自继续。",
    ),
    "SOP459": error(
        "{what}; the search for a run stopped after {limit} markings.",
        "{what_zh}；搜索在 {limit} 个标识后停止。",
        "Look for more with a larger ‘limit’[[, or look at ‘{node}’ first]].",
        "请提高 limit 继续搜索[[,或先检查 “{node}”]]。",
    ),
}
