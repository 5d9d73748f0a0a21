/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vault of a home: written and read back, every damaged line refused, locked with a passphrase,
 * found among several, never written over.
 */
#include "check.h"
#include "fake/vault.h"
#include "home/passphrase.h"

static char dir[FOLDER_TEXT];

static struct sl_secret *text_of(const struct sl_vault *v)
{
    struct sl_secret *text = NULL;

    CHECK_EQ(sl_vault_write(v, &text, NULL), SL_OK);
    return text;
}

static void check_same(const struct sl_vault *a, const struct sl_vault *b)
{
    struct sl_secret *x = text_of(a), *y = text_of(b);
    struct sl_view p = sl_secret_expose(x), q = sl_secret_expose(y);

    CHECK_EQ(p.len, q.len);
    CHECK(p.len == q.len && memcmp(p.at, q.at, p.len) == 0);
    CHECK(memcmp(a->production, b->production, sizeof a->production) == 0);
    CHECK_EQ(a->keeper_count, b->keeper_count);
    CHECK_EQ(a->locker_count, b->locker_count);
    for (size_t i = 0; i < a->keeper_count; i++)
        CHECK(memcmp(&a->keepers[i], &b->keepers[i], sizeof a->keepers[i]) == 0);
    sl_secret_free(x);
    sl_secret_free(y);
}

static void vault__reads_what_it_wrote(void)
{
    SL_AUTO_FREE(vault) *v = fake_vault("/somewhere with, odd = things", 5, 3);
    SL_AUTO_FREE(vault) *back = NULL;

    SL_AUTO_FREE(secret) *text = text_of(v);
    CHECK_EQ(sl_vault_read(sl_secret_expose(text), &back, NULL), SL_OK);
    check_same(v, back);
    CHECK_EQ(sl_vault_locker(back, "sound"), 1);
    CHECK_EQ(sl_vault_locker(back, "cut"), -1);
    CHECK_EQ(sl_vault_locker_of(back, &v->lockers[1].id, 0), 1);
    CHECK_EQ(sl_vault_locker_of(back, &v->lockers[1].id, 1), -1);
}

/* A home on set holds nothing that reads. */
static void vault__of_a_home_on_set_has_no_identity(void)
{
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(vault) *back = NULL;

    sl_age_identity_free(v->care_identity);
    v->care_identity = NULL;
    for (size_t i = 0; i < 2; i++) {
        sl_age_identity_free(v->locker_identities[i]);
        v->locker_identities[i] = NULL;
    }
    v->role = SL_ROLE_CAPTURE;
    SL_AUTO_FREE(secret) *text = text_of(v);
    struct sl_view bare = sl_secret_expose(text);
    CHECK(memmem(bare.at, bare.len, "AGE-SECRET-KEY", 14) == NULL);
    CHECK_EQ(sl_vault_read(bare, &back, NULL), SL_OK);
    CHECK(back->care_identity == NULL && back->locker_identities[0] == NULL);
}

static void vault__at_its_limits_is_written_and_read(void)
{
    SL_AUTO_FREE(vault) *v = fake_vault("/d", SL_KEEPERS_MAX, SL_NEED_MAX);
    SL_AUTO_FREE(vault) *back = NULL;

    for (size_t i = 0; i < SL_KEEPERS_MAX; i++) {
        memset(v->keepers[i].url, 'u', SL_KEEPER_URL_MAX);
        memset(v->keepers[i].labels, 'l', SL_KEEPER_LABELS_MAX);
        v->keepers[i].url[0] = '/';
        v->keepers[i].shard = (uint8_t)(SL_SHARDS_MAX - 1 - i);
        v->keepers[i].url[SL_KEEPER_URL_MAX] = v->keepers[i].labels[SL_KEEPER_LABELS_MAX] = '\0';
    }
    SL_AUTO_FREE(secret) *text = text_of(v);
    CHECK_EQ(sl_vault_read(sl_secret_expose(text), &back, NULL), SL_OK);
    check_same(v, back);
}

/* ---- damage ---- */

/* The text with line `number` (from 0) replaced by `with` (NULL: left out). */
static size_t with_line(struct sl_view text, size_t number, const char *with, char *to)
{
    const char *at = (const char *)text.at, *end = at + text.len;
    size_t len = 0;

    for (size_t i = 0; at < end; i++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop != NULL ? stop + 1 : end;
        if (i != number) {
            memcpy(to + len, at, (size_t)(stop - at));
            len += (size_t)(stop - at);
        } else if (with != NULL) {
            len += (size_t)sprintf(to + len, "%s\n", with);
        }
        at = stop;
    }
    return len;
}

