"""Rules of accounts, attempts, sessions and clients."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from identity_app.domain import (
    Attempts,
    Client,
    Grant,
    ServiceAccount,
    Session,
    account_name,
    digest,
    granted_scope,
    service_scope,
)
from identity_app.refusals import (
    BadRequest,
    GrantNotAllowed,
    NoServiceAccount,
    RefreshRefused,
    WrongClientSecret,
)
from kernel.auth import Role

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def seconds(number: float) -> datetime:
    """A moment after the beginning."""
    return NOW + timedelta(seconds=number)


def session() -> Session:
    """A new session whose first refresh token is "first"."""
    return Session(
        user_id=uuid4(),
        client_id="gateway",
        scope="openid",
        started_at=NOW,
        refreshed_at=NOW,
        refresh_digest=digest("first"),
    )


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Author", "author"),
        (" author ", "author"),
        ("a\0da", ""),
        ("a" * 256, ""),
        ("", ""),
        ("ÄUTHOR", "äuthor"),
    ],
)
def test_an_account_has_one_spelling(typed: str, name: str) -> None:
    assert account_name(typed) == name


def test_the_fifth_failure_locks_for_a_minute() -> None:
    attempts = Attempts(name="author")
    for number in range(4):
        attempts.fail(seconds(number))
        assert not attempts.locked(seconds(number))
    attempts.fail(seconds(4))
    assert attempts.locked(seconds(63.9))
    assert not attempts.locked(seconds(64))


def test_each_later_failure_locks_longer_but_never_beyond_a_quarter_of_an_hour() -> None:
    attempts, now, waits = Attempts(name="author"), NOW, []
    for _ in range(90):
        attempts.fail(now)
        if attempts.locked_until is not None:
            waits.append((attempts.locked_until - now).total_seconds())
            now = attempts.locked_until
    assert waits[:11] == [60] * 5 + [120] * 5 + [180]
    assert waits[-16:] == [900] * 16
    assert max(waits) == 900


def test_failures_are_forgotten_after_twelve_hours_without_one() -> None:
    attempts = Attempts(name="author")
    for _ in range(4):
        attempts.fail(NOW)
    attempts.fail(NOW + timedelta(hours=12, seconds=1))
    assert (attempts.failures, attempts.locked_until) == (1, None)


def test_a_refresh_token_works_once() -> None:
    one = session()
    one.refresh(digest("first"), digest("second"), "gateway", seconds(10))
    assert (one.refresh_digest, one.refreshed_at) == (digest("second"), seconds(10))
    with pytest.raises(RefreshRefused, match="Maximum allowed refresh token reuse exceeded"):
        one.refresh(digest("first"), digest("third"), "gateway", seconds(20))
    assert one.ended_at == seconds(20)
    assert one.refresh_digest == digest("second")
    with pytest.raises(RefreshRefused, match="Session not active"):
        one.refresh(digest("second"), digest("third"), "gateway", seconds(21))


def test_a_refresh_token_of_another_client_changes_nothing() -> None:
    one = session()
    with pytest.raises(RefreshRefused, match="don't match"):
        one.refresh(digest("first"), digest("second"), "other", seconds(10))
    assert one == Session(**{**vars(session()), "id": one.id, "user_id": one.user_id})


def test_a_session_ends_half_an_hour_after_its_last_refresh() -> None:
    one = session()
    one.refresh(digest("first"), digest("second"), "gateway", seconds(1799))
    assert one.active(seconds(1799 + 1799))
    assert not one.active(seconds(1799 + 1800))


def test_a_session_ends_after_ten_hours_whatever_happens() -> None:
    one, now = session(), 0
    token = digest("first")
    while now + 1700 < 36_000:
        now += 1700
        successor = digest(f"at {now}")
        one.refresh(token, successor, "gateway", seconds(now))
        token = successor
    assert one.expires_at == seconds(36_000)
    assert one.access_until(seconds(35_900)) == seconds(36_000)
    with pytest.raises(RefreshRefused, match="Session not active"):
        one.refresh(token, digest("late"), "gateway", seconds(36_000))


def test_signing_out_twice_keeps_the_first_moment() -> None:
    one = session()
    one.end(seconds(5))
    one.end(seconds(6))
    assert one.ended_at == seconds(5)
    assert not one.active(seconds(6))


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("", "profile email"),
        ("openid", "openid profile email"),
        ("email openid", "openid profile email"),
        ("profile", "profile email"),
    ],
)
def test_default_scopes_are_always_granted(asked: str, granted: str) -> None:
    assert granted_scope(asked) == granted


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(BadRequest, match="Invalid scopes: openid roles-of-others") as refused:
        granted_scope("openid roles-of-others")
    assert refused.value.code == "invalid_scope"


def test_a_client_proves_itself_and_uses_its_grants_only() -> None:
    client = Client(id="gateway", secret="right", grants=frozenset({Grant.REFRESH}))
    client.prove("right")
    client.require(Grant.REFRESH)
    with pytest.raises(WrongClientSecret):
        client.prove("wrong")
    with pytest.raises(GrantNotAllowed, match="direct access grants"):
        client.require(Grant.PASSWORD)
    with pytest.raises(NoServiceAccount, match="not enabled to retrieve service account"):
        client.require_account()


def test_a_service_has_an_account_and_no_grant_for_people() -> None:
    account = ServiceAccount(
        id=uuid4(), name="service-account-x", roles=(Role.READER,), audience=("characteristic",)
    )
    client = Client(id="x", secret="right", grants=frozenset(), account=account)
    assert client.require_account() is account
    with pytest.raises(GrantNotAllowed, match="direct access grants"):
        client.require(Grant.PASSWORD)
    with pytest.raises(RefreshRefused, match=r"^Invalid refresh token$"):
        client.require(Grant.REFRESH)


@pytest.mark.parametrize("asked", ["", "profile", " profile  profile "])
def test_a_services_scope_is_always_the_same(asked: str) -> None:
    assert service_scope(asked) == "profile"


@pytest.mark.parametrize("asked", ["openid", "email", "offline_access", "profile openid"])
def test_a_service_gets_no_other_scope(asked: str) -> None:
    with pytest.raises(BadRequest) as refused:
        service_scope(asked)
    assert (refused.value.code, refused.value.message) == ("invalid_scope", f"Invalid scopes: {asked}")


def test_nothing_secret_is_printed() -> None:
    client = Client(id="gateway", secret="the-secret", grants=frozenset())
    assert "the-secret" not in repr(client)
    assert "digest" not in repr(session())
