"""An embedded OpenID Connect issuer with Keycloak's paths, for development without Keycloak."""
