"""Steps of roadmap phase 7: prices, and who holds them."""

from decimal import Decimal
from uuid import uuid4

from pytest_bdd import given, scenarios, then, when

from features.conftest import Story, bearer
from features.databases import uses
from features.offerings import *  # noqa: F403  # steps are found by being here
from features.resources import Offerings, Prices
from tests.processes import eventually
from tests.worlds import World

scenarios("07_prices.feature")


@when("the author prices a plan at 12.50 EUR a month")
def prices_plan(story: Story, prices: Prices, author: str) -> None:
    story.answers.append(prices.make(author, prices.monthly("12.50")))


@then("the price is there, unlocked, in its first version")
def is_there(story: Story, prices: Prices, author: str) -> None:
    assert story.answer.status_code == 201, story.answer.text
    said = story.answer.json()
    assert (said["key"], said["version"], said["locked"]) == (f"plan-{prices.mark}", 1, False)
    assert said["money"] == {"amount": "12.50", "currency": "EUR"}
    shown = prices.get(author, said["id"])
    assert (shown.json(), shown.headers["etag"]) == (said, '"1"')


@then("a reader finds the price by a part of its name")
def reader_finds(world: World, story: Story, prices: Prices) -> None:
    assert prices.found(world.sign_in("reader")["accessToken"]) == [story.answer.json()]


@when("the author prices a plan at 12.345 EUR, again and again but for no period")
def prices_faulty(story: Story, prices: Prices, author: str) -> None:
    story.answers.append(prices.make(author, {**prices.monthly("12.345"), "period": None}))


@then("the author is told what is wrong with the amount and with the period")
def told_what_is_wrong(story: Story) -> None:
    pointers = [error["pointer"] for error in story.problem(400)["errors"]]
    assert sorted(pointers) == ["/money/amount", "/period"]


@then("there is no such price")
def no_such_price(prices: Prices, author: str) -> None:
    assert prices.found(author) == []


@when("the author raises it to 15.00 EUR")
def raises(story: Story, prices: Prices, author: str) -> None:
    story.answers.append(prices.change(author, story.known["plan"], body=prices.monthly("15.00")))


@then("the price is 15.00 EUR, in its second version")
def is_raised(story: Story, prices: Prices, author: str) -> None:
    assert story.answer.status_code == 200, story.answer.text
    said = story.answer.json()
    assert (said["money"]["amount"], said["version"]) == ("15.00", 2)
    assert prices.found(author) == [said]


@when("the author deletes the price")
def deletes(story: Story, prices: Prices, author: str) -> None:
    assert prices.change(author, story.known["plan"], "DELETE").status_code == 204


@given("the author has priced tokens at 3 EUR a million, and at 2 EUR each million beyond ten")
def has_priced_tokens(story: Story, prices: Prices, author: str) -> None:
    wanted = {
        "name": f"Tokens {prices.mark}",
        "kind": "USAGE",
        "unitOfMeasure": "1M tokens",
        "money": {"currency": "EUR"},
        "mode": "GRADUATED",
        "tiers": [{"from": "0", "amount": "3"}, {"from": "10", "amount": "2"}],
    }
    story.known["plan"] = prices.made(author, wanted)


@when("a reader asks what twelve and a half million cost")
def asks_cost(world: World, story: Story, prices: Prices) -> None:
    reader = world.sign_in("reader")["accessToken"]
    story.answers.append(prices.ask(reader, story.known["plan"], "/charge", {"quantity": "12.5"}))


@then("they cost 35.0 EUR")
def they_cost(story: Story) -> None:
    assert story.answer.status_code == 200, story.answer.text
    said = story.answer.json()
    assert (Decimal(said["amount"]), said["currency"]) == (Decimal("35.0"), "EUR")
    assert isinstance(said["amount"], str)


@given("an operator holds the price for an offering")
def operator_holds(world: World, story: Story, prices: Prices) -> None:
    story.known["hold"] = {"offeringId": str(uuid4()), "publicationId": str(uuid4())}
    wanted = {**story.known["hold"], "offeringKey": f"offer-{prices.mark}", "seconds": 600}
    operator = world.sign_in("operator")["accessToken"]
    answer = prices.ask(operator, story.known["plan"], "/holds", wanted)
    assert answer.status_code in (200, 201), answer.text


@then("the price is locked, and says for whom")
def is_locked(story: Story, prices: Prices, author: str) -> None:
    story.known["locked"] = prices.get(author, story.known["plan"]["id"]).json()
    assert (story.known["locked"]["locked"], story.known["locked"]["version"]) == (True, 2)
    (hold,) = story.known["locked"]["holds"]
    assert {name: hold[name] for name in story.known["hold"]} == story.known["hold"]


@then("the author can neither change nor delete it, and is told who holds it")
def cannot_change(story: Story, prices: Prices, author: str) -> None:
    locked = story.known["locked"]
    for answer in (
        prices.change(author, locked, body=prices.monthly("15.00")),
        prices.change(author, locked, "DELETE"),
    ):
        story.answers.append(answer)
        problem = story.problem(409)
        assert problem["code"] == "locked"
        assert f"offer-{prices.mark}" in problem["detail"]
    assert prices.found(author) == [locked]


@when("the operator releases the price")
def operator_releases(world: World, story: Story, prices: Prices) -> None:
    path = f"{prices.address}/{story.known['plan']['id']}/holds/{story.known['hold']['publicationId']}"
    operator = world.sign_in("operator")["accessToken"]
    answer = world.http.delete(path, headers=bearer(operator))
    assert answer.status_code in (200, 204), answer.text


@then("the author can change it again")
def can_change(story: Story, prices: Prices, author: str) -> None:
    (released,) = prices.found(author)
    assert (released["locked"], released["holds"], released["version"]) == (False, [], 3)
    answer = prices.change(author, released, body=prices.monthly("15.00"))
    assert (answer.status_code, answer.json()["money"]["amount"]) == (200, "15.00")


@given("the author has drafted an offering at this price")
def has_drafted(story: Story, offerings: Offerings, author: str) -> None:
    wanted = {**offerings.bare(), "priceIds": [story.known["plan"]["id"]]}
    story.known["offering"] = offerings.made(author, wanted)


@then("the author cannot delete the price, because the offering uses it")
def cannot_delete(world: World, story: Story, prices: Prices, author: str) -> None:
    eventually(lambda: uses(world, "pricing", story.known["offering"]["id"]) == 1)
    story.answers.append(prices.change(author, story.known["plan"], "DELETE"))
    problem = story.problem(409)
    assert problem["code"] == "in_use"
    assert story.known["offering"]["key"] in problem["detail"]
    assert prices.found(author) == [story.known["plan"]]
