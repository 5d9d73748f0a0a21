/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which physical disk a file lies on: keepers on two partitions, or in two loop files, of one disk
 * are one keeper when the disk is carried away.
 */
#include <errno.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "base/os.h"
#include "check.h"
#include "fake/folder.h"

#define IMAGE_BYTES (16u << 20)
#define DISK_TEXT   64u

static int disk_of(const char *path, char ret[DISK_TEXT])
{
    const struct sl_os *os = sl_os_real();
    int fd = os->open(os->self, SL_OS_CWD, path, O_RDONLY, 0, 0);
    int rc = os->disk(os->self, fd, ret);

    (void)os->close(os->self, fd);
    return rc;
}

static void disk__is_the_same_for_two_folders_of_one_file_system(void)
{
    char one[FOLDER_TEXT], two[FOLDER_TEXT], a[DISK_TEXT] = "x", b[DISK_TEXT] = "y";

    folder_new(NULL, one);
    folder_new(NULL, two);
    CHECK_EQ(disk_of(one, a), 0);
    CHECK_EQ(disk_of(two, b), 0);
    CHECK(strcmp(a, b) == 0);
    folder_remove(one);
    folder_remove(two);
}

static void disk__is_unknown_for_memory_and_for_kernel_file_systems(void)
{
    static const char *const places[] = { "/dev/shm", "/proc" };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char disk[DISK_TEXT] = "x";
        if (access(places[i], R_OK) != 0)
            continue;
        CHECK_EQ(disk_of(places[i], disk), 0);
        CHECK(strcmp(disk, "") == 0);
    }
}

static void disk__fails_for_what_is_not_open(void)
{
    char disk[DISK_TEXT] = "x";

    CHECK_EQ(sl_os_real()->disk(NULL, -1, disk), -1);
    CHECK_EQ(errno, EBADF);
}

/* Mount `image` on `at` through a loop device; returns the device's descriptor or -1. */
static int mount_image(const char *image, const char *at)
{
    char device[32];
    struct loop_info64 info = { .lo_flags = LO_FLAGS_AUTOCLEAR };
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    int number = control >= 0 ? ioctl(control, LOOP_CTL_GET_FREE) : -1;
    int file = open(image, O_RDWR | O_CLOEXEC);

    if (control >= 0)
        (void)close(control);
    (void)snprintf(device, sizeof device, "/dev/loop%d", number);
    int loop = number >= 0 ? open(device, O_RDWR | O_CLOEXEC) : -1;
    bool up = loop >= 0 && file >= 0 && ioctl(loop, LOOP_SET_FD, file) == 0 &&
              ioctl(loop, LOOP_SET_STATUS64, &info) == 0 && mount(device, at, "ext4", 0, "") == 0;
    if (file >= 0)
        (void)close(file);
    if (!up && loop >= 0)
        (void)close(loop);
    return up ? loop : -1;
}

static bool make_image(const char *image)
{
    const struct sl_os *os = sl_os_real();
    const char *const argv[] = { "/sbin/mkfs.ext4", "-q", "-F", image, NULL };
    int fd = open(image, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    bool done = fd >= 0 && ftruncate(fd, IMAGE_BYTES) == 0;

    if (fd >= 0)
        (void)close(fd);
    return done && os->run(os->self, argv, NULL) == 0;
}

static void disk__of_a_loop_file_is_the_disk_beneath_or_unknown(void)
{
    char folder[FOLDER_TEXT], beneath[DISK_TEXT] = "x", inside[DISK_TEXT] = "y", image[512],
                              at[512];

    folder_new(NULL, folder);
    (void)snprintf(image, sizeof image, "%s/image", folder);
    (void)snprintf(at, sizeof at, "%s/at", folder);
    CHECK_EQ(mkdir(at, 0700), 0);
    int loop = geteuid() == 0 && make_image(image) ? mount_image(image, at) : -1;
    if (loop < 0) {
        check_skip("mounting a loop file needs root and mkfs.ext4");
        folder_remove(folder);
        return;
    }
    CHECK_EQ(disk_of(folder, beneath), 0);
    CHECK_EQ(disk_of(at, inside), 0);
    CHECK(strcmp(beneath, inside) == 0);
    CHECK(strncmp(inside, "loop", 4) != 0);
    CHECK_EQ(unlink(image), 0); /* now nobody can say where it lies */
    CHECK_EQ(disk_of(at, inside), 0);
    CHECK(strcmp(inside, "") == 0);
    CHECK_EQ(umount(at), 0);
    (void)close(loop);
    folder_remove(folder);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(disk__is_the_same_for_two_folders_of_one_file_system),
        CASE(disk__is_unknown_for_memory_and_for_kernel_file_systems),
        CASE(disk__fails_for_what_is_not_open),
        CASE(disk__of_a_loop_file_is_the_disk_beneath_or_unknown),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
