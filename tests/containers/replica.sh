#!/bin/sh
# Copy the primary at the first start, once it is there, and follow it from then on.
set -eu
PGPASSWORD=$(cat /run/secrets/staff_database)
export PGPASSWORD
until [ -e "$PGDATA/PG_VERSION" ] || pg_basebackup -h database -U detoxsite-staff -D "$PGDATA" -R -X stream; do sleep 1; done
chmod 700 "$PGDATA"
exec postgres