static sl_rc read_text(const char *text, size_t len)
{
    struct sl_vault *untouched = (struct sl_vault *)dir, *v = untouched;
    struct sl_err err = { 0 };

    sl_rc rc = sl_vault_read((struct sl_view){ (const uint8_t *)text, len }, &v, &err);
    if (rc == SL_OK)
        sl_vault_free(v);
    else
        CHECK(v == untouched && err.text[0] != '\0');
    return rc;
}

static void vault__refuses_each_damaged_line(void)
{
    static const struct {
        size_t line;
        const char *with;
    } rows[] = {
        { 0, "safelight-home 2" },
        { 0, "safelight-home 1 " },
        { 0, "" },
        { 1, "alias ../../etc" },
        { 1, "alias film two" },
        { 1, "alias film " },
        { 1, "alias  film" },
        { 1, "alias" },
        { 1, "alias -film" },
        { 2, "production 00" },
        { 2, "production xyz" },
        { 3, "maker" },
        { 4, "role 0" },
        { 4, "role 9" },
        { 4, "role -1" },
        { 4, "role 99999999999" },
        { 5, "need 0" },
        { 5, "need 17" },
        { 5, "need 3" }, /* as many as there are keepers: none may be lost */
        { 5, "need 2x" },
        { 6, "sign 00" },
        { 7, "state 0g00000000000000000000000000000000000000000000000000000000000000" },
        { 8, "care age1nonsense" },
        { 9, "locker 00 0 camera age1nonsense" },
        { 11, "keeper 0011223344556677889900aabbccddee 256 attic /d" },
        { 11, "keeper 0011223344556677889900aabbccddee 0 ../attic /d" },
        { 11, "keeper 0011223344556677889900aabbccddee 0 attic" },
        { 11, "keeper 0011223344556677889900aabbccddee 1 attic /d" }, /* the next one's shard */
        { 11, "keeper 0011223344556677889900aabbccddee 0 k2 /d" },    /* the next one's name */
        { 11, "labels device=x" },
        { 12, "labels" },
        { 17, "ending" },
        { 17, "end\nend" },
        { 17, "end\nalias film" },
    };
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(secret) *text = text_of(v);
    char bad[8192];

    CHECK_EQ(read_text(bad, with_line(sl_secret_expose(text), 999, NULL, bad)), SL_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len = with_line(sl_secret_expose(text), rows[i].line, rows[i].with, bad);
        sl_rc rc = read_text(bad, len);
        CHECK_EQ(rc, SL_E_BROKEN);
        if (rc != SL_E_BROKEN)
            printf("# that was line %zu: '%s'\n", rows[i].line, rows[i].with);
    }
}

static void vault__refuses_a_line_that_is_missing_or_doubled(void)
{
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(secret) *text = text_of(v);
    struct sl_view whole = sl_secret_expose(text);
    char bad[8192], line[1024];

    for (size_t i = 0; i < 18; i++) {
        bool label = i == 12 || i == 14 || i == 16;                     /* may be missing */
        bool locker = i == 9 || i == 10;                                /* one of them suffices */
        const char *at = (const char *)whole.at, *end = at + whole.len; /* no NUL behind it */
        for (size_t skip = 0; skip < i; skip++)
            at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
        size_t len = with_line(whole, i, NULL, bad);
        CHECK_EQ(read_text(bad, len), label || locker ? SL_OK : SL_E_BROKEN);
        int size = (int)((const char *)memchr(at, '\n', (size_t)(end - at)) - at);
        (void)snprintf(line, sizeof line, "%.*s\n%.*s", size, at, size, at);
        CHECK_EQ(read_text(bad, with_line(whole, i, line, bad)), SL_E_BROKEN);
    }
}

static void vault__cut_anywhere_is_refused(void)
{
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(secret) *text = text_of(v);
    struct sl_view whole = sl_secret_expose(text);

    for (size_t len = 0; len + 1 < whole.len; len++)
        CHECK_EQ(read_text((const char *)whole.at, len), SL_E_BROKEN);
    CHECK_EQ(read_text((const char *)whole.at, whole.len), SL_OK);
}

/* ---- in its home ---- */

static struct sl_passphrase_from words(const char *file)
{
    return (struct sl_passphrase_from){ .file = file, .fd = -1 };
}

static sl_rc load(const char *path, const char *alias, const char *words_file,
                  struct sl_vault **ret, struct sl_err *err)
{
    SL_AUTO_FREE(home) *h = NULL;
    struct sl_passphrase_from from = words(words_file);

    SL_TRY(sl_home_open(sl_os_real(), path, false, &h, err));
    return sl_home_load(h, alias, &from, NULL, ret, err);
}

