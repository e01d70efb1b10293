"""What things cost: once, again and again, or by use; and who holds a price while it is sold."""
