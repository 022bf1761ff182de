# Looks at what is on a host already, as root. Changes nothing. Prints "name=value" lines.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
has() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }
coded() { [ -f "$1" ] && base64 <"$1" | tr -d '\n'; }
installed() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^.i'; }
# A socket that listens on this port, whatever its address: state 0A, the port in hexadecimal.
listens() { cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port=":$1" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }'; }

echo "user=$(has id -u nodepulse)"
echo "user_id=$(id -u nodepulse 2>/dev/null)"
echo "group=$(id -gn nodepulse 2>/dev/null || echo nodepulse)"
unit=
for folder in /etc/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system; do
  [ -f "$folder/nodepulse.service" ] && { unit="$folder/nodepulse.service"; break; }
done
echo "unit=$unit"
echo "unit_package=$(dpkg-query -S "${unit:-/none}" 2>/dev/null | sed -n '1s/:.*//p')"
echo "program=$(has test -e /opt/nodepulse)"
echo "kept=$(has test -e /opt/nodepulse/previous/.complete)"
echo "marker=$(coded /etc/nodepulse/installed-by-admiral.json)"
echo "server_id=$(coded /var/lib/nodepulse/server_id)"
# What is in order already costs no task: hash, owner and mode of the files, owner and mode of the folders.
for file in /etc/nodepulse/installed-by-admiral.json /etc/nodepulse/nodepulse.yml /etc/nodepulse/token \
  /etc/nodepulse/ca.pem /etc/nodepulse/process-exporter.yml /etc/default/prometheus-node-exporter \
  /etc/default/prometheus-process-exporter /opt/nodepulse/nodepulse-agent.py /var/lib/nodepulse/server_id \
  /etc/systemd/system/nodepulse.service; do
  [ -f "$file" ] && echo "file:$file=$(sha256sum <"$file" | cut -d ' ' -f 1) $(stat -c '%U %a' "$file")"
done
for folder in /etc/nodepulse /opt/nodepulse /var/lib/nodepulse; do
  [ -d "$folder" ] && echo "folder:$folder=$(stat -c '%U %G %a' "$folder")"
done
for unit in nodepulse prometheus-node-exporter prometheus-process-exporter; do
  state="$(systemctl is-active "$unit.service" 2>/dev/null) $(systemctl is-enabled "$unit.service" 2>/dev/null)"
  [ "$state" = "active enabled" ] && echo "running:$unit=yes"
done
echo "apt=$(has command -v apt-get)"
echo "node_exporter_package=$(has installed prometheus-node-exporter)"
echo "process_exporter_package=$(has installed prometheus-process-exporter)"
echo "node_exporter_port=$(has listens 238C)"
echo "process_exporter_port=$(has listens 2428)"
echo "prometheus_user=$(has id -u prometheus)"
for folder in /var/lib/prometheus /var/log/prometheus; do
  [ -e "$folder" ] && echo "folder:$folder=yes"
done
# What else is of the family that shares the user "prometheus".
echo "prometheus_packages=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 'prometheus*' 2>/dev/null | awk '$1 ~ /^.i/ { print $2 }' | tr '\n' ' ')"
exit 0
