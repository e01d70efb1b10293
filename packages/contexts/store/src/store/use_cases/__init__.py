"""What the store does, one verb a file."""
