"""The specification service."""
