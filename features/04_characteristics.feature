Feature: Characteristics
  Authors describe what can be said of a product, and which values may be said.

  Background:
    Given the platform is up
    And an author who has signed in

  Scenario: An author defines a characteristic, and readers find it
    When the author defines the memory of a device, in gigabytes from 1 to 512
    Then the characteristic is there, in its first version, made by the author
    And a reader finds it by a part of its name

  Scenario: A definition with several faults
    When the author defines a number that is at least 5 and at most 1, in a unit that nobody knows
    Then the author is told what is wrong with the limits and with the unit
    And there is no such characteristic

  Scenario: A key is used once
    Given the author has defined the colour of a device
    When the author defines another characteristic with the same key
    Then the author is told that the key is taken

  Scenario: A change is made to what was seen
    Given the author has defined the colour of a device
    When the author and a publisher change the same version at the same time
    Then one of the two changes is kept
    And the other one is told that the characteristic has changed meanwhile

  Scenario: Who does not say which version they have seen changes nothing
    Given the author has defined the colour of a device
    When the author changes it without saying which version they have seen
    Then the author is told to say so
    And the characteristic is still in its first version

  Scenario: What is deprecated is kept for those who use it
    Given the author has defined the colour of a device
    When the author deprecates it
    Then the characteristic is deprecated, in its second version
    And the author can no longer change it

  Scenario: What nobody uses can be deleted
    Given the author has defined the colour of a device
    When the author deletes it
    Then there is no such characteristic

  Scenario: A request that is sent twice is done once
    When the author sends the same definition twice with one idempotency key
    Then both answers are the same
    And there is one such characteristic

  Scenario: Readers only read
    Given a reader who has signed in
    When the reader defines the colour of a device
    Then the reader is refused
    And there is no such characteristic
