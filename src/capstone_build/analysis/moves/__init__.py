"""
Moves: what of some code does not depend on the modules that it lies in.

Knows the graph of code; does not know what is compared with what.

`identity` asks `placement` which definitions may lie in any module, `obstacles`
what makes every module's name count, and `meaning` what a definition says.
"""
