"""A corpus scored against a gold standard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from corpus_tools.documents import side_by_side, sound_documents
from corpus_tools.files import read_manifest
from corpus_tools.findings import CorpusError, Finding, UsageError
from corpus_tools.reading import DocumentRows
from corpus_tools.records import Claim, Mention
from corpus_tools.remote import brought_here
from corpus_tools.rules import name_of
from corpus_tools.scoring.comparing import Difference, compare
from corpus_tools.scoring.layers import Layers, layers_of
from corpus_tools.scoring.pairing import annotator_pairs, rows_of_annotator, text_findings
from corpus_tools.scoring.places import Places, places_in
from corpus_tools.scoring.tallies import Measure, Score, Tallies, Tally, scored
from corpus_tools.viewing.onepage import must_be_writable, write_page
from corpus_tools.viewing.scorepage import Excerpts, excerpts, score_page

NOTHING = Layers([], [], [], [])
Confusions = dict[str, dict[str, dict[str, dict[str, int]]]]


class Disagreement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place where two annotations differ.

    ``what``: missed, spurious, boundary, type, entity (coreference), content, source, cue, or an attribute. The records are named as
    ``annotator/id``, with their text and ``path:line``; what only one side has is empty on the other.
    """

    layer: str
    what: str
    document: str
    paragraph: str
    gold: str = ""
    other: str = ""
    gold_text: str = ""
    other_text: str = ""
    gold_value: str = ""
    other_value: str = ""
    gold_place: str = ""
    other_place: str = ""


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """What `score` gives.

    ``annotators`` are those compared, each as (gold, other). ``documents`` were scored; of these the ones in ``missing`` have nothing by
    the other annotator, and count as missed. Documents in ``without_gold`` have nothing by the gold annotator and were not scored.
    ``scores`` are by layer (mentions, types, coreference, claims; in the layers of attributes F1 is the share of equal values)
    and name. ``confusions[layer][field][gold][other]`` counts values, "-" for none.
    """

    annotators: list[tuple[str, str]]
    documents: int
    missing: list[str]
    without_gold: list[str]
    scores: dict[str, dict[str, Score]]
    confusions: Confusions
    disagreements: list[Disagreement]


def score(
    gold: Path | str,
    other: Path | str,
    annotator: str | None = None,
    other_annotator: str | None = None,
    seeds: Path | str | None = None,
    other_seeds: Path | str | None = None,
    page: Path | str | None = None,
) -> Scores:
    """Score the annotations of a corpus against those of a gold standard of the same texts.

    One document of each is in memory at a time; what grows are the tallies of every document and the list of disagreements.

    Args:
        gold: the folder of the corpus that is taken for right.
        other: the folder of the corpus that is scored; it may be the same one.
        annotator: whose annotations are the gold; by default the only annotator, or all when both corpora have the same ones.
        other_annotator: whose annotations are scored, likewise.
        seeds: the seeds of the gold corpus: places are then lines of annotation files, not of the corpus.
        other_seeds: the seeds of the other corpus, likewise.
        page: an HTML file that is written: tables, confusions, and each place where the two differ with its words in context.

    Raises:
        CorpusError: files that cannot be read, lines that are no records, or a document that has another text.
        UsageError: no corpus or seeds there, who is meant is not plain, scipy is not installed, or the page cannot be written.
    """
    folders = brought_here(gold), brought_here(other)
    manifests = read_manifest(folders[0]), read_manifest(folders[1])
    pairs = annotator_pairs(*manifests, annotator, other_annotator)
    if page is not None:
        must_be_writable(page)
    scorer = _Scorer((places_in(seeds), places_in(other_seeds)), in_context=page is not None)
    findings: list[Finding] = []
    for ours, theirs in side_by_side(*map(sound_documents, folders)):
        if ours and theirs:
            findings += text_findings(ours, theirs)
        if not findings:
            scorer.add(ours, theirs, pairs)
    if findings:
        raise CorpusError(findings)
    if not scorer.tallies:
        names = ", ".join(name for name, _ in pairs)
        raise UsageError(f"{gold}: nothing by {names}, so there is nothing to score against")
    scores = Scores(
        annotators=pairs,
        documents=len(scorer.tallies),
        missing=scorer.missing,
        without_gold=scorer.without_gold,
        scores=scored(scorer.tallies),
        confusions=nested(scorer.confusions),
        disagreements=scorer.disagreements,
    )
    if page is not None:
        titles = [f"{manifest['corpus']['title']}, version {manifest['corpus']['version']}" for manifest in manifests]
        write_page(page, "score.html", score_page(scores, scorer.excerpts, (titles[0], titles[1])))
    return scores


