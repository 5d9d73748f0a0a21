/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Swap that lies in the clear is seen, and what is encrypted or stays in memory is let pass. The
 * system's files are played by this test's own filling of the seam.
 */
#include "home/swap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

#define HEADER "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

struct played { /* files by path; at most one is open */
    struct sl_os os;
    const char *path[4], *text[4];
    const char *open;
    size_t at, step; /* step: bytes that one read gives */
    int opened;
    bool read_fails;
};

static int play_open(void *self, int dir, const char *path, int flags, mode_t mode,
                     uint64_t resolve)
{
    struct played *p = self;

    (void)dir;
    (void)flags;
    (void)mode;
    (void)resolve;
    for (size_t i = 0; i < 4; i++) {
        if (p->path[i] == NULL || strcmp(p->path[i], path) != 0)
            continue;
        CHECK(p->open == NULL);
        p->open = p->text[i];
        p->at = 0;
        p->opened++;
        return 7;
    }
    errno = ENOENT;
    return -1;
}

static int play_close(void *self, int fd)
{
    struct played *p = self;

    CHECK_EQ(fd, 7);
    p->open = NULL;
    return 0;
}

static ssize_t play_read(void *self, int fd, void *to, size_t count)
{
    struct played *p = self;
    size_t left = strlen(p->open) - p->at, len = count < left ? count : left;

    CHECK_EQ(fd, 7);
    if (p->read_fails) {
        errno = EIO;
        return -1;
    }
    len = p->step > 0 && p->step < len ? p->step : len;
    memcpy(to, p->open + p->at, len);
    p->at += len;
    return (ssize_t)len;
}

/* /proc/swaps holds `swaps`; `path` (may be NULL) holds `text`. */
static struct played play(const char *swaps, const char *path, const char *text)
{
    struct played p = { .os = { .open = play_open, .close = play_close, .read = play_read } };

    if (swaps != NULL) {
        p.path[0] = "/proc/swaps";
        p.text[0] = swaps;
    }
    p.path[1] = path;
    p.text[1] = text;
    return p;
}

static bool in_the_clear(struct played p)
{
    p.os.self = &p;
    bool clear = sl_swap_in_the_clear(&p.os);
    CHECK(p.open == NULL);
    return clear;
}

static void swap__none_is_not_in_the_clear(void)
{
    CHECK(!in_the_clear(play(HEADER, NULL, NULL)));
    CHECK(!in_the_clear(play("", NULL, NULL)));
    CHECK(!in_the_clear(play(NULL, NULL, NULL))); /* no /proc */
}

static void swap__a_file_or_a_partition_is_in_the_clear(void)
{
    CHECK(in_the_clear(play(HEADER "/swap.img file\t2097148\t0\t-2\n", NULL, NULL)));
    CHECK(in_the_clear(play(HEADER "/my\\040swap file 2097148 0 -2\n", NULL, NULL)));
    CHECK(in_the_clear(play(HEADER "/dev/sda5 partition\t2097148\t0\t-2\n", NULL, NULL)));
    CHECK(in_the_clear(play(HEADER "/dev/nvme0n1p3 partition 2097148 0 -2", NULL, NULL)));
}

static void swap__on_dm_crypt_is_not_in_the_clear(void)
{
    static const char swaps[] = HEADER "/dev/dm-1 partition\t999420\t0\t-2\n";
    static const char path[] = "/sys/class/block/dm-1/dm/uuid";

    CHECK(!in_the_clear(play(swaps, path, "CRYPT-LUKS2-0123-luks\n")));
    CHECK(!in_the_clear(play(swaps, path, "CRYPT-PLAIN-cryptswap1\n")));
    CHECK(in_the_clear(play(swaps, path, "LVM-abcdef\n")));
    CHECK(in_the_clear(play(swaps, path, "XCRYPT-\n")));
    CHECK(in_the_clear(play(swaps, NULL, NULL))); /* /sys does not say */
    CHECK(in_the_clear(play(HEADER "/dev/dm-1x partition 1 0 -2\n",
                            "/sys/class/block/dm-1x/dm/uuid", "CRYPT-\n")));
}

static void swap__on_zram_is_not_in_the_clear(void)
{
    static const char swaps[] = HEADER "/dev/zram0 partition\t8388604\t0\t100\n";
    static const char path[] = "/sys/class/block/zram0/backing_dev";

    CHECK(!in_the_clear(play(swaps, NULL, NULL))); /* kernels without writing back */
    CHECK(!in_the_clear(play(swaps, path, "none\n")));
    CHECK(in_the_clear(play(swaps, path, "/dev/sda7\n")));
    CHECK(in_the_clear(play(HEADER "/zram0 file 1 0 -2\n", path, "none\n")));
}

static void swap__one_in_the_clear_among_others_is_seen(void)
{
    static const char zram[] = "/dev/zram0 partition\t8388604\t0\t100\n";
    static const char file[] = "/swapfile file\t8388604\t0\t-2\n";
    char swaps[400];

    (void)snprintf(swaps, sizeof swaps, "%s%s%s", HEADER, zram, file);
    CHECK(in_the_clear(play(swaps, NULL, NULL)));
    (void)snprintf(swaps, sizeof swaps, "%s%s%s", HEADER, file, zram);
    CHECK(in_the_clear(play(swaps, NULL, NULL)));
    (void)snprintf(swaps, sizeof swaps, "%s%s%s", HEADER, zram, zram);
    CHECK(!in_the_clear(play(swaps, NULL, NULL)));
}

static void swap__is_read_in_pieces_and_a_read_may_fail(void)
{
    struct played p = play(HEADER "/dev/sda5 partition\t2097148\t0\t-2\n", NULL, NULL);

    p.step = 1;
    CHECK(in_the_clear(p));
    p.read_fails = true;
    CHECK(!in_the_clear(p));
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(swap__none_is_not_in_the_clear),
        CASE(swap__a_file_or_a_partition_is_in_the_clear),
        CASE(swap__on_dm_crypt_is_not_in_the_clear),
        CASE(swap__on_zram_is_not_in_the_clear),
        CASE(swap__one_in_the_clear_among_others_is_seen),
        CASE(swap__is_read_in_pieces_and_a_read_may_fail),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
