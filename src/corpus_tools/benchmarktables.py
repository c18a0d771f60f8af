"""The tables of docs/benchmarks.md, from the raw results of the last run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Info = Mapping[str, Any]


def benchmark_tables(results: Mapping[str, Any]) -> str:
    """All tables as Markdown, from what pytest-benchmark wrote."""
    infos = {benchmark["name"].removeprefix("test_"): benchmark["extra_info"] for benchmark in results["benchmarks"]}
    machine = results["machine_info"]
    python = f"{machine['python_implementation']} {machine['python_version']} on {machine['system']}"
    about = f"{machine['cpu']['brand_raw']}, {machine['cpu']['count']} cores; {python}"
    tables = [
        _table(["what", "on", "against", "ratio", "limit"], _ratios(infos.values())),
        _table(["what", "spans in a second"], _rates(infos)),
        _table(["the same documents as", "bytes", "times Parquet"], _sizes(infos.values())),
        _table(["peak memory of", "with 1,000 documents", "with more", "ratio"], _memory(infos)),
        _table(["two workers against one", "times as fast"], _gains(infos)),
    ]
    return "\n\n".join([f"Run on {results['datetime'][:10]}: {about}.", *tables])


def _table(head: list[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _ratios(infos: Iterable[Info]) -> Iterator[list[str]]:
    for info in infos:
        if "baseline" in info and "ratio" in info:
            limits = {"at most": info.get("at_most"), "at least": info.get("at_least")}
            limit = ", ".join(f"{words} {number:g}" for words, number in limits.items() if number is not None)
            yield [info["about"].rstrip("."), f"{info['documents']:,} documents", info["baseline"], f"{info['ratio']:.2f}", limit]


def _rates(infos: Mapping[str, Info]) -> Iterator[list[str]]:
    for name, info in infos.items():
        if "spans_per_second" in info:
            what = info.get("rate_of") or f"{name.replace('_', ' ')}, from the seeds of one article"
            yield [what, f"{info['spans_per_second']:,}"]


def _sizes(infos: Iterable[Info]) -> Iterator[list[str]]:
    (sizes,) = (info["bytes"] for info in infos if "bytes" in info)
    for name, count in sorted(sizes.items(), key=lambda item: item[1]):
        yield [name, f"{count:,}", f"{count / sizes['parquet']:.1f}"]


def _memory(infos: Mapping[str, Info]) -> Iterator[list[str]]:
    for name, info in infos.items():
        if "megabytes" in info:
            verb = name.partition("[")[2].rstrip("]").replace("_", ", ", 1).replace("_", " ")
            more = f"{info['megabytes']} MB ({info['documents']:,} documents)"
            yield [verb, f"{info['megabytes_of_1000_documents']} MB", more, f"{info['ratio']:.2f}"]


def _gains(infos: Mapping[str, Info]) -> Iterator[list[str]]:
    for name, info in infos.items():
        if "gain" in info:
            yield [name.removeprefix("two_workers_").replace("_", " "), f"{info['gain']:.2f}"]
