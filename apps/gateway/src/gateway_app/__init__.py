"""The one door: login, tokens, and the way to every service."""
