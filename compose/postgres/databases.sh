#!/bin/sh
# Runs once, on an empty volume: a database for each server or service, owned by a role that can enter no other.
# It creates no tables; migrations belong to the app that owns the data.
set -eu

for name in camunda characteristic keycloak offering pricing specification; do
  # psql reads the password itself, so that it appears in no list of processes.
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres <<SQL
\\set password \`cat /run/secrets/postgres_${name}_password\`
CREATE ROLE ${name} LOGIN PASSWORD :'password';
CREATE DATABASE ${name} OWNER ${name};
REVOKE ALL ON DATABASE ${name} FROM PUBLIC;
SQL
done

psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
  --command='REVOKE ALL ON DATABASE postgres FROM PUBLIC'
