"""`sopflow run`: data, scripts, playing by itself, and what is told on the way."""

import json

import pytest

AT = ("--at", "2026-03-02T09:00")  # a Monday


def _events(result, name):
    return [line for line in result.lines if line.get("event") == name]


def _small(steps, data="{x: bool}", roles="{w: {en: W}}", more=""):
    return (
        f"sopflow: 1\nid: small\nversion: 1.0.0\ntitle: Small\nlanguages: [en]\nroles: {roles}\n"
        f"data: {data}\n{more}steps:\n{steps}"
    )


# -- the start -------------------------------------------------------------------------------------------------------


def test_each_line_of_json_is_an_event_and_the_last_is_the_state(sopflow, post):
    """Events have seq, at, event; the state has the run's name, how it stands, what is known and what is open."""
    result = sopflow("run", post, *AT, "--json")
    assert result.code == 0
    assert [(line["seq"], line["event"]) for line in result.lines[:-1]] == [(1, "Started"), (2, "Opened")]
    assert result.lines[1] == {
        "seq": 2, "at": "2026-03-02T09:00:00+08:00", "event": "Opened", "step": "write", "role": "writer",
        "due": "2026-03-03T09:00+08:00",
    }  # fmt: skip
    state = result.lines[-1]
    assert {key: state[key] for key in ("status", "outcome", "finished", "at", "assumed", "refused")} == {
        "status": "running", "outcome": None, "finished": False, "at": "2026-03-02T09:00:00+08:00", "assumed": [],
        "refused": 0,
    }  # fmt: skip
    assert state["run"].endswith("/post")
    assert [item["step"] for item in state["open"]] == ["write"]
    assert state["waiting"] == []


def test_without_a_terminal_it_prints_the_open_work(sopflow, post):
    """Neither a script nor --auto nor a terminal: what is open, and exit code 0."""
    result = sopflow("run", post, *AT)
    assert result.code == 0
    assert "Write it" in result.out
    assert "2026-03-03 Tue 09:00 (in 24 hours)" in result.out or "tomorrow" in result.out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("d.yaml", "post:\n  sensitive: true\n  on: 2026-03-05\n  price: 2.50\nlimit: 4\n"),
        ("d.yaml", "post.sensitive: true\npost.on: 2026-03-05\npost.price: 2.50\nlimit: 4\n"),
        ("d.json", '{"post": {"sensitive": true, "on": "2026-03-05", "price": 2.5}, "limit": 4}'),
        ("d.txt", '{\n\t"post": {"sensitive": true, "on": "2026-03-05", "price": 2.5}, "limit": 4}'),
    ],
    ids=["nested", "dotted", "json", "json-with-tabs"],
)
def test_data_come_from_yaml_or_json(sopflow, post, write, name, text):
    """Nested maps or dotted paths, in either notation, parameters included."""
    state = sopflow("run", post, *AT, "--json", "--data", write(name, text)).lines[-1]
    assert state["data"] == {"limit": 4, "post": {"sensitive": True, "on": "2026-03-05", "price": "2.5"}}


def test_data_come_from_standard_input(sopflow, post):
    """``-`` is standard input."""
    result = sopflow("run", post, *AT, "--json", "--data", "-", input="post: {sensitive: false}\n")
    assert result.lines[-1]["data"]["post"] == {"sensitive": False}


def test_an_empty_data_file_gives_nothing(sopflow, post, write):
    """A file with nothing but a comment is no mistake."""
    assert sopflow("run", post, *AT, "--data", write("d.yaml", "# nothing yet\n")).code == 0


def test_settings_come_last_and_are_read_by_type(sopflow, post, write):
    """--set takes what a person would type: yes for a bool, words with commas for a list."""
    data = write("d.yaml", "post: {sensitive: true}\n")
    sets = ("--set", "post.sensitive=no", "--set", "post.tags=a, b", "--set", "limit=7", "--set", "post.price=3")
    state = sopflow("run", post, *AT, "--json", "--data", data, *sets).lines[-1]
    assert state["data"] == {"limit": 7, "post": {"sensitive": False, "tags": ["a", "b"], "price": "3"}}


