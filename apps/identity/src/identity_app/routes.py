"""Keycloak's addresses of one realm, its answers, and its way to refuse."""

import base64
from typing import Annotated, Any, cast

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import APIRouter, Depends, FastAPI, Path, Request
from jwt import PyJWK
from starlette.responses import JSONResponse, Response

from identity_app.container import Container
from identity_app.domain import Grant
from identity_app.forms import Form
from identity_app.keyring import SigningKey
from identity_app.refusals import BadRequest, OAuthRefusal, RealmUnknown, TokenRefused
from identity_app.use_cases.issue_tokens import Tokens, signing_key
from identity_app.use_cases.sign_in import Credentials
from identity_app.use_cases.sign_in_service import ServiceToken
from kernel.errors import Unauthorized
from kernel.http import bearer_token, public
from kernel.http.problems import STATUS

_OPENID = "/protocol/openid-connect"
_UNCACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Uncached(JSONResponse):
    """JSON that nobody may keep."""

    def __init__(self, content: Any, status_code: int = 200, headers: dict[str, str] | None = None) -> None:
        super().__init__(content, status_code, {**_UNCACHED, **(headers or {})})


def realm_routes(app: Container) -> APIRouter:
    """Everything below /realms/{realm}."""
    settings = app.settings()

    async def served(realm: Annotated[str, Path()]) -> None:
        if realm != settings.realm:
            raise RealmUnknown("")

    routes = APIRouter(prefix="/realms/{realm}", tags=["identity"], dependencies=[Depends(served)])

    @routes.get("", dependencies=[public("public keys are for everybody")])
    async def realm() -> Response:
        key = await _signing_key(app)
        return Uncached(
            {
                "realm": settings.realm,
                "public_key": _spki(key),
                "token-service": settings.issuer + _OPENID,
                "account-service": f"{settings.issuer}/account",
                "tokens-not-before": 0,
            }
        )

    @routes.get("/.well-known/openid-configuration", dependencies=[public("OpenID Connect Discovery 1.0")])
    async def discovery() -> Response:
        return Uncached(_discovery(settings.issuer))

    @routes.get(f"{_OPENID}/certs", dependencies=[public("public keys are for everybody")])
    async def certs() -> Response:
        keyring = await app.rotate()()
        return Uncached({"keys": [key.public for key in keyring.keys]})

    @routes.post(f"{_OPENID}/token", dependencies=[public("the client proves itself in the form")])
    async def token(request: Request) -> Response:
        form = await Form.read(request)
        asked = form.get("grant_type", "Missing form parameter: grant_type")
        if asked not in list(Grant):
            raise BadRequest("Unsupported grant_type", code="unsupported_grant_type")
        client = form.prove(app.clients())
        if asked == Grant.CLIENT_CREDENTIALS:
            return _granted_to_service(await app.sign_in_service()(client, form.optional("scope")))
        if asked == Grant.REFRESH:
            return _granted(await app.refresh()(client, form.get("refresh_token", "No refresh token")))
        typed = Credentials(
            name=form.get("username", "Missing parameter: username"),
            password=form.get("password", "Missing parameter: password"),
            scope=form.optional("scope"),
        )
        return _granted(await app.sign_in()(client, typed))

    @routes.get(
        f"{_OPENID}/userinfo", dependencies=[public("verifies the token itself, to refuse as OAuth says")]
    )
    async def userinfo(request: Request) -> Response:
        try:
            token = bearer_token(request)
        except Unauthorized:
            raise TokenRefused("Token not provided", code="invalid_request") from None
        return Uncached(await app.tell_user()(token))

    @routes.post(f"{_OPENID}/logout", dependencies=[public("the client proves itself in the form")])
    async def logout(request: Request) -> Response:
        form = await Form.read(request)
        client = form.prove(app.clients())
        await app.sign_out()(client, form.get("refresh_token", "No refresh token"))
        return Response(status_code=204, headers=_UNCACHED)

    return routes


def install_refusals(api: FastAPI, realm: str) -> None:
    """Make an app render OAuth's refusals as OAuth says; all others stay problem details."""

    async def refused(_: Request, error: Exception) -> Response:
        error = cast(OAuthRefusal, error)
        status = next(STATUS[kind] for kind in type(error).mro() if kind in STATUS)
        body = {"error": error.code}
        if error.message:
            body["error_description"] = error.message
        headers = {}
        if isinstance(error, TokenRefused):
            headers["WWW-Authenticate"] = (
                f'Bearer realm="{realm}", error="{error.code}", error_description="{error.message}"'
            )
        return Uncached(body, int(status), headers)

    api.add_exception_handler(OAuthRefusal, refused)


async def _signing_key(app: Container) -> SigningKey:
    keyring = await app.rotate()()
    async with app.begin()() as work:
        return signing_key(keyring, await work.now())


def _spki(key: SigningKey) -> str:
    """The public key as Keycloak shows it: SubjectPublicKeyInfo, base64."""
    public_key = PyJWK.from_dict(key.public).key
    return base64.b64encode(public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _granted(tokens: Tokens) -> Response:
    body: dict[str, Any] = {
        "access_token": tokens.access_token,
        "expires_in": tokens.expires_in,
        "refresh_expires_in": tokens.refresh_expires_in,
        "refresh_token": tokens.refresh_token,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "session_state": tokens.session_state,
        "scope": tokens.scope,
    }
    if tokens.id_token is not None:
        body["id_token"] = tokens.id_token
    return Uncached(body)


def _granted_to_service(token: ServiceToken) -> Response:
    return Uncached(
        {
            "access_token": token.access_token,
            "expires_in": token.expires_in,
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": token.scope,
        }
    )


def _discovery(issuer: str) -> dict[str, Any]:
    """What is here, and no more: there is no authorization endpoint, and no response type for one."""
    endpoint = issuer + _OPENID
    return {
        "issuer": issuer,
        "token_endpoint": f"{endpoint}/token",
        "jwks_uri": f"{endpoint}/certs",
        "userinfo_endpoint": f"{endpoint}/userinfo",
        "end_session_endpoint": f"{endpoint}/logout",
        "grant_types_supported": [grant.value for grant in Grant],
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": ["sub", "iss", "name", "preferred_username", "email", "roles", "sid"],
    }
