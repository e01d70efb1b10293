Feature: Publishing
  An offering goes live completely or not at all, step by step, and everybody can watch.

  Background:
    Given the platform is up
    And a publisher who has signed in

  Scenario: Step by step into the store
    Given the publisher has drafted a complete offering
    When the publisher publishes it
    Then the publication ends PUBLISHED
    And its steps were: Lock prices, Validate spec, Stage store entry, Confirm offering
    And the price is held by the offering without an end
    And a shopper finds it

  Scenario: Everybody can watch
    Given the publisher has drafted a complete offering
    When the publisher publishes it, and a reader watches
    Then the reader has seen it from its request to its end

  Scenario: What comes to nothing is undone, and the reason told
    Given the publisher has drafted a complete offering, and one of its prices does not exist
    When the publisher publishes it
    Then the publication ends REJECTED with PRICE_MISSING
    And the publisher reads which price is missing
    And its steps were: Lock prices, Drop store entry, Release prices, Reject offering
    And the offering is a draft again
    And the price is held by nobody
    And no shopper finds it

  Scenario: All that is wrong with the values is told at once
    Given the publisher has drafted a complete offering, and says nothing of its colour but much that is foreign
    When the publisher publishes it
    Then the publication ends REJECTED with SPECIFICATION_INVALID
    And the publisher reads that the colour is missing and what is foreign
    And the price is held by nobody

  Scenario: It is known before
    Given the publisher has drafted a complete offering, and one of its prices does not exist
    When the publisher asks what would become of it
    Then the publisher reads before which price is missing
    And the offering is still as it was
    When the publisher mends it
    And the publisher asks what would become of it
    Then nothing stands in its way
    When the publisher publishes it
    Then the publication ends PUBLISHED

  Scenario: An operator helps a step that is stuck
    Given the publisher has drafted a complete offering
    And prices cannot be locked for a fault of the platform
    When the publisher publishes it
    Then the publication is STUCK at "Lock prices"
    And an operator finds it among those that are stuck
    When the fault is mended
    And the operator has it tried again
    Then the publication ends PUBLISHED
    And a shopper finds it

  Scenario: An operator gives up what is stuck
    Given the publisher has drafted a complete offering
    And prices cannot be locked for a fault of the platform
    When the publisher publishes it
    Then the publication is STUCK at "Lock prices"
    When the fault is mended
    And the operator gives it up
    Then the publication ends REJECTED with CANCELLED
    And the offering is a draft again
    And the price is held by nobody

  Scenario: Shoppers see what was live until what is new is
    Given the publisher has published an offering
    And a shopper finds it
    When the publisher edits it
    And prices cannot be locked for a fault of the platform
    And the publisher publishes it
    Then the publication is STUCK at "Lock prices"
    And a shopper finds it as it was
    When the fault is mended
    And the operator has it tried again
    Then the publication ends PUBLISHED
    And a shopper finds it as it was changed
    And the price is held by the offering without an end

  Scenario: Many at once, and one that is no good
    Given the publisher has drafted ten offerings, and one of them has a price that does not exist
    When the publisher publishes all ten, and one that nobody knows
    Then nine are published and found, one is rejected, and the unknown one was refused at once

  Scenario: What is retired holds nothing
    Given the publisher has published an offering
    And a shopper finds it
    When the publisher retires the offering
    Then the price is held by nobody
    And no shopper finds it

  @real
  Scenario: The engine shows it, too
    Given the publisher has drafted a complete offering
    When the publisher publishes it
    Then the publication ends PUBLISHED
    And the engine's history tells its steps
    And Cockpit's history has it, with its steps
