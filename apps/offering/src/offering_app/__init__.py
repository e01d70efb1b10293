"""The offering service."""
