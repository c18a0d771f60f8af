"""SQL over the tables of a corpus, and over nothing else."""

import csv
import io
import json
import os
import socket
import subprocess
import sys
from itertools import islice
from pathlib import Path

import duckdb
import pandas
import pytest
from rich.console import Console
from small_corpus import write_seeds

import corpus_tools
from corpus_tools import UsageError
from corpus_tools.cli.rows import print_table, write_csv, write_json
from corpus_tools.files import read_manifest
from corpus_tools.schemas import TABLES
from corpus_tools.sql import _closed_connection

TOP = Path(__file__).parents[1]
SECRET = "a secret in a file"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("query")
    corpus_tools.build(write_seeds(folder / "seeds"), folder / "corpus")
    return folder / "corpus"


def answer(sql, corpus):
    columns, rows = corpus_tools.query(sql, corpus)
    return columns, list(rows)


def run(*arguments, code=None):
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "corpus_tools", "query", *arguments]
    environment = os.environ | {"PYTHONPATH": str(TOP / "src"), "COLUMNS": "120"}
    return subprocess.run(command, cwd=TOP, env=environment, capture_output=True, encoding="utf-8", check=False)


# ------------------------------------------------------------------------------------------------------- the tables


def test_the_tables_are_those_of_the_corpus_with_all_their_rows(corpus):
    assert answer("SHOW TABLES", corpus)[1] == [(table,) for table in sorted(TABLES)]
    for table, columns in corpus_tools.stats(corpus).items():
        assert answer(f'SELECT count(*) AS rows FROM "{table}"', corpus) == (["rows"], [(columns["rows"],)])


def test_rows_are_those_of_the_json_lines(corpus):
    for table in TABLES:
        columns, rows = answer(f'FROM "{table}"', corpus)
        lines = [json.loads(line) for line in (corpus / "jsonl" / f"{table}.jsonl").read_text("utf-8").splitlines()]
        found = [dict(zip(columns, row, strict=True)) for row in rows]
        assert sorted(found, key=json.dumps) == sorted(lines, key=json.dumps)


def test_tables_are_joined_and_their_nested_fields_reached(corpus):
    sql = """
        SELECT e.name, count(*) AS claims FROM claims c, unnest(c.source_entity_ids) AS s(entity_id)
        JOIN entities e USING (entity_id) WHERE c.content[1].text LIKE '%bridge%' AND e.annotator = c.annotator GROUP BY ALL
        ORDER BY ALL
    """
    assert answer(sql, corpus) == (["name", "claims"], [("Ada Stone", 1), (None, 1)])


def test_the_second_column_of_a_name_gets_a_number(corpus):
    columns, rows = answer("SELECT 1 AS a, 2 AS a, 3 AS a_2", corpus)
    assert (columns, rows) == (["a", "a_3", "a_2"], [(1, 2, 3)])


def test_describe_and_summarize_are_allowed(corpus):
    assert ("claim_id", "VARCHAR") in [row[:2] for row in answer("DESCRIBE claims", corpus)[1]]
    assert len(answer("SUMMARIZE entities", corpus)[1]) == 5


def test_rows_are_read_as_they_are_asked_for(corpus):
    _, rows = corpus_tools.query("SELECT i FROM range(1000000000000) t(i)", corpus)
    assert list(islice(rows, 3)) == [(0,), (1,), (2,)]


# ---------------------------------------------------------------------------------------------------- no way out


