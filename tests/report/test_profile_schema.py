"""The published schema of a profile is that of the model, and real profiles keep it."""

import json
from pathlib import Path

import jsonschema
import pytest
from tests.report.conftest import Load

from capstone_report.profile import Profile
from capstone_report.profiling import profile_table

SCHEMA = Path(__file__).parents[2] / "docs" / "profile.schema.json"
FILES = {
    "a.csv": "id,day,price,ok,who,none\n"
    + "".join(
        f"{i},2024-01-{i + 1:02},{i / 4},{'true' if i % 2 else 'false'},u{i % 3}@x.org,\n"
        for i in range(25)
    ),
    "b.csv": "id,day,price,ok,who\n99,2024-03-01,free,true,\n",
}


def test_schema_is_that_of_the_model() -> None:
    """Whoever changes the model publishes the change: the file is the model's own schema."""
    schema = Profile.model_json_schema(mode="serialization")
    text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"

    assert SCHEMA.read_text(encoding="utf-8") == text, (
        "write Profile.model_json_schema(mode='serialization') to docs/profile.schema.json"
    )


def test_profiles_keep_the_schema(load: Load) -> None:
    """A validator that is not ours accepts a profile, and refuses one with a field too many."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    document = json.loads(profile_table(load(FILES)).model_dump_json())

    jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
    document["columns"][0]["surplus"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
