"""Growing lists, claims, attempts and resources on the command line; faults of data and scripts in plain words."""

import re

import pytest

AT = ("--at", "2026-03-02T09:00")
LISTS = """\
sopflow: 1
id: lists
version: 1.0.0
title: {en: Lists, zh: 列表}
languages: [en, zh]
roles: {clerk: {title: {en: Clerk, zh: 办事员}, people: [li, wang]}}
data: {towns: [{name: string}], sent: bool, event: {start: date, end: date}}
steps:
  each:
    for-each: towns
    as: town
    key: town.name
    adds-until: 2026-04-01
    title: {en: Towns, zh: 城镇}
    steps: {go: {task: {en: Go, zh: 前往}, by: clerk}}
  send: {task: {en: Send, zh: 发送}, run: mailer, retry: {times: 1, wait: 10 minutes}}
  meet: {task: {en: Meet, zh: 会面}, holds: room}
  z: {task: {en: Last, zh: 最后}}
"""
SCRIPT = """\
- {at: 2026-03-02T09:00, add: each, item: {name: Graz}, as: li, why: asked for}
- {add: each, item: {name: Linz}}
- {claim: "each[Graz].go", as: li}
- {done: "each[Graz].go", as: wang}
- {release: "each[Graz].go", as: li}
- {done: "each[Graz].go", as: wang}
- {drop: each, item: Linz, why: closed}
- {drop: each, item: 1}
- {close-list: each, why: enough}
- {fail: send, error: no answer}
- {advance: 20 minutes}
- {fail: send, error: no answer}
- {retry: send}
- {done: send}
- {done: meet}
"""


@pytest.fixture
def lists(write):
    """A definition with a growing list, a registered handler and a resource; and what is known."""
    write("d.yaml", "towns: [{name: Wien}]\n")
    write("s.yaml", SCRIPT)
    return write("lists.sop.yaml", LISTS)


def _events(result, name):
    return [line for line in result.lines if line.get("event") == name]


def test_each_line_does_what_it_says(sopflow, lists):
    """Every event has its line of JSON; the one that is refused says who, and the numbers have no gaps."""
    result = sopflow("run", lists, "--data", "d.yaml", "--script", "s.yaml", "--json")
    assert [(line["step"], line["code"], line["by"]) for line in _events(result, "Refused")] == [
        ("each[Graz].go", "role", "wang")
    ]
    assert [line["seq"] for line in result.lines[:-1]] == list(range(1, len(result.lines)))
    assert [(line["by"], line.get("to")) for line in _events(result, "Claimed")] == [("li", "li"), ("li", None)]
    assert [line["item"] for line in _events(result, "ItemAdded")] == [{"name": "Graz"}, {"name": "Linz"}]
    assert [line["item"] for line in _events(result, "ItemDropped")] == [3, 1]
    assert _events(result, "ListClosed")[0]["why"] == "enough"
    assert [(line["attempt"], line["error"], line.get("again")) for line in _events(result, "Failed")] == [
        (1, "no answer", "2026-03-02T09:10:00+00:00"), (2, "no answer", None),
    ]  # fmt: skip
    assert [(line["step"], line["error"]) for line in _events(result, "Incident")] == [("send", "no answer")]
    assert _events(result, "Granted")[0]["resources"] == ["room"]
    assert [item["step"] for item in result.lines[-1]["open"]] == ["z"]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", ("add        Towns: name = Graz (asked for) · li", "take       Go [Graz] · li",
                "Go [Graz] (given back) · li",
                "Go [Linz] (its item was dropped)", "list end   Towns (enough)", "Send (1): no answer; again at",
                "INCIDENT   Send: no answer", "grant      Meet [room]")),
        ("zh", ("增加       城镇: name = Graz (asked for) · li", "认领       前往 [Graz] · li",
                "前往 [Graz]（退回） · li",
                "前往 [Linz] (所属条目已移除)", "列表结束   城镇 (enough)", "异常       发送: no answer")),
    ],
)  # fmt: skip
def test_they_are_told_in_both_languages(sopflow, lists, lang, told):
    """The story has a word for each, and the engine's own reasons in the language."""
    out = sopflow("run", lists, "--data", "d.yaml", "--script", "s.yaml", "--lang", lang).out
    for part in told:
        assert part in out, out