ESCAPES = """
FROM read_csv('{secret}')
FROM read_csv_auto('{secret}')
FROM read_csv(['{parquet}', '{secret}'])
FROM read_text('{secret}')
FROM read_text('file://{secret}')
FROM read_text('{folder}/corpus/../secret.csv')
FROM read_blob('{secret}')
FROM read_json('{secret}')
FROM read_json_objects('{secret}')
FROM read_ndjson('{secret}')
FROM read_parquet('{parquet}')
FROM parquet_metadata('{parquet}')
FROM parquet_schema('{parquet}')
FROM sniff_csv('{secret}')
FROM glob('{folder}/*')
FROM '{secret}'
FROM '{parquet}'
FROM "{secret}"
SELECT (SELECT content FROM read_text('{secret}'))
WITH x AS (FROM read_text('{secret}')) FROM x
FROM query('FROM read_text(''{secret}'')')
FROM query_table('{secret}')
FROM read_text('/dev/stdin')
FROM read_text('/proc/self/environ')
FROM read_text(current_setting('temp_directory') || '{secret}')
COPY claims TO '{folder}/out.csv'
COPY (SELECT 1) TO '{folder}/out.parquet'
COPY (SELECT 1) TO '{parquet}'
EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/out.csv'
EXPORT DATABASE '{folder}/out'
IMPORT DATABASE '{folder}'
ATTACH '{folder}/out.db'
ATTACH '{folder}/out.db' AS x (TYPE sqlite)
DETACH memory
USE memory
INSTALL httpfs
FORCE INSTALL httpfs FROM 'http://127.0.0.1:{port}'
LOAD httpfs
LOAD '{secret}'
FROM 'http://127.0.0.1:{port}/x.parquet'
FROM read_csv('http://127.0.0.1:{port}/x.csv')
FROM read_text('s3://bucket/key')
SET enable_external_access = true
SET threads = 1
SET memory_limit = '100GB'
SET temp_directory = '{folder}'
SET home_directory = '{folder}'
RESET enable_external_access
RESET ALL
SET VARIABLE x = 1
PRAGMA enable_external_access = true
PRAGMA memory_limit = '100GB'
PRAGMA version
PRAGMA import_database('{folder}')
CALL pragma_version()
CALL enable_logging()
CALL enable_logging(storage = 'file', storage_config = {{'path': '{folder}/out'}})
FROM enable_logging()
FROM enable_logging(storage = 'file', storage_path = '{folder}/out')
FROM pragma_storage_info('{secret}')
CREATE TABLE x AS SELECT 1
CREATE VIEW x AS SELECT 1
CREATE MACRO x() AS 1
CREATE SECRET (TYPE s3)
CREATE PERSISTENT SECRET x (TYPE s3)
CREATE TYPE x AS ENUM ('a')
INSERT INTO claims VALUES (1)
UPDATE claims SET type = 'x'
DELETE FROM claims
DROP VIEW claims
ALTER VIEW claims RENAME TO x
VACUUM
CHECKPOINT
BEGIN
PREPARE x AS SELECT 1
EXECUTE x
DEALLOCATE x
EXPLAIN SELECT 1
SELECT 1; SELECT 2
SELECT 1; COPY (SELECT 1) TO '{folder}/out.csv'
SELECT getenv('HOME')
SELECT getenv('PATH')
FROM secret_of_the_caller
FROM duckdb_secrets(); FROM duckdb_settings()
FROM arrow_scan(0, 0, 0)
FROM python_map_function(1, 2)
""".strip().splitlines()


@pytest.fixture
def world(corpus, tmp_path):
    """What a query must not reach: files, a port, the corpus itself for writing. Yields the names in ESCAPES."""
    (tmp_path / "secret.csv").write_text(f"secret\n{SECRET}\n")
    (tmp_path / "corpus").symlink_to(corpus)
    parquet = corpus / "data" / "claims" / "train-00000-of-00001.parquet"
    before = {path: path.read_bytes() for path in corpus.rglob("*") if path.is_file()}
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield {"folder": tmp_path, "secret": tmp_path / "secret.csv", "parquet": parquet, "port": server.getsockname()[1]}
        with pytest.raises(BlockingIOError):
            server.accept()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "secret.csv"]
    assert {path: path.read_bytes() for path in corpus.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("sql", ESCAPES)
def test_a_query_reaches_nothing_but_the_tables(sql, corpus, world):
    secret_of_the_caller = pandas.DataFrame({"secret": [SECRET]})
    with pytest.raises(UsageError) as error:
        list(corpus_tools.query(sql.format(**world), corpus).rows)
    assert SECRET not in str(error.value)
    assert len(secret_of_the_caller) == 1


@pytest.mark.parametrize("sql", ESCAPES)
def test_the_database_is_closed_even_to_what_is_no_select(sql, corpus, world):
    """That only a SELECT is taken is a second lock."""
    secret_of_the_caller = pandas.DataFrame({"secret": [SECRET]})
    connection = _closed_connection(corpus, read_manifest(corpus))
    try:
        result = str(connection.execute(sql.format(**world)).fetchall())
    except duckdb.Error as error:
        result = str(error)
    assert SECRET not in result
    assert len(secret_of_the_caller) == 1


def test_the_environment_is_not_in_the_settings(corpus, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_CALLER", SECRET)
    assert SECRET not in str(answer("FROM duckdb_settings()", corpus))
    assert answer("SELECT value FROM duckdb_settings() WHERE name = 'enable_external_access'", corpus)[1] == [("false",)]


def test_a_link_that_leads_out_of_the_corpus_is_refused(corpus, tmp_path):
    copy = tmp_path / "corpus"
    for path in corpus.rglob("*"):
        target = copy / path.relative_to(corpus)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            target.write_bytes(path.read_bytes())
    own = copy / "data" / "claims" / "train-00000-of-00001.parquet"
    own.replace(tmp_path / "elsewhere.parquet")
    own.symlink_to(tmp_path / "elsewhere.parquet")
    with pytest.raises(UsageError, match="leads out of the corpus"):
        corpus_tools.query("FROM claims", copy)


def test_a_flipped_bit_is_an_error_and_not_other_data(corpus, tmp_path):
    copy = tmp_path / "corpus"
    for path in corpus.rglob("*"):
        target = copy / path.relative_to(corpus)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            target.write_bytes(path.read_bytes())
    file = copy / "data" / "documents" / "train-00000-of-00001.parquet"
    data = bytearray(file.read_bytes())
    data[200] ^= 4
    file.write_bytes(data)
    with pytest.raises(UsageError, match=r"integrity|CRC"):
        answer("FROM documents", copy)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list(i) FROM range(10000000000) t(i)",
        "SELECT repeat('x', 100000000) FROM range(10000)",
    ],
)
def test_a_query_that_wants_too_much_memory_is_refused(sql):
    process = run(sql)
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr == "corpus-tools: the query wants more memory than it may have\n"