class _Scorer:
    """Takes in documents one by one; with ``in_context`` the words around each disagreement too."""

    def __init__(self, places: tuple[Places, Places], in_context: bool) -> None:
        self.places = places
        self.in_context = in_context
        self.excerpts: list[Excerpts] = []
        self.tallies: list[Tallies] = []
        self.missing: list[str] = []
        self.without_gold: list[str] = []
        self.confusions: Counter[Any] = Counter()
        self.disagreements: list[Disagreement] = []

    def add(self, ours: DocumentRows | None, theirs: DocumentRows | None, pairs: list[tuple[str, str]]) -> None:
        """Take in a document."""
        tallies: list[Tallies] = []
        answered = False
        for one, two in pairs:
            answers = bool(theirs and rows_of_annotator(theirs, two))
            if not ours or not rows_of_annotator(ours, one):
                continue
            comparison = compare(layers_of(ours, one), layers_of(theirs, two) if theirs else NOTHING)
            answered = answered or answers
            tallies.append(comparison.tallies)
            self.confusions.update(comparison.confusions)
            differences = sorted(comparison.differences, key=_order)
            self.disagreements += located(differences, ours, theirs, self.places)
            self.excerpts += excerpts(ours, differences) if self.in_context else []
        document = ours or theirs
        if document and tallies:
            self.tallies.append(summed(tallies))
            self.missing += [] if answered else [document.doc_id]
        elif document and theirs and any(rows_of_annotator(theirs, two) for _, two in pairs):
            self.without_gold.append(document.doc_id)


def summed(tallies: list[Tallies]) -> dict[Measure, Tally]:
    """Tallies of one document, added up."""
    total: dict[Measure, Tally] = {}
    for measures in tallies:
        for measure, tally in measures.items():
            total[measure] = Tally(*(a + b for a, b in zip(total.get(measure, (0, 0, 0, 0)), tally, strict=True)))
    return total


def nested(confusions: Counter[tuple[str, str, str, str]]) -> Confusions:
    """Counts of confusions by layer, field, gold value and other value, in the order of their names."""
    result: Confusions = {}
    for (layer, field, gold, other), number in sorted(confusions.items()):
        result.setdefault(layer, {}).setdefault(field, {}).setdefault(gold, {})[other] = number
    return result


def located(
    differences: Iterable[Difference], ours: DocumentRows, theirs: DocumentRows | None, places: tuple[Places, Places]
) -> Iterator[Disagreement]:
    """The differences of a document with their places."""
    for difference in differences:
        fields: dict[str, str] = {}
        for side, record, document, place in zip(
            ("gold", "other"), (difference.gold, difference.other), (ours, theirs), places, strict=True
        ):
            if record and document:
                table = "mentions" if isinstance(record, Mention) else "claims"
                fields |= {side: name_of(record), f"{side}_text": _text(record), f"{side}_place": place(document, table, record)}
        record = difference.gold or difference.other
        yield Disagreement(
            layer=difference.layer,
            what=difference.what,
            document=ours.doc_id,
            paragraph=record.paragraph_id if record else "",
            gold_value=difference.gold_value,
            other_value=difference.other_value,
            **fields,
        )


def _order(difference: Difference) -> Any:
    record = difference.gold or difference.other
    assert record
    start = record.start if isinstance(record, Mention) else record.content[0].start
    return start, difference.layer, difference.what, _text(record), difference.gold_value, difference.other_value


def _text(record: Mention | Claim) -> str:
    parts = [record.text] if isinstance(record, Mention) else [fragment.text for fragment in record.content]
    return " ... ".join(part or "" for part in parts)