static void store(const char *path, const struct sl_vault *v, const char *passphrase)
{
    SL_AUTO_FREE(home) *h = NULL;
    SL_AUTO_FREE(secret) *secret = NULL;

    if (passphrase != NULL)
        CHECK_EQ(sl_secret_copy((struct sl_view){ (const uint8_t *)passphrase, strlen(passphrase) },
                                &secret, NULL),
                 SL_OK);
    CHECK_EQ(sl_home_open(sl_os_real(), path, true, &h, NULL), SL_OK);
    CHECK_EQ(sl_home_store(h, v, secret, true, NULL), SL_OK);
}

static void flip(const char *path, off_t at)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t byte = 0;

    CHECK(fd >= 0 && pread(fd, &byte, 1, at) == 1);
    byte ^= 1;
    CHECK(pwrite(fd, &byte, 1, at) == 1);
    (void)close(fd);
}

static void home__is_locked_by_its_passphrase(void)
{
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(vault) *back = NULL;
    struct sl_err err = { 0 };
    const char *home = folder_path(dir, "locked");
    char file[FOLDER_TEXT], right[FOLDER_TEXT], wrong[FOLDER_TEXT], path[FOLDER_TEXT];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s", home);
    (void)snprintf(file, sizeof file, "%.200s/productions/film/vault.age", path);
    (void)snprintf(right, sizeof right, "%.200s", folder_path(dir, "right"));
    (void)snprintf(wrong, sizeof wrong, "%.200s", folder_path(dir, "wrong"));
    CHECK_EQ(folder_write(right, "open sesame\n", 12), 0);
    CHECK_EQ(folder_write(wrong, "open barley\n", 12), 0);
    store(path, v, "open sesame");
    CHECK(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0700);
    CHECK_EQ(load(path, NULL, right, &back, &err), SL_OK);
    check_same(v, back);
    sl_vault_free(back);
    back = NULL;
    CHECK_EQ(load(path, NULL, wrong, &back, &err), SL_E_REFUSED);
    CHECK(strstr(err.text, "passphrase") != NULL);
    CHECK(back == NULL);
    CHECK(stat(file, &st) == 0);
    for (off_t at = 300; at < st.st_size; at += st.st_size / 5) { /* behind the header */
        flip(file, at);
        CHECK_EQ(load(path, NULL, right, &back, &err), SL_E_BROKEN);
        flip(file, at);
    }
    CHECK_EQ(truncate(file, st.st_size - 1), 0);
    CHECK_EQ(load(path, NULL, right, &back, &err), SL_E_BROKEN);
    CHECK_EQ(truncate(file, 100), 0);
    CHECK_EQ(load(path, NULL, right, &back, &err), SL_E_BROKEN);
    CHECK_EQ(truncate(file, 0), 0);
    CHECK_EQ(load(path, NULL, right, &back, &err), SL_E_BROKEN);
    CHECK(back == NULL);
}

static void home__without_a_passphrase_asks_for_none(void)
{
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(vault) *back = NULL;
    char path[FOLDER_TEXT];

    (void)snprintf(path, sizeof path, "%.200s", folder_path(dir, "open"));
    store(path, v, NULL);
    CHECK_EQ(load(path, "film", NULL, &back, NULL), SL_OK);
    check_same(v, back);
}

static void home__tells_several_productions_apart(void)
{
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(vault) *other = fake_vault("/e", 4, 2);
    SL_AUTO_FREE(vault) *back = NULL;
    struct sl_err err = { 0 };
    char path[FOLDER_TEXT];

    (void)snprintf(path, sizeof path, "%.200s", folder_path(dir, "several"));
    (void)snprintf(other->alias, sizeof other->alias, "short");
    store(path, v, NULL);
    store(path, other, NULL);
    CHECK_EQ(load(path, NULL, NULL, &back, &err), SL_E_USAGE);
    CHECK(strstr(err.text, "film") != NULL && strstr(err.text, "short") != NULL);
    CHECK_EQ(load(path, "none", NULL, &back, &err), SL_E_MISSING);
    CHECK_EQ(load(path, "../several", NULL, &back, &err), SL_E_USAGE);
    CHECK_EQ(load(path, "short", NULL, &back, &err), SL_OK);
    check_same(other, back);
}

static void home__writes_over_no_production(void)
{
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(vault) *other = fake_vault("/e", 4, 2);
    SL_AUTO_FREE(vault) *back = NULL;
    SL_AUTO_FREE(home) *h = NULL;
    char path[FOLDER_TEXT];

    (void)snprintf(path, sizeof path, "%.200s", folder_path(dir, "twice"));
    store(path, v, NULL);
    CHECK_EQ(sl_home_open(sl_os_real(), path, false, &h, NULL), SL_OK);
    CHECK_EQ(sl_home_store(h, other, NULL, true, NULL), SL_E_REFUSED);
    CHECK_EQ(load(path, NULL, NULL, &back, NULL), SL_OK);
    check_same(v, back);
}