# ------------------------------------------------------------------------------------------------------- messages


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM claim", 'Table with name claim does not exist!\nDid you mean "claims"?'),
        ("SELECT contnt FROM claims", '"contnt" not found in FROM clause!\nCandidate bindings: "content"'),
        ("SELECT lenght('a')", 'Did you mean "length"'),
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("", "query takes one SELECT; this is no statement"),
        ("-- nothing", "query takes one SELECT; this is no statement"),
        ("SELECT 1; SELECT 2", "query takes one SELECT; this is SELECT, SELECT"),
        ("DROP VIEW claims", "query takes one SELECT; this is DROP"),
        ("PIVOT claims ON type", "query takes one SELECT; this is PIVOT without IN (...)"),
        ("SELECT ?", "parameter"),
        ("SELECT '\ud800'", "the query is not Unicode text"),
        ("SELECT error('of its own')", "of its own"),
        ("SELECT " + "(" * 3000 + "1" + ")" * 3000, "depth"),
        ("SELECT interval '99999999 years'", "too large"),
    ],
)
def test_an_error_says_what_is_wrong_and_what_is_near(sql, message, corpus):
    with pytest.raises(UsageError) as error:
        answer(sql, corpus)
    assert message in str(error.value)


def test_an_error_in_a_late_row_is_a_usage_error_too(corpus):
    sql = "SELECT CAST(CASE WHEN i = 9000 THEN 'a' ELSE '1' END AS INT) FROM range(10000) t(i)"
    with pytest.raises(UsageError, match="Could not convert string 'a'"):
        answer(sql, corpus)


def test_without_duckdb_it_says_how_to_install_it():
    code = "import sys; sys.modules['duckdb'] = None; from corpus_tools.cli import main; main(['query', 'SELECT 1'])"
    process = run(code=code)
    assert process.returncode == 2
    assert process.stderr == "corpus-tools: query needs DuckDB, which is not installed: pip install 'corpus-tools[query]'\n"


# -------------------------------------------------------------------------------------------------------- formats

ODD = """
    SELECT 'a "b", c' AS text, NULL AS nothing, [1, 2] AS list, {'start': 1} AS fragment, true AS yes, 1.5::DECIMAL(4, 2) AS number,
    DATE '2017-11-21' AS day, 'x'::BLOB AS bytes, 170141183460469231731687303715884105727 AS huge, 'nan'::DOUBLE AS nan, E'\\n' AS line
"""


def test_csv_reads_back(corpus):
    out = io.StringIO()
    write_csv(out, *corpus_tools.query(ODD, corpus))
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert rows == [
        {
            "text": 'a "b", c',
            "nothing": "",
            "list": "[1,2]",
            "fragment": '{"start":1}',
            "yes": "true",
            "number": "1.50",
            "day": "2017-11-21",
            "bytes": "eA==",
            "huge": "170141183460469231731687303715884105727",
            "nan": "null",
            "line": "\n",
        }
    ]


def test_json_reads_back(corpus):
    out = io.StringIO()
    write_json(out, *corpus_tools.query(f"FROM ({ODD}), range(2) t(i)", corpus))
    first, second = json.loads(out.getvalue())
    assert first | {"i": 1} == second
    assert first["list"] == [1, 2]
    assert first["fragment"] == {"start": 1}
    assert (first["nothing"], first["nan"], first["yes"]) == (None, None, True)
    out = io.StringIO()
    write_json(out, *corpus_tools.query("FROM claims WHERE false", corpus))
    assert json.loads(out.getvalue()) == []


def test_the_command_line_prints_each_format():
    sql = "SELECT type, count(*) AS n FROM entities GROUP BY type ORDER BY n DESC, type LIMIT 2"
    table, as_csv, as_json = (run(sql, "--format", name) for name in ("table", "csv", "json"))
    assert as_csv.stdout == "type,n\nGPE,19\nORG,16\n"
    assert json.loads(as_json.stdout) == [{"type": "GPE", "n": 19}, {"type": "ORG", "n": 16}]
    assert [line.split() for line in table.stdout.splitlines() if "GPE" in line or "ORG" in line] == [["GPE", "19"], ["ORG", "16"]]


def test_a_pipe_gets_a_row_a_line(corpus):
    out = io.StringIO()
    print_table(Console(file=out, width=20), *corpus_tools.query("SELECT repeat('ab ', 500) AS long, E'c\nd' AS two", corpus))
    (row,) = [line for line in out.getvalue().splitlines() if "ab" in line]
    assert row.count("ab") == 500
    assert "c␊d" in row


def test_a_long_table_says_that_there_is_more(corpus):
    shown = []
    for number in (1000, 2000):
        out = io.StringIO()
        print_table(Console(file=out), *corpus_tools.query(f"SELECT i FROM range({number}) t(i)", corpus))
        shown.append(out.getvalue())
    assert "These are" not in shown[0]
    assert " 999 " in shown[1]
    assert " 1000 " not in shown[1].partition("These")[0]
    assert shown[1].endswith("These are the first 1000 rows; --format csv or json prints all.\n")
