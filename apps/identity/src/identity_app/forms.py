"""OAuth's requests: a form, and a client that proves itself in it or in the Authorization header."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request

from identity_app.domain import Client
from identity_app.refusals import BadRequest, UnknownClient, WrongClientSecret

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 32


class Form:
    """The fields of a request, and what its Authorization header says of the client."""

    def __init__(self, fields: Mapping[str, str], *, doubled: bool, authorization: str) -> None:
        self._fields = fields
        self._doubled = doubled
        self._authorization = authorization

    @classmethod
    async def read(cls, request: Request) -> "Form":
        """Parse the body.

        Raises:
            BadRequest: when it is not a form.
        """
        if request.headers.get("content-type", _MEDIA_TYPE).partition(";")[0].strip().lower() != _MEDIA_TYPE:
            raise BadRequest(f"The body must be {_MEDIA_TYPE}")
        try:
            pairs = parse_qsl(
                (await request.body()).decode(),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=_MOST_FIELDS,
            )
        except ValueError:
            raise BadRequest("The form cannot be read") from None
        fields = dict(pairs)
        return cls(
            fields,
            doubled=len(fields) != len(pairs),
            authorization=request.headers.get("authorization", ""),
        )

    def get(self, name: str, missing: str) -> str:
        """The value of a field.

        Raises:
            BadRequest: saying `missing` when there is none.
        """
        if name not in self._fields:
            raise BadRequest(missing)
        return self._fields[name]

    def optional(self, name: str) -> str:
        """The value of a field, or ""."""
        return self._fields.get(name, "")

    def prove(self, clients: Mapping[str, Client]) -> Client:
        """The client whose request this is, proved by client_secret_post or client_secret_basic.

        Raises:
            UnknownClient, WrongClientSecret: for anything else.
            BadRequest: for a field that occurs twice.
        """
        id, secret = _basic(self._authorization)
        id, secret = self._fields.get("client_id", id), self._fields.get("client_secret", secret)
        client = clients.get(id or "")
        if client is None:
            raise UnknownClient
        if secret is None:
            raise WrongClientSecret
        client.prove(secret)
        if self._doubled:
            raise BadRequest("duplicated parameter")
        return client


def _basic(authorization: str) -> tuple[str | None, str | None]:
    """Client id and secret of a Basic header, each decoded as RFC 6749 (2.3.1) wants; None without."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None, None
    return (unquote_plus(id), unquote_plus(secret)) if colon else (None, None)