/* Who renames the folder renames the production on this machine; state and spool stay with it. */
static void home__takes_the_folders_name_for_the_production(void)
{
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(vault) *back = NULL;
    char path[FOLDER_TEXT];

    (void)snprintf(path, sizeof path, "%.200s", folder_path(dir, "renamed"));
    store(path, v, NULL);
    CHECK_EQ(rename(folder_path(path, "productions/film"), folder_path(path, "productions/opus")),
             0);
    CHECK_EQ(load(path, NULL, NULL, &back, NULL), SL_OK);
    CHECK(back != NULL && strcmp(back->alias, "opus") == 0);
}

static void home__that_is_not_there_says_how_to_make_one(void)
{
    struct sl_vault *back = NULL;
    struct sl_err err = { 0 };

    CHECK_EQ(load(folder_path(dir, "nowhere"), NULL, NULL, &back, &err), SL_E_MISSING);
    CHECK(strstr(err.text, "safelight init") != NULL);
    CHECK_EQ(mkdir(folder_path(dir, "bare"), 0700), 0);
    CHECK_EQ(load(folder_path(dir, "bare"), NULL, NULL, &back, &err), SL_E_MISSING);
    CHECK(strstr(err.text, "safelight init") != NULL);
}

/* ---- keepers as people write them ---- */

static void keeper_spec__reads_places_and_labels(void)
{
    static const struct {
        const char *text, *alias, *url, *labels, *device;
    } rows[] = {
        { "attic=/mnt/attic", "attic", "/mnt/attic", "", "" },
        { "a=/m,device=blue disk", "a", "/m", "device=blue disk", "blue disk" },
        { "a=/m,x=1,device=d", "a", "/m,x=1", "device=d", "d" },
        { "a=/m,operator=o,country=FR,device=d", "a", "/m", "operator=o,country=FR,device=d", "d" },
        { "a=/m,device=", "a", "/m", "device=", "" },
        { "a=/m=n", "a", "/m=n", "", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sl_keeper_info k = { .shard = 7 };
        char device[SL_KEEPER_LABELS_MAX + 1];
        CHECK_EQ(sl_keeper_spec_read(rows[i].text, &k, NULL), SL_OK);
        CHECK(strcmp(k.alias, rows[i].alias) == 0);
        CHECK(strcmp(k.url, rows[i].url) == 0);
        CHECK(strcmp(k.labels, rows[i].labels) == 0);
        sl_keeper_label(&k, "device", device);
        CHECK(strcmp(device, rows[i].device) == 0);
        CHECK_EQ(k.shard, 7);
    }
}

static void keeper_spec__refuses_what_is_no_keeper(void)
{
    static const char *const bad[] = { "",          "attic",   "=/mnt",       "a b=/mnt",
                                       "../a=/mnt", "a=/m\nx", "a=,device=d", "a=" };
    static char big[SL_KEEPER_URL_MAX + 8] = "a=/";
    struct sl_keeper_info k = { 0 };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ(sl_keeper_spec_read(bad[i], &k, NULL), SL_E_USAGE);
    memset(big + 3, 'x', sizeof big - 4);
    CHECK_EQ(sl_keeper_spec_read(big, &k, NULL), SL_E_USAGE);
    big[2 + SL_KEEPER_URL_MAX] = '\0';
    CHECK_EQ(sl_keeper_spec_read(big, &k, NULL), SL_OK);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(vault__reads_what_it_wrote),
        CASE(vault__of_a_home_on_set_has_no_identity),
        CASE(vault__at_its_limits_is_written_and_read),
        CASE(vault__refuses_each_damaged_line),
        CASE(vault__refuses_a_line_that_is_missing_or_doubled),
        CASE(vault__cut_anywhere_is_refused),
        CASE(home__is_locked_by_its_passphrase),
        CASE(home__without_a_passphrase_asks_for_none),
        CASE(home__tells_several_productions_apart),
        CASE(home__writes_over_no_production),
        CASE(home__takes_the_folders_name_for_the_production),
        CASE(home__that_is_not_there_says_how_to_make_one),
        CASE(keeper_spec__reads_places_and_labels),
        CASE(keeper_spec__refuses_what_is_no_keeper),
    };

    folder_new(NULL, dir);
    int rc = check_run(cases, sizeof cases / sizeof *cases);
    folder_remove(dir);
    return rc;
}
