"""The characteristic service."""
