# Stops the earlier agent and puts its program, unit and configuration into /opt/nodepulse/previous, for a way back.
# Its buffer and its id stay where they are. Safe to run again after an interruption.
set -eu
previous=/opt/nodepulse/previous
systemctl stop nodepulse.service >/dev/null 2>&1 || true
mkdir -p "$previous"
chmod 0700 "$previous"
for path in /opt/nodepulse/* /opt/nodepulse/.[!.]*; do
  [ -e "$path" ] || [ -L "$path" ] || continue
  [ "$path" = "$previous" ] || mv -f -- "$path" "$previous/"
done
for folder in /etc/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system; do
  [ -f "$folder/nodepulse.service" ] || continue
  [ -e "$previous/nodepulse.service" ] || cp -p -- "$folder/nodepulse.service" "$previous/nodepulse.service"
  break
done
# Its overrides would change our unit too.
if [ -d /etc/systemd/system/nodepulse.service.d ]; then
  rm -rf -- "$previous/nodepulse.service.d"
  mv -- /etc/systemd/system/nodepulse.service.d "$previous/"
fi
if [ -f /etc/nodepulse/nodepulse.yml ] && [ ! -e "$previous/nodepulse.yml" ]; then
  cp -p -- /etc/nodepulse/nodepulse.yml "$previous/nodepulse.yml"
fi
if [ -d /var/lib/nodepulse ]; then
  chown -R --no-dereference nodepulse: /var/lib/nodepulse
fi
touch "$previous/.complete"
