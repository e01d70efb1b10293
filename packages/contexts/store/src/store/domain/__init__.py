"""What shoppers see and ask: pure, and the same for every store of record."""
