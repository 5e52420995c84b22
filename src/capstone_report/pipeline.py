"""
The bundled pipeline: load -> profile -> compress -> llm -> report.

Knows which artifact each stage reads and writes, and what is promised of it;
the work is done in modules of its own. Uses nothing of the engine but what any
pipeline file may use.
"""

import os
from pathlib import Path

from capstone_build import Artifact, stage
from capstone_report.compressed import Compressed, check_compressed
from capstone_report.compression import compress_profile
from capstone_report.dialect import AUTO, Dialect, Dialects
from capstone_report.json_document import write_document
from capstone_report.load_report import check_loaded
from capstone_report.loaded_table import LoadedTable
from capstone_report.loading import load_files
from capstone_report.model_client import Terms
from capstone_report.model_server import BASE_URL_VARIABLE, MODEL_VARIABLE, chosen_server
from capstone_report.profile import Profile
from capstone_report.profile_page import profile_page
from capstone_report.profiling import profile_file
from capstone_report.provenance import provenance_of
from capstone_report.rejection import Rejections, refuse_rejected
from capstone_report.report import TITLE, Report, make_report
from capstone_report.report_html import report_html as html_page
from capstone_report.report_page import report_page
from capstone_report.summarising import summarise
from capstone_report.summary import Summary
from capstone_report.table_sink import ParquetSink

TABLES = "data/*.[ctCT][sxSX][vtVT]*"
"""Where tables are: `.csv`, `.tsv` and `.txt`, also packed (`.csv.gz`). The rest is ignored."""


@stage(
    inputs={"tables": TABLES},
    outputs={
        "loaded": Artifact("output/loaded.parquet", contract=check_loaded),
        "rejected": "output/rejected.csv",
    },
    params={
        "encoding": AUTO,
        "delimiter": AUTO,
        "quote": AUTO,
        "header_rows": AUTO,
        "skip_lines": AUTO,
        "decimal": AUTO,
        "thousands": AUTO,
        "date_order": AUTO,
        "null_words": AUTO,
        "files": {},
        "max_rejected": 1000,
    },
)
def load(
    tables: list[Path],
    loaded: Path,
    rejected: Path,
    *,
    encoding: str,
    delimiter: str,
    quote: str,
    header_rows: int | str,
    skip_lines: int | str,
    decimal: str,
    thousands: str,
    date_order: str,
    null_words: list[str] | str,
    files: dict[str, dict[str, object]],
    max_rejected: int,
) -> None:
    """
    Read CSV files as one typed table. What is `auto` is found out, file by file.

    Args:
        tables: Partitions of one table.
        loaded: Where the table goes: (rows of all files) x (columns of all files, and
            `_source`: the file of a row), a `LoadReport` in the schema's metadata.
        rejected: Where the rows go that do not fit, with file, line and reason.
        encoding: By Python's name for it.
        delimiter: Between the fields of a row; one character.
        quote: Around a field; `none` if quotes are text like any other.
        header_rows: How many rows name the columns.
        skip_lines: How many lines stand above the header.
        decimal: Before the fraction of a number.
        thousands: Between the groups of a number's figures; empty for nothing.
        date_order: `dmy` or `mdy`, for dates that could be read either way.
        null_words: All cells that are missing values, besides blank ones.
        files: Pattern of file names to those of the parameters above that differ there.
        max_rejected: How many rows at most may fail to fit.
    """
    usual = Dialect.of_parameters(
        {
            "encoding": encoding,
            "delimiter": delimiter,
            "quote": quote,
            "header_rows": header_rows,
            "skip_lines": skip_lines,
            "decimal": decimal,
            "thousands": thousands,
            "date_order": date_order,
            "null_words": null_words,
        }
    )
    rejections = Rejections(limit=max_rejected)
    load_files(tables, Dialects(usual=usual, special=files), ParquetSink(loaded), rejections)
    rejections.write(rejected)
    refuse_rejected(rejections)


@stage(
    inputs={"loaded": "output/loaded.parquet"},
    outputs={
        "profile_json": Artifact("output/profile.json", contract=Profile),
        "profile_md": "output/profile.md",
    },
)
def profile(loaded: Path, profile_json: Path, profile_md: Path) -> None:
    """
    Describe the table, column by column, and say what deserves a look.

    Args:
        loaded: The table as `load` leaves it; read a column at a time.
        profile_json: Where the `Profile` goes.
        profile_md: Where the page goes.
    """
    found = profile_file(loaded)
    write_document(found, profile_json)
    profile_md.write_text(profile_page(found), encoding="utf-8", newline="\n")


