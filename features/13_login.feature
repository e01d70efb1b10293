Feature: Signing in and out in the browser
  People sign in on a page, come to where they wanted, and leave no trace when they go.

  Scenario: Who signs in comes to where they wanted
    Given somebody who opens the prices without having signed in
    When they sign in as the reader
    Then they see the prices
    And no script can read who they are

  Scenario: A wrong password and an unknown name are refused alike
    Given somebody at the login page
    When they sign in with a wrong password
    Then they are told that the two do not belong together
    When they sign in with a name nobody has
    Then they are told that the two do not belong together
    And they still have to sign in

  Scenario: Who signs out has signed out everywhere
    Given a reader at work in two windows
    When the reader signs out in one of them
    Then both ask them to sign in
    And the way back shows nothing

  Scenario: Who has signed in already is not asked again
    Given a reader at work
    When the reader opens the login page
    Then the reader is at work still

  Scenario: Everybody may look at the store
    Given somebody who has not signed in
    When they open the store
    Then they see what is sold, and where to sign in
