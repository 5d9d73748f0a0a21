/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What else lies in a home: the person, a trustee's share in its two files, kits; and another
 * passphrase for all of it, which loses nothing wherever it is interrupted.
 */
#include "home/keys.h"

#include "check.h"
#include "fake/os_fault.h"
#include "fake/quorum_vault.h"
#include "home/passphrase.h"

#define SHARE_BYTES 88u

static char dir[FOLDER_TEXT];
static const struct sl_passphrase_from NOWHERE = { .fd = -1 };

static struct sl_secret *secret_of(const char *text)
{
    struct sl_secret *ret = NULL;

    CHECK_EQ(sl_secret_copy((struct sl_view){ (const uint8_t *)text, strlen(text) }, &ret, NULL),
             SL_OK);
    return ret;
}

static struct sl_home *home_at(const struct sl_os *os, const char *name)
{
    struct sl_home *h = NULL;

    CHECK_EQ(sl_home_open(os, folder_path(dir, name), true, &h, NULL), SL_OK);
    return h;
}

/* "home/name" beneath the tests' folder. */
static const char *in_home(const char *home, const char *name)
{
    char path[300];

    (void)snprintf(path, sizeof path, "%s/%s", home, name);
    return folder_path(dir, path);
}

static const char *words_file(const char *words)
{
    static char path[FOLDER_TEXT * 2];

    (void)snprintf(path, sizeof path, "%s/words", dir);
    CHECK_EQ(folder_write(path, words, strlen(words)), 0);
    return path;
}

static bool same_person(const struct sl_age_identity *a, const struct sl_age_identity *b)
{
    struct sl_age_recipient x = { 0 }, y = { 0 };

    if (a == NULL || b == NULL)
        return false;
    sl_age_identity_recipient(a, &x);
    sl_age_identity_recipient(b, &y);
    return memcmp(x.point, y.point, sizeof x.point) == 0;
}

/* ---- the person ---- */

