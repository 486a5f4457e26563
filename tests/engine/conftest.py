"""Lets the tests of this folder import the playbooks of the specification."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "spec"))
pytest.register_assert_rewrite("playbook")
