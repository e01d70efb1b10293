"""The gateway's own addresses."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.responses import JSONResponse

from gateway_app.container import Container
from gateway_app.ports import Tokens
from gateway_app.use_cases.sign_in import Credentials
from kernel.auth import Principal, Role
from kernel.http import allow, public

_ONE_TOKEN = Field(min_length=1, max_length=8192)


class _Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


class Login(_Wire):
    """What a person types."""

    username: Annotated[str, Field(min_length=1, max_length=255)]
    password: Annotated[str, Field(min_length=1, max_length=1024, repr=False)]


class RefreshToken(_Wire):
    """The token that continues or ends a session."""

    refresh_token: Annotated[str, _ONE_TOKEN]


class TokensView(_Wire):
    """A session's tokens; lifetimes are in seconds."""

    model_config = ConfigDict(from_attributes=True)

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # a scheme, not a secret
    expires_in: int
    refresh_expires_in: int


class Whoami(_Wire):
    """Who the caller is, by the verified token."""

    subject: str
    name: str
    roles: list[Role]
    session: str


def session_routes(app: Container) -> APIRouter:
    """Log in, continue, log out."""
    routes = APIRouter(tags=["session"], dependencies=[public("this is where tokens come from")])

    @routes.post("/login", response_model=TokensView, responses={401: {}, 403: {}, 429: {}})
    async def login(given: Login, request: Request, response: Response) -> Tokens:
        response.headers["Cache-Control"] = "no-store"
        address = request.client.host if request.client else ""
        return await app.sign_in()(Credentials(given.username, given.password, address))

    @routes.post("/token/refresh", response_model=TokensView, responses={401: {}})
    async def refresh(given: RefreshToken, response: Response) -> Tokens:
        response.headers["Cache-Control"] = "no-store"
        return await app.refresh()(given.refresh_token)

    @routes.post("/logout", status_code=204)
    async def logout(given: RefreshToken) -> None:
        await app.sign_out()(given.refresh_token)

    return routes


def account_routes() -> APIRouter:
    """What the caller may know of itself."""
    routes = APIRouter(prefix="/api", tags=["account"])

    @routes.get("/whoami")
    async def whoami(caller: Annotated[Principal, allow(Role.READER)], response: Response) -> Whoami:
        response.headers["Cache-Control"] = "no-store"
        roles = [role for role in Role if role in caller.roles]
        return Whoami(subject=caller.subject, name=caller.name, roles=roles, session=caller.session)

    return routes


def platform_routes(app: Container) -> APIRouter:
    """What the whole platform says of itself."""
    routes = APIRouter(prefix="/api", tags=["contract"], dependencies=[public("the contract is no secret")])

    @routes.get("/openapi.json", response_class=JSONResponse)
    async def platform_contract(request: Request) -> Response:
        return Response(await app.describe()(request.app.openapi()), media_type="application/json")

    return routes
