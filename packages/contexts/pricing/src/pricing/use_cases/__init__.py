"""What people and programs do with prices, one verb a file."""
