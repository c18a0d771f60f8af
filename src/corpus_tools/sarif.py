"""Findings as SARIF 2.1.0, the form that code hosts and editors show beside the lines."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from corpus_tools.findings import Finding
from corpus_tools.rules.catalogue import catalogue


def sarif(findings: Iterable[Finding]) -> dict[str, Any]:
    """A SARIF log with one run that has all findings."""
    findings = list(findings)
    rules = catalogue()
    used = sorted({finding.rule for finding in findings})
    driver = {
        "name": "corpus-tools",
        "version": version("corpus-tools"),
        "rules": [{"id": name, "shortDescription": {"text": rules[name]}} for name in used],
    }
    results = [_result(finding) for finding in findings]
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return {"$schema": schema, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(finding: Finding) -> dict[str, Any]:
    path = PurePath(finding.path or finding.document).as_posix()
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(path.encode("utf-8", "surrogatepass"))}}
    if finding.line:
        location["region"] = {"startLine": finding.line} | ({"startColumn": finding.column} if finding.column else {})
    place: dict[str, Any] = {"physicalLocation": location}
    if finding.record:
        name = "/".join(part for part in (finding.document, finding.record) if part)
        place["logicalLocations"] = [{"fullyQualifiedName": name}]
    return {"ruleId": finding.rule, "level": "error", "message": {"text": finding.message}, "locations": [place]}
