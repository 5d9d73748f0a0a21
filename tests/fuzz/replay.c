/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Replays a fuzz target's corpus as a plain test, without libFuzzer, in every build: each file
 * whole, then cut short, then with single bytes changed. Prints TAP, one case a file. A missing
 * or empty corpus fails: a target that is fed nothing tests nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

#define FILES_MAX 4096
#define BYTES_MAX (8u << 20) /* the largest thing any decoder takes is a full object, 4 MiB */
#define CUTS_MAX  192u       /* how many of the first bytes are cut at and changed, one by one */

static const char *folder;

static int wanted(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Hand the target a copy in a block of exactly this size, so that ASan sees every overrun. */
static void feed(const uint8_t *bytes, size_t count, size_t change_at)
{
    uint8_t *copy = malloc(count ? count : 1);

    if (!copy)
        abort();
    if (count)
        memcpy(copy, bytes, count);
    if (change_at < count)
        copy[change_at] ^= 0xff;
    LLVMFuzzerTestOneInput(copy, count);
    free(copy);
}

static void feed_variants(const uint8_t *bytes, size_t count)
{
    size_t few = count < CUTS_MAX ? count : CUTS_MAX;

    feed(bytes, count, SIZE_MAX);
    for (size_t i = 0; i < few; i++) {
        feed(bytes, i, SIZE_MAX);
        feed(bytes, count, i);
        feed(bytes, count, count - 1 - i);
    }
    if (count)
        feed(bytes, count - 1, SIZE_MAX);
}

/* Returns 0, or -1 after saying why the file could not be read. */
static int replay_file(const char *name)
{
    static uint8_t bytes[BYTES_MAX];
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = length > 0 && (size_t)length < sizeof path ? fopen(path, "rb") : NULL;

    if (!file) {
        printf("# cannot open '%s': %s\n", name, strerror(errno));
        return -1;
    }
    size_t count = fread(bytes, 1, sizeof bytes, file);
    int bad = ferror(file) || fgetc(file) != EOF;
    fclose(file);
    if (bad) {
        printf("# '%s' cannot be read, or is over %u bytes\n", name, BYTES_MAX);
        return -1;
    }
    feed_variants(bytes, count);
    return 0;
}

int main(int argc, char **argv)
{
    struct dirent **names = NULL;
    int status = EXIT_SUCCESS;

    if (argc != 2) {
        printf("Bail out! usage: %s CORPUS-FOLDER\n", argv[0]);
        return EXIT_FAILURE;
    }
    folder = argv[1];
    int count = scandir(folder, &names, wanted, alphasort);
    if (count <= 0 || count > FILES_MAX) {
        printf("1..1\nnot ok 1 - corpus '%s' has between 1 and %d files\n", folder, FILES_MAX);
        return EXIT_FAILURE;
    }
    printf("1..%d\n", count);
    for (int i = 0; i < count; i++) {
        int bad = replay_file(names[i]->d_name);

        printf("%s %d - %s\n", bad ? "not ok" : "ok", i + 1, names[i]->d_name);
        fflush(stdout);
        if (bad)
            status = EXIT_FAILURE;
        free(names[i]);
    }
    free(names);
    return status;
}
