#!/bin/bash
# Makes office.pcapng: real programs talking between network namespaces, captured as they talk.
# A desk on the LAN and a remote machine on the WAN use a server, hq, whose two interfaces are tapped;
# so nothing is seen twice. Needs root, and ip, dumpcap and tshark, nginx, dnsmasq, dig, curl, ping,
# openssl, ethtool, python3. Addresses and names are reserved for documentation (RFC 5737, 3849, 2606).
set -euo pipefail

[ "$(id -u)" = 0 ] || { echo "make_captures.sh: needs root, for network namespaces" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
started=()

finish() {
    for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    for name in hq desk remote; do
        ip netns del "$name" 2>/dev/null || true
        rm -rf "/etc/netns/$name"
    done
    rmdir /etc/netns 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

in_ns() { ip netns exec "$@"; }
# start NAMESPACE PROGRAM…: no shell function between, or the process to stop would be a shell.
start() { ip netns exec "$@" >>"$work/log" 2>&1 & started+=($!); }
pause() { sleep "${1:-0.3}"; }
say() { echo "make_captures.sh: $*" >&2; }

# --- the network: desk -- lan0 [hq] wan0 -- remote
# Offloads would show segments larger than the link and checksums not yet filled in.
plain() { in_ns "$1" ethtool -K "$2" tx off rx off tso off gso off gro off sg off >/dev/null 2>&1 || true; }
mac() { in_ns "$1" ip link set "$2" address "$3"; }
link() { # link NAMESPACE INTERFACE HQ_INTERFACE V4NET V6NET HOST
    ip link add "$2" netns "$1" type veth peer name "$3" netns hq
    # Fixed MAC addresses, locally administered: the captures name no real hardware.
    mac hq "$3" "02:00:00:00:$6:01"
    mac "$1" "$2" "02:00:00:00:$6:02"
    in_ns hq ip addr add "$4.1/26" dev "$3"
    in_ns hq ip addr add "$5::1/64" dev "$3" nodad
    in_ns "$1" ip addr add "$4.$6/26" dev "$2"
    in_ns "$1" ip addr add "$5::$6/64" dev "$2" nodad
    plain hq "$3"
    plain "$1" "$2"
    in_ns hq ip link set "$3" up
    in_ns "$1" ip link set "$2" up
    in_ns "$1" ip route add default via "$4.1"
    in_ns "$1" ip -6 route add default via "$5::1"
}
for name in hq desk remote; do
    ip netns add "$name"
    in_ns "$name" ip link set lo up
    mkdir -p "/etc/netns/$name"
    echo "nameserver 192.0.2.1" >"/etc/netns/$name/resolv.conf"
done
link desk eth0 lan0 192.0.2 2001:db8:1 10
link remote eth0 wan0 198.51.100 2001:db8:2 20
in_ns hq sysctl -qw net.ipv4.ip_forward=1 net.ipv4.ping_group_range="0 0"

# --- the servers
start hq dnsmasq --keep-in-foreground --user=root --pid-file="$work/dnsmasq.pid" --conf-file=/dev/null --no-resolv \
    --no-hosts --local=/example.com/ --local=/example.test/ --local-ttl=300 \
    --host-record=www.example.com,192.0.2.1,2001:db8:1::1 --host-record=intra.example.test,192.0.2.1 \
    --host-record=mail.example.com,198.51.100.1,2001:db8:2::1 --mx-host=example.com,mail.example.com,10 \
    --cname=shop.example.com,www.example.com --srv-host=_imap._tcp.example.com,mail.example.com,143 \
    --txt-record=example.com,"v=spf1 mx -all" \
    --txt-record=long.example.com,"$(printf 'a%.0s' {1..250})","$(printf 'b%.0s' {1..250})","$(printf 'c%.0s' {1..250})"

mkdir -p "$work/web"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -keyout "$work/key.pem" \
    -out "$work/cert.pem" -subj "/C=XX/O=Example Office/CN=www.example.com" \
    -addext "subjectAltName=DNS:www.example.com,DNS:shop.example.com,DNS:intra.example.test" 2>/dev/null
echo "<!doctype html><title>Office</title><p>Welcome." >"$work/web/index.html"
for number in $(seq 120); do
    echo "<p>Line $number of the report: $((number * 7919 % 1000)) parts, $((number * 104729 % 1000)) hours."
done >"$work/web/report.html"
head -c 40000 <(openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2>/dev/null) >"$work/web/photo.bin" || true
cat >"$work/nginx.conf" <<NGINX
daemon off; user root; worker_processes 1; pid $work/nginx.pid; error_log $work/log;
events { worker_connections 64; }
http {
    access_log off; default_type application/octet-stream; types { text/html html; }
    gzip on; gzip_min_length 500; gzip_types text/html; keepalive_timeout 2s;
    client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work;
    uwsgi_temp_path $work; scgi_temp_path $work;
    ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem; ssl_protocols TLSv1.2 TLSv1.3;
    server {
        listen 80; listen [::]:80; listen 443 ssl http2; listen [::]:443 ssl http2;
        server_name www.example.com shop.example.com intra.example.test; root $work/web;
        location /old { return 301 /index.html; }
        location /orders { default_type application/json; return 201 '{"order": 42}'; }
        location /slow.html { alias $work/web/report.html; limit_rate 2500; gzip off; }
    }
}
NGINX
start hq nginx -c "$work/nginx.conf" -p "$work"
pause 1

# --- the tap
dumped=$work/office.pcapng
start hq dumpcap -q -i lan0 -i wan0 -w "$dumped" \
    --capture-comment "An example office: a desk on lan0 and a remote machine on wan0 use one server."
pause 1

desk() { in_ns desk "$@" >>"$work/log" 2>&1 || true; pause 0.1; }
remote() { in_ns remote "$@" >>"$work/log" 2>&1 || true; pause 0.1; }
fetch="curl -sS --max-time 10 -o /dev/null"
# Without a choice curl asks for both addresses and takes IPv6; half of the traffic should not.
fetch4="$fetch -4"
# --- who is there
desk ping -c 3 -i 0.2 192.0.2.1
desk ping -6 -c 3 -i 0.2 2001:db8:1::1
remote ping -c 2 -i 0.2 198.51.100.1
# --- names
for question in "www.example.com A" "www.example.com AAAA" "example.com MX" "example.com TXT" "shop.example.com CNAME" \
    "_imap._tcp.example.com SRV" "nobody.example.com A" "-x 192.0.2.1"; do
    # shellcheck disable=SC2086  # a question is several words
    desk dig +tries=1 @192.0.2.1 $question
done
desk dig +tcp @192.0.2.1 www.example.com A
desk dig +bufsize=512 @192.0.2.1 long.example.com TXT # too long: truncated, then asked again over TCP
remote dig -6 +noedns @2001:db8:2::1 mail.example.com AAAA
# --- the web
desk $fetch4 http://www.example.com/
desk $fetch4 --compressed http://www.example.com/report.html # gzip, chunked
desk $fetch http://www.example.com/ -o /dev/null http://www.example.com/photo.bin -o /dev/null http://www.example.com/missing
desk $fetch4 -d "item=lamp&count=2" http://shop.example.com/orders
desk $fetch4 --data-binary @"$work/web/report.html" -H "Content-Type: text/html" http://shop.example.com/orders
desk $fetch -L http://www.example.com/old
desk $fetch4 -I http://www.example.com/photo.bin
desk $fetch4 -r 100-199 http://www.example.com/photo.bin
desk $fetch -6 http://www.example.com/report.html
desk $fetch http://www.example.com/slow.html &
slow=$!
desk $fetch4 --cacert "$work/cert.pem" --http1.1 --tls-max 1.2 https://www.example.com/
desk $fetch4 --cacert "$work/cert.pem" --http1.1 --tlsv1.3 https://intra.example.test/report.html
desk $fetch --cacert "$work/cert.pem" --http2 https://shop.example.com/photo.bin
desk $fetch -6 --cacert "$work/cert.pem" --tls-max 1.2 https://shop.example.com/
remote $fetch4 --tls-max 1.2 https://www.example.com/ # does not trust the certificate: an alert, in clear before TLS 1.3
remote $fetch4 -k --tlsv1.3 https://shop.example.com/report.html
wait "$slow"
# --- what goes wrong
desk $fetch http://192.0.2.1:81/ # refused
remote $fetch "http://[2001:db8:2::1]:81/"
desk dig +tries=1 +timeout=1 -p 5300 @192.0.2.1 www.example.com # port unreachable
remote dig -6 +tries=1 +timeout=1 -p 5300 @2001:db8:2::1 www.example.com
desk ping -c 1 -t 1 -W 1 198.51.100.20 # time exceeded
desk ping -c 1 -W 1 203.0.113.9        # hq knows no way there
# --- fragments
desk ping -c 2 -i 0.2 -s 4000 192.0.2.1
remote ping -6 -c 2 -i 0.2 -s 4000 2001:db8:2::1

# --- links inside links
carry() { # carry NAMESPACE NAME ADDRESS MAC KIND ARGUMENTS…
    start "$1" python3 "$here/carrier.py" "$5" "$2" "${@:6}"
    for _ in $(seq 50); do in_ns "$1" ip link show "$2" >/dev/null 2>&1 && break; sleep 0.05; done
    [ "$4" = none ] || mac "$1" "$2" "$4"
    in_ns "$1" ip addr add "$3" dev "$2"
    in_ns "$1" ip link set "$2" mtu 1400 up
}
carry hq vlan30 192.0.2.65/26 02:00:00:00:30:01 vlan lan0 30
carry desk vlan30 192.0.2.70/26 02:00:00:00:30:02 vlan eth0 30
desk ping -c 2 -i 0.2 192.0.2.65
desk $fetch http://192.0.2.65/report.html
carry hq qinq30 192.0.2.129/26 02:00:00:00:40:01 vlan lan0 100,30
carry desk qinq30 192.0.2.140/26 02:00:00:00:40:02 vlan eth0 100,30
desk ping -c 2 -i 0.2 192.0.2.129
desk $fetch http://192.0.2.129/
carry hq gre0 192.0.2.225/28 none gre 198.51.100.1 198.51.100.20 7
carry remote gre0 192.0.2.230/28 none gre 198.51.100.20 198.51.100.1 7
remote ping -c 2 -i 0.2 192.0.2.225
remote $fetch http://192.0.2.225/
vxlan() {
    in_ns "$1" ip link add vx42 type vxlan id 42 local "$2" remote "$3" dstport 4789 2>>"$work/log" || return 1
    plain "$1" vx42
    in_ns "$1" ip addr add "$4" dev vx42
    in_ns "$1" ip link set vx42 address "$5" up
}
if vxlan hq 192.0.2.1 192.0.2.10 192.0.2.193/27 02:00:00:00:42:01 && vxlan desk 192.0.2.10 192.0.2.1 192.0.2.200/27 02:00:00:00:42:02; then
    desk ping -c 2 -i 0.2 192.0.2.193
    desk $fetch http://192.0.2.193/
else
    say "this kernel makes no VXLAN interface; the capture goes without"
fi
pause 1

# --- the file
kill "${started[2]}" 2>/dev/null || true # dumpcap, the third program started
pause 1
first() { tshark -r "$dumped" -Y "$1" -T fields -e frame.number 2>/dev/null | head -1; }
note() { local frame; frame=$(first "$1"); [ -z "$frame" ] || notes+=(-a "$frame:$2"); }
notes=()
note "dns.flags.rcode == 3" "This name does not exist."
note "dns.flags.truncated == 1" "Too long for 512 bytes: asked again over TCP."
note "tcp.flags.reset == 1 && tcp.srcport == 81" "Nobody listens on port 81."
note "tls.alert_message.level == 2" "The remote machine does not trust the certificate."
note "ip.flags.mf == 1" "The first of three fragments."
editcap "${notes[@]}" "$dumped" "$here/office.pcapng"
python3 "$here/tidy.py" "$here/office.pcapng"
say "office.pcapng: $(tshark -r "$here/office.pcapng" 2>/dev/null | wc -l) packets, $(stat -c %s "$here/office.pcapng") bytes"
