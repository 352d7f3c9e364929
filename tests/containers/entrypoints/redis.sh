#!/bin/sh
# As the official image: a command may be options alone, and clients come from outside.
set -eu
case ${1:-} in -*) set -- redis-server "$@" ;; esac
if [ "$1" = redis-server ]; then
    shift
    set -- redis-server "$@" --protected-mode no
fi
exec "$@"
