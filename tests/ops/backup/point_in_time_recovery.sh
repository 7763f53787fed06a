#!/bin/bash
# Point-in-time recovery, tried for real: the commands of docs/backup.md, and what comes out. Not part of script/test.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
work=$(mktemp -d /tmp/pitr.XXXXXX); chown postgres: "$work"
run() { echo "\$ $*"; setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$work" PGBACKREST_CONFIG="$work/pgbackrest.conf" "$@"; }
sql() { run "$bin/psql" -qAt -h "$work" -p 5498 -d detoxsite -c "$1"; }
trap 'run "$bin/pg_ctl" -D "$work/data" -m immediate stop > /dev/null || true; rm -rf "$work"' EXIT
install -d -o postgres -g postgres "$work/log"
run "$bin/initdb" -D "$work/data" --auth=trust --data-checksums > /dev/null
cat >> "$work/data/postgresql.conf" <<C
port = 5498
listen_addresses = ''
unix_socket_directories = '$work'
archive_mode = on
archive_command = 'PGBACKREST_CONFIG=$work/pgbackrest.conf pgbackrest --stanza=detoxsite archive-push %p'
archive_timeout = 60
C
cat > "$work/pgbackrest.conf" <<C
[global]
repo1-path=$work/repo
repo1-retention-full=2
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=$(openssl rand -base64 48)
log-path=$work/log
spool-path=$work/spool
lock-path=$work/lock
start-fast=y
[detoxsite]
pg1-path=$work/data
pg1-port=5498
pg1-socket-path=$work
C
chown postgres: "$work/pgbackrest.conf"; chmod 600 "$work/pgbackrest.conf"
setpriv --reuid=postgres --regid=postgres --clear-groups "$bin/pg_ctl" -D "$work/data" -l "$work/server.log" -w start > /dev/null
run "$bin/createdb" -h "$work" -p 5498 detoxsite
run pgbackrest --stanza=detoxsite stanza-create
run pgbackrest --stanza=detoxsite check
sql "CREATE TABLE calls (id int, at timestamptz DEFAULT clock_timestamp()); INSERT INTO calls SELECT generate_series(1, 1000)"
run pgbackrest --stanza=detoxsite --type=full backup
sql "INSERT INTO calls SELECT generate_series(1001, 1500)"
moment=$(sql "SELECT clock_timestamp()" | tail -1)
sql "SELECT pg_sleep(1); DELETE FROM calls"
sql "SELECT pg_switch_wal()" > /dev/null
echo "# the disk is lost"
run "$bin/pg_ctl" -D "$work/data" -m fast -w stop > /dev/null
rm -rf "$work/data"; install -d -m 700 -o postgres -g postgres "$work/data"
run pgbackrest --stanza=detoxsite --type=time "--target=$moment" --target-action=promote restore
setpriv --reuid=postgres --regid=postgres --clear-groups env PGBACKREST_CONFIG="$work/pgbackrest.conf" "$bin/pg_ctl" -D "$work/data" -l "$work/server.log" -w start > /dev/null
until [ "$(sql "SELECT pg_is_in_recovery()" | tail -1)" = f ]; do sleep 0.5; done
sql "SELECT count(*), max(id) FROM calls"
run pgbackrest --stanza=detoxsite info
