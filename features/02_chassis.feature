Feature: The chassis that every service stands on
  Every service logs, refuses and limits in the same way, so that whoever knows one knows them all.

  Scenario: A library's log line is one structured line
    Given a service that has set up its logs
    When a library inside the service writes a warning
    Then the line says when, how grave, and by which service

  Scenario: A refusal inside the service becomes a problem a program can read
    Given a service that has set up its logs
    When its domain refuses a request because a price is locked
    Then the caller gets a conflict that says the price is locked

  Scenario: A malformed request is told where it is wrong
    Given the platform is up
    When a visitor signs in without a password
    Then the answer is a problem that points at the password

  Scenario: A request is found in the logs by its trace
    Given the platform is up
    When a visitor asks for something that does not exist
    Then the log has a line for the request with the trace id of the answer

  Scenario: A secret never reaches the logs
    Given the platform is up
    When a visitor signs in with a secret that is nobody's password
    Then no log of the platform contains the secret

  Scenario Outline: What is too much is refused before it is read
    Given the platform is up
    When a visitor sends <too much>
    Then the answer is a problem that says it is <what>

    Examples:
      | too much                          | what                 |
      | two megabytes                     | too large            |
      | a document nested a thousand deep | too deep             |
      | a document in another alphabet    | not utf8             |
      | twenty kilobytes of headers       | head too large       |

  Scenario: A missing setting stops a service with one clear line
    Given a gateway that is not told where its identity server is
    When it is started
    Then it ends at once with one line that names the missing setting
