"""Released versions of a corpus with their content digests: a released version never changes.

The file is ``{version: {table: sha256 of its JSON lines}}``, as JSON, oldest version first.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corpus_tools.files import read_manifest
from corpus_tools.findings import UsageError

VERSIONS = "VERSIONS.json"
Versions = dict[str, dict[str, str]]


def add_version(corpus: Path | str = "corpus", versions: Path | str = VERSIONS) -> str:
    """Add the version of a corpus to the file of released versions; returns the version. Again for the same corpus, it changes nothing.

    Raises:
        UsageError: the version is released with other content, or a newer one is; or a file cannot be read.
    """
    manifest, released = read_manifest(Path(corpus)), read_versions(versions)
    problem = version_problem(manifest, released)
    if problem:
        raise UsageError(f"{versions}: {problem}")
    version: str = manifest["corpus"]["version"]
    text = json.dumps(released | {version: content_digests(manifest)}, indent=1) + "\n"
    Path(versions).write_text(text, "utf-8", newline="\n")
    return version


def read_versions(path: Path | str) -> Versions:
    """Read a file of released versions; without a file there are none.

    Raises:
        UsageError: it cannot be used.
    """
    path = Path(path)
    if not path.exists():
        return {}
    try:
        versions: Versions = json.loads(path.read_bytes())
        for version, digests in versions.items():
            ordered(version), dict(digests)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}: no file of versions ({error})") from error
    return versions


def version_problem(manifest: Mapping[str, Any], released: Versions) -> str:
    """What is wrong with the version of a corpus beside the released ones; empty when it is released as it is, or is newer than all."""
    version, digests = manifest["corpus"]["version"], content_digests(manifest)
    if version in released:
        tables = sorted(digests | released[version])
        changed = [table for table in tables if digests.get(table) != released[version].get(table)]
        return f"version {version} is released, but {', '.join(changed)} changed since: raise the version" if changed else ""
    newest = max(released, key=ordered, default=version)
    return f"version {version} is older than {newest}, which is released: raise it" if ordered(version) < ordered(newest) else ""


def content_digests(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The content digest of every table."""
    return {name: table["sha256"] for name, table in manifest["tables"].items()}


def ordered(version: str) -> tuple[int, ...]:
    """A version as numbers, which have the order of versions."""
    return tuple(int(number) for number in version.split("."))


def main() -> None:
    """Add the version of corpus/ to VERSIONS.json, in the folder of work."""
    try:
        print(f"{add_version()} is in {VERSIONS}")
    except UsageError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
