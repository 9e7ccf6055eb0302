"""`make chaos`: the trial for as many minutes as one likes; a seed repeats its dice."""

import argparse
import os
import secrets
import sys
import tempfile
from pathlib import Path

from tests.chaos import trial
from tests.chaos.telling import told


def main() -> None:
    """Run one trial and print it; a fault is an exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=5.0)
    asked.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    chosen = asked.parse_args()
    print(f"seed {chosen.seed}; load {os.getloadavg()[0]:.1f}", flush=True)  # noqa: T201 what it is for
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        Path(folder).chmod(0o711)  # the engines' own account must be able to pass
        made = trial.run(Path(folder) / "home", chosen.minutes * 60, chosen.seed)
    print(told(made))  # noqa: T201 what it is for
    sys.exit(1 if made.faults else 0)


if __name__ == "__main__":
    main()
