"""Lets the tests of this folder import what they share, and the playbooks of the specification."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

sys.path[:0] = [str(HERE), str(HERE.parent / "spec")]
pytest.register_assert_rewrite("playbook", "plays")
