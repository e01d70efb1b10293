"""Who may call a route. Every route says so; an app with a route that does not say so cannot be built."""

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from kernel.auth import Principal, Role, Verify
from kernel.errors import Forbidden, Unauthorized, Unavailable


@dataclass(frozen=True)
class Allow:
    """The policy of a protected route: a verified access token whose roles include `role`."""

    role: Role

    async def __call__(self, request: Request) -> Principal:
        """Return the caller. Raises Unauthorized, Forbidden, or Unavailable when nobody can judge tokens."""
        principal = await principal_of(request)
        if not principal.may(self.role):
            raise Forbidden(f"This needs the role {self.role.value}, which your account does not have.")
        return principal


@dataclass(frozen=True)
class Public:
    """The policy of a route that anybody may call; `why` is for the reader of the code."""

    why: str

    async def __call__(self) -> None:
        """Let everybody pass."""


def allow(role: Role) -> Any:
    """Declare that a route needs `role`: in `dependencies=[...]` or as `Annotated[Principal, allow(...)]`."""
    return Depends(Allow(role))


def public(why: str) -> Any:
    """Declare that a route is open to everybody, and why."""
    return Depends(Public(why))


async def principal_of(request: Request) -> Principal:
    """The verified caller; a request's token is verified once.

    Raises:
        Unauthorized: when there is no token, or it is not believed.
        Unavailable: when nobody can judge tokens.
    """
    known: Principal | None = getattr(request.state, "principal", None)
    if known is not None:
        return known
    verify: Verify | None = getattr(request.app.state, "verify", None)
    if verify is None:
        raise Unavailable("Sign-in cannot be checked right now; please try again soon.")
    request.state.principal = principal = await verify(bearer_token(request))
    return principal


def bearer_token(request: Request) -> str:
    """The one token of the one Authorization header.

    Raises:
        Unauthorized: when there is none, or more than one.
    """
    headers = request.headers.getlist("authorization")
    scheme, _, token = headers[0].partition(" ") if len(headers) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token or " " in token:
        raise Unauthorized(
            "Sign in first: this needs an access token (Authorization: Bearer ...).", code="token_missing"
        )
    return token


def policy_of(route: APIRoute) -> Allow | Public:
    """The policy a route declares.

    Raises:
        TypeError: when it declares none, or several that contradict each other.
    """
    found = set(_policies(route.dependant))
    if len(found) != 1:
        declared = ", ".join(sorted(map(repr, found))) or "no policy"
        methods = "/".join(sorted(route.methods or ()))
        raise TypeError(f"{methods} {route.path} declares {declared}; it must declare exactly one")
    return found.pop()


def _policies(dependant: Dependant) -> Iterable[Allow | Public]:
    if isinstance(dependant.call, Allow | Public):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _policies(inner)


async def judge(policy: Allow | Public, request: Request) -> None:
    """Refuse a caller whom the policy does not let pass, as `Allow` does."""
    if isinstance(policy, Allow):
        await policy(request)


class GuardedRoute(APIRoute):
    """A route that judges the caller before it looks at anything else: `APIRouter(route_class=GuardedRoute)`.

    FastAPI resolves dependencies after it has read the body, so a stranger would learn what is wrong with it.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the route, behind its policy."""
        handle, policy = super().get_route_handler(), policy_of(self)

        async def guarded(request: Request) -> Response:
            await judge(policy, request)
            return await handle(request)

        return guarded
