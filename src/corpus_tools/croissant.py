"""croissant.json: a corpus described for machines, as Croissant 1.1 with the vocabulary for responsible AI.

All of it comes from the schemas and the manifest, so that it holds for anybody's corpus and a rebuild gives the same. Records are read
from the Parquet files: each table is a record set over exactly its files that have rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from corpus_tools.derive import constraints, fields, kind
from corpus_tools.schemas import TABLES, Schema, shipped

CROISSANT = "croissant.json"

# The context that the specification prescribes, word for word.
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
_TYPES = {"string": "sc:Text", "integer": "cr:Int64", "boolean": "sc:Boolean"}
_PARQUET = "application/x-parquet"


def croissant(manifest: Mapping[str, Any]) -> str:
    """The text of croissant.json. The manifest must list the files of the tables."""
    corpus = manifest["corpus"]
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": _CONFORMS_TO,
        "name": corpus["name"],
        "alternateName": corpus["title"],
        "description": f"{_line(corpus['description'])} The texts: {_line(corpus['rights'])}",
        "version": corpus["version"],
        "license": _licence(corpus["license"]),
        "creator": [{"@type": "sc:Organization", "name": name} for name in corpus.get("creators", ())],
        "inLanguage": manifest["languages"],
        "keywords": corpus.get("tags"),
        "citeAs": _citation(corpus),
        "isLiveDataset": False,
        **_responsible_ai(corpus),
        "distribution": [*_files(manifest), *(_file_set(table, manifest) for table in _filled(manifest))],
        "recordSet": [_record_set(table) for table in _filled(manifest)],
    }
    kept = {key: value for key, value in described.items() if value not in (None, [], "")}
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _licence(licence: str) -> str:
    """The address of a licence that SPDX knows by one name; an expression of several stays as it is."""
    return f"https://spdx.org/licenses/{licence}" if re.fullmatch(r"[A-Za-z0-9.-]+", licence) else licence


def _citation(corpus: Mapping[str, Any]) -> str:
    """BibTeX, as the specification wants it; without a year, since none is known."""
    authors = " and ".join(f"{{{name}}}" for name in corpus.get("creators", ()))
    lines = [f"  author = {{{authors}}},"] if authors else []
    lines += [f"  title = {{{_line(corpus['title'])}}},", f"  version = {{{corpus['version']}}}"]
    return "\n".join([f"@misc{{{corpus['name']},", *lines, "}"])


def _responsible_ai(corpus: Mapping[str, Any]) -> dict[str, Any]:
    """What corpus.yaml says of origin, annotation and use, in the terms of the vocabulary."""
    annotators = [f"{name}: {_line(text)}" for name, text in corpus["annotators"].items()]
    by_machine = corpus.get("annotations_creators") == ["machine-generated"]
    said = {
        "rai:dataCollection": corpus.get("collection"),
        "rai:dataAnnotationProtocol": corpus.get("annotation_process"),
        "rai:machineAnnotationTools" if by_machine else "rai:annotatorDemographics": annotators,
        "rai:dataUseCases": corpus.get("uses"),
        "rai:dataLimitations": corpus.get("limits"),
        "rai:personalSensitiveInformation": corpus.get("personal_information"),
        "rai:dataReleaseMaintenancePlan": corpus.get("maintenance"),
    }
    return {name: _line(value) if isinstance(value, str) else value for name, value in said.items() if value}


# ----------------------------------------------------------------------------------------------------------- files


def _filled(manifest: Mapping[str, Any]) -> list[str]:
    return [table for table in TABLES if manifest["tables"][table]["rows"]]


def _parquet_files(table: str, manifest: Mapping[str, Any]) -> list[str]:
    """The Parquet files of a table, of splits that have rows of it."""
    entry = manifest["tables"][table]
    return [name for split, names in entry["files"].items() if entry["split_rows"][split] for name in names]


def _files(manifest: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for table in _filled(manifest):
        for name in [f"jsonl/{table}.jsonl", *_parquet_files(table, manifest)]:
            entry = manifest["files"][name]
            yield {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "contentSize": f"{entry['bytes']} B",
                "encodingFormat": _PARQUET if name.endswith(".parquet") else "application/jsonlines",
                "sha256": entry["sha256"],
            }


def _file_set(table: str, manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{table}-parquet",
        "name": f"{table}-parquet",
        "description": f"The Parquet files of the table {table}.",
        "encodingFormat": _PARQUET,
        "includes": _parquet_files(table, manifest),
    }


# ---------------------------------------------------------------------------------------------------------- fields


def _record_set(table: str) -> dict[str, Any]:
    schema = shipped()[table]
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": schema["description"],
        "key": [{"@id": f"{table}/{column}"} for column in schema["x-key"]],
        "field": [_field(table, (name,), field) for name, field in fields(table).items()],
    }


def _field(table: str, path: tuple[str, ...], field: Schema) -> dict[str, Any]:
    """A column, or a field of the objects in one: these are read out of the column by their path."""
    inner = constraints(field)
    item = constraints(inner["items"]) if kind(inner) == "array" else inner
    described: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": "/".join((table, *path)),
        "name": "/".join((table, *path)),
        "description": field.get("description", ""),
    }
    if kind(inner) == "array":
        described["repeated"] = True
    if kind(item) == "object":
        return described | {"subField": [_field(table, (*path, name), child) for name, child in item["properties"].items()]}
    return described | {"dataType": _TYPES[kind(item)], "source": _source(table, path)}


def _source(table: str, path: tuple[str, ...]) -> dict[str, Any]:
    source: dict[str, Any] = {"fileSet": {"@id": f"{table}-parquet"}, "extract": {"column": path[0]}}
    return source | ({"transform": {"jsonPath": ".".join(path[1:])}} if path[1:] else {})
