"""
One file of Python: what it says, statement by statement, as plain data.

Knows syntax; does not know any other file, or where files lie.

* `summary` has the units (`unit`) of a file, made by `reading` and `toplevel`,
  past what is `declared` with capstone; `answers` is what others ask of it.
* `normal` gives the normal form of a statement, with `definition`, `statement`,
  `references` and `lookups`; `scope` knows the owners of names, `habits` knows
  Python and libraries by name, `depth` makes room for deep nesting.
* `spelling` and `passage` give text again, for people.
"""
