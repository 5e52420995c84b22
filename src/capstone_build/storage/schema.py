"""
The schema of the manifest: its tables, and which version of them this is.

Knows their columns; does not know what is read from them or written
(`capstone_build.storage.manifest`, `capstone_build.storage.inventory`).
"""

from __future__ import annotations

SCHEMA_VERSION = 4
"""Another version on disk is read as no manifest at all."""

SCHEMA = """
CREATE TABLE traces (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, discovered TEXT NOT NULL,
    fingerprint TEXT NOT NULL, record TEXT NOT NULL, used REAL NOT NULL,
    UNIQUE (key, discovered)
);
CREATE INDEX traces_by_fingerprint ON traces (fingerprint);
CREATE TABLE latest (
    pipeline TEXT, stage TEXT, number INTEGER NOT NULL, previous INTEGER, how TEXT NOT NULL,
    at REAL NOT NULL, because TEXT NOT NULL, PRIMARY KEY (pipeline, stage)
) WITHOUT ROWID;
CREATE TABLE unfinished (
    pipeline TEXT, stage TEXT, build TEXT NOT NULL, PRIMARY KEY (pipeline, stage)
) WITHOUT ROWID;
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, digest TEXT NOT NULL,
    looked_ns INTEGER NOT NULL, boot TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE made (
    path TEXT PRIMARY KEY, digest TEXT NOT NULL, pipeline TEXT NOT NULL, stage TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE builds (
    build TEXT, pipeline TEXT, at REAL NOT NULL, seconds REAL, interrupted INTEGER,
    up_to_date INTEGER NOT NULL, PRIMARY KEY (build, pipeline)
) WITHOUT ROWID;
CREATE TABLE past_stages (
    build TEXT, pipeline TEXT, stage TEXT, outcome TEXT NOT NULL, at REAL NOT NULL,
    seconds REAL NOT NULL, because TEXT NOT NULL, message TEXT NOT NULL, memory INTEGER NOT NULL,
    outputs TEXT NOT NULL, PRIMARY KEY (build, pipeline, stage)
);
CREATE TABLE past_artifacts (
    path TEXT, pipeline TEXT, build TEXT, digest TEXT NOT NULL, PRIMARY KEY (path, pipeline, build)
) WITHOUT ROWID;
CREATE TABLE summaries (key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
"""
