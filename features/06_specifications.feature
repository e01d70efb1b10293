Feature: Specifications
  Authors describe kinds of products by the characteristics that these have.

  Background:
    Given the platform is up
    And an author who has signed in

  Scenario: A kind of product with a characteristic that exists
    Given the author has defined the colour of a device
    When the author specifies a phone that has this colour
    Then the specification is there, a draft in its first version
    And a reader finds the specification by a part of its name

  Scenario: A characteristic that does not exist
    When the author specifies a phone with a characteristic that does not exist
    Then the author is told which characteristic is unknown
    And there is no such specification

  Scenario: At least one characteristic
    When the author specifies a phone without any characteristic
    Then the author is told that at least one is needed
    And there is no such specification

  Scenario: What is deprecated is for nothing new
    Given the author has defined the colour of a device
    And the author has deprecated it
    When the author specifies a phone that has this colour
    Then the author is told that the colour is deprecated
    And there is no such specification

  Scenario: A default that may not be said
    Given the author has defined the colour of a device
    When the author specifies a phone whose colour is by default one that there is not
    Then the author is told what is wrong with the default
    And there is no such specification

  Scenario: Somebody fills in a product
    Given the author has specified a phone that has this colour
    When the author asks whether a phone may be in a colour that there is not, and have wheels
    Then the author is told what is wrong with the colour and with the wheels
    When the author asks whether a phone may be red
    Then nothing is wrong

  Scenario: What is used is not deleted
    Given the author has specified a phone that has this colour
    Then the author cannot delete the colour, because the phone uses it
    When the author deletes the specification
    Then the author can delete the colour
