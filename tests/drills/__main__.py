"""Runs the drills: python -m tests.drills [NAME...], all of them when none is named.

DRILL=quick (the default) or DRILL=full says how often; DRILL_SEED throws the dice of an earlier run again. Each drill prints
one line of figures; 1 when one failed.
"""

import importlib
import os
import secrets
import signal
import sys
import time
import traceback

from tests.drills.stage import raised

DRILLS = (
    "kill_postgres",
    "kill_web",
    "kill_worker",
    "kill_import",
    "break_redis",
    "step_clock",
    "at_the_bell",
    "carry_off",
)


def main(names: list[str]) -> int:
    """Play the named drills in turn on one stage."""
    full = {"quick": False, "full": True}[os.environ.get("DRILL", "quick")]
    seed = int(os.environ.get("DRILL_SEED") or secrets.randbelow(10**6))
    unknown = set(names) - set(DRILLS)
    if unknown:
        sys.exit(f"there is no drill called {', '.join(sorted(unknown))}; there are {', '.join(DRILLS)}")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))  # so that servers are stopped
    failed, begun = 0, time.monotonic()
    with raised(full=full, seed=seed) as stage:
        print(f"DRILL={'full' if full else 'quick'} DRILL_SEED={seed}: built in {time.monotonic() - begun:.0f} s")
        for name in names or DRILLS:
            since = time.monotonic()
            try:
                verdict = importlib.import_module(f"tests.drills.{name}").run(stage)
            except Exception:  # one drill's failure must not keep the others from being played
                failed += 1
                verdict = f"FAILED\n{traceback.format_exc()}{stage.nursery.log.read_text()[-2000:]}"
            print(f"{name} ({time.monotonic() - since:.0f} s): {verdict}", flush=True)
    print(f"{'FAILED' if failed else 'passed'} in {time.monotonic() - begun:.0f} s, load {os.getloadavg()[0]:.1f}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
