"""Agreement between the annotators of one corpus."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import msgspec

from corpus_tools.documents import sound_documents
from corpus_tools.files import find_corpus, read_manifest
from corpus_tools.scoring.comparing import compare
from corpus_tools.scoring.gamma import Disorder, added, disorder
from corpus_tools.scoring.layers import Layers, layers_of
from corpus_tools.scoring.pairing import Pair, rows_of_annotator
from corpus_tools.scoring.tallies import Score, Tallies, scored

LAYERS = ("mentions", "claims")


class Gamma(msgspec.Struct, frozen=True, kw_only=True):
    """Gamma of a layer, and how many units it is of; null where nobody has any."""

    gamma: float | None
    units: int


class PairAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """Agreement of two annotators in the ``documents`` that both annotated: gamma by layer, and scores of one against the other.

    In ``scores`` the first annotator stands for the gold. F1 is the same either way.
    """

    annotators: tuple[str, str]
    documents: int
    gamma: dict[str, Gamma]
    scores: dict[str, dict[str, Score]]


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What `agreement` gives: the documents of each annotator, gamma over all pairs, and each pair that has documents in common."""

    annotators: dict[str, int]
    gamma: dict[str, Gamma]
    pairs: list[PairAgreement]


def agreement(corpus: Path | str | None = None) -> Agreement:
    """Measure how far the annotators of a corpus agree, each pair in the documents that both annotated.

    An annotator annotated a document when there is a record by them in it. Gamma is of the places and types of mentions, and of the
    places of the content of claims. One document is in memory at a time.

    Args:
        corpus: the folder of the corpus; None for ./corpus, or where that is none, the one that comes with the package.

    Returns:
        No pairs where no document has two annotators.

    Raises:
        CorpusError: files that cannot be read, or lines that are no records of their table.
        UsageError: there is no corpus, or pygamma-agreement or scipy is not installed.
    """
    folder = find_corpus(corpus)
    annotators = dict.fromkeys(sorted(read_manifest(folder)["corpus"]["annotators"]), 0)
    tallies: dict[Pair, list[Tallies]] = {pair: [] for pair in combinations(annotators, 2)}
    disorders: dict[Pair, dict[str, list[Disorder]]] = {pair: {layer: [] for layer in LAYERS} for pair in tallies}
    for document in sound_documents(folder):
        layers = {name: layers_of(document, name) for name in annotators if rows_of_annotator(document, name)}
        for name in layers:
            annotators[name] += 1
        for one, two in combinations(layers, 2):
            tallies[one, two].append(compare(layers[one], layers[two]).tallies)
            for layer, value in _disorders(layers[one], layers[two]).items():
                disorders[one, two][layer].append(value)
    pairs = [
        PairAgreement(annotators=pair, documents=len(of_pair), gamma=_gamma([disorders[pair]]), scores=scored(of_pair))
        for pair, of_pair in tallies.items()
        if of_pair
    ]
    return Agreement(annotators=annotators, gamma=_gamma(list(disorders.values())) if pairs else {}, pairs=pairs)


def _disorders(one: Layers, two: Layers) -> dict[str, Disorder]:
    mentions = [[(unit.spans, unit.type) for unit in side.mentions] for side in (one, two)]
    claims = [[(unit.content, None) for unit in side.claims] for side in (one, two)]
    return {"mentions": disorder(*mentions), "claims": disorder(*claims)}


def _gamma(disorders: list[dict[str, list[Disorder]]]) -> dict[str, Gamma]:
    result = {}
    for layer in LAYERS:
        total = added(value for by_layer in disorders for value in by_layer[layer])
        result[layer] = Gamma(gamma=total.gamma, units=total.units)
    return result
