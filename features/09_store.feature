Feature: The store
  Shoppers find what is published at once, with all that is said of it and what it costs.

  Background:
    Given the platform is up
    And a publisher who has signed in

  Scenario: What is published is in the store within a second
    Given the publisher has drafted a complete offering
    When the publisher publishes it
    Then a shopper sees it within a second, with its colour, its specification and its price
    And the store says when it became visible

  Scenario: Who has written reads what they wrote
    Given the publisher has published an offering
    When the publisher edits it
    And the publisher publishes it
    Then a shopper who asks for the new version gets it
    And a shopper who asks for a version that never comes is told to try again

  Scenario: A draft is nobody's business
    Given the publisher has published an offering
    When the publisher edits it
    Then a shopper sees it as it was

  Scenario: What is renamed is renamed in the store
    Given the publisher has published an offering
    And a shopper sees it
    When the publisher renames the colour
    Then a shopper sees the new name of the colour

  Scenario: What is retired is not for sale
    Given the publisher has published an offering
    And a shopper sees it
    When the publisher retires the offering
    Then a shopper does not see it any more

  Scenario: Shoppers find by words, choices and numbers
    Given the publisher has published phones with 512 MB, 1 GB and 2000 MB of memory
    Then a shopper who types the beginning of a word finds all of them
    And a shopper who wants at least 1 GB finds it, whatever the unit is
    And a shopper who chose red still sees how many are blue
    And a shopper who pays up to 15 EUR finds those that cost no more

  Scenario: Pages neither skip nor repeat
    Given the publisher has published phones with 512 MB, 1 GB and 2000 MB of memory
    Then a shopper who looks at one after the other sees each once, in every order

  Scenario: A question that cannot be understood
    When a shopper asks for memory of "much"
    Then the shopper is told which part of the question is not understood

  @real
  Scenario: The document is in MongoDB
    Given the publisher has published an offering
    And a shopper sees it
    Then MongoDB has the one document of it, with what the shopper is shown
