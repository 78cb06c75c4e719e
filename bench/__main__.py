"""Run all benchmarks, or those that are named: python -m bench [NAME...] [--OPTION...]"""

import importlib
import sys
from itertools import takewhile
from pathlib import Path


def main() -> None:
    known = sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))
    names = list(takewhile(known.__contains__, sys.argv[1:]))
    rest = sys.argv[1 + len(names) :]
    if not names and rest:
        sys.exit(f"usage: python -m bench [{'|'.join(known)}] [options of that one]")
    for name in names or known:
        sys.argv = [f"python -m bench {name}", *rest]
        print(f"== {name}", flush=True)
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
