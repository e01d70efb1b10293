"""Which passwords are refused."""

import secrets

import pytest

from identity_app.passwords import check_password
from kernel.errors import Invalid


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "shorter than 12"),
        ("admin", "shorter than 12"),
        ("x8!kQ2_pL0z", "shorter than 12"),
        ("operator-one", "besides the account's own name"),
        ("Operator-One", "besides the account's own name"),
        ("operator-oneoperator-one", "besides the account's own name"),
        ("operator-one2030", "besides the account's own name"),
        ("Password1234", "known default"),
        ("P@ssw0rd2030!", "known default"),
        ("admin-admin-admin", "known default"),
        ("changeme!!!!!!", "known default"),
        ("Guest123456789", "known default"),
        ("secretsecret", "known default"),
        ("demodemodemo", "known default"),
        ("123456123456", "known default"),
        ("aaaaaaaaaaaaaaaa", "simple pattern"),
        ("abcdefghijklm", "simple pattern"),
        ("qwertyuiopas", "simple pattern"),
    ],
)
def test_known_defaults_and_short_passwords_are_refused(password: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        check_password("operator-one", password)
    assert refused.value.code == "weak_password"
    assert refused.value.message.startswith("The password of the account operator-one is refused: ")
    assert password == "" or password not in refused.value.message.replace("operator-one is", "")


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "guestbook-under-the-oak", "author-9fK2mQ7xW4pZ"]
)
def test_other_passwords_are_accepted(password: str) -> None:
    check_password("author", password)


def test_generated_passwords_are_accepted() -> None:
    for _ in range(2000):
        check_password("author", secrets.token_urlsafe(20))
