Feature: Building and viewing
  Authors make what the catalog is made of by forms, and everybody at work sees it in lists.

  Scenario: What is built is seen
    Given an author at work
    When the author builds a colour that is red or blue
    Then the list of characteristics has it
    And its page tells what it says, and who has made it

  Scenario: A form is judged before it is sent
    Given an author at work
    When the author builds a price without a name and an amount
    Then the author is told of both, and led to the first
    And nothing was built

  Scenario: What is refused is said at the field
    Given an author at work
    And a colour that is red or blue
    When the author builds another one with the key of the first
    Then the author is told at the key that it is taken
    And nothing else was built

  Scenario: A value is tried before anybody uses it
    Given an author at work
    And a colour that is red or blue
    When the author tries whether it can be red
    Then it is accepted

  Scenario: What is needed on the way is built on the way
    Given an author at work
    When the author specifies a phone, and defines its colour on the way
    Then the phone has the colour, which is chosen already

  Scenario: A list is as its address says
    Given a reader at work
    And three prices
    When the reader looks for them, and has them sorted by name, downwards
    Then the reader sees the three downwards
    When the reader opens the same address anew
    Then the reader sees the three downwards
    When the reader goes back
    Then the reader sees the three as they were

  Scenario: What is seen can be taken along
    Given a reader at work
    And three prices
    When the reader takes what is found along as a file
    Then the file has the three

  Scenario: What is used says by what
    Given a reader at work
    And a colour that a phone has
    When the reader looks at the colour
    Then the reader reads that the phone uses it

  Scenario: A life is told from its beginning
    Given an author at work
    And a colour that is red or blue
    When the author calls it something else by the form
    Then its page tells both names, and who has changed it

  Scenario: Readers only look
    Given a reader at work
    And a colour that is red or blue
    When the reader opens its form
    Then the reader can read it, and is told which role could change it

  Scenario: Publishing is watched step by step
    Given a publisher at work
    And a draft to which nothing is missing
    When the publisher publishes it by the form
    Then the publisher sees four steps come to their end
    And it is for sale

  Scenario: What is in the way is known before
    Given a publisher at work
    And a draft without a price
    When the publisher opens its form
    Then the publisher reads that a price is missing
    And publishing it is refused, with the way to the prices
