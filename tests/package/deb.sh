#!/usr/bin/env bash
# By hand, as root: the Debian package in a fresh root of Debian 12: installs with what it depends on, runs, runs as a
# watcher under its own user, builds a plugin of one's own, is removed and purged, and leaves nothing.
#   tests/package/deb.sh BUILD [FOLDER]
set -euo pipefail
build="$(realpath "$1")"
root="${2:-$(mktemp -d)}/root"
fail() { echo "not so: $*" >&2; exit 1; }
mkdir -p "$root"
cleanup() {
  for m in proc dev; do mountpoint -q "$root/$m" && umount -l "$root/$m"; done
  [ -n "${KEEP:-}" ] || rm -rf --one-file-system "$root"
}
trap cleanup EXIT
debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian >"$root.log" 2>&1 || { tail "$root.log"; fail debootstrap; }
cp -r /etc/apt/sources.list* "$root/etc/apt/" 2>/dev/null || true
cp -r /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
cp /etc/resolv.conf "$root/etc/" 2>/dev/null || true
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
(cd "$build" && cpack -G DEB -B "$root/tmp/deb" >/dev/null)
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
inside apt-get update -qq
inside find / -xdev -not -path '/tmp/*' -not -path '/var/*' -not -path '/etc/*' -not -path '/proc/*' | sort >"$root.before"

echo "== install"
inside sh -c 'apt-get install -y -qq --no-install-recommends /tmp/deb/*.deb' >"$root.log" 2>&1 || { tail "$root.log"; fail "it cannot be installed"; }
inside textmill --version
inside getent passwd textmill || fail "there is no user for the service"
inside sh -c 'printf "The bridge in Lindau was opened on Friday. It is a good day.\n" >/tmp/in.txt
  cd /tmp && textmill run /usr/share/textmill/pipelines/news.json in.txt -q' >"$root.out" || fail "it does not run"
grep -q '"entities"' "$root.out" || fail "its stages do nothing"
inside sh -c 'for p in /usr/share/textmill/pipelines/*.json; do textmill check $p >/dev/null && textmill test $p >/dev/null || exit 1; done' ||
  fail "a pipeline that came with it does not hold"

echo "== watch, as its user"
inside sh -c 'install -d -o textmill /var/lib/textmill /var/lib/textmill/news /var/lib/textmill/news/inbox
  install -o textmill /tmp/in.txt /var/lib/textmill/news/inbox/a.txt
  su -s /bin/sh textmill -c "textmill watch /usr/share/textmill/pipelines/clean-only.json /var/lib/textmill/news --once --settle 10ms --min-free 1" 2>&1' >"$root.log" || { tail "$root.log"; fail "watch"; }
[ -s "$root/var/lib/textmill/news/out/a.txt.jsonl" ] || fail "the watcher put nothing out"

echo "== a plugin of one's own"
inside apt-get install -y -qq --no-install-recommends gcc libc6-dev cmake make pkg-config >"$root.log" 2>&1 || { tail "$root.log"; fail "apt-get"; }
inside sh -c 'cd /tmp && textmill new-plugin mine && cd mine && cmake -B build && cmake --build build &&
  ctest --test-dir build --output-on-failure && cmake --install build && textmill plugins mine && rm -rf build && make check' >"$root.log" 2>&1 || { tail -n 30 "$root.log"; fail "new-plugin"; }
inside sh -c 'rm -rf /usr/lib/textmill/plugins/mine'

echo "== remove, purge"
inside apt-get purge -y -qq textmill >"$root.log" 2>&1 || { tail "$root.log"; fail "it cannot be purged"; }
[ -s "$root/var/lib/textmill/news/out/a.txt.jsonl" ] || fail "purging took what people had put there"
inside getent passwd textmill >/dev/null || fail "the owner of what is left is gone"
inside sh -c 'find / -xdev -name "*textmill*" -not -path "/proc/*" -not -path "/tmp/*" -not -path "/var/lib/textmill*" -not -path "/var/lib/apt/*" -not -path "/var/cache/*" -not -path "/var/log/*"' >"$root.left"
[ ! -s "$root.left" ] || { cat "$root.left"; fail "something is left"; }
inside sh -c 'rm -rf /var/lib/textmill; apt-get install -y -qq --no-install-recommends /tmp/deb/*.deb && apt-get purge -y -qq textmill' >"$root.log" 2>&1 || { tail "$root.log"; fail "a second time"; }
inside getent passwd textmill >/dev/null && fail "its user is left, and owns nothing"
echo "well"
