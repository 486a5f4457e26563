"""Codes of the family ``shape``: see the table in this package.

SOP101..109 keys and kinds · SOP110..129 kinds of values · SOP130..139 how names are written · SOP140..149
types · SOP150..179 keys that go together · SOP180..199 the file as a whole.
"""

from sopflow.errors.catalogue._entry import Entry, error
from sopflow.errors.catalogue._files import ENTRIES as FILES

ENTRIES: dict[str, Entry] = {
    "SOP101": error(
        "‘{key}’ is not a key of {what}.",
        "{what_zh}没有“{key}”这个键。",
        "Did you mean ‘{nearest}’? Data of your own go under a key that begins with ‘x-’.",
        "是否想写“{nearest}”？自定义数据请放在以“x-”开头的键下。",
    ),
    "SOP102": error(
        "‘{key}’ is not a key of {what}.",
        "{what_zh}没有“{key}”这个键。",
        "Keys that may stand here: {known}. Data of your own go under a key that begins with ‘x-’.",
        "此处可用的键：{known}。自定义数据请放在以“x-”开头的键下。",
    ),
    "SOP103": error(
        "{what} lacks the key ‘{key}’.",
        "{what_zh}缺少键“{key}”。",
        "Add ‘{key}: …’.",
        "请补上“{key}: …”。",
    ),
    "SOP104": error(
        "The step ‘{id}’ has its name as a key already; ‘id’ cannot stand inside it as well.",
        "步骤“{id}”已经以键作为名称，里面不能再写“id”。",
        "Remove ‘id’. It is only written where steps stand in a list.",
        "请删去“id”。只有用列表书写步骤时才需要它。",
    ),
    "SOP105": error(
        "This step says no kind; ‘{key}’ is none.",
        "该步骤没有类型，“{key}”不是步骤类型。",
        "Did you mean ‘{nearest}’?",
        "是否想写“{nearest}”？",
    ),
    "SOP106": error(
        "This step says no kind.",
        "该步骤没有类型。",
        "Give it exactly one of: {known}.",
        "请写且只写其中一个：{known}。",
    ),
    "SOP107": error(
        "This step says two kinds, ‘{one}’ and ‘{other}’.",
        "该步骤写了两个类型：“{one}”和“{other}”。",
        "Keep one; make the other a step of its own.",
        "请保留一个，另一个写成单独的步骤。",
    ),
    "SOP108": error(
        "No package that is installed here offers the step kind ‘{kind}’.",
        "此处安装的软件包都没有提供步骤类型“{kind}”。",
        "Install the package, or use one of: {known}.",
        "请安装相应的软件包，或改用：{known}。",
    ),
    "SOP109": error(
        "The step kind ‘{kind}’ cannot be used: {why}.",
        "步骤类型“{kind}”无法使用：{why}。",
        "Mend or update the package that offers it.",
        "请修复或更新提供它的软件包。",
    ),
    "SOP110": error(
        "There is a key here, but no value.",
        "这里有键，却没有值。",
        "Write a value, or remove the key.",
        "请写上值，或删去该键。",
    ),
    "SOP111": error(
        "A list is wanted here.",
        "此处应为列表。",
        "Write ‘[…]’, or lines that begin with ‘- ’.",
        "请写成“[…]”，或每行以“- ”开头。",
    ),
    "SOP112": error(
        "A map of keys and values is wanted here.",
        "此处应为由键和值组成的映射。",
        "Write lines of ‘key: value’.",
        "请逐行写“键: 值”。",
    ),
    "SOP113": error(
        "One word or phrase is wanted here, not a list or a map.",
        "此处应为一个词或短语，而不是列表或映射。",
    ),
    "SOP114": error(
        "An expression is wanted here, not a list or a map.",
        "此处应为表达式，而不是列表或映射。",
        "If the expression begins with a bracket, put it in quotes.",
        "如果表达式以括号开头，请加引号。",
    ),
    "SOP115": error("A number is wanted here.", "此处应为数字。"),
    "SOP116": error(
        "There is nothing in here.",
        "这里是空的。",
        "Write at least one entry, or remove the key.",
        "请至少写一项，或删去该键。",
    ),
    "SOP117": error(
        "A time is wanted here: a phrase, ‘{{earliest: […]}}’, ‘{{latest: […]}}’, ‘{{at: …, cites: […]}}’ or cases.",
        "此处应为时间：短语、“{{earliest: […]}}”、“{{latest: […]}}”、“{{at: …, cites: […]}}”或分情形书写。",
    ),
    "SOP118": error("This must be at least {least}.", "此处的值不得小于{least}。"),
    "SOP119": error(
        "A text is wanted here: words, or a map of languages such as ‘{{en: …, zh: …}}’.",
        "此处应为文字，或语言映射，例如“{{en: …, zh: …}}”。",
    ),
    "SOP120": error(
        "Words are wanted here, but ‘{value}’ is read as a number or a truth value.",
        "此处应为文字，但“{value}”会被读作数字或真假值。",
        "Put it in quotes.",
        "请加引号。",
    ),
    "SOP121": error("Words are wanted here; this is empty.", "此处应有文字，但内容为空。"),
    "SOP122": error(
        "‘{tag}’ is not a language tag.",
        "“{tag}”不是语言标记。",
        "Use a tag such as ‘en’, ‘zh’, ‘zh-Hant’ or ‘ja’.",
        "请使用“en”“zh”“zh-Hant”“ja”等标记。",
    ),
    "SOP123": error(
        "‘{tag}’ names a country, not a language.",
        "“{tag}”是国家代码，不是语言标记。",
        "Write ‘{nearest}’.",
        "请写“{nearest}”。",
    ),
    "SOP125": error(
        "‘{value}’ is none of the words that may stand here.",
        "“{value}”不是此处可用的词。",
        "Use one of: {known}.",
        "请使用其中之一：{known}。",
    ),
    "SOP126": error(
        "Only ‘true’ or ‘false’ may stand here, not ‘{value}’.",
        "此处只能写“true”或“false”，不能写“{value}”。",
    ),
    "SOP127": error(
        "‘{value}’ does not say how many.",
        "“{value}”没有说明需要多少个。",
        "Write one of: {known}. A block joins only what it has begun: to wait for so many runs of one step write a"
        " ‘for-each’ over a list and join that.",
        "请写其中一种：{known}。区块只汇合它自己开始的分支：若要等待同一步骤的多次执行，请写针对列表的 for-each 并在其上汇合。",
    ),
    "SOP130": error(
        "‘{name}’ is not written as a name: small letters, digits and hyphens, a letter first.",
        "“{name}”不符合命名规则：小写字母、数字和连字符，以字母开头。",
        "Write ‘{nearest}’, for example.",
        "例如可写“{nearest}”。",
    ),
    "SOP131": error(
        "‘{name}’ cannot be read by an expression: letters, digits and ‘_’, a letter first.",
        "表达式无法读取“{name}”：应为字母、数字和“_”，以字母开头。",
        "Write ‘{nearest}’, for example.",
        "例如可写“{nearest}”。",
    ),
    "SOP132": error(
        "‘{name}’ is a word of the language and cannot be a name here.",
        "“{name}”是语言的保留字，不能用作名称。",
        "Choose another name. Such words are: {known}.",
        "请换一个名称。保留字有：{known}。",
    ),
    "SOP133": error(
        "‘{name}’ means something else in expressions and cannot be the name of a field.",
        "“{name}”在表达式中另有含义，不能用作字段名。",
        "Choose another name, such as ‘{name}_’.",
        "请换一个名称，例如“{name}_”。",
    ),
    "SOP134": error(
        "‘{name}’ is not the path of a field.",
        "“{name}”不是字段路径。",
        "A path is names with dots between them, such as ‘event.free’.",
        "路径由名称和点组成，例如“event.free”。",
    ),
    "SOP135": error(
        "‘{name}’ is not the name of a step.",
        "“{name}”不是步骤名称。",
        "Write an id, or a path such as ‘paid.pay-contract’.",
        "请写步骤标识，或“paid.pay-contract”这样的路径。",
    ),
    "SOP136": error(
        "‘{name}’ is not the name of an SOP.",
        "“{name}”不是SOP 名称。",
        "Write ‘event-hosting’, ‘marketing/event-hosting’ or ‘marketing/event-hosting@1’.",
        "请写成“event-hosting”“marketing/event-hosting”或“marketing/event-hosting@1”。",
    ),
    "SOP137": error(
        "‘{target}’ is no place to go to.",
        "“{target}”不是可以前往的位置。",
        "Write a step's id, ‘done’, ‘end’, ‘end NAME’ or ‘end NAME of run’.",
        "请写步骤标识、“done”、“end”、“end 结局”或“end 结局 of run”。",
    ),
    "SOP138": error(
        "One place to go to is wanted here, not a list or a map.",
        "此处应为一个去向，而不是列表或映射。",
    ),
    "SOP139": error(
        "‘{name}’ is not the code of a finding.",
        "“{name}”不是诊断代码。",
        "A code is SOP and three digits, such as SOP401.",
        "代码是 SOP 加三位数字，例如 SOP401。",
    ),
    "SOP140": error(
        "‘{name}’ is not a type.",
        "“{name}”不是类型。",
        "Types, nearest first: {known}; also ‘list of TYPE’, a list of words, or a map of fields.",
        "可用类型（最接近者在前）：{known}；也可写“list of 类型”、词的列表或字段映射。",
    ),
    "SOP141": error(
        "An enumeration has two words or more; ‘{name}’ stands alone.",
        "枚举至少有两个词；这里只有“{name}”。",
        "For a list of that type write ‘list of {name}’; else add a word.",
        "若要表示列表，请写“list of {name}”；否则请再加一个词。",
    ),
    "SOP142": error(
        "An enumeration holds words; ‘{value}’ is none.",
        "枚举由词组成；“{value}”不是词。",
        "Put it in quotes.",
        "请加引号。",
    ),
    "SOP143": error(
        "‘{value}’ is not of the type ‘{type}’.",
        "“{value}”不属于类型“{type}”。",
    ),
    "SOP144": error(
        "A field of the type ‘{type}’ cannot be merged by ‘{merge}’.",
        "类型为“{type}”的字段不能用“{merge}”合并。",
        "For this type: {known}.",
        "该类型可用：{known}。",
    ),
    "SOP145": error(
        "There is a label for ‘{name}’, which is no value of this enumeration.",
        "“{name}”有标签，但它不是该枚举的值。",
        "Values: {known}.",
        "枚举值：{known}。",
    ),
    "SOP146": error(
        "‘{value}’ is no value of this enumeration.",
        "“{value}”不是该枚举的值。",
        "Values: {known}.",
        "枚举值：{known}。",
    ),
    "SOP147": error("The least, {least}, is more than the most, {most}.", "最小值{least}大于最大值{most}。"),
    "SOP148": error(
        "The default {value} is outside of the limits {least}..{most}.",
        "默认值{value}超出范围{least}..{most}。",
    ),
    "SOP149": error(
        "This row has {number} cells; the table has {wanted} columns, those that it gives included.",
        "该行有{number}格；表格共有{wanted}列（含给出的列）。",
    ),
    "SOP150": error("‘{name}’ stands here twice.", "“{name}”在此出现了两次。", "Remove one.", "请删去一个。"),
    "SOP151": error(
        "Another step of this list is called ‘{name}’ already.",
        "该列表中已有名为“{name}”的步骤。",
        "Give each step of a list an id of its own.",
        "请让列表中的每个步骤使用不同的标识。",
    ),
    "SOP152": error(
        "‘{one}’ and ‘{other}’ exclude each other.",
        "“{one}”与“{other}”不能同时使用。",
        "Keep one of them.",
        "请保留其中一个。",
    ),
    "SOP153": error("One of {known} must be said here.", "此处必须写明其中之一：{known}。"),
    "SOP154": error(
        "‘{key}’ is only said beside ‘{needs}’.",
        "“{key}”只能与“{needs}”一起使用。",
        "Add ‘{needs}’, or remove ‘{key}’.",
        "请补上“{needs}”，或删去“{key}”。",
    ),
    "SOP155": error(
        "‘{key}’ cannot stand on a step of the kind ‘{kind}’.",
        "类型为“{kind}”的步骤不能使用“{key}”。",
        "Remove it, or put it on a group around the step.",
        "请删去，或写在包住该步骤的组（group）上。",
    ),
    "SOP156": error(
        "A ‘next’ with several ways needs ‘{key}’, which says what can come out of this step.",
        "“next”写了多个去向，需要用“{key}”说明该步骤可能的结果。",
        "Add ‘{key}: […]’, or ask with a decision.",
        "请补上“{key}: […]”，或改用判断（decision）。",
    ),
    "SOP157": error(
        "This step has one way on; ‘next’ names one target here.",
        "该步骤只有一个去向，“next”只能写一个目标。",
        "Put a decision behind it if there are several ways.",
        "如有多个去向，请在其后加一个判断（decision）。",
    ),
    "SOP158": error(
        "‘next’ cannot be written like this on {what}.",
        "{what_zh}的“next”不能这样写。",
        "Write one target, or a map of outcomes where the kind has several.",
        "请写一个目标；有多个结果时写结果与目标的映射。",
    ),
    "SOP159": error(
        "An approval has no ‘next’: its ways are ‘approved’, ‘refused’ and ‘changes’.",
        "审批没有“next”；它的去向是“approved”“refused”和“changes”。",
        "Write ‘approved: …’ instead.",
        "请改写为“approved: …”。",
    ),
    "SOP160": error(
        "‘{key}’ must say where to go when the limit of ‘at-most’ is reached.",
        "必须用“{key}”说明达到“at-most”上限后去向何处。",
        "Add ‘{key}: …’.",
        "请补上“{key}: …”。",
    ),
    "SOP161": error(
        "‘else’ is the last case; what stands behind it never counts.",
        "“else”应是最后一种情形，其后的情形永远不会生效。",
        "Move it to the end.",
        "请移到最后。",
    ),
    "SOP162": error(
        "‘{one}’ is said, but not ‘{other}’.",
        "写了“{one}”，却没有写“{other}”。",
        "Say both ways: add ‘{other}: …’.",
        "两个去向都要写明：请补上“{other}: …”。",
    ),
    "SOP163": error(
        "This decision does not say where its answers lead.",
        "该判断没有说明各个答案去向何处。",
        "Add ‘yes’ and ‘no’, or ‘next’ with a way for each value.",
        "请补上“yes”和“no”，或用“next”为每个值写明去向。",
    ),
    "SOP164": error(
        "Several people are asked, but nothing says what happens when they differ.",
        "需要询问多人，但没有说明意见不一致时如何处理。",
        "Add ‘settle: most’, ‘in-doubt: first’ or ‘differ: STEP’.",
        "请补上“settle: most”“in-doubt: first”或“differ: 步骤”。",
    ),
    "SOP165": error(
        "‘{key}’ may pass this step over, but none of its ways is the ordinary one.",
        "“{key}”可能跳过该步骤，但它的多个去向中没有默认去向。",
        "Say where to go then: ‘missed: …’.",
        "请用“missed: …”写明此时的去向。",
    ),
    "SOP166": error(
        "‘{id}’ says by its name when it runs; ‘{key}’ cannot say it again.",
        "“{id}”的名称已表明何时运行，不能再写“{key}”。",
        "Remove ‘{key}’, or give the handler another name.",
        "请删去“{key}”，或给该处理项换一个名称。",
    ),
    "SOP167": error(
        "This handler does nothing: it has no step, no ‘next’ and no ‘instead: true’.",
        "该处理项什么也不做：没有步骤，没有“next”，也没有“instead: true”。",
        "Give it one of {known}, or ‘next’.",
        "请写上其中之一：{known}，或写“next”。",
    ),
    "SOP168": error(
        "With ‘join: all’ no branch may be passed over by ‘if’.",
        "“join: all”的分支不能用“if”跳过。",
        "Use ‘join: active’: it waits for the branches that were started.",
        "请改用“join: active”：它只等待已开始的分支。",
    ),
    "SOP169": error(
        "The join counts {said} branches, but there are {number}.",
        "汇合条件写的是{said}个分支，但实际有{number}个。",
    ),
    "SOP170": error(
        "‘outcomes’ are said, but ‘next’ has no map of where they lead.",
        "写了“outcomes”，但“next”没有为它们写明去向。",
        "Write ‘next: {{outcome: target, …}}’.",
        "请写“next: {{结果: 去向, …}}”。",
    ),
    "SOP171": error(
        "‘{name}’ is none of the outcomes.",
        "“{name}”不在结果之列。",
        "Outcomes: {known}.",
        "结果有：{known}。",
    ),
    "SOP172": error(
        "‘next’ does not say where the outcome ‘{name}’ leads.",
        "“next”没有写明结果“{name}”的去向。",
        "Add ‘{name}: …’, or ‘else: …’ for all that are not named.",
        "请补上“{name}: …”，或用“else: …”表示其余结果。",
    ),
    "SOP173": error(
        "‘{target}’ stands inside a parallel or a for-each, where it would end the whole run.",
        "“{target}”位于并行或逐项之内，会结束整个流程。",
        "Write ‘{target} of run’ if that is meant; ‘done’ ends only this branch.",
        "若确实如此，请写“{target} of run”；若只结束本分支，请写“done”。",
    ),
    "SOP174": error(
        "The words behind ‘{kind}’ are the title of this step; ‘title’ would be a second one.",
        "“{kind}”后面的文字就是该步骤的标题，“title”会成为第二个标题。",
        "Keep one of the two.",
        "请只保留一个。",
    ),
    "SOP176": error(
        "A token goes one way: ‘next’ cannot send it to several steps, nor to one step several times.",
        "一个流程标记只走一条路：“next”不能同时指向多个步骤，也不能多次指向同一步骤。",
        "To do several things at once write a ‘parallel’ with a branch for each; to do one thing several times write a"
        " ‘for-each’ over a list. Both wait for what they have begun.",
        "要同时做几件事，请写 parallel，每件事一个分支；要多次做同一件事，请写针对列表的 for-each。二者都会等待所开始的工作。",
    ),
    "SOP175": error(
        "‘{key}’ is not a key of the kind ‘{kind}’.",
        "步骤类型“{kind}”没有“{key}”这个键。",
        "It belongs to: {known}.",
        "它属于：{known}。",
    ),
    **FILES,
}
