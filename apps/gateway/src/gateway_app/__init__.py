"""The one door: login, tokens, and (from the offering phase on) the way to every service."""