def test_wrong_data_are_found_all_at_once_each_at_its_place(sopflow, post, write):
    """Type, range, unknown name, a part of a list: file, line and column; and `yes` is told from true."""
    data = write(
        "d.yaml",
        "post:\n  on: 2026-13-01\n  sensitive: yes\n  price: 12\n  pirce: 2\n"
        "  partners:\n    - {name: A, share: 1}\n    - {name: B, share: many}\nlimit: x\n",
    )
    result = sopflow("run", post, *AT, "--json", "--data", data)
    assert result.code == 1
    places = [(f["code"], f["line"], f["column"]) for f in result.json["findings"]]
    assert places == [
        ("SOP720", 2, 7), ("SOP611", 3, 14), ("SOP723", 4, 10), ("SOP709", 5, 3), ("SOP720", 8, 24), ("SOP720", 9, 8),
    ]  # fmt: skip
    assert "true" in result.json["findings"][1]["mend"]
    assert sopflow("run", post, *AT, "--data", data).err.startswith("d.yaml:2:7: error SOP720")


def test_a_parameter_without_a_default_must_be_given(sopflow, write):
    """It is missed by name before the run starts."""
    sop = write("small.sop.yaml", _small("  do: {task: Do, by: w}\n", more="parameters: {limit: int}\n"))
    assert sopflow("run", sop, *AT, "--json").codes == ["SOP726"]
    assert sopflow("run", sop, *AT, "--json", "--set", "limit=2").code == 0


@pytest.mark.parametrize(
    ("options", "code", "exit_code"),
    [
        (["--data", "absent.yaml"], "SOP603", 2),
        (["--data", "."], "SOP190", 2),
        (["--data", "binary.yaml"], "SOP032", 1),
        (["--data", "broken.yaml"], "SOP004", 1),
        (["--data", "list.yaml"], "SOP614", 1),
        (["--data", "a\0b"], "SOP190", 2),
        (["--script", "absent.yaml"], "SOP603", 2),
        (["--script", "binary.yaml"], "SOP032", 1),
        (["--script", "broken.yaml"], "SOP004", 1),
        (["--script", "word.yaml"], "SOP621", 1),
        (["--data", "-", "--script", "-"], "SOP613", 2),
        (["--at", "soon"], "SOP735", 2),
        (["--set", "post.on"], "SOP612", 2),
        (["--set", "post.no=1"], "SOP709", 1),
        (["--set", "post.on=soon"], "SOP720", 1),
    ],
    ids=lambda value: " ".join(map(ascii, value)) if isinstance(value, list) else None,
)
def test_what_cannot_be_used_is_told(sopflow, post, write, options, code, exit_code):
    """Whatever is given: a code, a place where there is one, and 2 for misuse, 1 for what stands in a file."""
    write("binary.yaml", b"\x7fELF\x02\x01\xff\xfe\x00")
    write("broken.yaml", "a: [1,\n")
    write("list.yaml", "- 1\n")
    write("word.yaml", "word\n")
    result = sopflow("run", post, "--json", *options)
    assert (result.codes, result.code) == ([code], exit_code)


def test_an_sop_that_is_not_sound_is_refused_unless_it_is_asked_for(sopflow, write):
    """--unsound lets it pass; other errors never pass."""
    sop = write("small.sop.yaml", _small("  a: {task: A, by: w, next: b}\n  b: {task: B, by: w, next: a}\n"))
    result = sopflow("run", sop, *AT, "--json")
    assert result.code == 1
    assert all(code.startswith("SOP41") for code in result.codes)
    assert sopflow("run", sop, *AT, "--unsound").code == 0


# -- scripts ---------------------------------------------------------------------------------------------------------


