"""What the doctor makes of facts: which sentence, and which command."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from apps.platform.tests.doctor.seen import IDLE, NOW, apps, bad, embedded, found, health, native, running
from platform_app.doctor.facts import (
    BROKER,
    Breaker,
    Facts,
    Health,
    Publications,
    Queued,
    Slow,
    StoreStatus,
    Stuck,
    Unseen,
)
from platform_app.doctor.findings import Finding, Level, Verdict
from platform_app.doctor.judging import findings_of, findings_without, verdict_of

AWAY = Unseen("no answer within 2.5 s")


def verdict(facts: Facts) -> Verdict:
    """What it all comes to."""
    return verdict_of(findings_of(facts), facts)


def test_a_native_stack_that_is_well_has_a_line_for_each_kind() -> None:
    facts = native()
    assert [(one.about, one.said) for one in findings_of(facts)] == [
        ("processes", "11 processes run, and take 1,100 MB."),
        ("apps", "6 are ready: characteristic, gateway, offering, pricing, specification, store."),
        ("outbox", "No event waits to be published."),
        ("queues", "5 are listened to, and nothing waits there."),
        ("parked", "No message is parked."),
        ("publications", "None goes on."),
        ("store", "1,442 entries; what came lately was visible after 0.12 s (95 of 100)."),
        ("breakers", "1 is closed."),
        ("sign-in", "The operator can sign in."),
        ("disk", "12.3 GB are free."),
    ]
    assert {(one.level, one.name, one.command) for one in findings_of(facts)} == {(Level.WELL, "", "")}
    assert verdict(facts) is Verdict.WELL


def test_an_embedded_stack_has_no_queues_and_says_nothing_of_breakers_that_nobody_tells_of() -> None:
    facts = embedded()
    assert [one.about for one in findings_of(facts)] == [
        "processes",
        "apps",
        "outbox",
        "parked",
        "publications",
        "store",
        "sign-in",
        "disk",
    ]
    assert bad(facts) == []


def test_a_stack_of_which_nothing_runs() -> None:
    assert findings_without("embedded", []) == [
        Finding(Level.WRONG, "stack", "embedded", "It is not up.", "catalog up")
    ]
    assert findings_without("native", ["store", "postgres"]) == [
        Finding(
            Level.WRONG,
            "stack",
            "native",
            "It is not up. Nobody has stopped postgres and store.",
            "catalog up --stack native",
        )
    ]
    assert verdict_of([], None) is Verdict.NOT_UP


def test_without_an_answer_of_the_gateway_the_platform_is_not_up() -> None:
    assert verdict(native(apps=apps(gateway=AWAY))) is Verdict.NOT_UP
    assert verdict(native(apps=apps(gateway=Health("unready")))) is Verdict.NEEDS_A_PERSON
    assert verdict(native(apps=apps(store=AWAY))) is Verdict.NEEDS_A_PERSON


def test_what_could_not_be_looked_at_needs_a_person_and_what_passes_does_not() -> None:
    assert verdict(native(store=AWAY)) is Verdict.NEEDS_A_PERSON
    assert verdict(native(store=StoreStatus(5, 2, None))) is Verdict.WELL


def test_a_process_that_has_ended_is_started_again_and_its_app_is_not_named_twice() -> None:
    names = ("postgres", "gateway", "pricing")
    some = {"gateway": Health("ready"), "pricing": AWAY}
    facts = native(processes=running(*names, ended=("pricing",)), apps=some)
    assert found(facts, "processes") == [(Level.WELL, "", "2 processes run, and take 200 MB.", "")]
    assert found(facts, "process") == [
        (Level.WRONG, "pricing", "It does not run any more.", "catalog up --stack native")
    ]
    assert found(facts, "app") == []
    assert found(facts, "apps") == [(Level.WELL, "", "1 is ready: gateway.", "")]


def test_an_app_without_a_process_is_started_whoever_misses_it() -> None:
    some = apps(gateway=health("pricing"), pricing=Unseen("no answer (ClientConnectorError)"))
    processes = [one for one in native().processes if one.name != "pricing"]
    facts = native(apps=some, processes=processes, queues={"pricing": Queued(2, 0, 0)})
    assert found(facts, "app") == [
        (Level.WRONG, "gateway", "Degraded: pricing does not answer.", "catalog up --stack native"),
        (
            Level.WRONG,
            "pricing",
            "It does not say how it is: no answer (ClientConnectorError).",
            "catalog up --stack native",
        ),
    ]
    assert found(facts, "queue") == [
        (Level.WRONG, "pricing", "Nobody listens, and 2 messages wait.", "catalog up --stack native")
    ]


def test_an_app_that_runs_and_does_not_answer() -> None:
    said = "It does not say how it is: no answer within 2.5 s."
    assert found(native(apps=apps(pricing=AWAY)), "app") == [
        (Level.WRONG, "pricing", said, "catalog logs pricing --stack native")
    ]
    assert found(embedded(apps={"gateway": AWAY}), "app") == [
        (Level.WRONG, "gateway", said, "catalog logs platform")
    ]


@pytest.mark.parametrize(
    ("down", "said", "command"),
    [
        ("postgres", "its database does not answer", "catalog logs postgres --stack native"),
        ("mongodb", "its documents cannot be reached", "catalog logs mongod --stack native"),
        ("broker", "the broker does not take its events", "catalog logs rabbitmq --stack native"),
        ("outbox", "its events are not published", "catalog logs rabbitmq --stack native"),
        ("events", "it does not hear events", "catalog logs rabbitmq --stack native"),
        ("engine", "the process engine does not answer", "catalog logs camunda --stack native"),
        ("token-keys", "the issuer's keys cannot be read", "catalog logs keycloak --stack native"),
        ("identity", "the issuer does not answer", "catalog logs keycloak --stack native"),
        ("other", "other does not answer", "catalog logs pricing --stack native"),
    ],
)
def test_what_an_app_lacks_is_said_with_the_log_of_who_is_at_fault(
    down: str, said: str, command: str
) -> None:
    assert found(native(apps=apps(pricing=health(down))), "app") == [
        (Level.WRONG, "pricing", f"Degraded: {said}.", command)
    ]


def test_what_an_app_lacks_because_a_server_has_ended_is_mended_by_starting_that() -> None:
    processes = running("rabbitmq", "pricing", ended=("rabbitmq",))
    facts = native(processes=processes, apps=apps(pricing=health("outbox", "broker", status="unready")))
    assert found(facts, "app") == [
        (
            Level.WRONG,
            "pricing",
            "Unready: the broker does not take its events; its events are not published.",
            "catalog up --stack native",
        )
    ]


def test_in_one_process_the_log_is_that_of_the_process_unless_a_server_is_at_fault() -> None:
    every = {**embedded().apps, "pricing": health("outbox"), "store": health("mongodb")}
    assert found(embedded(apps=every), "app") == [
        (Level.WRONG, "pricing", "Degraded: its events are not published.", "catalog logs postgres"),
        (Level.WRONG, "store", "Degraded: its documents cannot be reached.", "catalog logs mongod"),
    ]


def test_an_app_that_has_not_been_answered_by_one_that_is_ready_will_find_out() -> None:
    facts = native(apps=apps(specification=health("characteristic")))
    said = "It has had no answer of characteristic lately; the next call finds out."
    assert found(facts, "app") == [(Level.PASSING, "specification", said, "")]
    facts = native(apps=apps(specification=health("characteristic"), characteristic=AWAY))
    assert found(facts, "app")[1] == (
        Level.WRONG,
        "specification",
        "Degraded: characteristic does not answer.",
        "catalog logs characteristic --stack native",
    )


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("stopping", "Stopping: it is about to end."),
        ("unready", "Unready: it does not say why."),
    ],
)
def test_an_app_that_is_not_ready_and_lacks_nothing(status: str, said: str) -> None:
    assert found(native(apps=apps(store=Health(status))), "app") == [
        (Level.WRONG, "store", said, "catalog logs store --stack native")
    ]


@pytest.mark.parametrize(
    ("detail", "level", "said", "command"),
    [
        (
            {"pending": 1, "oldestSeconds": 0.4},
            Level.PASSING,
            "1 event waits to be published; the oldest for 0 s.",
            "",
        ),
        (
            {"pending": 1200, "oldestSeconds": 30.0},
            Level.PASSING,
            "1,200 events wait to be published; the oldest for 30 s.",
            "",
        ),
        (
            {"pending": 12, "failing": 3, "oldestSeconds": 45.2},
            Level.WRONG,
            "12 events wait to be published, 3 after a try that failed; the oldest for 45 s.",
            "catalog logs pricing --stack native",
        ),
    ],
)
def test_what_waits_to_be_published(detail: dict[str, Any], level: Level, said: str, command: str) -> None:
    facts = native(apps=apps(pricing=health(outbox={**IDLE, **detail})))
    assert found(facts, "outbox") == [(level, "pricing", said, command)]


def test_an_outbox_that_is_away_is_told_by_its_app_alone() -> None:
    facts = native(apps={"gateway": Health("ready"), "pricing": health("outbox")})
    assert found(facts, "outbox") == []


@pytest.mark.parametrize(
    ("queued", "level", "said", "command"),
    [
        (Queued(1, 0, 1), Level.PASSING, "1 message waits.", ""),
        (Queued(2, 1000, 1), Level.PASSING, "1,002 messages wait, 1,000 of them for another try.", ""),
        (
            Queued(0, 0, 0),
            Level.WRONG,
            "Nobody listens, and nothing waits.",
            "catalog logs store --stack native",
        ),
        (
            Queued(7, 0, 0),
            Level.WRONG,
            "Nobody listens, and 7 messages wait.",
            "catalog logs store --stack native",
        ),
        (
            Unseen("The broker has no queue store"),
            Level.WRONG,
            "The broker has no queue store.",
            "catalog broker apply",
        ),
    ],
)
def test_what_waits_for_a_consumer(queued: Queued | Unseen, level: Level, said: str, command: str) -> None:
    facts = native(queues={"store": queued, "pricing": Queued(0, 0, 1)})
    assert found(facts, "queue") == [(level, "store", said, command)]
    assert found(facts, "queues") == [(Level.WELL, "", "1 is listened to, and nothing waits there.", "")]


def test_a_broker_that_does_not_answer() -> None:
    facts = native(queues=AWAY, parked={BROKER: AWAY, "pricing": {}})
    command = "catalog logs rabbitmq --stack native"
    said = "Not known: no answer within 2.5 s."
    assert found(facts, "queues") == [(Level.UNKNOWN, "", said, command)]
    assert found(facts, "parked") == [
        (Level.UNKNOWN, "", "Not known of the broker: no answer within 2.5 s.", command)
    ]
    ended = replace(facts, processes=running("rabbitmq", ended=("rabbitmq",)))
    assert found(ended, "queues") == [(Level.UNKNOWN, "", said, "catalog up --stack native")]


def test_what_is_parked_is_counted_for_each_consumer_wherever_it_lies() -> None:
    places = {BROKER: {"store": 2}, "pricing": {"store": 1000, "offering": 1}, "offering": {}}
    assert found(native(parked=places), "parked") == [
        (
            Level.WRONG,
            "offering",
            "1 message that nobody could handle.",
            "catalog dlq list --consumer offering --stack native",
        ),
        (
            Level.WRONG,
            "store",
            "1,002 messages that nobody could handle.",
            "catalog dlq list --consumer store --stack native",
        ),
    ]


def test_databases_that_do_not_answer_are_one_line() -> None:
    places = {"pricing": AWAY, "offering": AWAY, "characteristic": {}, "specification": Unseen("it is full")}
    assert found(embedded(parked=places), "parked") == [
        (
            Level.UNKNOWN,
            "",
            "Not known of offering and pricing: no answer within 2.5 s.",
            "catalog logs postgres",
        ),
        (Level.UNKNOWN, "", "Not known of specification: it is full.", "catalog logs postgres"),
    ]


@pytest.mark.parametrize(
    ("going", "said"),
    [
        (Publications(running=1), "1 runs."),
        (Publications(running=1200, waiting=1), "1,200 run, 1 waits to begin."),
        (Publications(waiting=3), "0 run, 3 wait to begin."),
    ],
)
def test_publications_that_go_on_are_well(going: Publications, said: str) -> None:
    facts = native(publications=going)
    assert found(facts, "publications") == [(Level.WELL, "", said, "")]
    assert bad(facts) == []


def test_a_publication_that_is_stuck_says_where_since_when_and_what_is_wrong() -> None:
    stuck = [
        Stuck(
            id="a",
            offering="galaxy",
            step="Lock prices",
            since=NOW - timedelta(minutes=12, seconds=5),
            problem="The database is full.",
        ),
        Stuck(id="b", offering="nova"),
    ]
    facts = embedded(publications=Publications(stuck=9, oldest_stuck=stuck))
    assert found(facts, "publication") == [
        (
            Level.WRONG,
            "galaxy",
            "Stuck at “Lock prices” since 11:47:55 UTC (12 min): The database is full.",
            "catalog publications retry a",
        ),
        (Level.WRONG, "nova", "Stuck.", "catalog publications retry b"),
    ]
    assert found(facts, "publications") == [
        (Level.WELL, "", "None goes on, but for those that are stuck.", ""),
        (Level.WRONG, "", "7 more are stuck.", "catalog publications retry --stuck"),
    ]


def test_a_publication_that_takes_long() -> None:
    slow = [Slow("a", "galaxy", NOW - timedelta(hours=3))]
    facts = native(publications=Publications(running=1, slow=slow))
    assert found(facts, "publication") == [
        (
            Level.WRONG,
            "galaxy",
            "It has been going on for 3 h; two minutes are enough.",
            "catalog publications show a --stack native",
        )
    ]


@pytest.mark.parametrize(
    ("store", "level", "said"),
    [
        (StoreStatus(0, 0, None), Level.WELL, "0 entries."),
        (StoreStatus(1, 0, 5.0), Level.WELL, "1 entry; what came lately was visible after 5 s (95 of 100)."),
        (
            StoreStatus(9, 0, 12.34),
            Level.PASSING,
            "9 entries; what came lately was visible after 12 s (95 of 100).",
        ),
        (StoreStatus(9, 2, None), Level.PASSING, "9 entries, 2 still to be composed anew."),
    ],
)
def test_how_the_store_is(store: StoreStatus, level: Level, said: str) -> None:
    assert found(native(store=store), "store") == [(level, "", said, "")]


def test_a_store_that_is_being_made_anew_or_cannot_say() -> None:
    said = "It is being made anew; if nobody does that any more, this goes on with it."
    assert found(embedded(rebuilding=True), "store")[1:] == [
        (Level.PASSING, "editions", said, "catalog store rebuild")
    ]
    assert found(embedded(rebuilding=AWAY), "store")[1:] == [
        (Level.UNKNOWN, "editions", "Not known: no answer within 2.5 s.", "catalog logs mongod")
    ]
    assert len(found(embedded(rebuilding=None), "store")) == 1


@pytest.mark.parametrize(
    ("breaker", "changed", "level", "said", "command"),
    [
        (
            Breaker("gateway", "service pricing at http://p", "open"),
            {"pricing": AWAY},
            Level.WRONG,
            "Open: the service pricing at http://p has not answered, so nobody asks it.",
            "catalog logs pricing --stack native",
        ),
        (
            Breaker("specification", "characteristic service", "open"),
            {},
            Level.PASSING,
            "Open: the next call finds out whether the characteristic service answers again.",
            "",
        ),
        (
            Breaker("offering", "pricing service", "half_open"),
            {"pricing": AWAY},
            Level.PASSING,
            "Half open: the next call finds out whether the pricing service answers again.",
            "",
        ),
        (
            Breaker("offering", "process engine", "open"),
            {"offering": health("engine")},
            Level.WRONG,
            "Open: the process engine has not answered, so nobody asks it.",
            "catalog logs camunda --stack native",
        ),
        (
            Breaker("offering", "process engine", "open"),
            {},
            Level.PASSING,
            "Open: the next call finds out whether the process engine answers again.",
            "",
        ),
    ],
)
def test_a_breaker_that_is_not_closed(
    breaker: Breaker, changed: dict[str, Any], level: Level, said: str, command: str
) -> None:
    facts = native(breakers=[breaker, Breaker("a", "b", "closed")], apps=apps(**changed))
    assert found(facts, "breaker") == [(level, breaker.caller, said, command)]
    assert found(facts, "breakers") == []


def test_a_sign_in_that_fails_is_a_finding_and_what_needs_one_is_not_known() -> None:
    nobody = Unseen("nobody can sign in")
    asked = {
        "signed_in": Unseen("Sign-in does not answer"),
        "publications": nobody,
        "store": nobody,
        "free": 2_000_000_000,
    }
    assert bad(native(**asked)) == [
        Finding(
            Level.UNKNOWN,
            "publications",
            "",
            "Not known: nobody can sign in.",
            "catalog logs keycloak --stack native",
        ),
        Finding(
            Level.UNKNOWN,
            "store",
            "",
            "Not known: nobody can sign in.",
            "catalog logs keycloak --stack native",
        ),
        Finding(
            Level.WRONG,
            "sign-in",
            "",
            "The operator cannot sign in: Sign-in does not answer.",
            "catalog logs keycloak --stack native",
        ),
    ]
    assert {one.command for one in bad(embedded(**asked))} == {"catalog logs platform"}
    processes = running("keycloak", "gateway", ended=("gateway",))
    ended = native(**asked, processes=processes)
    assert found(ended, "sign-in")[0][3] == "catalog up --stack native"


@pytest.mark.parametrize(
    ("free", "level", "said"),
    [
        (900_000_000, Level.WELL, "0.9 GB are free."),
        (899_999_999, Level.PASSING, "Only 0.9 GB are free."),
        (300_000_000, Level.PASSING, "Only 0.3 GB are free."),
        (
            299_999_999,
            Level.WRONG,
            "Only 299 MB are free: make room, or the databases will stop.",
        ),
        (AWAY, Level.UNKNOWN, "Not known: no answer within 2.5 s."),
    ],
)
def test_how_much_room_there_is(free: int | Unseen, level: Level, said: str) -> None:
    command = "" if level is Level.WELL else "df -h /catalog/embedded"
    assert found(embedded(free=free), "disk") == [(level, "", said, command)]
