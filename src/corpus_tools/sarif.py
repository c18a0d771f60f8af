"""Findings as SARIF 2.1.0, the form that code hosts and editors show beside the lines."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import PurePath
from typing import Any

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
    location: dict[str, Any] = {"artifactLocation": {"uri": PurePath(finding.path or finding.document).as_posix()}}
    if finding.line:
        location["region"] = {"startLine": finding.line} | ({"startColumn": finding.column} if finding.column else {})
    message = str(finding).partition(f"{finding.rule}: ")[2]
    names = (
        [{"fullyQualifiedName": "/".join(part for part in (finding.document, finding.record) if part)}] if finding.record else []
    )
    place = {"physicalLocation": location} | ({"logicalLocations": names} if names else {})
    return {"ruleId": finding.rule, "level": "error", "message": {"text": message}, "locations": [place]}
