"""
The graph of code: what each thing that code can reach leads to next.

Knows names (`names`) and what statements say (`file`); does not know what a closure is.

`codegraph` answers with a `step`; `following` goes from what a statement spells
to what it means. `effects` tells which statements act on import, `order` in which
order, `readers` who reads texts. `known_steps` remembers steps between looks. `reach`
finds all that a node leads to, by `components` of what reaches each other.
"""
