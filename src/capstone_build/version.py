"""The version of capstone."""

VERSION = "0.1.0"