static void person__is_kept_once_and_opens_with_its_words_only(void)
{
    SL_AUTO_FREE(age_identity) *me = NULL;
    SL_AUTO_FREE(age_identity) *back = NULL;
    SL_AUTO_FREE(secret) *words = secret_of("open sesame");
    SL_AUTO_FREE(secret) *got = NULL;
    SL_AUTO_FREE(home) *h = home_at(sl_os_real(), "person");
    struct sl_passphrase_from from = { .fd = -1, .file = words_file("open sesame\n") };
    struct sl_err err = { 0 };
    struct stat st;

    CHECK(!sl_home_has_person(h));
    CHECK_EQ(sl_home_person(h, &NOWHERE, NULL, &back, &err), SL_E_MISSING);
    CHECK(strstr(err.text, "person new") != NULL);
    CHECK_EQ(sl_age_identity_new(&me, NULL), SL_OK);
    CHECK_EQ(sl_home_person_store(h, "Ana", me, words, true, NULL), SL_OK);
    CHECK(sl_home_has_person(h));
    CHECK_EQ(sl_home_person_store(h, "Ana", me, words, true, NULL), SL_E_REFUSED);
    CHECK(stat(in_home("person", "identity.age"), &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK_EQ(sl_home_person(h, &from, &got, &back, &err), SL_OK);
    CHECK(same_person(me, back));
    CHECK(got != NULL && sl_secret_expose(got).len == strlen("open sesame"));
    sl_age_identity_free(SL_TAKE(back));
    (void)words_file("open barley\n");
    CHECK_EQ(sl_home_person(h, &from, NULL, &back, &err), SL_E_REFUSED);
    CHECK(back == NULL && strstr(err.text, "identity") != NULL);
}

static void person__in_the_clear_is_a_file_that_age_reads(void)
{
    SL_AUTO_FREE(age_identity) *me = NULL;
    SL_AUTO_FREE(age_identity) *back = NULL;
    SL_AUTO_FREE(home) *h = home_at(sl_os_real(), "clear");
    char text[600] = "", line[3][200] = { "", "", "" };

    CHECK_EQ(sl_age_identity_new(&me, NULL), SL_OK);
    CHECK_EQ(sl_home_person_store(h, "Ana", me, NULL, false, NULL), SL_OK);
    FILE *f = fopen(in_home("clear", "identity.txt"), "re");
    CHECK(f != NULL && fread(text, 1, sizeof text - 1, f) > 0);
    if (f != NULL)
        (void)fclose(f);
    CHECK_EQ(sscanf(text, "%199[^\n]\n%199[^\n]\n%199[^\n]", line[0], line[1], line[2]), 3);
    CHECK(strcmp(line[0], "# safelight person: Ana") == 0);
    CHECK(strncmp(line[1], "# public key: age1", 18) == 0);
    CHECK(strncmp(line[2], "AGE-SECRET-KEY-1", 16) == 0);
    CHECK_EQ(sl_home_person(h, &NOWHERE, NULL, &back, NULL), SL_OK);
    CHECK(same_person(me, back));
}

static void person__that_is_damaged_is_said_to_be(void)
{
    static const char *const bad[] = { "", "# only comments\n", "AGE-SECRET-KEY-1QQQQ\n", "hello\n",
                                       "\n\n" };
    SL_AUTO_FREE(home) *h = home_at(sl_os_real(), "damaged");
    struct sl_age_identity *back = NULL;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sl_err err = { 0 };
        CHECK_EQ(folder_write(in_home("damaged", "identity.txt"), bad[i], strlen(bad[i])), 0);
        CHECK_EQ(sl_home_person(h, &NOWHERE, NULL, &back, &err), SL_E_BROKEN);
        CHECK(back == NULL && err.text[0] != '\0' && strstr(err.text, "QQQQ") == NULL);
    }
}

/* ---- a share ---- */

static struct sl_secret *a_share(uint8_t mark)
{
    struct sl_secret *ret = NULL;

    CHECK_EQ(sl_secret_blank(SHARE_BYTES, &ret, NULL), SL_OK);
    memset(sl_secret_fill(ret), mark, SHARE_BYTES);
    return ret;
}

static bool is_share(struct sl_secret *got, uint8_t mark)
{
    SL_AUTO_FREE(secret) *want = a_share(mark);
    bool same = got != NULL && sl_secret_expose(got).len == SHARE_BYTES &&
                sl_same(sl_secret_expose(got).at, sl_secret_expose(want).at, SHARE_BYTES);

    sl_secret_free(got);
    return same;
}

static const char *share_file(const char *home, unsigned number)
{
    char name[64];

    (void)snprintf(name, sizeof name, "productions/film/share-%u.age", number);
    return in_home(home, name);
}

/* Read the share while only file `number` is there. */
static sl_rc load_from(struct sl_home *h, const char *home, unsigned number,
                       const struct sl_vault *v, const struct sl_secret *words, uint8_t mark)
{
    struct sl_secret *got = NULL;
    const char *other = share_file(home, 3 - number);
    const char *away = folder_path(dir, "away");

    CHECK_EQ(rename(other, away), 0);
    sl_rc rc = sl_home_share_load(h, v, words, &got, NULL);
    CHECK_EQ(rename(away, other), 0);
    CHECK(rc != SL_OK || is_share(got, mark));
    return rc;
}

/* Two files of one look, of which the right words open one; which of them is drawn. */
static void one_of_two(const char *home, const struct sl_secret *words, unsigned times)
{
    SL_AUTO_FREE(home) *h = home_at(sl_os_real(), home);
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    unsigned first = 0;

    fake_quorum(v, SL_ROLE_TRUSTEE);
    for (unsigned i = 0; i < times; i++) {
        SL_AUTO_FREE(secret) *share = a_share(7);
        struct sl_secret *got = NULL;
        struct stat a, b;
        CHECK_EQ(sl_home_share_store(h, v, share, words, true, NULL), SL_OK);
        CHECK(stat(share_file(home, 1), &a) == 0 && stat(share_file(home, 2), &b) == 0);
        CHECK_EQ(a.st_size, b.st_size);
        CHECK_EQ(a.st_mode, b.st_mode);
        CHECK_EQ(sl_home_share_load(h, v, words, &got, NULL), SL_OK);
        CHECK(is_share(got, 7));
        sl_rc one = load_from(h, home, 1, v, words, 7), two = load_from(h, home, 2, v, words, 7);
        CHECK((one == SL_OK) != (two == SL_OK));
        CHECK(one == SL_OK || one == SL_E_BROKEN);
        CHECK(two == SL_OK || two == SL_E_BROKEN);
        first += one == SL_OK ? 1 : 0;
    }
    CHECK(first > 0 && first < times);
}

static void share__lies_in_one_of_two_files_and_nobody_sees_which(void)
{
    one_of_two("two-clear", NULL, 64); /* all alike: 2^-63 */
}

static void share__under_a_passphrase_lies_in_one_of_two_files_as_well(void)
{
    SL_AUTO_FREE(secret) *words = secret_of("open sesame");
    SL_AUTO_FREE(secret) *wrong = secret_of("open barley");
    SL_AUTO_FREE(secret) *share = a_share(9);
    SL_AUTO_FREE(home) *h = home_at(sl_os_real(), "two-sealed");
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    struct sl_secret *got = NULL;
    struct sl_err err = { 0 };
    char head[2][64] = { "", "" };
    struct stat a, b;

    fake_quorum(v, SL_ROLE_TRUSTEE);
    CHECK_EQ(sl_home_share_load(h, v, words, &got, &err), SL_E_MISSING);
    CHECK(strstr(err.text, "no trustee") != NULL);
    CHECK_EQ(sl_home_share_store(h, v, share, words, true, NULL), SL_OK);
    CHECK(stat(share_file("two-sealed", 1), &a) == 0 && stat(share_file("two-sealed", 2), &b) == 0);
    CHECK_EQ(a.st_size, b.st_size);
    for (unsigned i = 0; i < 2; i++) { /* both are scrypt of the same work */
        FILE *f = fopen(share_file("two-sealed", i + 1), "re");
        CHECK(f != NULL && fread(head[i], 1, sizeof head[i] - 1, f) > 40);
        if (f != NULL)
            (void)fclose(f);
        CHECK(strstr(head[i], "-> scrypt ") != NULL);
    }
    CHECK_EQ(sl_home_share_load(h, v, words, &got, NULL), SL_OK);
    CHECK(is_share(got, 9));
    got = NULL;
    CHECK_EQ(sl_home_share_load(h, v, wrong, &got, &err), SL_E_BROKEN);
    CHECK(got == NULL && strstr(err.text, "does not open") != NULL);
    CHECK_EQ(sl_home_share_load(h, v, NULL, &got, &err), SL_E_BROKEN); /* nor the person's key */
}

static void share__with_one_file_damaged_opens_from_the_other_or_says_so(void)
{
    SL_AUTO_FREE(home) *h = home_at(sl_os_real(), "hurt");
    SL_AUTO_FREE(vault) *v = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(secret) *share = a_share(3);
    struct sl_err err = { 0 };
    unsigned opened = 0;

    fake_quorum(v, SL_ROLE_TRUSTEE);
    for (unsigned number = 1; number <= 2; number++) {
        struct sl_secret *got = NULL;
        sl_rc rc = SL_E_SYSTEM;
        if (number == 1)
            CHECK_EQ(sl_home_share_store(h, v, share, NULL, true, NULL), SL_OK);
        CHECK_EQ(rename(share_file("hurt", number), folder_path(dir, "whole")), 0);
        CHECK_EQ(folder_write(share_file("hurt", number), "age-encryption.org/v1\n", 22), 0);
        rc = sl_home_share_load(h, v, NULL, &got, &err);
        CHECK(rc == SL_OK || rc == SL_E_BROKEN);
        CHECK(rc != SL_OK || is_share(got, 3));
        opened += rc == SL_OK ? 1 : 0;
        CHECK_EQ(rename(folder_path(dir, "whole"), share_file("hurt", number)), 0);
    }
    CHECK_EQ(opened, 1);
}

/* ---- kits ---- */

static struct sl_vault *a_kit(void)
{
    struct sl_vault *v = fake_vault("/d", 3, 2);

    sl_age_identity_free(v->care_identity);
    v->care_identity = NULL;
    for (size_t i = 0; i < v->locker_count; i++) {
        sl_age_identity_free(v->locker_identities[i]);
        v->locker_identities[i] = NULL;
    }
    v->role = SL_ROLE_CAPTURE;
    (void)snprintf(v->alias, sizeof v->alias, "kit");
    return v;
}

static void kit__reads_what_it_wrote_and_has_a_folder_that_says_nothing(void)
{
    SL_AUTO_FREE(vault) *v = a_kit();
    SL_AUTO_FREE(vault) *clear = NULL;
    SL_AUTO_FREE(vault) *sealed = NULL;
    SL_AUTO_FREE(secret) *words = secret_of("open sesame");
    SL_AUTO_FREE(secret) *got = NULL;
    SL_AUTO_FREE(secret) *plain = NULL;
    SL_AUTO_FREE(secret) *locked = NULL;
    struct sl_passphrase_from from = { .fd = -1, .file = words_file("open sesame\n") };
    struct sl_err err = { 0 };

    CHECK_EQ(sl_kit_write(v, NULL, false, &plain, NULL), SL_OK);
    CHECK_EQ(sl_kit_write(v, words, true, &locked, NULL), SL_OK);
    CHECK_EQ(sl_kit_read(sl_os_real(), sl_secret_expose(plain), &NOWHERE, &got, &clear, NULL),
             SL_OK);
    CHECK(got == NULL);
    CHECK_EQ(sl_kit_read(sl_os_real(), sl_secret_expose(locked), &from, &got, &sealed, NULL),
             SL_OK);
    CHECK(got != NULL);
    CHECK(clear != NULL && sealed != NULL && strcmp(clear->folder, sealed->folder) == 0);
    CHECK(strncmp(sealed->folder, "kits/", 5) == 0 && strlen(sealed->folder) == 5 + 32);
    CHECK(memcmp(clear->production, v->production, sizeof v->production) == 0);
    struct sl_view bytes = sl_secret_expose(locked);
    CHECK(memmem(bytes.at, bytes.len, v->keepers[0].url, strlen(v->keepers[0].url)) == NULL);
    (void)words_file("open barley\n");
    struct sl_vault *none = NULL;
    CHECK_EQ(sl_kit_read(sl_os_real(), bytes, &from, NULL, &none, &err), SL_E_REFUSED);
    CHECK(none == NULL && strstr(err.text, "kit") != NULL);
}

static void kit__is_no_home_and_no_other_file(void)
{
    SL_AUTO_FREE(vault) *maker = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(vault) *reads = a_kit();
    SL_AUTO_FREE(secret) *text = NULL;
    struct sl_vault *none = NULL;
    struct sl_err err = { 0 };
    struct sl_view junk = { (const uint8_t *)"hello", 5 };

    CHECK_EQ(sl_kit_read(sl_os_real(), junk, &NOWHERE, NULL, &none, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "safelight kit") != NULL);
    CHECK_EQ(sl_kit_write(maker, NULL, false, &text, NULL), SL_OK);
    CHECK_EQ(sl_kit_read(sl_os_real(), sl_secret_expose(text), &NOWHERE, NULL, &none, &err),
             SL_E_BROKEN);
    sl_secret_free(SL_TAKE(text));
    CHECK_EQ(sl_age_identity_new(&reads->care_identity, NULL), SL_OK);
    sl_age_identity_recipient(reads->care_identity, &reads->care);
    CHECK_EQ(sl_kit_write(reads, NULL, false, &text, NULL), SL_OK);
    CHECK_EQ(sl_kit_read(sl_os_real(), sl_secret_expose(text), &NOWHERE, NULL, &none, &err),
             SL_E_BROKEN);
    CHECK(none == NULL && strstr(err.text, "keys that read") != NULL);
    struct sl_view cut = sl_secret_expose(text);
    cut.len /= 2;
    CHECK_EQ(sl_kit_read(sl_os_real(), cut, &NOWHERE, NULL, &none, &err), SL_E_BROKEN);
    CHECK(none == NULL);
}

/* ---- another passphrase ---- */

struct lived { /* a trustee's home, as it should be whatever happened to it */
    const char *name;
    struct sl_vault *vault;
};

static void live(struct lived *l, const char *name, const struct sl_secret *words)
{
    SL_AUTO_FREE(home) *h = home_at(sl_os_real(), name);
    SL_AUTO_FREE(secret) *share = a_share(5);

    l->name = name;
    l->vault = fake_vault("/d", 3, 2);
    fake_quorum(l->vault, SL_ROLE_TRUSTEE);
    CHECK_EQ(sl_home_person_store(h, "Ana", l->vault->person, words, true, NULL), SL_OK);
    CHECK_EQ(sl_home_share_store(h, l->vault, share, words, true, NULL), SL_OK);
    CHECK_EQ(sl_home_store(h, l->vault, words, true, NULL), SL_OK);
}

/* Everything opens with these words. */
static void opens(const struct lived *l, const struct sl_secret *words)
{
    SL_AUTO_FREE(home) *h = home_at(sl_os_real(), l->name);
    SL_AUTO_FREE(vault) *v = NULL;
    struct sl_secret *share = NULL;

    CHECK_EQ(sl_home_load_with(h, "film", words, &v, NULL), SL_OK);
    CHECK(v != NULL && same_person(v->person, l->vault->person));
    CHECK_EQ(sl_home_share_load(h, l->vault, words, &share, NULL), SL_OK);
    CHECK(is_share(share, 5));
}

static sl_rc reseal(const struct sl_os *os, const struct lived *l, const struct sl_secret *old,
                    const struct sl_secret *new, unsigned *files, struct sl_err *err)
{
    SL_AUTO_FREE(home) *h = NULL;
    struct sl_words_change change = { old, new, true };

    SL_TRY(sl_home_open(os, folder_path(dir, l->name), false, &h, err));
    return sl_home_reseal(h, &change, files, err);
}

static bool there(const struct lived *l, const char *name)
{
    struct stat st;

    return stat(in_home(l->name, name), &st) == 0;
}

static void passphrase__is_changed_for_all_of_a_home_and_back_to_none(void)
{
    SL_AUTO_FREE(secret) *one = secret_of("one"), *two = secret_of("two");
    struct sl_err err = { 0 };
    struct lived l;
    unsigned files = 0;
    bool sealed = true;

    live(&l, "changed", NULL);
    SL_AUTO_FREE(home) *h = home_at(sl_os_real(), "changed");
    CHECK(sl_home_is_sealed(h, &sealed, NULL) == SL_OK && !sealed);
    CHECK_EQ(reseal(sl_os_real(), &l, NULL, one, &files, &err), SL_OK);
    CHECK_EQ(files, 3);
    CHECK(!there(&l, "identity.txt") && !there(&l, "productions/film/vault.txt"));
    CHECK(sl_home_is_sealed(h, &sealed, NULL) == SL_OK && sealed);
    opens(&l, one);
    CHECK_EQ(reseal(sl_os_real(), &l, two, two, &files, &err), SL_E_REFUSED);
    CHECK(strstr(err.text, "identity.age") != NULL);
    opens(&l, one); /* nothing was changed */
    CHECK_EQ(reseal(sl_os_real(), &l, one, two, &files, &err), SL_OK);
    CHECK_EQ(files, 3);
    opens(&l, two);
    struct sl_vault *none = NULL;
    CHECK_EQ(sl_home_load_with(h, "film", one, &none, NULL), SL_E_REFUSED);
    CHECK_EQ(reseal(sl_os_real(), &l, two, NULL, &files, &err), SL_OK);
    CHECK(!there(&l, "identity.age") && !there(&l, "productions/film/vault.age"));
    opens(&l, NULL);
    sl_vault_free(l.vault);
}

/* The share moves from words to words while the process dies in the n-th call that writes: for
 * every n there is a file that opens, and running it again ends well. Without passphrases it is
 * cheap: the very same steps. */
static void passphrase__change_killed_at_any_write_loses_no_share(void)
{
    unsigned files = 0;
    uint64_t at = 1;
    struct lived l;

    live(&l, "killed", NULL);
    for (bool came = true; came && check_failures == 0; at++) {
        struct os_fault f;
        struct sl_err err = { 0 };
        for (unsigned again = 0; again < 8; again++) { /* coins fall both ways */
            os_fault_start(&f, FAULT_WRITES & ~FAULT_BIT(CALL_OPEN), FAULT_KILL, at, EIO);
            (void)reseal(&f.os, &l, NULL, NULL, &files, &err);
            came = os_fault_hit(&f);
            opens(&l, NULL);
        }
        CHECK_EQ(reseal(sl_os_real(), &l, NULL, NULL, &files, &err), SL_OK);
        opens(&l, NULL);
        if (check_failures != 0)
            printf("# that was with the kill at write %ju\n", (uintmax_t)at);
    }
    CHECK(at > 10);
    sl_vault_free(l.vault);
}

/* The two files look alike after a killed change, too, once it was run again. */
static bool shares_look_alike(const struct lived *l)
{
    char head[2][40] = { "", "" };

    for (unsigned i = 0; i < 2; i++) {
        FILE *f = fopen(share_file(l->name, i + 1), "re");
        CHECK(f != NULL && fread(head[i], 1, 28, f) == 28);
        if (f != NULL)
            (void)fclose(f);
    }
    return memcmp(head[0], head[1], 28) == 0; /* version and kind of the stanza */
}

static void change_killed(const char *name, bool from_none, uint64_t stride)
{
    SL_AUTO_FREE(secret) *words = secret_of("one");
    const struct sl_secret *old = from_none ? NULL : words, *new = from_none ? words : NULL;
    unsigned files = 0;
    uint64_t at = 1;

    for (bool came = true; came && check_failures == 0; at += stride) {
        struct os_fault f;
        struct sl_err err = { 0 };
        struct lived l;
        folder_remove(folder_path(dir, name));
        live(&l, name, old);
        os_fault_start(&f, FAULT_WRITES & ~FAULT_BIT(CALL_OPEN), FAULT_KILL, at, EIO);
        (void)reseal(&f.os, &l, old, new, &files, &err);
        came = os_fault_hit(&f);
        sl_rc rc = reseal(sl_os_real(), &l, old, new, &files, &err);
        if (rc == SL_E_REFUSED && from_none) /* it is sealed already, in parts: then it is asked */
            rc = reseal(sl_os_real(), &l, new, new, &files, &err);
        CHECK_EQ(rc, SL_OK);
        opens(&l, new);
        CHECK(shares_look_alike(&l));
        CHECK(there(&l, from_none ? "identity.age" : "identity.txt"));
        CHECK(!there(&l, from_none ? "identity.txt" : "identity.age"));
        CHECK(!there(&l, from_none ? "productions/film/vault.txt" : "productions/film/vault.age"));
        if (check_failures != 0)
            printf("# that was with the kill at write %ju: %s\n", (uintmax_t)at, err.text);
        sl_vault_free(l.vault);
    }
    CHECK(at > stride + 1);
}

#ifdef CHECK_SANITIZED
#define STRIDE 23u
#else
#define STRIDE 7u
#endif

static void passphrase__given_to_a_home_and_killed_is_given_by_the_next_run(void)
{
    change_killed("given", true, STRIDE);
}

static void passphrase__taken_from_a_home_and_killed_is_taken_by_the_next_run(void)
{
    change_killed("taken", false, STRIDE);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(person__is_kept_once_and_opens_with_its_words_only),
        CASE(person__in_the_clear_is_a_file_that_age_reads),
        CASE(person__that_is_damaged_is_said_to_be),
        CASE(share__lies_in_one_of_two_files_and_nobody_sees_which),
        CASE(share__under_a_passphrase_lies_in_one_of_two_files_as_well),
        CASE(share__with_one_file_damaged_opens_from_the_other_or_says_so),
        CASE(kit__reads_what_it_wrote_and_has_a_folder_that_says_nothing),
        CASE(kit__is_no_home_and_no_other_file),
        CASE(passphrase__is_changed_for_all_of_a_home_and_back_to_none),
        CASE(passphrase__change_killed_at_any_write_loses_no_share),
        CASE(passphrase__given_to_a_home_and_killed_is_given_by_the_next_run),
        CASE(passphrase__taken_from_a_home_and_killed_is_taken_by_the_next_run),
    };

    if (sl_crypto_start(sl_os_real(), NULL) != SL_OK)
        return EXIT_FAILURE;
    folder_new(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL, dir);
    int rc = check_run(cases, sizeof cases / sizeof *cases);
    folder_remove(dir);
    return rc;
}
