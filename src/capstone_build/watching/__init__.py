"""Building again whenever a file moves."""
