"""What people do with characteristics, one verb a file."""
