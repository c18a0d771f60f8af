"""Licences by name: SPDX expressions."""

from __future__ import annotations

from corpus_tools.findings import quoted


def license_problem(expression: str) -> tuple[str, str, str] | None:
    """What is wrong with an SPDX licence expression: (found, expected, nearest); None when it is well formed and its licences are known."""
    if _is_known(expression):
        return None
    guess = "-".join(expression.split())
    near = quoted(guess) if guess != expression and _is_known(guess) else ""
    return quoted(expression), "an SPDX expression (CC-BY-4.0, MIT OR Apache-2.0), or LicenseRef-NAME for another licence", near


def _is_known(expression: str) -> bool:
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return bool(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        return False
