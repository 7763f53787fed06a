#!/bin/bash
# Point-in-time recovery, tried for real: every block of commands and settings in docs/backup.md as it stands there, on a
# cluster of its own and in other folders. As root, on Debian, with pgbackrest installed. Not part of script/test.
set -euo pipefail
cd "$(dirname "$0")/../../.."
version=15 name=pitr port=5498
work=$(mktemp -d /tmp/pitr.XXXXXX)
chmod 755 "$work"
install -d -o postgres -g postgres "$work/log" "$work/main"
export PGBACKREST_CONFIG="$work/pgbackrest.conf" PGBACKREST_LOG_PATH="$work/log" PGBACKREST_PG1_PORT=$port PGPORT=$port
trap 'pg_dropcluster --stop $version $name; rm -rf "$work"' EXIT

block() { # NUMBER: that block of the section, with our folders and cluster
  awk -v wanted="$1" '/^## To the minute/ { section = 1 }
    section && /^    / { if (!inside) count++; inside = 1; if (count == wanted) print substr($0, 5); next }
    { if ($0 != "") inside = 0 }' docs/backup.md |
    sed -e "s|/etc/pgbackrest.conf|$work/pgbackrest.conf|g" -e "s|/srv/pgbackrest|$work/repository|g" \
      -e "s|/var/lib/postgresql/15/main|$work/main|g" -e "s|15 main|$version $name|g" \
      -e "s|2026-11-29 03:12:00+00|${moment:-}|"
}
run() { while read -r line; do echo "# $line"; bash -euc "$line"; done < <(block "$1" | grep -v '^apt-get'); }
sql() { runuser -u postgres -- psql -qAtX -d postgres -c "$1"; }

pg_createcluster -d "$work/main" -p $port $version $name > /dev/null
for variable in PGBACKREST_CONFIG PGBACKREST_LOG_PATH PGBACKREST_PG1_PORT; do
  echo "$variable = '${!variable}'" >> /etc/postgresql/$version/$name/environment
done
pg_ctlcluster $version $name start
run 1
block 2 > "$work/pgbackrest.conf"
run 3
block 4 >> /etc/postgresql/$version/$name/postgresql.conf
run 5
sql "CREATE TABLE calls (id int, at timestamptz DEFAULT clock_timestamp()); INSERT INTO calls SELECT generate_series(1, 1500)"
moment=$(sql "SELECT clock_timestamp()")
sql "SELECT pg_sleep(1); DELETE FROM calls"
sql "SELECT pg_switch_wal()" > /dev/null
run 6
until [ "$(sql "SELECT pg_is_in_recovery()")" = f ]; do sleep 0.5; done
echo "rows after the recovery: $(sql "SELECT count(*), max(id) FROM calls")"
runuser -u postgres -- pgbackrest --stanza=detoxsite info
ls "$work"