def test_a_script_is_played_on_its_own_clock(sopflow, post, write):
    """The run starts at the first line's time; each line happens at its own; lateness is an event of its own."""
    script = write(
        "s.yaml",
        "- {at: 2026-03-02T09:00, done: write, as: li}\n"
        "- {at: 2026-03-02T10:00, answer: is-sensitive, value: yes, as: writer}\n"
        "- {judge: review, verdict: refused, as: wang, why: too long}\n"
        "- {at: 2026-03-04T10:00, done: write, as: li, ticks: [1, Spelling]}\n"
        "- {answer: is-sensitive, value: false}\n"
        "- {set: {post: {on: 2026-03-06}}, as: li, why: agreed}\n"
        "- {advance: 3 days}\n"
        "- {done: publish, as: li}\n",
    )
    result = sopflow("run", post, "--script", script, "--json")
    assert result.code == 0
    assert _events(result, "Started")[0]["at"] == "2026-03-02T09:00:00+08:00"
    assert [(line["step"], line["by"]) for line in _events(result, "StepDone")] == [
        ("write", "li"), ("write", "li"), ("publish", "li"),
    ]  # fmt: skip
    assert _events(result, "Voted")[0]["why"] == "too long"
    assert [line["step"] for line in _events(result, "Overdue")] == ["write"]
    state = result.lines[-1]
    assert (state["outcome"], state["finished"], state["at"]) == ("done", True, "2026-03-07T10:00:00+08:00")


def test_a_refused_line_is_told_and_the_run_goes_on(sopflow, post, write):
    """Its line, its code, the finding and the words; in the end the exit code is 1."""
    script = write(
        "s.yaml",
        "- {at: 2026-03-02T09:00, done: write, as: editor}\n"
        "- {done: writ, as: writer}\n"
        "- {at: 2026-03-02T08:00, done: write, as: writer}\n"
        "- {done: write, as: writer}\n"
        "- {cancel: true, why: enough}\n"
        "- {done: publish}\n",
    )
    result = sopflow("run", post, "--script", script, "--json")
    assert result.code == 1
    refused = [(line["line"], line["code"], line["finding"]) for line in _events(result, "Refused")]
    assert refused == [
        (1, "role", "SOP704"),
        (2, "unknown", "SOP701"),
        (3, "clock", "SOP712"),
        (6, "not-open", "SOP702"),
    ]
    first = _events(result, "Refused")[0]
    assert first["text"]
    assert first["at"] == "2026-03-02T09:00:00+08:00"
    assert (result.lines[-1]["status"], result.lines[-1]["refused"]) == ("cancelled", 4)
    assert "s.yaml:2:3: SOP701 (unknown)" in sopflow("run", post, "--script", script).out


