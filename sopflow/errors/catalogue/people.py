"""People, texts and sources; what a definition accepts; and the rules of other packages."""

from sopflow.errors.catalogue._entry import Entry, error, warning

ENTRIES: dict[str, Entry] = {
    "SOP501": warning(
        "This text is missing in: {languages}.",
        "此处文字缺少以下语言:{languages}。",
        "Add it, here or in ‘texts/NAME.LANGUAGE.yaml’.",
        "请在此处或 texts/名称.语言.yaml 中补上。",
    ),
    "SOP502": warning(
        "The role ‘{name}’ is used nowhere.",
        "角色 “{name}” 从未被使用。",
        "Let a step say ‘by: {name}’, or take it out.",
        "请让某个步骤写明 “by: {name}”,或将其删除。",
    ),
    "SOP504": error(
        "Nobody can do ‘{step}’: it must not be done by who did ‘{other}’, and both are for {people} alone.",
        "无人可以完成 “{step}”:其执行人不得与 “{other}” 相同,而两者都只能由 {people} 完成。",
        "Give one of the roles another person, or let another role do it.",
        "请为其中一个角色增加人员,或改由其他角色执行。",
    ),
    "SOP505": error(
        "‘{step}’ needs {need} of those who may do it, and there are only {count}.",
        "“{step}” 需要 {need} 人,而可以执行的只有 {count} 人。",
        "Give the role more people, or ask for fewer.",
        "请为该角色增加人员,或减少所需人数。",
    ),
    "SOP506": warning(
        "‘{code}’ is accepted here, but there is no such finding.",
        "此处接受了 “{code}”,但并没有这样的诊断。",
        "Take it out, so that it hides nothing later.",
        "请删除,以免日后掩盖真正的问题。",
    ),
    "SOP511": error(
        "The fact ‘{fact}’ is cited nowhere[[: {says}]].",
        "事实 “{fact}” 未被引用[[:{says_zh}]]。",
        "Cite it where it belongs[[, at {node}]], or say ‘kind: furniture’ if it is no part of the work.",
        "请在其所属之处[[({node})]]写入 cites;若与工作无关,请写明 kind: furniture。",
    ),
    "SOP512": error(
        "‘{fact}’ is no fact of the sources of ‘{sop}’.",
        "“{fact}” 不是 “{sop}” 所列来源中的事实。",
        "[[Did you mean ‘{nearest}’? ]]Facts stand in the files that ‘sources’ name: {files}.",
        "[[是否想写 “{nearest}”?]]事实写在 sources 所列的文件中:{files}。",
    ),
    "SOP513": warning(
        "‘{sop}’ names no source with facts: there is nothing to compare it with.",
        "“{sop}” 没有列出带有事实文件的来源,无从对照。",
        "Say, for instance, ‘sources: {{handbook: {{title: …, facts: facts.yaml}}}}’.",
        "可写成 sources: {{handbook: {{title: …, facts: facts.yaml}}}}。",
    ),
    "SOP514": error(
        "Another fact is called ‘{name}’ already.",
        "已有名为 “{name}” 的事实。",
        "Give each fact of a file an id of its own.",
        "请让文件中的每条事实使用不同的标识。",
    ),
    "SOP515": error(
        "No fact is called ‘{name}’.",
        "没有名为 “{name}” 的事实。",
        "[[Did you mean ‘{nearest}’?]]",
        "[[是否想写 “{nearest}”?]]",
    ),
    "SOP590": error("{rule}: {text}", "{rule}:{text_zh}"),
    "SOP591": warning("{rule}: {text}", "{rule}:{text_zh}"),
    "SOP592": warning(
        "The rule ‘{rule}’ could not be used: {why}.",
        "规则 “{rule}” 无法使用:{why_zh}。",
        "Update or remove the package that offers it.",
        "请更新或移除提供该规则的软件包。",
    ),
}
