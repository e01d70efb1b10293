Feature: Who a person is and what they may do
  People sign in once; every service checks for itself who is asking.

  Scenario: A token opens the protected address
    Given a reader who has signed in
    When the reader asks who they are
    Then the answer names the reader and the role reader

  Scenario: Without a token it stays closed
    Given the platform is up
    When a visitor asks who they are
    Then the visitor is told to sign in first

  Scenario Outline: Every role has its demo user
    Given a <user> who has signed in
    When the <user> asks who they are
    Then the answer names the <user> and the role <user>

    Examples:
      | user      |
      | reader    |
      | author    |
      | publisher |
      | operator  |

  Scenario: A wrong password and an unknown name are refused alike
    Given the platform is up
    When a visitor signs in with a wrong password
    And a visitor signs in with a name nobody has
    Then both are refused in the same words

  Scenario: Forged tokens open nothing
    Given the platform is up
    When a forger tries every forgery they can make
    Then every one is refused

  Scenario: A session goes on without the password
    Given a reader who has signed in
    When the reader's session is continued
    Then the new token opens the protected address

  Scenario: A stolen refresh token ends the session
    Given a reader who has signed in
    And the reader's session is continued
    When the old refresh token is used again
    Then it is refused
    And the session is over for the thief and for the reader

  Scenario: Signing out ends the session
    Given a reader who has signed in
    When the reader signs out
    Then the session is over

  Scenario: Guessing passwords is stopped
    Given the platform is up
    When a guesser tries twenty passwords for one account at once
    Then at most five are even looked at
    And the guesser is told how long to wait

  Scenario: Nobody becomes somebody else by saying so
    Given a reader who has signed in
    When the reader claims in the request's headers to be the operator
    Then the answer names the reader and the role reader

  @real
  Scenario: The token is Keycloak's
    Given a reader who has signed in
    Then the reader's token is signed with a key of Keycloak's, which is its issuer
    And Keycloak knows the token, and whose it is
    When the reader signs out
    Then Keycloak does not know the token any more
