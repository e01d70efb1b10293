"""What OAuth refuses, in OAuth's own words: `code` is its `error`, `message` its `error_description`.

The sentences are Keycloak's, so that whoever reads them need not care which of the two issuers answered.
"""

from kernel.errors import CatalogError, Forbidden, Invalid, NotFound, Unauthorized


class OAuthRefusal(CatalogError):
    """A refusal that is rendered as OAuth's error document instead of as problem details."""


class BadRequest(OAuthRefusal, Invalid):
    """The request is malformed, or asks for what this issuer does not offer."""

    code = "invalid_request"


class UnknownClient(OAuthRefusal, Unauthorized):
    """No such client, or none was named."""

    code = "invalid_client"

    def __init__(self) -> None:
        super().__init__("Invalid client or Invalid client credentials")


class WrongClientSecret(OAuthRefusal, Unauthorized):
    """The client is known and could not prove itself."""

    code = "unauthorized_client"

    def __init__(self) -> None:
        super().__init__("Invalid client or Invalid client credentials")


class GrantNotAllowed(OAuthRefusal, Invalid):
    """The client may not use this grant."""

    code = "unauthorized_client"


class NoServiceAccount(OAuthRefusal, Unauthorized):
    """The client proved itself, but acts for people only."""

    code = "unauthorized_client"

    def __init__(self) -> None:
        super().__init__("Client not enabled to retrieve service account")


class SignInRefused(OAuthRefusal, Invalid):
    """Unknown account, wrong password or locked account: one answer, so that nobody learns which.

    Its status is 400 (RFC 6749, section 5.2), as in Keycloak 26; older ones said 401.
    """

    code = "invalid_grant"

    def __init__(self) -> None:
        super().__init__("Invalid user credentials")


class RefreshRefused(OAuthRefusal, Invalid):
    """The refresh token is unknown, spent, or of a session that is over."""

    code = "invalid_grant"


class TokenRefused(OAuthRefusal, Unauthorized):
    """The access token is not valid, or its session is over."""

    code = "invalid_token"


class ScopeMissing(OAuthRefusal, Forbidden):
    """The access token was not asked for with the scope that this needs."""

    code = "insufficient_scope"


class RealmUnknown(OAuthRefusal, NotFound):
    """Another realm than the one served here."""

    code = "Realm does not exist"
