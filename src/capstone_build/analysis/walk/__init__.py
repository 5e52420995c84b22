"""
The walk: from definitions at which reading begins to a closure.

Knows the graph of code; does not know who asks, or what is done with the answer.

`gathering` makes a `closure` of what was reached, with what the `ledger` says of it;
`programs` begins at scripts and modules that are run. `account` says how something
was reached, `extent` where it lies.
"""
