"""`python -m outreach_api.cli` is the outreach command."""

import sys

from outreach_api.cli import main

sys.exit(main())
