"""Every port again, in memory: for tests, and held to the same contract as a real store."""
