"""The files of the checkout that are generated from the schemas: the record classes, the schemas of seed files."""

from __future__ import annotations

import json
from pathlib import Path

from corpus_tools.derive import record_classes
from corpus_tools.schemas import SchemaSet, read_schemas, shipped
from corpus_tools.seedschemas import annotations_schema, machine_schema, metadata_schema


def generated_files(schemas: SchemaSet | None = None) -> dict[str, str]:
    """The generated files of the checkout, ``{path from its top: content}``."""
    schemas = shipped() if schemas is None else schemas
    seeds = {
        "annotations": annotations_schema(schemas),
        "machine": machine_schema(schemas),
        "metadata": metadata_schema(schemas),
    }
    files = {f"schema/{name}.schema.json": json.dumps(s, indent=2, ensure_ascii=False) + "\n" for name, s in seeds.items()}
    return {"src/corpus_tools/records.py": record_classes(schemas)} | files


def main() -> None:
    """Write the generated files."""
    top = Path(__file__).parents[2]
    for path, content in generated_files(read_schemas(top / "schema")).items():
        (top / path).write_text(content, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
