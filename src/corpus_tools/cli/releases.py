"""Verbs that release corpora, put withheld texts back, and verify a release."""

from __future__ import annotations

import shlex
from pathlib import Path

import corpus_tools
from corpus_tools.cli.app import Json, app
from corpus_tools.cli.console import print_json, say
from corpus_tools.findings import CorpusError


@app.command
def release(corpus: Path, out: Path, *, without_text: bool = False, json: Json = False) -> None:
    """Make a release of a corpus: the corpus ready for the Hub, an archive, the wheel, citation and checksums. Publishes nothing.

    The corpus is checked first; with any problem nothing is written, and the exit status is 1.

    Example: corpus-tools release corpus dist

    Parameters
    ----------
    corpus
        The folder of the corpus.
    out
        The folder that is made.
    without_text
        Leave out the words of the texts; corpus-tools hydrate puts them back.
    """
    report = corpus_tools.release(corpus, out, without_text)
    if json:
        return print_json(report)
    folder = shlex.quote(str(out))
    texts = ", without its texts" if report.without_text else ""
    say(f"{out}: {report.name} {report.version}{texts}: corpus, {', '.join(report.files)}")
    say("Nothing is published. Next, when it is to be:")
    say(f"  hf upload OWNER/{report.name} {folder}/corpus --repo-type dataset")
    return say(f"  corpus-tools verify-release {folder} SEEDS")


@app.command
def hydrate(release: Path, sources: Path, out: Path, *, json: Json = False) -> None:
    """Rebuild the whole corpus from one without its texts and your own copies of the sources.

    What a copy does not give stays null and is reported, with exit status 1.

    Example: corpus-tools hydrate released-without-text seeds whole

    Parameters
    ----------
    release
        A release without text, or the corpus in it.
    sources
        The folder of the copies.
    out
        The folder that is made.
    """
    report = corpus_tools.hydrate(release, sources, out)
    if json:
        print_json(report)
        if report.findings:
            raise CorpusError([])
        return
    say(f"{out}: {report.included} documents with their text, {report.partial} with a part of it, {report.withheld} without")
    if report.findings:
        raise CorpusError(report.findings)


@app.command(name="verify-release")
def verify_release(release: Path, seeds: Path, *, json: Json = False) -> None:
    """Make a release again from its seeds, by its own wheel in an empty environment, and compare all files byte for byte.

    Runs the tools that are in the release. Exit status 1 when there are problems.

    Example: corpus-tools verify-release released seeds

    Parameters
    ----------
    release
        The folder of the release, or its archive.
    seeds
        The folder of seeds that it was built from.
    """
    findings = corpus_tools.verify_release(release, seeds)
    if json:
        print_json(findings)
    elif not findings:
        say(f"{release}: made again from {seeds}, every file the same")
    if findings:
        raise CorpusError([] if json else findings)
