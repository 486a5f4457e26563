"""Names: what a definition mentions must exist, and must be what it is used for."""

from sopflow.errors.catalogue._entry import Entry, error, warning

_NEAR = ("[[Did you mean ‘{nearest}’? ]]Known: {known}.", "[[是否想写“{nearest}”？]]已知：{known}。")

ENTRIES: dict[str, Entry] = {
    "SOP201": error("‘{name}’ is no step of this SOP.", "“{name}” 不是本 SOP 的步骤。", *_NEAR),
    "SOP202": error("‘{name}’ is no role of this SOP.", "“{name}” 不是本 SOP 的角色。", *_NEAR),
    "SOP203": error("‘{name}’ is no field of this SOP.", "“{name}” 不是本 SOP 的字段。", *_NEAR),
    "SOP204": error("‘{name}’ is no message of this SOP.", "“{name}” 不是本 SOP 的消息。", *_NEAR),
    "SOP205": error("‘{name}’ is no phase of this SOP.", "“{name}” 不是本 SOP 的阶段。", *_NEAR),
    "SOP206": error("‘{name}’ is no calendar of this SOP.", "“{name}” 不是本 SOP 的日历。", *_NEAR),
    "SOP207": error(
        "‘{name}’ is the name of more than one step: {paths}.",
        "有多个步骤名为 “{name}”：{paths}。",
        "Write its full path.",
        "请写完整路径。",
    ),
    "SOP208": error(
        "‘{name}’ stands for two things: {one} and {other}.",
        "“{name}” 同时表示 {one} 与 {other}。",
        "Expressions read data, parameters, derived and anchors by one name each: rename one of them.",
        "表达式以名称读取数据、参数、派生值与锚点，请重命名其中之一。",
    ),
    "SOP209": error("No SOP named ‘{name}’ was found.", "找不到名为 “{name}” 的 SOP。", *_NEAR),
    "SOP210": error(
        "‘{name}’ calls itself through {chain}.",
        "“{name}” 经由 {chain} 调用了自身。",
        "Say ‘at-most’ and ‘too-deep’ on the call, or break the circle.",
        "请在调用处写明 at-most 与 too-deep，或打破循环。",
    ),
    "SOP211": error(
        "‘{name}’ is no {what} of the called SOP ‘{called}’.",
        "“{name}” 不是被调用的 SOP “{called}” 的 {what}。",
        *_NEAR,
    ),
    "SOP212": error(
        "The called SOP ‘{called}’ has the role ‘{name}’, which nobody here fills.",
        "被调用的 SOP “{called}” 的角色 “{name}” 在此无人担任。",
        "Declare a role of that name, or map it: ‘roles: {{{name}: OURS}}’.",
        "请声明同名角色，或写明映射：“roles: {{{name}: 本方角色}}”。",
    ),
    "SOP213": error(
        "‘{name}’ is derived from itself: {chain}.",
        "“{name}” 由自身派生：{chain}。",
        "A derived value may only use data, parameters and other derived values that do not use it.",
        "派生值只能使用数据、参数以及不依赖它的其他派生值。",
    ),
    "SOP214": error(
        "The time zone ‘{name}’ is unknown.",
        "未知时区 “{name}”。",
        "Write a name of the IANA database, such as Asia/Shanghai or Europe/Berlin.",
        "请写 IANA 时区名，例如 Asia/Shanghai。",
    ),
    "SOP215": error(
        "‘{name}’ is a {type}; {use} needs {wanted}.",
        "“{name}” 的类型是 {type};{use} 需要 {wanted}。",
    ),
    "SOP216": error(
        "‘{value}’ is no value of ‘{field}’: {problem}.",
        "“{value}” 不是 “{field}” 的取值：{problem}。",
        "Known values: {known}.",
        "可取的值：{known}。",
    ),
    "SOP217": warning(
        "Source ‘{name}’ is not declared.",
        "来源 “{name}” 未声明。",
        "Declare it under ‘sources’.",
        "请在 sources 中声明。",
    ),
    "SOP218": error(
        "‘{name}’ may not be written: it is {what}.",
        "“{name}” 不可写入：它是 {what}。",
        "Write a field of ‘data’.",
        "请写入 data 中的字段。",
    ),
    "SOP219": error(
        "Steps of another SOP cannot be reached from here: ‘{name}’.",
        "此处无法引用其他 SOP 的步骤：“{name}”。",
        "Read what the call gives back with ‘set’.",
        "请用 set 读取调用返回的数据。",
    ),
    "SOP220": error(
        "Calls stand inside calls more than {most} deep.",
        "调用嵌套超过 {most} 层。",
        "Call fewer definitions one inside the other.",
        "请减少相互嵌套的调用。",
    ),
}
