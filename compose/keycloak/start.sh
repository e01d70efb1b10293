#!/bin/bash
# Keycloak reads passwords from its environment only. Handing them over here keeps them out of `docker inspect`.
set -euo pipefail

secret() {
  local value
  value=$(<"/run/secrets/$1")
  # Left empty, the import would keep the placeholder itself as the client's secret, which everybody can read.
  [[ -n $value ]] || { echo "secret $1 is empty: run make_secrets.py" >&2; exit 1; }
  printf '%s' "$value"
}

GATEWAY_CLIENT_SECRET=$(secret gateway_client_secret)
KC_BOOTSTRAP_ADMIN_PASSWORD=$(secret keycloak_admin_password)
KC_DB_PASSWORD=$(secret postgres_keycloak_password)
SPECIFICATION_CLIENT_SECRET=$(secret specification_client_secret)
export GATEWAY_CLIENT_SECRET KC_BOOTSTRAP_ADMIN_PASSWORD KC_DB_PASSWORD SPECIFICATION_CLIENT_SECRET

exec /opt/keycloak/bin/kc.sh start --optimized --import-realm