def test_what_a_person_may_say_at_the_terminal(sopflow, lists, monkeypatch):
    """A command for each line of a script, and who may do what."""
    from importlib import import_module

    monkeypatch.setattr(import_module("sopflow.cli.run"), "_is_interactive", lambda *_, **__: True)
    said = """
        enabled li; enabled zhao; add each {name: Graz}; asked for; claim each[Wien].go; wang; enabled li
        why-not each[Wien].go; release each[Wien].go; drop each Graz; closed; drop each 1; closed
        close-list each; enough; fail send; no answer; why-not send; suspend; pause; why-not z; resume; back; q
    """
    out = sopflow("run", lists, "--data", "d.yaml", *AT, input=re.sub(r" *[;\n] *", "\n", said.strip())).out
    for part in (
        "each[Wien].go  Go", "Nothing.", "add        Towns: name = Graz (asked for)", "take       Go [Wien] · wang",
        "nothing: it is open, and wang has taken it", "drop       Towns: 2 (closed)", "list end   Towns (enough)",
        "it is tried again at 2026-03-02T09:10", "the run is suspended", "resume     ",
    ):  # fmt: skip
        assert part in out, part


def test_a_folder_of_data_without_values_gives_nothing(sopflow, lists, write):
    """`event:` with nothing below it: of its fields nothing is known yet."""
    result = sopflow("run", lists, *AT, "--json", "--data", write("e.yaml", "event:\ntowns: []\n"))
    assert result.code == 0
    assert "event" not in result.lines[-1]["data"]


def test_a_field_that_is_given_both_ways_is_found(sopflow, lists, write):
    """By its dotted path and inside a map: neither is silently taken."""
    data = write("e.yaml", "event: {start: 2026-03-01}\ntowns: []\nevent.start: 2026-03-02\n")
    result = sopflow("run", lists, *AT, "--json", "--data", data)
    (found,) = result.json["findings"]
    assert (found["code"], found["line"], found["column"]) == ("SOP750", 3, 1)
    script = write("t.yaml", "- {set: {event.start: 2026-03-01, event: {start: 2026-03-02}}}\n")
    assert _events(sopflow("run", lists, *AT, "--json", "--script", script), "Refused")[0]["finding"] == "SOP750"


@pytest.mark.parametrize("line", ["{set: {sent: no}}", "{set: {sent: 'Yes'}}"])
def test_a_word_for_true_or_false_is_told_in_a_script_too(sopflow, lists, write, line):
    """For YAML 1.2 `no` is a word: the refusal says to write false."""
    result = sopflow("run", lists, *AT, "--json", "--script", write("t.yaml", f"- {line}\n"))
    (refused,) = _events(result, "Refused")
    assert refused["finding"] == "SOP611"
    assert refused["mend"] == ("Write false." if "no" in line else "Write true.")


@pytest.mark.parametrize(
    "text",
    [b"- 1\n", b"towns: \x01\n", b"[" * 2000, b"{" * 2000, b'"a\x00b": 1\n'],
    ids=["list", "sign", "[", "{", "nul"],
)
@pytest.mark.parametrize("option", ["--data", "--script"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_wrong_with_such_files_is_not_told_of_definitions(sopflow, lists, write, option, text, lang):
    """They are none, and need not begin with ‘sopflow: 1’."""
    result = sopflow("run", lists, *AT, "--json", "--lang", lang, option, write("f.yaml", text))
    assert result.code == 1
    for finding in result.json.get("findings", ()):
        for words in (finding["text"], finding["mend"]):
            assert not any(word in words for word in ("definition", "定义", "sopflow: 1")), words


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{claim: each}", "SOP627"), ("{add: each}", "SOP627"), ("{drop: each, item: [1]}", "SOP628"),
        ("{fail: send}", "SOP627"), ("{fail: send, error: 3}", "SOP628"), ("{close-list: true}", "SOP628"),
        ("{release: z, item: 3}", "SOP626"),
    ],
)  # fmt: skip
def test_a_malformed_line_is_found(sopflow, lists, write, line, code):
    """What each needs and may have."""
    assert sopflow("run", lists, *AT, "--json", "--script", write("t.yaml", f"- {line}\n")).codes == [code]


def test_a_definition_may_not_be_named_by_a_word_of_the_language(sopflow, folder):
    """`sopflow new done`: refused before anything is written."""
    result = sopflow("new", "done", "--json")
    assert (result.codes, result.code, list(folder.iterdir())) == (["SOP132"], 2, [])


def test_a_name_may_say_its_version(sopflow, folder):
    """The version must fit; else what there is is told."""
    assert sopflow("show", "event-attending@1").code == 0
    assert sopflow("show", "event-attending@7", "--json").codes == ["SOP619"]
