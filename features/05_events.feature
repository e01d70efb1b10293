Feature: Events
  Whatever has changed is told to everybody concerned: at least once, in order, and only if it has happened.

  Background:
    Given the platform is up
    And an author who has signed in

  Scenario: The outbox shows that a change was sent
    When the author defines the colour of a device
    Then the outbox shows its event as SENT
    And the event has the whole characteristic in it, and names the author

  Scenario: The events of a characteristic are sent in their order
    Given the author has defined the colour of a device
    When the author changes it twice and deletes it
    Then the outbox shows four events of it as SENT, with rising versions

  Scenario: What is refused is no event
    When the author defines a number that is at least 5 and at most 1, in a unit that nobody knows
    Then the outbox has no event of it

  Scenario: The platform tells how its outbox is
    When a visitor asks whether the platform is ready
    Then it says how the relay is woken, and that nothing is pending for long

  Scenario: What could not be handled is looked at and handed over again
    Given the author has defined the colour of a device
    And the store could not handle its event
    When an operator looks for messages that nobody could handle
    Then the event is the only one, with the reason
    When the operator hands it to the store again
    And an operator looks for messages that nobody could handle
    Then there are none

  @real
  Scenario: The message is in the queue
    Given a queue of the operator's beside that of the store
    When the author defines the colour of a device
    Then the message is in the queue
    And the store has received it, too

  @real
  Scenario: Without the broker authors go on, and nothing is lost
    Given a queue of the operator's beside that of the store
    When the broker is stopped
    And the author defines the colour of a device
    Then the outbox shows its event as PENDING
    When the broker is started again
    Then the outbox shows its event as SENT
    And the message is in the queue
