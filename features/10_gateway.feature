Feature: The gateway
  One door to all services: it leads the way, and stays open when one of them is away.

  Background:
    Given the platform is up
    And an author who has signed in

  Scenario: One address leads to every service
    When the author looks at each kind of thing
    Then each service has answered

  Scenario: One document describes everything
    When a visitor asks for the description of the interface
    Then it has every address of every service once, and whom it lets pass

  Scenario: What a service refuses comes through as it was said
    When the author asks for a price that does not exist
    Then the answer is the refusal of the price service

  Scenario: Nobody gets past the door by a crooked address
    When a visitor asks for addresses that lead elsewhere
    Then all of them are refused

  Scenario: A service that is away
    Given the author has defined the colour of a device
    When the characteristic service is stopped
    Then whoever asks for characteristics is told at once that the service is unavailable
    And nobody can specify a phone that has this colour, and is told so at once
    And the other services answer as before
    When the characteristic service is started again
    Then whoever asks for characteristics is answered again
    And the author can specify a phone that has this colour
