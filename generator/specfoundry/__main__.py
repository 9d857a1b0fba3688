"""What does `python -m specfoundry` run?"""

from __future__ import annotations

import sys

from specfoundry.cli import main

sys.exit(main())
