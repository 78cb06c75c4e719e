"""How much a proof does: a small sample in every run, all of it with BRASSPLATE_PROOF=full (`make proof`)."""

import os

FULL = os.environ.get("BRASSPLATE_PROOF") == "full"