def test_every_action_of_a_script_works(sopflow, write):
    """tick, reassign, skip, jump, suspend, resume, message, cancel: each does what it says."""
    sop = write(
        "small.sop.yaml",
        _small(
            "  a: {task: A, by: w, checklist: [one, two]}\n"
            "  b: {task: B, by: w}\n"
            "  c: {task: C, by: w}\n"
            "  d: {wait: {message: go}}\n"
            "  e: {task: E, by: w, optional: true}\n"
            "  f: {task: F, by: w, outcomes: [good, bad], next: {good: g, bad: a}}\n"
            "  g: {task: G, by: w, evidence: [{is: link, title: Link}]}\n",
            more="messages: {go: {level: int}}\n",
        ),
    )
    script = write(
        "s.yaml",
        "- {at: 2026-03-02, tick: a, item: 1}\n"
        "- {tick: a, item: two}\n"
        "- {done: a}\n"
        "- {reassign: b, to: li}\n"
        "- {done: b, as: li}\n"
        "- {suspend: true, why: holidays}\n"
        "- {resume: true}\n"
        "- {jump: c, to: b, why: again}\n"
        "- {done: b}\n"
        "- {cancel: c, why: not needed}\n"
        "- {message: go, data: {level: 3}}\n"
        "- {skip: e, why: not needed}\n"
        "- {done: f, outcome: good, x-note: anything}\n"
        "- {done: g, evidence: https://example.org}\n",
    )
    result = sopflow("run", sop, "--script", script, "--json")
    assert [line for line in result.lines if line.get("event") == "Refused"] == []
    assert (result.code, result.lines[-1]["outcome"]) == (0, "done")


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("- {doen: write}", "SOP623", 4),
        ("- {done: write, judge: write, verdict: approved}", "SOP624", 17),
        ("- {at: 2026-03-02}", "SOP625", 3),
        ("- {done: write, verdict: approved}", "SOP626", 17),
        ("- {judge: review}", "SOP627", 4),
        ("- {answer: is-sensitive}", "SOP627", 4),
        ("- {done: [write]}", "SOP628", 10),
        ("- {set: 3}", "SOP628", 9),
        ("- {cancel: false}", "SOP628", 12),
        ("- {done: write, ticks: [[1]]}", "SOP628", 24),
        ("- {advance: 3 dayz}", "SOP629", 13),
        ("- {advance: soon}", "SOP629", 13),
        ("- {at: noon, done: write}", "SOP735", 8),
        ("- write", "SOP622", 3),
    ],
)
def test_a_malformed_line_is_found_at_its_place(sopflow, post, write, line, code, column):
    """Line, column and what is meant; nothing is played."""
    script = write("s.yaml", f"- {{done: write}}\n{line}\n")
    result = sopflow("run", post, "--script", script, "--json")
    assert result.code == 1
    (found,) = result.json["findings"]
    assert (found["code"], found["line"], found["column"]) == (code, 2, column)


def test_a_misspelt_action_brings_the_nearest(sopflow, post, write):
    """‘doen’ is answered with ‘done’."""
    result = sopflow("run", post, "--script", write("s.yaml", "- {doen: write}\n"), "--json")
    assert "‘done’" in result.json["findings"][0]["mend"]


@pytest.mark.parametrize(
    ("length", "at"),
    [
        ("3 days", "2026-03-05T09:00:00+08:00"), ("4 hours", "2026-03-02T13:00:00+08:00"),
        ("30 minutes", "2026-03-02T09:30:00+08:00"), ("2 weeks", "2026-03-16T09:00:00+08:00"),
        ("1 month", "2026-04-02T09:00:00+08:00"), ("5 working days", "2026-03-09T09:00:00+08:00"),
        ("2026-03-10", "2026-03-10T00:00:00+08:00"), ("2026-03-10T12:00", "2026-03-10T12:00:00+08:00"),
    ],
)  # fmt: skip
def test_time_passes_by_lengths_and_to_dates(sopflow, post, write, length, at):
    """A line with `advance` takes a length of time in any unit, or a date or an instant."""
    script = write("s.yaml", f"- {{advance: {length}}}\n")
    assert sopflow("run", post, *AT, "--script", script, "--json").lines[-1]["at"] == at


@pytest.mark.parametrize("length", ["x days", "3 days in nowhere", "100000 years"])
def test_a_length_of_time_that_leads_nowhere_is_not_accepted(sopflow, post, write, length):
    """A count that is a field, a calendar that does not exist, a day after the last: told, never a traceback."""
    assert sopflow("run", post, *AT, "--script", write("s.yaml", f"- {{advance: {length}}}\n"), "--json").code == 1


def test_an_empty_script_has_no_lines(sopflow, post, write):
    """A file with nothing but a comment is a script that does nothing."""
    assert sopflow("run", post, *AT, "--script", write("s.yaml", "# later\n")).code == 0


# -- playing by itself -----------------------------------------------------------------------------------------------


