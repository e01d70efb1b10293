"""Steps of roadmap phase 3: who a person is and what they may do."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import jwt
from pytest_bdd import scenarios, then, when

from features.conftest import Story, bearer
from tests.contract.forged import Forge, forgeries
from tests.worlds import Servers, World

scenarios("03_identity.feature")


@when("a visitor asks who they are")
def visitor_asks(world: World, story: Story) -> None:
    story.answers.append(world.get("/api/whoami"))


@then("the visitor is told to sign in first")
def told_to_sign_in(story: Story) -> None:
    assert story.problem(401)["code"] == "token_missing"
    assert story.answer.headers["www-authenticate"] == "Bearer"


@when("a visitor signs in with a wrong password")
def wrong_password(world: World, story: Story) -> None:
    story.answers.append(world.post("/login", {"username": "publisher", "password": "not-the-password"}))


@when("a visitor signs in with a name nobody has")
def unknown_name(world: World, story: Story) -> None:
    story.answers.append(world.post("/login", {"username": "stranger", "password": "not-the-password"}))


@then("both are refused in the same words")
def same_words(story: Story) -> None:
    first, second = (answer.json() for answer in story.answers)
    assert first.pop("traceId") != second.pop("traceId")
    assert first == second
    assert (first["status"], first["code"]) == (401, "login_failed")


@when("a forger tries every forgery they can make", target_fixture="refusals")
def forger_tries(world: World) -> dict[str, httpx.Response]:
    # Issuer and key id stand in any token; the issuer's private key does not, so the forger uses another.
    token = world.sign_in("operator")["accessToken"]
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    forge = Forge(issuer, "gateway", kid=jwt.get_unverified_header(token)["kid"])
    made = {"an honest shape, a stranger's signature": forge.honest(), **dict(forgeries(forge))}
    return {name: world.get("/api/whoami", headers=_raw_bearer(made[name])) for name in made}


def _raw_bearer(token: str) -> list[tuple[bytes, bytes]]:
    return [(b"authorization", b"Bearer " + token.encode())]


@then("every one is refused")
def all_refused(refusals: dict[str, httpx.Response]) -> None:
    assert len(refusals) >= 30
    codes = {name: answer.status_code for name, answer in refusals.items()}
    assert {name: code for name, code in codes.items() if code not in (401, 431)} == {}


@then("the new token opens the protected address")
def new_token_opens(world: World, story: Story) -> None:
    assert story.tokens["accessToken"] != story.before["accessToken"]
    assert world.get("/api/whoami", headers=bearer(story.tokens["accessToken"])).status_code == 200


@when("the old refresh token is used again")
def old_token(world: World, story: Story) -> None:
    story.answers.append(world.post("/token/refresh", {"refreshToken": story.before["refreshToken"]}))


@then("it is refused")
def is_refused(story: Story) -> None:
    assert story.problem(401)["code"] == "session_ended"


@then("the session is over for the thief and for the reader")
@then("the session is over")
def session_over(world: World, story: Story) -> None:
    answer = world.post("/token/refresh", {"refreshToken": story.tokens["refreshToken"]})
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")


@when("the reader signs out")
def signs_out(world: World, story: Story) -> None:
    answer = world.post("/logout", {"refreshToken": story.tokens["refreshToken"]})
    assert answer.status_code == 204


@when("a guesser tries twenty passwords for one account at once")
def guesses(world: World, story: Story) -> None:
    def guess(number: int) -> httpx.Response:
        body = {"username": "guessed-at", "password": f"guess-{number}"}
        return world.post("/login", body, headers={"x-forwarded-for": f"198.51.100.{number}"})

    with ThreadPoolExecutor(max_workers=20) as threads:
        story.answers = list(threads.map(guess, range(20)))


@then("at most five are even looked at")
def five_looked_at(story: Story) -> None:
    codes = [answer.status_code for answer in story.answers]
    assert set(codes) == {401, 429}
    assert codes.count(401) == 5


@then("the guesser is told how long to wait")
def told_to_wait(story: Story) -> None:
    limited = [answer for answer in story.answers if answer.status_code == 429]
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in limited)
    assert {answer.json()["code"] for answer in limited} == {"login_limited"}


@when("the reader claims in the request's headers to be the operator")
def claims_operator(world: World, story: Story) -> None:
    claimed = {
        "x-user-id": "operator",
        "x-user": "operator",
        "x-roles": "operator",
        "x-internal-role": "operator",
        "x-forwarded-user": "operator",
        "forwarded": "for=operator",
        "x_user": "operator",
    }
    headers = {**bearer(story.tokens["accessToken"]), **claimed}
    story.answers.append(world.get("/api/whoami", headers=headers))


@then("the reader's token is signed with a key of Keycloak's, which is its issuer")
def signed_by_keycloak(world: World, story: Story) -> None:
    issuer, token = Servers.of(world).keycloak.issuer, story.tokens["accessToken"]
    keys = jwt.PyJWKSet.from_dict(
        httpx.get(f"{issuer}/protocol/openid-connect/certs", trust_env=False).raise_for_status().json()
    )
    key = keys[jwt.get_unverified_header(token)["kid"]]
    said = jwt.decode(token, key, algorithms=["RS256"], audience="gateway", issuer=issuer)
    assert (said["preferred_username"], said["azp"]) == ("reader", "gateway")


@then("Keycloak knows the token, and whose it is")
def known_to_keycloak(world: World, story: Story) -> None:
    said = introspected(world, story)
    assert (said["active"], said["username"]) == (True, "reader")


@then("Keycloak does not know the token any more")
def unknown_to_keycloak(world: World, story: Story) -> None:
    assert introspected(world, story) == {"active": False}


def introspected(world: World, story: Story) -> dict[str, Any]:
    """What Keycloak says of the access token, when the gateway's client asks."""
    keycloak = Servers.of(world).keycloak
    answer = httpx.post(
        f"{keycloak.issuer}/protocol/openid-connect/token/introspect",
        data={"token": story.tokens["accessToken"]},
        auth=("gateway", keycloak.client_secret),
        trust_env=False,
    )
    said: dict[str, Any] = answer.raise_for_status().json()
    return said
