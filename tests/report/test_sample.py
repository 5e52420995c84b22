"""The sample is made by a script that anyone can run again, and there is something to find."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from capstone_report.alert import AlertKind
from capstone_report.dialect import Dialect
from capstone_report.loading import load_table
from capstone_report.profile import Profile
from capstone_report.profiling import profile_table

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def profile() -> Profile:
    """The profile of the sample."""
    table = load_table(sorted(DATA.glob("*.csv")), Dialect(), 0)
    return profile_table(table)


def test_script_gives_the_same_bytes(tmp_path: Path) -> None:
    """Run again, the script writes what is committed, to the byte."""
    script = shutil.copy(DATA / "make_sample.py", tmp_path)
    subprocess.run([sys.executable, script], check=True, capture_output=True)

    made = {path.name: path.read_bytes() for path in tmp_path.glob("*.csv")}
    assert made == {path.name: path.read_bytes() for path in DATA.glob("*.csv")}
    assert sum(map(len, made.values())) < 400_000


def test_what_there_is_to_find(profile: Profile) -> None:
    """Everything that the script hides in the sample is found."""
    found = {(alert.kind, alert.column) for alert in profile.alerts}

    assert {
        (AlertKind.SHIFT, "weight_kg"),
        (AlertKind.TYPE_DRIFT, "quantity"),
        (AlertKind.MISSING_COLUMN, "channel"),
        (AlertKind.EXTRA_COLUMN, "gift_wrap"),
        (AlertKind.DUPLICATES, None),
        (AlertKind.PERSONAL, "customer_email"),
        (AlertKind.GAPS, "ordered_on"),
        (AlertKind.MOSTLY_MISSING, "rating"),
        (AlertKind.ZEROS, "discount"),
    } <= found
    assert profile.table.duplicate_rows == 14


def test_codes_stay_text(profile: Profile) -> None:
    """Postcodes and order numbers keep their leading zeros."""
    types = {each.name: each.type for each in profile.columns}

    assert (types["postcode"], types["order_id"]) == ("text", "text")
    assert (types["ordered_on"], types["amount"], types["returned"]) == ("date", "float", "boolean")
