"""The subcommands of `catalog` that are one module each; larger ones are packages with a `cli.py`."""
