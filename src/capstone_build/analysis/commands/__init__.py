"""
Commands: all the code that a command line can reach.

Knows shells and the programs that run code; does not run any.

`commands` reads a text (`command_line`, `shell_command`, `shell_word`, `expansion`),
knows `interpreter` and `runners`, and hands what is named to `named_files`
(`project_files`, `code_file`); `command_code` makes it one.
"""
