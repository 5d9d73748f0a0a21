/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The spool: what is put waits, for its keeper only, until it was pushed and proved.
 */
#include "home/spool.h"

#include "check.h"
#include "fake/vault.h"

static char dir[FOLDER_TEXT];
static struct sl_vault *vault;
static struct sl_home *home;
static uint8_t bytes[SL_FULL_BYTES];

static struct sl_object put(struct sl_spool *s, unsigned keeper, enum sl_object_kind kind)
{
    struct sl_object name = { .kind = kind };
    struct sl_view piece = { bytes, sl_object_bytes(kind) };

    sl_random(name.name, SL_NAME_BYTES);
    sl_random(bytes, sizeof bytes);
    CHECK_EQ(sl_spool_put(s, &vault->keepers[keeper].id, &name, &piece, 1, NULL), SL_OK);
    return name;
}

static uint64_t waiting(struct sl_spool *s, unsigned keeper)
{
    uint64_t count = 99;

    CHECK_EQ(sl_spool_count(s, &vault->keepers[keeper].id, &count, NULL), SL_OK);
    return count;
}

struct pushed {
    sl_rc answer;
    unsigned count, most; /* after `most` it fails */
    struct sl_object names[64];
    bool equal; /* the last ones' bytes are `bytes` */
};

static sl_rc push(void *who, const struct sl_object *name, struct sl_view in, struct sl_err *err)
{
    struct pushed *p = who;

    if (p->most > 0 && p->count == p->most)
        return sl_fail(err, SL_E_RETRY, "away");
    p->names[p->count++ % 64] = *name;
    p->equal = in.len == sl_object_bytes(name->kind) && memcmp(in.at, bytes, in.len) == 0;
    return p->answer;
}

static void spool__gives_back_what_was_put(void)
{
    SL_AUTO_FREE(spool) *s = NULL;
    struct pushed p = { 0 };

    CHECK_EQ(sl_spool_open(home, vault, &s, NULL), SL_OK);
    CHECK_EQ(waiting(s, 0), 0);
    struct sl_object full = put(s, 0, SL_OBJECT_FULL);
    CHECK_EQ(waiting(s, 0), 1);
    CHECK_EQ(waiting(s, 1), 0); /* another keeper's */
    CHECK_EQ(sl_spool_push(s, &vault->keepers[0].id, push, &p, NULL), SL_OK);
    CHECK_EQ(p.count, 1);
    CHECK(p.equal && memcmp(&p.names[0], &full, sizeof full) == 0);
    CHECK_EQ(waiting(s, 0), 0);
    CHECK_EQ(sl_spool_push(s, &vault->keepers[0].id, push, &p, NULL), SL_OK);
    CHECK_EQ(p.count, 1);
}

static void spool__put_twice_waits_once(void)
{
    SL_AUTO_FREE(spool) *s = NULL;
    struct pushed p = { 0 };

    CHECK_EQ(sl_spool_open(home, vault, &s, NULL), SL_OK);
    struct sl_object name = put(s, 0, SL_OBJECT_SLIP);
    struct sl_view piece = { bytes, SL_SLIP_BYTES };
    CHECK_EQ(sl_spool_put(s, &vault->keepers[0].id, &name, &piece, 1, NULL), SL_OK);
    bytes[5] ^= 1;
    CHECK_EQ(sl_spool_put(s, &vault->keepers[0].id, &name, &piece, 1, NULL), SL_E_REFUSED);
    bytes[5] ^= 1;
    CHECK_EQ(waiting(s, 0), 1);
    CHECK_EQ(sl_spool_push(s, &vault->keepers[0].id, push, &p, NULL), SL_OK);
    CHECK(p.equal);
}

static void spool__keeps_what_was_not_pushed_or_not_proved(void)
{
    SL_AUTO_FREE(spool) *s = NULL;
    struct pushed some = { .most = 3 }, weak = { .answer = SL_E_UNSAFE }, all = { 0 };
    struct sl_err err = { 0 };

    CHECK_EQ(sl_spool_open(home, vault, &s, NULL), SL_OK);
    for (unsigned i = 0; i < 10; i++)
        (void)put(s, 0, SL_OBJECT_SLIP);
    CHECK_EQ(sl_spool_push(s, &vault->keepers[0].id, push, &some, &err), SL_E_RETRY);
    CHECK_EQ(waiting(s, 0), 7);
    CHECK_EQ(sl_spool_push(s, &vault->keepers[0].id, push, &weak, &err), SL_OK);
    CHECK_EQ(weak.count, 7);
    CHECK_EQ(waiting(s, 0), 7);
    CHECK_EQ(sl_spool_push(s, &vault->keepers[0].id, push, &all, &err), SL_OK);
    CHECK_EQ(waiting(s, 0), 0);
}

