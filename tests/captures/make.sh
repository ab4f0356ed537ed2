#!/bin/bash
# Makes the small captures beside it: one property of capture files or networks each, from real programs
# in two network namespaces joined by a veth. Needs root, tcpdump, tshark's editcap, curl, dig, dnsmasq,
# ping, ethtool, gzip, zstd, lz4, bzip2, xz, python3. The table of what is in them is in README.md.
set -euo pipefail

[ "$(id -u)" = 0 ] || { echo "make.sh: needs root, for network namespaces" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
examples=$(cd "$here/../../examples" && pwd)
work=$(mktemp -d)
started=()
taps=()

finish() {
    for process in "${started[@]}" "${taps[@]}"; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    for name in left right; do ip netns del "$name" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT

left() { ip netns exec left "$@"; }
right() { ip netns exec right "$@"; }
quiet() { "$@" >>"$work/log" 2>&1 || true; }
# start NAMESPACE PROGRAM…: no shell function between, or the process to stop would be a shell.
start() { ip netns exec "$@" >>"$work/log" 2>&1 & started+=($!); }

# tap FILE ARGUMENTS… captures in `right` until untap
tap() { ip netns exec right tcpdump -U --immediate-mode -Z root -w "$here/$1" "${@:2}" 2>>"$work/log" & taps+=($!); sleep 0.7; }
untap() { sleep 0.5; for process in "${taps[@]}"; do kill -INT "$process"; done; wait "${taps[@]}" || true; taps=(); }

# --- the network: left eth0 -- eth0 right
for name in left right; do
    ip netns add "$name"
    ip netns exec "$name" ip link set lo up
done
ip link add eth0 netns left address 02:00:00:00:00:0a type veth peer name eth0 netns right address 02:00:00:00:00:01
for name in left right; do
    ip netns exec "$name" ethtool -K eth0 tx off rx off tso off gso off gro off sg off >/dev/null 2>&1 || true
    host=$([ $name = left ] && echo 10 || echo 1)
    ip netns exec "$name" ip addr add "192.0.2.$host/24" dev eth0
    ip netns exec "$name" ip addr add "2001:db8::$host/64" dev eth0 nodad
    ip netns exec "$name" ip link set eth0 up
done
right ip addr add 2001:db8::53/64 dev eth0 nodad
mkdir "$work/web"
for number in $(seq 200); do echo "Line $number of a page that fills several segments."; done >"$work/web/page.txt"
start right python3 -m http.server 80 --bind :: --directory "$work/web"
start right dnsmasq --keep-in-foreground --user=root --pid-file="$work/pid" --conf-file=/dev/null --no-resolv --no-hosts \
    --host-record=www.example.com,192.0.2.1,2001:db8::1
sleep 2 # duplicate address detection and router solicitations are over

page="curl -s --max-time 5 -o /dev/null http://192.0.2.1/page.txt"
lookup="dig +tries=1 @192.0.2.1 www.example.com"

# --- one property each
tap any.pcap -i any # Linux cooked v2, in both directions and on two interfaces
quiet left ping -c 2 -i 0.2 192.0.2.1
quiet left $lookup AAAA
quiet right $lookup A
quiet left $page
untap

tap cooked.pcap -i any -y LINUX_SLL # the older cooked header
quiet left ping -6 -c 1 2001:db8::1
quiet left $lookup A
untap

tap loopback.pcap -i lo # offloads as they are: segments beyond any link, checksums left for hardware that is not there
quiet right curl -s --max-time 5 -o /dev/null http://127.0.0.1/page.txt
quiet right curl -s --max-time 5 -o /dev/null "http://[::1]/page.txt"
quiet right dig +tries=1 @127.0.0.1 www.example.com
untap

tap snaplen64.pcap -i eth0 -s 64
quiet left $page
quiet left $lookup A
quiet left ping -6 -c 1 2001:db8::1
untap

tap nanoseconds.pcap -i eth0 --nano
quiet left ping -c 5 -i 0.2 192.0.2.1
untap

tap fragments.pcap -i eth0
quiet left ping -c 2 -i 0.2 -s 5000 192.0.2.1
quiet left ping -6 -c 2 -i 0.2 -s 5000 2001:db8::1
untap

start right python3 "$examples/carrier.py" gre gre0 192.0.2.1 192.0.2.10 7
start left python3 "$examples/carrier.py" gre gre0 192.0.2.10 192.0.2.1 7
sleep 0.7
right ip addr add 198.51.100.1/24 dev gre0
left ip addr add 198.51.100.10/24 dev gre0
right ip link set gre0 up
left ip link set gre0 up
sleep 0.5
tap raw.pcap -i gre0 # a TUN interface has no link header
quiet left ping -c 2 -i 0.2 198.51.100.1
quiet left curl -s --max-time 5 -o /dev/null http://198.51.100.1/page.txt
untap

if [ "$(right sysctl -n net.mptcp.enabled 2>/dev/null)" = 1 ]; then
    left ip addr add 192.0.2.11/24 dev eth0
    left ip mptcp endpoint add 192.0.2.11 dev eth0 subflow
    right ip addr add 192.0.2.2/24 dev eth0
    right ip mptcp endpoint add 192.0.2.2 dev eth0 signal
    for name in left right; do ip netns exec $name ip mptcp limits set subflow 4 add_addr_accepted 4; done
    tap mptcp.pcap -i eth0 tcp port 7777
    start right python3 "$here/mptcp_talk.py" serve 192.0.2.1
    sleep 0.5
    quiet left python3 "$here/mptcp_talk.py" ask 192.0.2.1
    untap
else
    echo "make.sh: this kernel has no Multipath TCP; mptcp.pcap is left as it is" >&2
fi

# --- one tiny capture in every wrapping
tap tiny.pcap -i eth0
quiet left ping -c 2 -i 0.2 192.0.2.1
quiet left $lookup A
untap
cd "$here"
for suffix in gz zst lz4 bz2 xz; do rm -f "tiny.pcap.$suffix"; done
gzip -nk9 tiny.pcap
zstd -qk tiny.pcap
lz4 -qk tiny.pcap tiny.pcap.lz4
bzip2 -k tiny.pcap
xz -k tiny.pcap
editcap -F snoop tiny.pcap tiny.snoop
editcap -F pcapng tiny.pcap tiny.pcapng
python3 "$examples/tidy.py" tiny.pcapng
# Two sections in one file: a pcapng may simply be appended to another.
cat tiny.pcapng tiny.pcapng >sections.pcapng
# Name resolution, secrets and comments: blocks that carry no packet.
echo "CLIENT_RANDOM $(printf '00%.0s' {1..32}) $(printf '11%.0s' {1..48})" >"$work/keys"
editcap --inject-secrets "tls,$work/keys" --capture-comment "A capture with a secret." -a "1:The first ping." tiny.pcapng "$work/blocks.pcapng"
printf '192.0.2.1\tright.example.com\n' >"$work/hosts"
tshark -r "$work/blocks.pcapng" -N n -H "$work/hosts" -V -W n -w blocks.pcapng >/dev/null 2>&1 # -V, for only names shown are kept
python3 "$examples/tidy.py" blocks.pcapng
python3 "$here/swap.py" tiny.pcap swapped.pcap
# Torn: the last packet is cut in its middle; and a stream cut in its middle.
size=$(stat -c %s tiny.pcap)
head -c $((size - 30)) tiny.pcap >torn.pcap
head -c $(($(stat -c %s tiny.pcapng) - 30)) tiny.pcapng >torn.pcapng
head -c $(($(stat -c %s tiny.pcap.gz) * 2 / 3)) tiny.pcap.gz >torn.pcap.gz
