/* The yardstick: libpcap's own loop over all packets, summing the captured lengths. Nothing is decoded.
 * run.py compiles it on the spot with cc -O2 -lpcap; it prints the same JSON line as the other peers. */

#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static void warm(const char *path)
{
    static char block[1 << 20];
    int file = open(path, O_RDONLY);
    while (file >= 0 && read(file, block, sizeof block) > 0)
        continue;
    close(file);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **given)
{
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const u_char *bytes;
    uint64_t packets = 0, answer = 0;

    if (count != 2) {
        fprintf(stderr, "usage: libpcap_loop CAPTURE\n");
        return 1;
    }
    warm(given[1]);
    double start = now();
    pcap_t *capture = pcap_open_offline(given[1], error);
    if (!capture) {
        fprintf(stderr, "%s\n", error);
        return 2;
    }
    while (pcap_next_ex(capture, &header, &bytes) == 1) {
        packets++;
        answer += header->caplen;
    }
    pcap_close(capture);
    printf("{\"peer\": \"libpcap\", \"work\": \"read\", \"packets\": %" PRIu64 ", \"answer\": %" PRIu64
           ", \"seconds\": %.6f}\n",
           packets, answer, now() - start);
    return 0;
}
