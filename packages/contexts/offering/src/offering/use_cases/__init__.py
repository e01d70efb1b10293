"""What people and programs do here, one verb a file."""
