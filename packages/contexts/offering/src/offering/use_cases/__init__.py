"""What people and the publish process do with offerings, one verb a file."""
