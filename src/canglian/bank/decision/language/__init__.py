"""The expressions of rules: a subset of the ZEN language, parsed, typed and written as Python."""
