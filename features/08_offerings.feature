Feature: Offerings
  What is sold begins as a draft, and is published when it is complete.

  Background:
    Given the platform is up
    And a publisher who has signed in

  Scenario: A draft
    When the publisher drafts an offering without anything but a name
    Then the offering is there, a draft in its first version
    And a reader finds the offering by a part of its name

  Scenario: Without a specification and a price nothing is published
    Given the publisher has drafted an offering without anything but a name
    When the publisher publishes it
    Then the publisher is told that a specification and a price are missing
    And the offering is still a draft

  Scenario: What is complete is published
    Given the publisher has drafted an offering without anything but a name
    When the publisher adds a specification and a price
    And the publisher publishes it
    Then the publication is under way, at an address of its own
    And the offering is published in the end
    And the publication says so, too

  Scenario: What is published goes on as it is while it is edited
    Given the publisher has published an offering
    When the publisher edits it
    Then what is live is as before, and there is a draft beside it
    When the publisher publishes it
    Then the draft is live in the end

  Scenario: Moves that are not allowed
    Given the publisher has published an offering
    When the publisher deletes the offering
    Then the publisher is told what is allowed
    When the publisher retires the offering
    Then the offering is retired
    And nothing can be done with it any more

  Scenario: A publication that is asked for twice happens once
    Given the publisher has drafted a complete offering
    When the publisher publishes it twice with one idempotency key
    Then both answers name the same publication
    And the offering is published in the end

  Scenario: Authors do not publish
    Given the publisher has drafted a complete offering
    When an author publishes it
    Then the author is refused
    And the offering is still a draft
