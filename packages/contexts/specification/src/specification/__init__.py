"""Kinds of products: which characteristics they have, and which of them are required."""
