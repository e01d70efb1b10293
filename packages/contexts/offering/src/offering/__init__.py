"""What is sold: drafts, publication, and what is live."""