def test_auto_completes_approves_and_assumes(sopflow, post):
    """It acts as the step's role; an unknown bool question takes `yes`, and is marked."""
    result = sopflow("run", post, *AT, "--auto", "--json")
    assert result.code == 0
    (answer,) = _events(result, "Answered")
    assert (answer["value"], answer["assumed"], answer["by"]) == (True, True, "writer")
    assert [line["verdict"] for line in _events(result, "Voted")] == ["approved"]
    assert (result.lines[-1]["outcome"], result.lines[-1]["assumed"]) == ("done", ["post.sensitive"])


def test_auto_asks_nothing_that_is_known(sopflow, post):
    """A known answer routes at once, and nothing is assumed."""
    result = sopflow("run", post, *AT, "--auto", "--json", "--set", "post.sensitive=no")
    assert _events(result, "Answered") == []
    assert result.lines[-1]["assumed"] == []


def test_auto_moves_the_clock_to_the_next_timer(sopflow, post):
    """When nothing is open but something waits for its day, that day comes."""
    result = sopflow("run", post, *AT, "--auto", "--json", "--set", "post.on=2026-05-04")
    assert result.lines[-1]["at"] == "2026-05-04T00:00:00+08:00"


def test_auto_waits_for_handlers_too(sopflow, write):
    """A message that never comes, but a day that does: its handler leads on. A tick alone does not go on for ever."""
    steps = (
        "  hear:\n    group: Hear\n    steps:\n      wait: {wait: {message: go}}\n"
        "    on:\n      giving-up: {at: 5 days after started, instead: true, next: last}\n"
        "  last: {task: Last, by: w}\n"
    )
    sop = write("small.sop.yaml", _small(steps, more="messages: {go: {}}\n"))
    result = sopflow("run", sop, *AT, "--auto", "--json")
    assert result.lines[-1]["outcome"] == "done"
    assert result.lines[-1]["at"].startswith("2026-03-07")
    ticks = steps.replace(
        "giving-up: {at: 5 days after started, instead: true, next: last}", "nag: {every: day, task: Nag, by: w}"
    )
    result = sopflow("run", write("b.sop.yaml", _small(ticks, more="messages: {go: {}}\n")), *AT, "--auto", "--json")
    assert _events(result, "Stopped")[0]["finding"] == "SOP632"


def test_auto_goes_on_after_the_script(sopflow, post, write):
    """What the script leaves is played to the end."""
    script = write("s.yaml", "- {at: 2026-03-02T09:00, done: write}\n- {answer: is-sensitive, value: no}\n")
    result = sopflow("run", post, "--script", script, "--auto", "--json")
    assert (result.code, result.lines[-1]["outcome"]) == (0, "done")
    assert result.lines[-1]["assumed"] == []


def test_auto_fills_what_must_be_filled(sopflow, write):
    """Form fields get their default or the plainest value of their type within its limits, told as assumed."""
    fields = (
        "{b: bool, i: {is: int, min: 3}, p: {is: decimal, max: -1}, s: string, d: date, t: datetime, c: time, "
        "l: link, n: list of int, e: [red, green], r: [{x: int}], k: {is: int, default: 8}, may: string}"
    )
    form = "[b, i, p, s, d, t, c, l, n, e, r, k, 'may?']"
    sop = write(
        "small.sop.yaml", _small(f"  do: {{task: Do, by: w, form: {form}, evidence: [{{is: link}}]}}\n", fields)
    )
    result = sopflow("run", sop, *AT, "--auto", "--json")
    state = result.lines[-1]
    assert state["outcome"] == "done"
    assert state["data"] == {
        "b": False, "i": 3, "p": "-1", "s": "assumed", "d": "2026-03-02", "t": "2026-03-02T09:00:00+00:00",
        "c": "09:00:00",
        "l": "https://example.invalid/assumed", "n": [], "e": "red", "r": [], "k": 8,
    }  # fmt: skip
    assert set(state["assumed"]) == set("bipsdtclner")
    assert _events(result, "Assumed")[0]["step"] == "do"


