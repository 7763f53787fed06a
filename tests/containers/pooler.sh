#!/bin/sh
# PgBouncer in transaction mode, for the roles of both halves.
set -eu
apt-get update -qq && apt-get install -y -qq --no-install-recommends pgbouncer
for half in staff public; do
  echo "\"detoxsite-$half\" \"$(cat /run/secrets/${half}_database)\""
done > /etc/pgbouncer/userlist.txt
cat > /etc/pgbouncer/pgbouncer.ini << 'INI'
[databases]
detoxsite = host=database
[pgbouncer]
listen_addr = *
listen_port = 6432
auth_type = scram-sha-256
auth_file = /etc/pgbouncer/userlist.txt
pool_mode = transaction
default_pool_size = 10
server_login_retry = 1
INI
exec setpriv --reuid=postgres --regid=postgres --init-groups pgbouncer /etc/pgbouncer/pgbouncer.ini
