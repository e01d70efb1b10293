Feature: Prices
  Authors say what things cost: once, again and again, or by use.

  Background:
    Given the platform is up
    And an author who has signed in

  Scenario: A price is made
    When the author prices a plan at 12.50 EUR a month
    Then the price is there, unlocked, in its first version
    And a reader finds the price by a part of its name

  Scenario: A price that cannot be
    When the author prices a plan at 12.345 EUR, again and again but for no period
    Then the author is told what is wrong with the amount and with the period
    And there is no such price

  Scenario: A price is changed
    Given the author has priced a plan at 12.50 EUR a month
    When the author raises it to 15.00 EUR
    Then the price is 15.00 EUR, in its second version

  Scenario: A price is deleted
    Given the author has priced a plan at 12.50 EUR a month
    When the author deletes the price
    Then there is no such price

  Scenario: What a quantity costs is exact
    Given the author has priced tokens at 3 EUR a million, and at 2 EUR each million beyond ten
    When a reader asks what twelve and a half million cost
    Then they cost 35.0 EUR

  Scenario: Whoever sells at a price locks it
    Given the author has priced a plan at 12.50 EUR a month
    And an operator holds the price for an offering
    Then the price is locked, and says for whom
    And the author can neither change nor delete it, and is told who holds it
    When the operator releases the price
    Then the author can change it again

  Scenario: What is used is not deleted
    Given the author has priced a plan at 12.50 EUR a month
    And the author has drafted an offering at this price
    Then the author cannot delete the price, because the offering uses it
