"""What the tests of the command line share: a way to call it, and small definitions on disk."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from sopflow.cli import main

POST = """\
sopflow: 1
id: post
version: 1.2.0
title: {en: Publish a post, zh: 发布文章}
languages: [en, zh]
time-zone: Asia/Shanghai
roles:
  writer: {en: Writer, zh: 撰稿人}
  editor: {title: {en: Editor, zh: 编辑}, people: [wang, zhao]}
messages:
  recall: {level: [low, high]}
parameters:
  limit: int = 3
data:
  post:
    on: date
    sensitive: bool
    tags: list of string
    price: {is: decimal, min: 1, max: 9}
    partners: [{name: string, share: int}]
steps:
  write:
    task: {en: Write it, zh: 撰写}
    by: writer
    due: 1 day after opened
    checklist: [{en: Sources, zh: 来源}, {en: Spelling, zh: 拼写}]
  is-sensitive:
    decision: {en: 'Sensitive?', zh: 是否敏感}
    about: post.sensitive
    by: writer
    yes: review
    no: publish
  review:
    approval: {en: Review, zh: 审核}
    by: editor
    refused: write
  publish:
    task: {en: Publish, zh: 发布}
    by: writer
    opens: post.on
"""


@dataclass
class Result:
    """What a call of the command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one JSON value on standard output."""
        return json.loads(self.out)

    @property
    def lines(self):
        """The JSON values on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def codes(self):
        """The codes of the findings that stopped the command."""
        return [finding["code"] for finding in self.lines[-1]["findings"]]


@pytest.fixture
def sopflow(monkeypatch):
    """Call the command: ``sopflow("run", "post.sop.yaml", input="…")``."""
    monkeypatch.setenv("SOPFLOW_TRACEBACK", "1")  # a fault of ours fails the test instead of being told kindly
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)

    def call(*args, input=None):
        done = CliRunner().invoke(main, [str(arg) for arg in args], input=input)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Result(done.exit_code, done.stdout, done.stderr)

    return call


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, in which the command is called; ``folder.write`` puts a file there."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(folder):
    """Write a file into the folder and give its name."""

    def put(name, text):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text) if isinstance(text, bytes) else file.write_text(text, encoding="utf-8")
        return name

    return put


@pytest.fixture
def post(write):
    """A small definition on disk: a task, a question, an approval, and a task that opens on a day."""
    return write("post.sop.yaml", POST)
