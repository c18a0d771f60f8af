"""Coreference: MUC, B-cubed, CEAF-e and LEA of two partitions of mentions, by their published definitions.

MUC is of Vilain et al. (1995), B-cubed of Bagga and Baldwin (1998), CEAF-e of Luo (2005), LEA of Moosavi and Strube (2016). A mention is
whatever can be compared and hashed; mentions that only one side has count as they do in the reference scorer of the CoNLL shared tasks,
and singletons count too.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import fsum
from typing import Any

from corpus_tools.scoring.matching import best_matching
from corpus_tools.scoring.tallies import Tally

Cluster = frozenset[Any]
Clusters = Sequence[Cluster]


def coreference_tallies(gold: Clusters, other: Clusters) -> dict[str, Tally]:
    """The tally of every measure. No cluster is empty, and no mention stands in two clusters of a side."""
    return {
        "muc": Tally(*_muc(gold, other), *_muc(other, gold)),
        "b_cubed": Tally(*_b_cubed(gold, other), *_b_cubed(other, gold)),
        "ceaf_e": _ceaf_e(gold, other),
        "lea": Tally(*_lea(gold, other), *_lea(other, gold)),
    }


def _home(clusters: Clusters) -> dict[Hashable, int]:
    return {mention: number for number, cluster in enumerate(clusters) for mention in cluster}


def _shares(cluster: Cluster, home: Mapping[Hashable, int]) -> dict[int, int]:
    """How many mentions of a cluster stand in each cluster of the other side."""
    shares: dict[int, int] = {}
    for mention in cluster:
        if mention in home:
            shares[home[mention]] = shares.get(home[mention], 0) + 1
    return shares


def _muc(ours: Clusters, theirs: Clusters) -> tuple[float, float]:
    """Links that are kept, and links: a cluster that falls into parts has lost one link for each part but one."""
    home, kept, links = _home(theirs), 0, 0
    for cluster in ours:
        shares = _shares(cluster, home)
        parts = len(shares) + len(cluster) - sum(shares.values())
        kept += len(cluster) - parts
        links += len(cluster) - 1
    return kept, links


def _b_cubed(ours: Clusters, theirs: Clusters) -> tuple[float, float]:
    """The share of its cluster that each mention has with it on the other side, summed; and the mentions."""
    home = _home(theirs)
    kept = fsum(sum(share**2 for share in _shares(cluster, home).values()) / len(cluster) for cluster in ours)
    return kept, sum(map(len, ours))


def _ceaf_e(gold: Clusters, other: Clusters) -> Tally:
    alike = fsum(likeness for _, _, likeness in aligned_clusters(gold, other))
    return Tally(alike, len(gold), alike, len(other))


def aligned_clusters(gold: Clusters, other: Clusters) -> list[tuple[int, int, float]]:
    """The best one-to-one alignment of clusters, by Luo's fourth likeness; only those with a mention in common are aligned."""
    home, alike = _home(other), {}
    for i, cluster in enumerate(gold):
        for j, share in _shares(cluster, home).items():
            alike[i, j] = 2 * share / (len(cluster) + len(other[j]))
    return [(i, j, alike[i, j]) for i, j in best_matching({edge: (likeness, 0, 0) for edge, likeness in alike.items()})]


def _lea(ours: Clusters, theirs: Clusters) -> tuple[float, float]:
    """The share of its links that each cluster has kept, weighted by its size; and the sizes. A singleton has a link to itself."""
    home = _home(theirs)
    return fsum(len(cluster) * _kept_links(cluster, theirs, home) for cluster in ours), sum(map(len, ours))


def _kept_links(cluster: Cluster, theirs: Clusters, home: Mapping[Hashable, int]) -> float:
    shares = _shares(cluster, home)
    if len(cluster) == 1:
        return sum(len(theirs[other]) == 1 for other in shares)
    return sum(map(_links, shares.values())) / _links(len(cluster))


def _links(mentions: int) -> int:
    return mentions * (mentions - 1) // 2
