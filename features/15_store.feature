Feature: The store in the browser
  Shoppers find what is for sale, by words and by choices, with whatever browser they have.

  Scenario Outline: Shoppers find what they look for
    Given a shopper <with> scripts
    And a red and a blue phone for sale
    When the shopper searches for them
    Then the shopper finds both, with what they cost
    When the shopper looks at the red one
    Then the shopper reads its colour and its price

    Examples:
      | with    |
      | with    |
      | without |

  Scenario: Choices narrow what is found, and can be taken back
    Given a shopper with scripts
    And a red and a blue phone for sale
    When the shopper searches for them
    And the shopper wants a red one
    Then the shopper finds the red one alone
    And still sees that there is a blue one
    When the shopper takes the choice back
    Then the shopper finds both, with what they cost

  Scenario: What is cheap comes first when that is wanted
    Given a shopper with scripts
    And a red and a blue phone for sale
    When the shopper searches for them
    And the shopper wants what is cheap first
    Then the shopper finds the blue one before the red one

  Scenario: A search that finds nothing says what to leave out
    Given a shopper with scripts
    And a red and a blue phone for sale
    When the shopper searches for them, for less than they cost
    Then the shopper is told that without the price both are found

  Scenario: What is not published is nobody's business
    Given a shopper with scripts
    And a draft to which nothing is missing
    When the shopper opens the draft's address
    Then the shopper is told that it is not for sale

  Scenario: What is retired is gone
    Given a shopper with scripts
    And a red and a blue phone for sale
    When the red one is retired
    Then the shopper finds the blue one alone
    And the red one's address says that it is not for sale

  Scenario: Programs can read what is sold
    Given a shopper without scripts
    And a red and a blue phone for sale
    When the shopper looks at the red one's address
    Then what it is called and what it costs can be read by programs
