"""Of what stages read, small texts are kept to be shown, and nothing that may be a key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.variable import is_secret
from capstone_build.looking.kept_sources import is_harmless, key_set_in


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("conf.json", b'{"rate": 3, "monkey": [1, 2]}'),
        ("data/words.txt", "Stra\u00dfe\nkeyboard\n".encode()),
        ("q.sql", b"select * from orders where tokenised\n"),
        ("empty", b""),
        ("links.txt", b"https://example.org:8080/a see also mail:a@b.c\n"),
        ("runs.csv", b"run,result\nrisk-free-but-quite-a-long-name,pass\n"),
    ],
)
def test_text_without_keys_is_kept(path: str, content: bytes) -> None:
    """Words that only have a key's name in them are none."""
    assert is_harmless(path, content)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("conf.json", b'{"api_key": "sk-1"}'),
        ("conf.yaml", b"db:\n  password: hunter2\n"),
        ("conf.toml", b'apiKey = "1"\n'),
        (".env", b"AWS_SECRET_ACCESS_KEY=1\n"),
        ("users.csv", b"name,token\nann,1\n"),
        ("secrets/plain.txt", b"hello\n"),
        ("conf.env", b"PGPASSWORD=hunter2\n"),
        ("conf.env", b"SMTP_PASS=hunter2\n"),
        ("conf.json", b'{"authtoken": "1"}'),
        ("conf.json", b'{"user": "bob", "pass": "hunter2"}'),
        ("db.yaml", b"url: postgres://bob:hunter2@host/db\n"),
        ("db.yaml", b"url: redis://:hunter2@host\n"),
        ("header.txt", b"Authorization: Bearer 0123456789abcdef\n"),
        ("header.txt", b"authorization: 1234\n"),
        ("model.txt", b"sk-0123456789abcdef0123456789abcdef\n"),
        ("git.txt", b"ghp_0123456789abcdef0123456789abcdef0123\n"),
        ("aws.ini", b"id = AKIAIOSFODNN7EXAMPLE\n"),
        ("jwt.txt", b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln\n"),
        ("id", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAA\n"),
        ("table.parquet", b"PAR1\0\0"),
        ("latin.csv", "Stra\u00dfe".encode("latin-1")),
    ],
)
def test_what_looks_like_a_key_or_is_no_text_is_not(path: str, content: bytes) -> None:
    """The name of a key anywhere is enough, in the path too."""
    assert not is_harmless(path, content)


KEYS = (
    "PGPASSWORD secretkey db_pass api_key APIKEY keys Secret tokens passwd pwd passphrase auth "
    "credentials cookie DSN"
)
PLAIN = "monkey tokenised author passing plain bypass pass_rate"
WORDS = st.sampled_from(f"{KEYS} {PLAIN}".split())


@given(st.lists(WORDS, min_size=1, max_size=3).map("_".join))
def test_a_key_is_told_by_its_name_and_by_nothing_else(name: str) -> None:
    """What is looked for first, pieces of names, passes over no name of a key."""
    assert is_harmless("file", f"before {name}: 1\n".encode()) == (not is_secret(name))


@pytest.mark.parametrize(
    ("script", "name"),
    [
        (b"cd /\nexport API_KEY=abc\n", "API_KEY"),
        (b"KEY=abc\n", "KEY"),
        (b'api_key = "abc"\n', "api_key"),
        (b"db:\n  password: hunter2\n", "password"),
        (b"API_KEY=$OTHER\nAPI_KEY=`cat x`\n", ""),
        (b'key = "customer"\nkeys: id\n', ""),
        (b"SELECT a FROM b WHERE\ntoken = c.token\n", ""),
    ],
)
def test_a_key_that_is_written_out_in_a_script_is_found(script: bytes, name: str) -> None:
    """However the language spells it; what is only called so in a query is none."""
    assert key_set_in(script) == name


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'import os\nAPI_KEY = "abc"\n', "API_KEY"),
        (b'def f():\n    token = "abc"\n', ""),
        (b'KEY = "id"\nSEPARATOR = ","\n', ""),
        (b'API_KEY = os.environ["API_KEY"]\n', ""),
    ],
)
def test_a_module_that_writes_a_key_out_is_not_kept(content: bytes, name: str) -> None:
    """What a function calls so, or what is read elsewhere, is none."""
    assert key_set_in(content, "settings.py") == name
