"""Every figure of a summary is held against the profile: its value, its column, its rounding."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.report.conftest import Load, loaded, told_of

from capstone_report.claim import Claim, FigureCheck
from capstone_report.figure_check import check_figures
from capstone_report.known_figure import known_figures
from capstone_report.offline_summary import summarise_offline
from capstone_report.profile import Profile
from capstone_report.profiling import profile_table
from capstone_report.summary import Answer, Figure, Finding
from capstone_report.written_figure import written_dates, written_numbers

DATA = Path(__file__).parents[2] / "data"
TEXT = "day,kind,unit_price,code,q1\n" + "".join(
    f"2024-01-{1 + i % 28:02d},{'abca'[i % 4]},{i * 1.5 if i % 10 else ''},Z{i % 3}9,{i * i}\n"
    for i in range(1234)
)
"""1,234 rows; of unit_price 124 are missing, the mean is 925.0014 and the maximum 1849.5."""


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """What is known of that table."""
    path = tmp_path_factory.mktemp("checked") / "a.csv"
    path.write_text(TEXT)
    return profile_table(loaded(path))


def checked(profile: Profile, text: str, *columns: str, **figure: object) -> FigureCheck:
    """Check a finding of one sentence and at most one figure."""
    figures = (Figure.model_validate(figure),) if figure else ()
    finding = Finding(text=text, columns=columns, figures=figures)
    return check_figures(Answer(headline="A table.", findings=(finding,)), profile)


@pytest.mark.parametrize(
    "text",
    [
        "There are 1,234 rows in 5 columns from 1 file.",
        "There are about 1,200 rows, over 1,100 with a unit_price.",
        "The mean of unit_price is 925.001 and the maximum 1849.5.",
        "The mean unit price is 925, or about 930.",
        "Unit_Price is missing in 124 rows, 10.05 % of them: 10%, say.",
        "q1 goes up to 1,520,289, or 1.5 million, or 1520k.",
        "day runs from 2024-01-01 to January 28, 2024: all of it in January 2024.",
        "All days are in 2024; the 28th of January 2024 is the last.",
        "Half of the rows, 50 %, have kind a; 25 % have b.",
        "Code Z09 stands in 412 rows.",
        "Of the five columns, q1 is the only one with squares; see the top 3.",
    ],
)
def test_true_sentences(profile: Profile, text: str) -> None:
    """What the profile says, in whatever form people write it, holds."""
    assert [each.written for each in checked(profile, text).doubtful] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("There are 1,235 rows.", ["1,235"]),
        ("There are 1,200 rows.", ["1,200"]),
        ("There are about 1,400 rows.", ["1,400"]),
        ("The mean of unit_price is 925.1.", ["925.1"]),
        ("The mean of unit_price is 1849.5 and the maximum 1849.5.", ["1849.5"]),
        ("The mean of q1 is 925.0.", ["925.0"]),
        ("unit_price is missing in 12 % of the rows.", ["12 %"]),
        ("unit_price is missing in 125 rows.", ["125"]),
        ("day runs to 2024-01-29.", ["2024-01-29"]),
        ("day runs to February 2024, or 2025.", ["2025", "February 2024"]),
        ("The minimum of unit_price is -1.5.", ["-1.5"]),
    ],
)
def test_false_sentences(profile: Profile, text: str, wrong: list[str]) -> None:
    """What is off in value, column, statistic or rounding does not hold."""
    assert sorted(each.written for each in checked(profile, text).doubtful) == wrong


@pytest.mark.parametrize(
    ("column", "statistic", "value", "holds"),
    [
        ("unit_price", "mean", 925.001, True),
        ("unit_price", "average", 925, True),
        ("unit_price", "mean", 926, False),
        ("unit_price", "max", 925.001, False),
        ("unit_price", "missing", 124, True),
        ("unit_price", "missing share", 0.1005, True),
        ("unit_price", "missing (%)", "10.05%", True),
        ("unit_price", "missing", 125, False),
        ("unit_prices", "mean", 925.001, False),
        ("q1", "mean", 925.001, False),
        ("kind", "count of a", 617, True),
        ("kind", "count of b", 617, False),
        ("kind", "most frequent value", "a", True),
        ("kind", "most frequent value", "z", False),
        ("day", "min", "2024-01-01", True),
        ("day", "max", "2024-01-01", False),
        ("kind", "top", "a", True),
        ("kind", "count of d", 617, False),
        ("unit_price", "growth", 0, False),
        ("unit_price", "range", 1849.5, True),
        ("unit_price", "Standard deviation", 534.3, True),
        ("unit_price", "first quartile", 462.375, True),
        ("unit_price", "zeros", 0, True),
        ("unit_price", "null count", 124, True),
        ("day", "first date", "2024-01-01", True),
        ("day", "last date", "2024-01-01", False),
        (None, "number of columns", 5, True),
        (None, "row count", 1234, True),
        (None, "record count", 1233, False),
        (None, "duplicate rows", 0, True),
        (None, "rows", 1234, True),
        (None, "rows", 1233, False),
    ],
)
def test_stated_figures(
    profile: Profile, column: str | None, statistic: str, value: float | str, holds: bool
) -> None:
    """A figure that says what it is of holds if that column's figure is that, as written."""
    check = checked(profile, "So it is.", column=column, statistic=statistic, value=value)

    assert check.held == holds
    assert check.figures == 1


