import subprocess
import sys


def test_what_stands_at_the_start_is_not_looked_at_again() -> None:
    """In a process of its own: the tests' own collector stays as it is."""
    script = "import gc, edge.collector as c; c.settle(); print(gc.get_freeze_count(), gc.get_threshold())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    frozen, _, threshold = done.stdout.strip().partition(" ")
    assert int(frozen) > 1_000 and threshold == "(20000, 20, 20)"


def test_nothing_is_looked_for_until_all_is_set_up() -> None:
    script = "import gc, edge.collector as c; c.hold_off(); print(gc.isenabled()); c.settle(); print(gc.isenabled())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
