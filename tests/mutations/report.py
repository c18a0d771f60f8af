"""docs/mutations.md, made of a run."""

from __future__ import annotations

from collections.abc import Iterable

from .kinds import AGAINST, Kind, all_kinds
from .run import Outcome

HEAD = """# What becomes of a corrupted corpus

`check` is proven by corrupting sound corpora: the one in `corpus/`, and a small invented one with four documents, two annotators, three
splits, two shards, discontinuous mentions, characters outside the basic plane and an edit of every reason. Every kind below is tried in
two ways.

- *As is*: the files are changed and nothing else. Digests, page checksums, and what pages and manifest say of each other must catch it.
- *Re-signed*: whoever changed the JSON lines then wrote the Parquet files from them, and made counts, digests, pages and manifest anew,
  with the project's own writer; of a change to a Parquet file or a page, the digests. A rule named in the last column must catch it,
  however well the rest fits.

A kind on records is tried at every record to which it applies. Where it has many places in one record (every field, every way to break
a line), each record gets one of them in turn; bits and cuts are at places drawn with a fixed seed. `make test-thorough` leaves none of
these places out. `make mutations` writes this page.

"""

AGAINST_HEAD = """
## What only the seeds can tell

These corruptions, re-signed, give a corpus that is sound in itself: another one. `check --against SEEDS` compares with a fresh resolution
of the seeds and catches every try; of some a rule on the corpus alone sees a part (second column).

"""

REST = """
## What nothing can tell

- Statistics and page indexes in the footer of a Parquet file that somebody re-signed: they are not compared with the rows. `check` reads
  the rows without them; a query engine may skip rows by them. As is, the digest of the file catches any change there.
- Which release of the tool wrote a re-signed corpus: nothing depends on it.
- Seeds that were changed together with the corpus. Only who has the former seeds, or a digest of them from elsewhere, can tell.
"""


def page(outcomes: Iterable[Outcome]) -> str:
    """The page."""
    kinds, outcomes = all_kinds(), list(outcomes)
    alone = [outcome for outcome in outcomes if AGAINST not in kinds[outcome.name].rules]
    rest = [outcome for outcome in outcomes if AGAINST in kinds[outcome.name].rules]
    total = f"{len(outcomes)} kinds, {sum(o.tries for o in outcomes):,} tries.\n\n"
    table = ["| kind | what is done | tries | caught as is | caught re-signed | by |", "|---|---|---|---|---|---|"]
    table += [row(kinds[o.name], o) for o in alone]
    against = [
        "| kind | what is done | tries | caught as is | caught `--against` | seen without | why |",
        "|---|---|---|---|---|---|---|",
    ]
    against += [row(kinds[o.name], o) for o in rest]
    return HEAD + total + "\n".join(table) + "\n" + AGAINST_HEAD + "\n".join(against) + "\n" + REST


def row(kind: Kind, outcome: Outcome) -> str:
    """The line of a kind in its table."""
    cells = [f"`{kind.name}`", kind.about, str(outcome.tries), str(outcome.as_is)]
    if AGAINST in kind.rules:
        cells += [str(outcome.signed), str(outcome.alone), kind.why]
    else:
        by = [f"`{rule}`" for rule in sorted(outcome.rules, key=lambda rule: (-outcome.rules[rule], rule)) if rule in kind.rules]
        cells += [str(outcome.signed) if kind.rules else "-", ", ".join(by) or "the digest of the file"]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
