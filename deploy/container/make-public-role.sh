#!/bin/sh
# Run once by the database's container, when it makes the database: the role of the public half.
set -eu
password=$(cat /run/secrets/public_database)
psql -v ON_ERROR_STOP=1 -v password="$password" -U "$POSTGRES_USER" -d "$POSTGRES_DB" << 'SQL'
CREATE ROLE "detoxsite-public" LOGIN PASSWORD :'password';
SQL
