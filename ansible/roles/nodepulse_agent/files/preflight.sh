# Asks a host what the playbook needs to know before it may touch anything. Needs no Python, no root and no free
# disk. Prints "name=value" lines.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
echo "uid=$(id -u)"
if [ "$(id -u)" = 0 ]; then echo sudo=root
elif ! command -v sudo >/dev/null 2>&1; then echo sudo=missing
elif sudo -n true >/dev/null 2>&1; then echo sudo=yes
else echo sudo=no
fi
best=
for name in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python3.9 python3.8; do
  path="$(command -v "$name" 2>/dev/null)" || continue
  version="$("$path" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" || continue
  [ -n "$best" ] || { best="$path"; best_version="$version"; }
  if "$path" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
    best="$path"; best_version="$version"
    break
  fi
done
echo "python=$best"
echo "python_version=${best_version:-0.0}"
[ -d /run/systemd/system ] && echo systemd=yes || echo systemd=no
for path in "$HOME" /tmp /var/lib /opt /etc; do
  [ -d "$path" ] || continue
  free="$(df -Pk "$path" 2>/dev/null | awk 'NR == 2 { print $4 }')"
  case "$free" in
    '' | *[!0-9]*) continue ;;
  esac
  if [ "$free" -lt 20480 ]; then echo "full=$path ($((free / 1024)) MB free)"; break; fi
done
exit 0
