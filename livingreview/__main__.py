"""``python -m livingreview`` is the command ``livingreview``."""

import sys

from livingreview.cli import main

sys.exit(main())