def test_rare_values_that_a_model_was_told(load: Load) -> None:
    """A rare value that stands in no profile is known from what the model was told."""
    shops = [f"s{i % 12}" for i in range(300)] + ["once", "once"]
    table = load({"a.csv": "shop\n" + "\n".join(shops) + "\n"})
    finding = Finding(text="So it is.", figures=(ONCE,))
    answer = Answer(headline="Shops.", findings=(finding,))

    assert check_figures(answer, profile_table(table), told_of(table)).held == 1
    assert check_figures(answer, profile_table(table)).held == 0


ONCE = Figure(column="shop", statistic="count of once", value=2)


def test_column_that_is_not_there(profile: Profile) -> None:
    """A finding about a column that the table has not is marked for it."""
    (claim,) = checked(profile, "So it is.", "colour").doubtful

    assert claim.against == "the table has no such column"


def test_claims_know_where_they_stand(profile: Profile) -> None:
    """A sentence can be cut at its claims, and put together again."""
    text = "Of 1,234 rows, 99 are odd."
    check = checked(profile, text)
    pieces = list(check.cut("findings[0].text", text))

    assert "".join(piece for piece, _ in pieces) == text
    assert [(piece, claim.holds) for piece, claim in pieces if claim] == [
        ("1,234", True),
        ("99", False),
    ]


def test_check_counts_what_it_names() -> None:
    """A check whose numbers are not those of its claims is none."""
    with pytest.raises(ValueError, match="counts other claims"):
        FigureCheck(figures=2, held=1, claims=(Claim(place="headline", written="1", holds=True),))


def test_sample_offline() -> None:
    """Of the summary of the sample by fixed rules, every figure holds."""
    table = loaded(*sorted(DATA.glob("*.csv")))
    profile = profile_table(table)
    check = check_figures(summarise_offline(told_of(table)), profile)

    assert check.doubtful == ()
    assert check.figures > 20


CELLS = st.lists(
    st.tuples(
        st.sampled_from(["", "1", "-2.5", "300000", "0.001", "7e9"]),
        st.sampled_from(["", "x", "y 2", "30 %", "2020"]),
        st.sampled_from(["2024-01-01", "2024-01-02", "2024-03-01", ""]),
        st.sampled_from(["true", "false"]),
    ),
    min_size=1,
    max_size=30,
)


@given(rows=CELLS)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
def test_any_table_offline(load: Load, rows: list[tuple[str, ...]]) -> None:
    """Whatever the table, no figure of a summary by fixed rules is in doubt."""
    table = load({"a.csv": "\n".join(["n,kind,day,ok", *map(",".join, rows)]) + "\n"})
    profile = profile_table(table)
    check = check_figures(summarise_offline(told_of(table)), profile)

    assert check.doubtful == ()


@given(st.text(alphabet="0123456789.,-% eEkM2024 aboutJanuary\n", max_size=60))
@settings(deadline=None)
def test_any_text(text: str) -> None:
    """Numbers and dates are found where they stand, whatever stands around them."""
    found = [(each.start, each.text) for each in written_numbers(text)]
    found += [(each.start, each.text) for each in written_dates(text)]
    for start, written in found:
        assert text[start : start + len(written)] == written
        assert re.search(r"\d", written)


def test_facts_of_what_is_added_to_a_profile(profile: Profile) -> None:
    """A block of the profile that names columns states facts of those columns."""

    class Wider(Profile):
        pairs: tuple[dict[str, object], ...] = ()

    pair = {"left": "unit_price", "right": "q1", "pearson": 0.968}
    wider = Wider(**profile.model_dump(), pairs=(pair,))

    (fact,) = [each for each in known_figures(wider) if each.statistic == "pearson"]
    assert fact.columns == ("unit_price", "q1")
    assert checked(wider, "The correlation of unit_price and q1 is 0.97.").doubtful == ()
