"""Where the problems of a draft are, whoever names them: each service points into what it was asked about."""


def in_draft(pointer: str) -> str:
    """The pointer, led into the draft of an offering, such as "/draft/priceIds/0"."""
    return pointer if pointer == "/draft" or pointer.startswith("/draft/") else f"/draft{pointer}"
