"""Tries all kinds of corruption and writes docs/mutations.md."""

import sys

from .corpora import TOP
from .report import page
from .run import run_all

if __name__ == "__main__":
    outcomes = run_all()
    missed = [f"{outcome.name}: {miss}" for outcome in outcomes for miss in outcome.missed]
    if missed:
        sys.exit("\n".join(missed))
    (TOP / "docs" / "mutations.md").write_text(page(outcomes), "utf-8", newline="\n")
