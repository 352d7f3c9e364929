#!/usr/bin/env bash
# Makes the images that `--server container` asks for out of Debian's packages, for a machine that
# reaches Debian's archive (through apt) and a Docker engine, but no image registry. The names are
# those of the official images; the versions are those of the machine's Debian.
#
#     tests/containers/make_images.sh [redis|postgresql|mariadb]...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# make NAME PORT COMMAND STORE PACKAGE...: an image of these packages, what they depend on and a
# shell, that runs entrypoints/STORE.sh. No package is set up: it needs the files, not services.
make() {
    local name=$1 port=$2 command=$3 store=$4
    shift 4
    local root=$work/$store/root debs=$work/$store/debs folder package
    mkdir -p "$debs/partial" "$root"/{etc,proc,sys,dev,tmp,data,usr/{bin,sbin,lib,lib64}}
    for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done

    echo "make_images: $name: fetching packages"
    # With an empty status everything counts as missing, whatever is installed here.
    apt-get -qq -y --no-install-recommends --download-only \
        -o Dir::State::status=/dev/null -o Dir::Cache::archives="$debs" \
        -o Debug::NoLocking=true -o APT::Sandbox::User=root \
        install dash coreutils sed grep "$@" >/dev/null
    for package in "$debs"/*.deb; do
        dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink --no-same-owner \
            --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale \
            -C "$root"
    done
    # The servers do not want to be root, and look up who they are.
    printf '%s:x:0:0::/:/bin/sh\n' root >"$root/etc/passwd"
    printf '%s:x:999:999::/:/bin/sh\n' "$store" >>"$root/etc/passwd"
    printf 'root:x:0:\n%s:x:999:\n' "$store" >"$root/etc/group"
    install -m 755 "$here/entrypoints/$store.sh" "$root/entrypoint"
    chmod 1777 "$root/tmp" "$root/data"

    echo "make_images: $name: importing $(du -sh "$root" | cut -f1)"
    tar -c --numeric-owner --owner=0 --group=0 -C "$root" . | docker import \
        --change 'ENTRYPOINT ["/entrypoint"]' --change "CMD [\"$command\"]" \
        --change 'ENV PATH=/usr/sbin:/usr/bin LANG=C.UTF-8' \
        --change 'USER 999' --change "EXPOSE $port" --change 'WORKDIR /data' - "$name" >/dev/null
    rm -rf "${work:?}/$store"
}

[ "$#" -gt 0 ] || set -- redis postgresql mariadb
for store in "$@"; do
    case $store in
    redis) make redis:7 6379 redis-server redis redis-server ;;
    postgresql) make postgres:15 5432 postgres postgresql postgresql ;;
    mariadb) make mariadb:10.11 3306 mariadbd mariadb mariadb-server-core mariadb-client ;;
    *) echo "make_images: there is no $store: redis, postgresql, mariadb" >&2; exit 2 ;;
    esac
done