def test_auto_takes_the_first_way_as_written(sopflow, write):
    """Outcomes, questions in words and enumerations: the first of them."""
    sop = write(
        "small.sop.yaml",
        _small(
            "  a: {task: A, by: w, outcomes: [good, bad], next: {good: b, bad: a}}\n"
            "  b: {decision: Which?, by: w, next: {left: c, right: a}}\n"
            "  c: {decision: Colour?, about: x, by: w, next: {red: d, green: a}}\n"
            "  d: {task: D, by: w}\n",
            "{x: [red, green]}",
        ),
    )
    result = sopflow("run", sop, *AT, "--auto", "--json")
    assert result.lines[-1]["outcome"] == "done"
    assert [line["value"] for line in _events(result, "Answered")] == ["left", "red"]


def test_auto_takes_the_order_of_the_file(sopflow, write):
    """Where `no` stands before `yes`, or a `next` map has another order than the values, that order counts."""
    inner = _small(
        "  a: {decision: A?, about: y, by: w, no: end, yes: a}\n", "{y: bool}", more="outputs: [y]\n"
    ).replace("small", "inner")
    write("inner.sop.yaml", inner)
    sop = write(
        "small.sop.yaml",
        _small(
            "  a: {decision: A?, about: x, by: w, no: b, yes: a}\n"
            "  b: {decision: B?, about: c, by: w, next: {blue: d, else: b}}\n"
            "  d: {decision: D?, about: e, by: w, next: {else: inside, red: d}}\n"
            "  inside:\n    group: G\n    steps:\n      f: {decision: F?, by: w, next: {right: done, left: f}}\n"
            "  g: {call: inner}\n",
            "{x: bool, c: [red, green, blue], e: [red, green, blue]}",
        ),
    )
    result = sopflow("run", sop, *AT, "--auto", "--json")
    assert [line["value"] for line in _events(result, "Answered")] == [False, "blue", "green", "right", False]
    assert result.lines[-1]["outcome"] == "done"


def test_auto_finds_another_pair_of_eyes(sopflow, write):
    """Four eyes and two votes of one role: its other people, or somebody else of that role."""
    sop = write(
        "small.sop.yaml",
        _small(
            "  a: {task: A, by: w}\n  b: {approval: B, by: w, not-by: a, need: 2, refused: a}\n"
            "  c: {approval: C, by: v, need: 2, refused: a}\n",
            roles="{w: {en: W}, v: {title: V, people: [li, wang]}}",
        ),
    )
    result = sopflow("run", sop, *AT, "--auto", "--json")
    voters = {step: {line["by"] for line in _events(result, "Voted") if line["step"] == step} for step in "bc"}
    assert "w" not in voters["b"]
    assert (len(voters["b"]), len(voters["c"]), result.lines[-1]["outcome"]) == (2, 2, "done")


def test_auto_says_what_it_waits_for(sopflow, write):
    """A message does not come by itself: the run stands, and it is told for which message. That is no fault."""
    sop = write("small.sop.yaml", _small("  a: {wait: {message: go}}\n", more="messages: {go: {}}\n"))
    result = sopflow("run", sop, *AT, "--auto", "--json")
    (stopped,) = _events(result, "Stopped")
    assert (stopped["finding"], result.code, result.lines[-1]["finished"]) == ("SOP632", 0, False)
    assert "‘go’" in stopped["text"]
    assert "“go”" in sopflow("run", sop, *AT, "--auto", "--lang", "zh").out


def test_auto_stops_at_an_incident(sopflow, write):
    """What must be mended by a person is told, with exit code 1."""
    sop = write("small.sop.yaml", _small("  a: {task: A, by: w, requires: x == 1}\n", "{x: {is: int, default: 0}}"))
    result = sopflow("run", sop, *AT, "--auto", "--json")
    assert (_events(result, "Stopped")[0]["finding"], result.code) == ("SOP633", 1)


