"""Run the simulation: a table, a chart in build/simulation/, and one JSON line at the end."""

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path

from simulation import chart, table
from simulation.lives import troubles
from simulation.run import run

FOLDER = Path("build/simulation")


def main() -> int:
    """0 when all that is to be reached was reached."""
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--domains", type=int, default=10_000)
    parser.add_argument("--years", type=float, default=1)
    parser.add_argument("--collapsed", action=argparse.BooleanOptionalAction, default=None)
    asked = parser.parse_args()
    if asked.domains < 1 or asked.years <= 0:
        parser.error("at least one domain, and some time")
    result = run(asked.seed, asked.domains, asked.years, collapsed=asked.collapsed)
    outages, revocations = troubles(asked.seed, asked.years)
    shaded = [(each.start_at, each.end_at) for each in outages]
    shaded += [(each.at, each.at + timedelta(days=1)) for each in revocations]
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawing = FOLDER / f"{asked.domains}x{asked.years:g}.svg"
    drawing.write_text(chart.svg(result.judge.weeks, shaded), encoding="utf-8")
    print(table.shown(result))
    for name, at in result.judge.expired[:10]:
        print(f"expired while right: {name} at {at:%Y-%m-%d %H:%M}")
    print(f"chart: {drawing}")
    print(json.dumps(result.line))
    good = not (result.ca.rate_limited or result.judge.expired_served)
    return 0 if good and result.ca.orders <= table.NEEDED_BY * result.judge.needed else 1


if __name__ == "__main__":
    sys.exit(main())
