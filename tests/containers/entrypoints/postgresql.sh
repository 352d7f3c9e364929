#!/bin/sh
# As the official image: POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB say what there is first.
set -eu
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
: "${POSTGRES_PASSWORD:?is not set}"
for folder in /usr/lib/postgresql/*/bin; do PATH=$folder:$PATH; done
export PATH PGDATA=/data/postgresql

case ${1:-} in -*) set -- postgres "$@" ;; esac
printf '%s\n' "$POSTGRES_PASSWORD" >/tmp/password
initdb --username="$user" --pwfile=/tmp/password --auth=scram-sha-256 --no-sync \
    --encoding=UTF8 --locale=C.UTF-8
rm /tmp/password
echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
printf "listen_addresses = '*'\nunix_socket_directories = '/tmp'\n" >>"$PGDATA/postgresql.conf"
if [ "$database" != postgres ]; then
    printf 'CREATE DATABASE "%s"\n' "$database" | postgres --single postgres
fi
exec "$@"