def test_auto_is_bounded(sopflow, write):
    """A run whose first way always leads back is stopped after 1,000 actions, or as many as said, with exit code 1."""
    sop = write(
        "small.sop.yaml", _small("  a: {task: A, by: w}\n  b: {decision: More?, about: x, by: w, yes: a, no: end}\n")
    )
    result = sopflow("run", sop, *AT, "--auto", "--json")
    assert (_events(result, "Stopped")[0]["finding"], result.code) == ("SOP631", 1)
    assert len(_events(result, "StepDone")) == 500
    result = sopflow("run", sop, *AT, "--auto", "--auto-limit", "7", "--json")
    assert (len(_events(result, "StepDone")), result.code) == (4, 1)
    assert "‘a’" in _events(result, "Stopped")[0]["text"]


def test_auto_waits_for_a_day_behind_many_ticks(sopflow, write):
    """However often it is reminded till then, a day that ends the waiting comes; work done begins the count anew."""
    steps = (
        "  hear:\n    group: Hear\n    steps:\n      wait: {wait: {message: go}}\n"
        "    on:\n      nag: {every: day, task: Nag, by: w}\n"
        "      giving-up: {at: 250 days after started, instead: true, next: last}\n"
        "  last: {task: Last, by: w}\n"
    )
    result = sopflow("run", write("a.sop.yaml", _small(steps, more="messages: {go: {}}\n")), *AT, "--auto", "--json")
    assert result.lines[-1]["outcome"] == "done"
    steps = (
        "  hear:\n    group: Hear\n    steps:\n      wait: {wait: {message: go}}\n    on:\n"
        "      look: {every: day, if: x, task: Look, by: w}\n      report: {every: 3 months, task: Report, by: w}\n"
    )
    sop = write("b.sop.yaml", _small(steps, "{x: {is: bool, default: false}}", more="messages: {go: {}}\n"))
    result = sopflow("run", sop, *AT, "--auto", "--json")
    assert len(_events(result, "StepDone")) > 5


def test_auto_plays_called_sops(sopflow, post, write):
    """The steps of a called SOP are open work like any other; it is found in the caller's folder."""
    sop = write(
        "outer.sop.yaml", _small("  a: {call: post, roles: {writer: w, editor: w}}\n").replace("small", "outer")
    )
    result = sopflow("run", sop, *AT, "--auto", "--json")
    assert (result.code, result.lines[-1]["outcome"]) == (0, "done")
    assert [line["step"] for line in _events(result, "StepDone")] == ["a.write", "a.publish"]


# -- what people read ------------------------------------------------------------------------------------------------


def test_the_story_is_told_in_the_language_asked_for(sopflow, post):
    """Titles, roles and words: English or Chinese."""
    english, chinese = (sopflow("run", post, *AT, "--auto", "--lang", lang).out for lang in ("en", "zh"))
    assert "done       Write it · Writer" in english
    assert "Sensitive? yes (assumed) · Writer" in english
    assert "Finished: done" in english
    assert "完成       撰写 · 撰稿人" in chinese
    assert "是否敏感 是（假定） · 撰稿人" in chinese
    assert "已结束：done" in chinese


def test_deadlines_and_lateness_are_told(sopflow, post, write):
    """When it opens, until when it is due; when that is over, that it is late."""
    script = write("s.yaml", "- {at: 2026-03-02T09:00, advance: 3 days}\n")
    told = sopflow("run", post, "--script", script).out
    assert "Write it · Writer · due 2026-03-03 Tue 09:00" in told
    assert "LATE       Write it: it was due 2026-03-03 Tue 09:00" in told
    assert "(2 days ago) LATE" in told


def test_control_characters_of_a_definition_do_not_reach_the_terminal(sopflow, write):
    """A title cannot steer the terminal, nor can data."""
    sop = write("small.sop.yaml", _small('  a: {task: "A\\e[31mred", by: w}\n', "{x: string}"))
    data = write("d.json", json.dumps({"x": "\x1b[2Jgone"}))
    assert "\x1b" not in sopflow("run", sop, *AT, "--auto", "--data", data).out
