#!/bin/sh
# Run once by the database's container: the owner may also replicate.
set -eu
echo "host replication all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
