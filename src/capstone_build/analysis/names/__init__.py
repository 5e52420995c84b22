"""
Names between files: which definition of which module a name stands for.

Knows what each file says (`file`) and where files lie; does not know what code
does with a name.

`resolution` follows names through what re-exports them, `sources` has each file
read once, `modules` finds where it lies, `packages` (with `entry_points`) what is
installed. `node` names what can be reached, `naming` judges names that a
declaration spells, `ignored` is what it takes out.
"""
