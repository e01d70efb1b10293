Feature: Tracing
  From the click to the shop window: what the platform does about a request is told as one story, without secrets.

  Background:
    Given the platform is up

  Scenario: A change is followed to everybody who hears of it
    Given an author who has signed in
    When the author defines the colour of a device
    Then one trace tells of it from beginning to end
    And it leads through the service, its database and the message to the store that hears of it

  Scenario: A later change has a trace of its own
    Given an author who has signed in
    And the author has defined the colour of a device
    When the author revises it
    Then one trace tells of it from beginning to end
    And it leads through the service, its database and the message to the store that hears of it
    And it is another trace than that of the first change

  Scenario: A publication is one trace, whoever works on it
    Given a publisher who has signed in
    And the publisher has drafted a complete offering
    When the publisher publishes it
    Then the publication is over
    And one trace tells of it from beginning to end
    And each step of the process is in it, done by the service it belongs to
    And everybody who heard of the publication is in it

  Scenario: What fails is found by the number in the answer
    Given an author who has signed in
    And prices cannot be read for a fault of the platform
    When the author looks at the prices
    Then the answer says that something went wrong, and under which number
    And the trace with this number has the error in it, at the service and at its database
    And the log has a line about the error with this number

  Scenario: A stranger cannot write into our traces
    Given an author who has signed in
    When the author asks who they are and defines a colour, and names a trace of somebody else's
    Then both answers have traces of their own, which begin at the platform
    And nothing was added to the trace that was named

  Scenario: Secrets are told nobody
    Given an author who has signed in
    When strangers send a secret wherever something secret can be
    And the author sends it beside what is asked for, in requests that succeed, are refused, and fail
    And a message with the secret in it, which nobody understands, is on its way
    Then each of the requests has a trace, and the message is parked
    And neither a log nor a trace has the secret in it
    And nothing that is noted beside a parked message has it either

  @real
  Scenario: Nobody waits for a collector that is away
    Given an author who has signed in
    When the collector is stopped
    And the author defines the colour of a device
    Then the author was served
    And the platform says in its log that traces are lost, and does not repeat it all the time
    When the collector is started again
    And the author defines another colour
    Then one trace tells of it from beginning to end
