"""What the command says when it cannot go on."""


class Trouble(Exception):
    """One sentence for the person at the terminal: what is wrong and what to do; never a traceback."""
