"""Nobody overwrites what they have not seen: an aggregate's version is its ETag (RFC 9110, section 13)."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from kernel.errors import CatalogError, Invalid

ETAG = '^"([0-9]{1,9})"$'
"""What an ETag of ours looks like."""


class VersionMissing(CatalogError):
    """A change must say which version it is made to."""

    code = "version_missing"


def tag(response: Response, version: int) -> None:
    """Say in the response which version it shows."""
    response.headers["ETag"] = f'"{version}"'


async def _seen(
    if_match: Annotated[str | None, Header(description="The ETag of the version you have seen.")] = None,
) -> int:
    if if_match is None:
        raise VersionMissing("Say which version you change: send the ETag you have read as If-Match.")
    found = re.match(ETAG, if_match.strip())
    if found is None:
        raise Invalid('If-Match must be one ETag as it was answered, such as "3".', code="bad_etag")
    return int(found.group(1))


SeenVersion = Annotated[int, Depends(_seen)]
"""A parameter of routes that change something: the version the caller has seen."""
