Feature: The platform comes up
  One command starts everything on a machine that has nothing but Python,
  and the gateway tells whether the platform is ready for visitors.

  Scenario: The gateway answers
    Given the platform is up
    When a visitor asks whether the gateway is alive
    Then the answer is yes

  Scenario: The gateway tells what it depends on
    Given the platform is up
    When a visitor asks whether the gateway is ready
    Then it is ready
    And it names the state of its dependencies, among them identity and token-keys

  Scenario: An address that does not exist
    Given the platform is up
    When a visitor asks for something that does not exist
    Then the answer is a problem that says there is nothing at this address

  Scenario: Stopping and starting again loses nothing
    Given the platform is up
    And a reader who has signed in
    When the platform is stopped
    Then nothing of it runs any more
    When the platform is started again
    Then the reader's session goes on

  Scenario: Starting what runs already changes nothing
    Given the platform is up
    When the platform is started again
    Then the same processes run as before

  @real
  Scenario: The identity server issues tokens
    Given the platform is up
    When a reader signs in at the identity server itself
    Then the identity server has issued a token for the gateway

  @real
  Scenario: The broker keeps a message in a queue
    Given the platform is up
    When a durable quorum queue is declared and a message is sent to it
    Then the message is read back from the queue

  @real
  Scenario: The document store keeps a document
    Given the platform is up
    When a document is written in a transaction
    Then the document is read back by its key

  @real
  Scenario: The relational store keeps a row
    Given the platform is up
    When a row is written to the relational store
    Then the row is read back

  @real
  Scenario: The process engine runs the publish process
    Given the platform is up
    When the publish process is deployed
    Then the engine can start it, and asks for its first task
    And the engine refuses whoever does not sign in

  @real
  Scenario: The trace store shows a request
    Given the platform is up
    When a visitor asks for something that does not exist
    Then the trace store shows the request under its trace id
