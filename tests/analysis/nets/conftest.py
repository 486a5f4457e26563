"""Lets the tests of this folder import what they share: ``explorer`` and ``models``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
