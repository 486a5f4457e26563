"""Lets the tests of this folder import the playbooks of the specification."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "spec"))
