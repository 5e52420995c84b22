"""
What a project answers from Python: values that show themselves.

Each is the value that the rooms below return, as data, and besides: `print` shows what
the command prints, a notebook the same as a piece of a page, and `as_dict()` returns
what the command tells with `--json`.
"""