/* A file of the wrong size, or a stranger's name, in the spool. */
static void spool__refuses_what_has_another_size_and_passes_strangers_by(void)
{
    SL_AUTO_FREE(spool) *s = NULL;
    struct pushed p = { 0 };
    struct sl_err err = { 0 };
    char id[SL_FOLDER_TEXT], text[SL_OBJECT_TEXT], path[FOLDER_TEXT * 2];

    CHECK_EQ(sl_spool_open(home, vault, &s, NULL), SL_OK);
    struct sl_object name = put(s, 1, SL_OBJECT_SLIP);
    sl_id_text(&vault->keepers[1].id, id);
    sl_object_text(&name, text);
    (void)snprintf(path, sizeof path, "%s/productions/film/spool/%s/s/notes", dir, id);
    CHECK_EQ(folder_write(path, "x", 1), 0);
    (void)snprintf(path, sizeof path, "%s/productions/film/spool/%s/%.4s/notes", dir, id, text);
    CHECK_EQ(folder_write(path, "x", 1), 0);
    CHECK_EQ(waiting(s, 1), 1);
    (void)snprintf(path, sizeof path, "%s/productions/film/spool/%s/%s", dir, id, text);
    CHECK_EQ(truncate(path, SL_SLIP_BYTES - 1), 0);
    CHECK_EQ(sl_spool_push(s, &vault->keepers[1].id, push, &p, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "impossible size") != NULL);
    CHECK_EQ(p.count, 0);
    CHECK_EQ(waiting(s, 1), 1); /* nothing is thrown away */
}

static void spool__pushes_nothing_that_its_disk_altered(void)
{
    SL_AUTO_FREE(spool) *s = NULL;
    char id[SL_FOLDER_TEXT], text[SL_OBJECT_TEXT], path[FOLDER_TEXT * 2];
    struct sl_err err = { 0 };

    CHECK_EQ(sl_spool_open(home, vault, &s, NULL), SL_OK);
    for (unsigned i = 0; i < 3; i++)
        (void)put(s, 2, SL_OBJECT_SLIP);
    struct sl_object name = put(s, 2, SL_OBJECT_FULL);
    unsigned others = 3;
    sl_id_text(&vault->keepers[2].id, id);
    sl_object_text(&name, text);
    (void)snprintf(path, sizeof path, "%s/productions/film/spool/%s/%s", dir, id, text);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0);
    for (off_t at = 0; at < (off_t)SL_FULL_BYTES + 32; at += 399499) {
        struct pushed p = { 0 };
        uint8_t byte = 0, other = 0;
        CHECK_EQ(pread(fd, &byte, 1, at), 1);
        other = byte ^ 16;
        CHECK_EQ(pwrite(fd, &other, 1, at), 1);
        CHECK_EQ(sl_spool_push(s, &vault->keepers[2].id, push, &p, &err), SL_E_BROKEN);
        CHECK(strstr(err.text, "disk is failing") != NULL);
        CHECK_EQ(p.count, others); /* those are not held up by it */
        others = 0;
        CHECK_EQ(pwrite(fd, &byte, 1, at), 1);
    }
    (void)close(fd);
    struct pushed p = { 0 };
    CHECK_EQ(sl_spool_push(s, &vault->keepers[2].id, push, &p, &err), SL_OK);
    CHECK(p.equal);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(spool__gives_back_what_was_put),
        CASE(spool__put_twice_waits_once),
        CASE(spool__keeps_what_was_not_pushed_or_not_proved),
        CASE(spool__refuses_what_has_another_size_and_passes_strangers_by),
        CASE(spool__pushes_nothing_that_its_disk_altered),
    };

    folder_new(NULL, dir);
    vault = fake_vault("/d", 3, 2);
    if (sl_home_open(sl_os_real(), dir, true, &home, NULL) != SL_OK)
        return EXIT_FAILURE;
    int rc = check_run(cases, sizeof cases / sizeof *cases);
    sl_home_free(home);
    sl_vault_free(vault);
    folder_remove(dir);
    return rc;
}
