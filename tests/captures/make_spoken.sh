#!/bin/bash
# Makes the captures of what real programs say to one another, for the logs: web.pcap, names.pcap, tls.pcap, starttls.pcap and datagrams.pcap.
# Two network namespaces joined by a veth without offloads. Needs root, tcpdump, curl, nginx (with WebDAV), dig, dnsmasq, openssl, PostgreSQL,
# and the Python named by PYTHON (python3) with aiosmtpd, twisted[tls], pyftpdlib, pyopenssl and aioquic. README.md says what is in them.
set -euo pipefail

[ "$(id -u)" = 0 ] || { echo "make_spoken.sh: needs root, for network namespaces" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
work=$(mktemp -d)
chmod 755 "$work"
started=()
taps=()

finish() {
    for process in "${started[@]}" "${taps[@]}"; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    for name in near far; do ip netns del "$name" 2>/dev/null || true; done
    [ -z "${KEEP:-}" ] || cp "$work/log" "$KEEP"
    rm -rf "$work"
}
trap finish EXIT

near() { ip netns exec near timeout 20 "$@" >>"$work/log" 2>&1 || true; sleep 0.1; }
# start PROGRAM…: no shell function between, or the process to stop would be a shell.
start() { ip netns exec far "$@" >>"$work/log" 2>&1 </dev/null & started+=($!); }
tap() { ip netns exec far tcpdump -U --immediate-mode -Z root -i eth0 -w "$here/$1" "${@:2}" 2>>"$work/log" & taps+=($!); sleep 0.7; }
untap() { sleep 0.5; for process in "${taps[@]}"; do kill -INT "$process"; done; wait "${taps[@]}" || true; taps=(); }

# --- the network: near eth0 -- eth0 far
for name in near far; do
    ip netns add "$name"
    ip netns exec "$name" ip link set lo up
done
ip link add eth0 netns near address 02:00:00:00:00:0a type veth peer name eth0 netns far address 02:00:00:00:00:01
for name in near far; do
    ip netns exec "$name" ethtool -K eth0 tx off rx off tso off gso off gro off sg off >/dev/null 2>&1 || true
    host=$([ $name = near ] && echo 10 || echo 1)
    ip netns exec "$name" ip addr add "192.0.2.$host/24" dev eth0
    ip netns exec "$name" ip addr add "2001:db8::$host/64" dev eth0 nodad
    ip netns exec "$name" ip link set eth0 up
done

# --- what is served
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -keyout "$work/key.pem" -out "$work/cert.pem" \
    -subj "/O=Example/CN=www.example.com" -addext "subjectAltName=DNS:www.example.com,DNS:mail.example.com" 2>/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -keyout "$work/mykey.pem" -out "$work/mine.pem" \
    -subj "/O=Example/CN=somebody" 2>/dev/null
cat "$work/cert.pem" "$work/key.pem" >"$work/both.pem"
mkdir -p "$work/web/put"
for number in $(seq 150); do echo "Line $number: $((number * 7919 % 10007)) parts, $((number * 104729 % 10009)) hours."; done >"$work/web/page.txt"
echo "Welcome." >"$work/web/index.html"
cat >"$work/nginx.conf" <<NGINX
daemon off; user root; worker_processes 1; pid $work/nginx.pid; error_log $work/log;
events { worker_connections 64; }
http {
    access_log off; default_type text/plain; keepalive_timeout 2s; server_tokens off; gzip_min_length 500; gzip_types text/plain;
    client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
    ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:one:1m;
    server {
        listen 80; listen [::]:80; listen 443 ssl; listen [::]:443 ssl; server_name www.example.com; root $work/web;
        location /zipped/ { alias $work/web/; gzip on; }
        location /put/ { dav_methods PUT; }
    }
}
NGINX
start nginx -c "$work/nginx.conf" -p "$work"
many=()
for number in $(seq 9); do many+=(--txt-record="many.example.com,$(printf "$number%.0s" {1..240})"); done
start dnsmasq --keep-in-foreground --user=root --pid-file="$work/pid" --conf-file=/dev/null --no-resolv --no-hosts --local=/example.com/ --local-ttl=300 \
    --host-record=www.example.com,192.0.2.1,2001:db8::1 --cname=shop.example.com,www.example.com --mx-host=example.com,mail.example.com,10 "${many[@]}"
start "$python" "$here/spoken_talks.py" mail 192.0.2.1 "$work/cert.pem" "$work/key.pem"
start "$python" "$here/spoken_talks.py" files 192.0.2.1 "$work/web" "$work/both.pem"
start "$python" "$here/spoken_talks.py" quic 192.0.2.1 "$work/cert.pem" "$work/key.pem"
start "$python" "$here/spoken_talks.py" serve_hybrid 192.0.2.1 4443 "$work/cert.pem" "$work/key.pem"
start openssl s_server -accept 192.0.2.1:4444 -cert "$work/cert.pem" -key "$work/key.pem" -Verify 1 -www
# It says what it is told, and ends when there is nothing more.
mkfifo "$work/words"
sleep 60 >"$work/words" & started+=($!)
ip netns exec far openssl s_server -accept 192.0.2.1:4445 -dtls -cert "$work/cert.pem" -key "$work/key.pem" -mtu 500 <"$work/words" >>"$work/log" 2>&1 & started+=($!)
postgres=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
install -d -o postgres "$work/base"
install -o postgres -m 600 "$work/key.pem" "$work/cert.pem" -t "$work/base"
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
as_postgres "$postgres/initdb" -D "$work/base/data" -A trust >>"$work/log" 2>&1
echo "hostssl all all 192.0.2.0/24 trust" >>"$work/base/data/pg_hba.conf"
start setpriv --reuid=postgres --regid=postgres --init-groups "$postgres/postgres" -D "$work/base/data" -k "$work/base" -h 192.0.2.1 -p 5433 \
    -c ssl=on -c ssl_cert_file="$work/base/cert.pem" -c ssl_key_file="$work/base/key.pem"
sleep 5

# --- HTTP
fetch="curl -sS --max-time 10 -o /dev/null -A tester"
to="--resolve www.example.com:80:192.0.2.1 --resolve www.example.com:443:192.0.2.1"
tap web.pcap tcp port 80
near $fetch $to --compressed http://www.example.com/zipped/page.txt # gzip, chunked
near $fetch $to http://www.example.com/ -o /dev/null http://www.example.com/page.txt -o /dev/null http://www.example.com/missing
near $fetch $to --http1.0 http://www.example.com/page.txt
near $fetch -g "http://[2001:db8::1]/page.txt"
near $fetch $to -I http://www.example.com/page.txt
near $fetch $to -T "$work/web/page.txt" -H "Expect: 100-continue" http://www.example.com/put/copy.txt
near $fetch $to -r 100-199 http://www.example.com/page.txt
# Three requests in one segment, the answers in their order.
printf 'GET /%s HTTP/1.1\r\nHost: www.example.com\r\nConnection: %s\r\n\r\n' page.txt keep-alive missing keep-alive index.html close >"$work/three"
near bash -c "exec 3<>/dev/tcp/192.0.2.1/80; cat $work/three >&3; cat <&3"
untap

# --- DNS
tap names.pcap port 53
near dig +tries=1 +nocookie @192.0.2.1 www.example.com A
near dig +tcp +nocookie @192.0.2.1 www.example.com A
near dig +tcp +keepopen +nocookie @192.0.2.1 shop.example.com A www.example.com AAAA example.com MX nobody.example.com A
near dig +tcp +nocookie @192.0.2.1 many.example.com TXT # over two segments
near dig +bufsize=512 +nocookie @192.0.2.1 many.example.com TXT # truncated, asked again
near dig +tcp +noedns @2001:db8::1 www.example.com AAAA
untap

# --- TLS
client="openssl s_client -ign_eof -servername www.example.com"
ask() { printf 'GET / HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n' | ip netns exec near timeout 10 "$@" >>"$work/log" 2>&1 || true; sleep 0.1; }
tap tls.pcap tcp port 443 or tcp port 4443 or tcp port 4444
ask $client -connect 192.0.2.1:443 -tls1_2 -sess_out "$work/session"
ask $client -connect 192.0.2.1:443 -tls1_2 -sess_in "$work/session"
ask $client -connect 192.0.2.1:443 -tls1_3 -alpn http/1.1 -sess_out "$work/session"
ask $client -connect 192.0.2.1:443 -tls1_3 -alpn http/1.1 -sess_in "$work/session"
ask $client -connect 192.0.2.1:443 -tls1_3 -groups P-521:X25519 # asked again, for P-521 is not what the server takes
ask $client -connect "[2001:db8::1]:443" -cipher ECDHE-ECDSA-AES256-GCM-SHA384 -tls1_2
ask $client -connect 192.0.2.1:4444 -tls1_2 -cert "$work/mine.pem" -key "$work/mykey.pem"
near "$python" "$here/spoken_talks.py" hybrid 192.0.2.1 443 www.example.com  # offered, not taken
near "$python" "$here/spoken_talks.py" hybrid 192.0.2.1 4443 www.example.com # offered and taken
near $fetch $to https://www.example.com/                                     # does not trust the certificate
untap

# --- what goes over to TLS
tap starttls.pcap tcp
(sleep 0.5; echo QUIT; sleep 0.5) | ip netns exec near timeout 10 openssl s_client -quiet -crlf -starttls smtp -connect 192.0.2.1:2525 \
    -servername mail.example.com -name near.example.com >>"$work/log" 2>&1 || true
near curl -sS --max-time 10 -k --ssl-reqd --mail-from a@example.com --mail-rcpt b@example.com -T "$work/web/index.html" smtp://192.0.2.1:2525
near curl -sS --max-time 10 -k --ssl-reqd imap://192.0.2.1/
near curl -sS --max-time 10 -k --ssl-reqd pop3://192.0.2.1/
near curl -sS --max-time 10 -k --ssl-reqd --ftp-skip-pasv-ip ftp://192.0.2.1/page.txt # its data has a connection of its own
near psql "host=192.0.2.1 port=5433 user=postgres dbname=postgres sslmode=require" -c "select 1"
untap

# --- QUIC and DTLS
tap datagrams.pcap udp
near "$python" "$here/spoken_talks.py" ask_quic 192.0.2.1 4433 1
near "$python" "$here/spoken_talks.py" ask_quic 192.0.2.1 4433 2
near "$python" "$here/spoken_talks.py" ask_quic 192.0.2.1 4434 1 # a retry
echo something | ip netns exec near timeout 5 openssl s_client -dtls -connect 192.0.2.1:4445 -servername www.example.com -mtu 500 >>"$work/log" 2>&1 || true
untap
