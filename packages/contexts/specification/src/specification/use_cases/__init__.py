"""What people do with specifications, one verb a file."""
