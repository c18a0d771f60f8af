"""Scores and the places where two annotations differ, as the page shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from corpus_tools.reading import DocumentRows
from corpus_tools.records import Claim, Mention
from corpus_tools.scoring.comparing import NONE, PARTS, Difference
from corpus_tools.scoring.scoretables import score_tables
from corpus_tools.scoring.spans import spans_of
from corpus_tools.viewing.pieces import Piece, excerpt

if TYPE_CHECKING:
    from corpus_tools.scoring.golden import Confusions, Disagreement, Scores

Excerpts = tuple[list[Piece], list[Piece]]  # of the gold side, of the other


def excerpts(document: DocumentRows, differences: Iterable[Difference]) -> Iterator[Excerpts]:
    """The words that each difference of a document is about, in their context; none where the texts are withheld."""
    text = document.rows["documents"].records[0].text
    paragraphs = {row.paragraph_id: row for row in document.rows["paragraphs"].records}

    def words(record: Mention | Claim | None, what: str) -> list[Piece]:
        if record is None or text is None or record.paragraph_id not in paragraphs:
            return []
        paragraph = paragraphs[record.paragraph_id]
        name = "fragments" if isinstance(record, Mention) else what if what in PARTS else "content"
        return excerpt(text, paragraph.start, paragraph.end, spans_of(getattr(record, name)))

    for difference in differences:
        yield words(difference.gold, difference.what), words(difference.other, difference.what)


def score_page(scores: Scores, shown: Sequence[Excerpts], titles: tuple[str, str]) -> Mapping[str, Any]:
    """What the template of the page is given.

    Args:
        scores: what was found.
        shown: the excerpts of each disagreement.
        titles: of both corpora.
    """
    counted = Counter((d.layer, d.what) for d in scores.disagreements)
    places = [_place(found, words) for found, words in zip(scores.disagreements, shown, strict=True)]
    return {
        "titles": titles,
        "scores": scores,
        "tables": list(score_tables(scores.scores, ("gold", "other"))),
        "confusions": list(_matrices(scores.confusions)),
        "kinds": [(f"{layer} {what}", f"{what} ({layer})", number, True) for (layer, what), number in counted.most_common()],
        "documents": [(name, list(group)) for name, group in groupby(places, key=lambda place: place["document"])],
        "data": {"kinds": True},
    }


def _place(found: Disagreement, words: Excerpts) -> Mapping[str, Any]:
    gold = ("gold", found.gold, found.gold_value, found.gold_place, words[0])
    other = ("other", found.other, found.other_value, found.other_place, words[1])
    sides = [
        {
            "name": name,
            "record": record,
            "pieces": pieces,
            "value": "" if found.what in PARTS and pieces else _shown(value),
            "without": "text withheld" if record and found.what not in PARTS else "none",
            "place": place.replace("\\", "/").rpartition("/")[2],  # a page that is sent on names no folder of this machine
        }
        for name, record, value, place, pieces in (gold, other)
    ]
    own = {name: getattr(found, name) for name in ("document", "paragraph", "layer", "what")}
    return own | {"kind": f"{found.layer} {found.what}", "sides": sides}


def _matrices(confusions: Confusions) -> Iterator[Mapping[str, Any]]:
    """A table for each field of which values are confused: gold values down, other values across."""
    for layer, fields in confusions.items():
        for field, rows in fields.items():
            values = sorted({*rows, *(other for row in rows.values() for other in row)})
            if any(gold != other for gold, row in rows.items() for other in row):
                lines = [(_shown(gold), [(rows.get(gold, {}).get(other, 0), gold == other) for other in values]) for gold in values]
                yield {"name": f"{layer} {field}", "values": [_shown(value) for value in values], "lines": lines}


def _shown(value: str) -> str:
    return "none" if value == NONE else value
