"""What remains to the limit: the comparison of spans alone, by a loop in C over arrays that are ready, with nothing read or parsed."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_check import from_json, from_parquet, schema_and_spans_of_columns

from corpus_tools.bundles import bundle_of

COMPILER = shutil.which("cc")


@pytest.mark.skipif(COMPILER is None, reason="no C compiler")
def test_from_parquet_against_a_loop_in_c(ratio: Callable[..., float], grown: Path, tmp_path: Path, benchmark: Any) -> None:
    """Schema and spans, from Parquet."""
    library = tmp_path / "fused.so"
    subprocess.run([str(COMPILER), "-O2", "-shared", "-fPIC", "-o", library, Path(__file__).with_name("fused.c")], check=True)
    unlike = ctypes.CDLL(str(library)).unlike
    unlike.restype = ctypes.c_int64
    documents = []
    for document in from_json(grown):
        bundle = bundle_of(document)
        fragments = [f for _, part in bundle.fragment_lists for f in part]
        text, words = (
            np.frombuffer(s.encode("utf-32-le"), np.uint32)
            for s in (bundle.document.text or "", "".join(str(f.text) for f in fragments))
        )
        starts, ends = (np.array([getattr(f, name) for f in fragments], np.int64) for name in ("start", "end"))
        documents.append((text, words, starts, ends))

    def loop() -> None:
        for text, words, starts, ends in documents:
            pointers = [ctypes.c_void_p(array.ctypes.data) for array in (text, words, starts, ends)]
            assert not unlike(pointers[0], ctypes.c_int64(len(text)), *pointers[1:], ctypes.c_int64(len(starts)))

    ratio(lambda: schema_and_spans_of_columns(from_parquet(grown)), loop, "the spans alone by a loop in C, over arrays in memory")
    benchmark.extra_info["rate_of"] = "the spans alone, by a loop in C over arrays in memory"
    benchmark.extra_info["spans_per_second"] = round(sum(len(d[2]) for d in documents) / benchmark.extra_info["baseline_median"])