@stage(
    inputs={"profile_json": "output/profile.json", "loaded": "output/loaded.parquet"},
    outputs={
        "compressed_input": Artifact("output/compressed_input.json", contract=check_compressed)
    },
    params={"max_tokens": 12000, "tokenizer": "", "mask": True},
)
def compress(
    profile_json: Profile, loaded: Path, *, max_tokens: int, tokenizer: str, mask: bool
) -> str:
    """
    Choose the most telling things about the table that a model can be given.

    Args:
        profile_json: What is known of the table.
        loaded: The table, for a sample of its rows and for rare values.
        max_tokens: How many tokens the document may take; the instructions to
            the model, about a thousand tokens, come on top.
        tokenizer: The model's `tokenizer.json`; empty to count bytes, which are
            never fewer than tokens.
        mask: Whether values that seem to be personal are hidden.

    Returns:
        A `Compressed` document, as it is written.
    """
    table = LoadedTable.on_disk(loaded)
    return compress_profile(
        profile_json, table, max_tokens, tokenizer=tokenizer, is_masked=mask
    ).written()


@stage(
    inputs={
        "compressed_input": "output/compressed_input.json",
        "profile_json": "output/profile.json",
    },
    outputs={
        "llm_raw": "output/llm_raw.txt",
        "llm_validated": Artifact("output/llm_validated.json", contract=Summary),
    },
    params={
        "model": "",
        "base_url": "",
        "temperature": 0.0,
        "answer_tokens": 4000,
        "repairs": 2,
        "timeout_seconds": 120.0,
        "attempt_seconds": 60.0,
        "max_cost": None,
        "input_price": None,
        "output_price": None,
    },
    env=[MODEL_VARIABLE, BASE_URL_VARIABLE],
)
def llm(
    compressed_input: Compressed,
    profile_json: Profile,
    llm_raw: Path,
    llm_validated: Path,
    *,
    model: str,
    base_url: str,
    temperature: float,
    answer_tokens: int,
    repairs: int,
    timeout_seconds: float,
    attempt_seconds: float,
    max_cost: float | None,
    input_price: float | None,
    output_price: float | None,
) -> None:
    """
    Have the table summarised, by a model if one is named, else by fixed rules.

    Args:
        compressed_input: What is told of the table.
        profile_json: What is known of it; every figure of the summary is checked.
        llm_raw: Where every answer goes, before it is judged.
        llm_validated: Where the `Summary` goes.
        model: The model's name; empty for `CAPSTONE_LLM_MODEL`, then for none.
        base_url: The server's address; empty for `CAPSTONE_LLM_BASE_URL`, then for
            that of OpenAI. The key is in `CAPSTONE_LLM_API_KEY` or `OPENAI_API_KEY`.
        temperature: How freely the model chooses its words.
        answer_tokens: How many tokens an answer may have.
        repairs: How often an answer that does not fit is sent back.
        timeout_seconds: For all requests and waits together.
        attempt_seconds: For one request.
        max_cost: For all requests together, in US dollars; none for no limit.
        input_price: US dollars for a million tokens that the model reads; none to
            look it up in the list of prices that comes with the client.
        output_price: The same of what it writes.
    """
    terms = Terms(
        temperature=temperature,
        answer_tokens=answer_tokens,
        repairs=repairs,
        timeout_seconds=timeout_seconds,
        attempt_seconds=attempt_seconds,
        max_cost=max_cost,
        input_price=input_price,
        output_price=output_price,
    )
    server = chosen_server(model, base_url, os.environ)
    summary = summarise(compressed_input, profile_json, llm_raw, server, terms, root=Path.cwd())
    write_document(summary, llm_validated)


@stage(
    inputs={
        "profile_json": "output/profile.json",
        "llm_validated": "output/llm_validated.json",
        "tables": TABLES,
    },
    outputs={
        "report_json": Artifact("output/report.json", contract=Report),
        "report_md": "output/report.md",
        "report_html": "output/report.html",
    },
    params={"title": TITLE, "dated": ""},
)
def report(
    profile_json: Profile,
    llm_validated: Summary,
    tables: list[Path],
    *,
    report_json: Path,
    report_md: Path,
    report_html: Path,
    title: str,
    dated: str,
) -> None:
    """
    Write the report: the summary first, then what it rests on.

    Args:
        profile_json: What is known of the table.
        llm_validated: The summary, who wrote it, and which of its figures hold.
        tables: The files, for their digests.
        report_json: Where the `Report` goes.
        report_md: Where the page goes, in Markdown.
        report_html: Where the page goes, in HTML that stands alone.
        title: What the report is called.
        dated: When it is from, as it is to stand on the page; a build does not look
            at the clock, so that the same files give the same bytes.
    """
    made = make_report(profile_json, llm_validated, provenance_of(tables), title=title, dated=dated)
    write_document(made, report_json)
    report_md.write_text(report_page(made), encoding="utf-8", newline="\n")
    report_html.write_text(html_page(made), encoding="utf-8", newline="\n")


pipeline = [load, profile, compress, llm, report]
"""The stages, in the order in which they feed each other."""
