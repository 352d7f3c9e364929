#!/bin/sh
# As the official image: MARIADB_* or MYSQL_*: ROOT_PASSWORD, DATABASE, USER and PASSWORD say what
# there is at first.
set -eu
root_password=${MARIADB_ROOT_PASSWORD:-${MYSQL_ROOT_PASSWORD:?is not set}}
database=${MARIADB_DATABASE:-${MYSQL_DATABASE:-}}
user=${MARIADB_USER:-${MYSQL_USER:-}}
password=${MARIADB_PASSWORD:-${MYSQL_PASSWORD:-}}

case ${1:-} in -*) set -- mariadbd "$@" ;; esac
case $1 in mysqld) shift; set -- mariadbd "$@" ;; esac
if ! mariadb-install-db --datadir=/data/mariadb --skip-test-db \
    --auth-root-authentication-method=normal >/tmp/install.log 2>&1; then
    cat /tmp/install.log
    exit 1
fi
{
    printf "ALTER USER 'root'@'localhost' IDENTIFIED BY '%s';\n" "$root_password"
    printf "CREATE USER 'root'@'%%' IDENTIFIED BY '%s';\n" "$root_password"
    printf "GRANT ALL ON *.* TO 'root'@'%%' WITH GRANT OPTION;\n"
    [ -z "$database" ] || printf 'CREATE DATABASE `%s`;\n' "$database"
    [ -z "$user" ] || printf "CREATE USER '%s'@'%%' IDENTIFIED BY '%s';\n" "$user" "$password"
    [ -z "$user" ] || [ -z "$database" ] ||
        printf "GRANT ALL ON \`%s\`.* TO '%s'@'%%';\n" "$database" "$user"
} >/tmp/first.sql
server=$1
shift
exec "$server" --no-defaults --datadir=/data/mariadb --socket=/tmp/mariadb.sock \
    --pid-file=/tmp/mariadb.pid --bind-address=0.0.0.0 --skip-name-resolve \
    --init-file=/tmp/first.sql "$@"
