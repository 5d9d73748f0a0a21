/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Passphrases as they are typed, with a terminal of the test's own; files, descriptors and
 * commands are told by a story (tests/story).
 */
#include "home/passphrase.h"

#include <errno.h>

#include "check.h"
#include "crypto/age.h"

static struct {
    const char *answer[8]; /* NULL: `why` */
    unsigned asked;
    int why;
    char prompt[8][300];
} typed;

static ssize_t ask(void *self, const char *prompt, void *to, size_t room)
{
    const char *answer = typed.answer[typed.asked];

    (void)self;
    (void)snprintf(typed.prompt[typed.asked], sizeof typed.prompt[0], "%s", prompt);
    typed.asked++;
    if (answer == NULL) {
        errno = typed.why;
        return -1;
    }
    if (strlen(answer) > room) {
        errno = EMSGSIZE;
        return -1;
    }
    memcpy(to, answer, strlen(answer));
    return (ssize_t)strlen(answer);
}

static struct sl_os machine;
static const struct sl_passphrase_from NOWHERE = { .fd = -1 };

static void forget(void)
{
    machine = *sl_os_real();
    machine.ask = ask;
    memset(&typed, 0, sizeof typed);
}

static void check_got(const struct sl_secret *s, const char *want)
{
    CHECK(s != NULL);
    if (s == NULL)
        return;
    CHECK_EQ(sl_secret_expose(s).len, strlen(want));
    CHECK(sl_same(sl_secret_expose(s).at, want, strlen(want)));
}

static void passphrase__typed_once_to_open(void)
{
    SL_AUTO_FREE(secret) *s = NULL;
    struct sl_err err = { 0 };

    forget();
    typed.answer[0] = "green apples";
    CHECK_EQ(sl_passphrase_read(&machine, &NOWHERE, "passphrase", false, &s, &err), SL_OK);
    CHECK_EQ(typed.asked, 1);
    CHECK(strcmp(typed.prompt[0], "passphrase: ") == 0);
    check_got(s, "green apples");
}

static void passphrase__typed_twice_until_both_agree(void)
{
    SL_AUTO_FREE(secret) *s = NULL;
    struct sl_err err = { 0 };

    forget();
    typed.answer[0] = "one";
    typed.answer[1] = "two";
    typed.answer[2] = "three";
    typed.answer[3] = "three";
    CHECK_EQ(sl_passphrase_read(&machine, &NOWHERE, "passphrase", true, &s, &err), SL_OK);
    CHECK_EQ(typed.asked, 4);
    check_got(s, "three");
}

static void passphrase__typed_differently_is_given_up(void)
{
    struct sl_secret *s = NULL;
    struct sl_err err = { 0 };

    forget();
    for (unsigned i = 0; i < 2 * SL_PASSPHRASE_TRIES; i++)
        typed.answer[i] = i % 2 == 0 ? "one" : "two";
    CHECK_EQ(sl_passphrase_read(&machine, &NOWHERE, "passphrase", true, &s, &err), SL_E_USAGE);
    CHECK_EQ(typed.asked, 2 * SL_PASSPHRASE_TRIES);
    CHECK(s == NULL);
    CHECK(strstr(err.text, "one") == NULL);
}

static void passphrase__each_trouble_at_the_terminal_has_its_code(void)
{
    static const struct {
        int why;
        sl_rc rc;
        const char *says;
    } trouble[] = {
        { ENXIO, SL_E_USAGE, "--passphrase-file" },
        { EINTR, SL_E_CANCELLED, "interrupted" },
        { EMSGSIZE, SL_E_USAGE, "4096" },
    };

    for (size_t i = 0; i < sizeof trouble / sizeof *trouble; i++) {
        struct sl_secret *s = NULL;
        struct sl_err err = { 0 };

        forget();
        typed.why = trouble[i].why;
        CHECK_EQ(sl_passphrase_read(&machine, &NOWHERE, "passphrase", true, &s, &err),
                 trouble[i].rc);
        CHECK(strstr(err.text, trouble[i].says) != NULL);
        CHECK(s == NULL);
    }
}

static void passphrase__an_empty_line_is_refused(void)
{
    struct sl_secret *s = NULL;
    struct sl_err err = { 0 };

    forget();
    typed.answer[0] = "";
    CHECK_EQ(sl_passphrase_read(&machine, &NOWHERE, "passphrase", false, &s, &err), SL_E_USAGE);
    CHECK(s == NULL);
}

static void passphrase__a_named_source_asks_nobody(void)
{
    SL_AUTO_FREE(secret) *s = NULL;
    struct sl_passphrase_from from = { .fd = -1, .command = "printf 'from a command\\n'" };
    struct sl_err err = { 0 };

    forget();
    CHECK(sl_passphrase_named(&from));
    CHECK(!sl_passphrase_named(&NOWHERE));
    CHECK_EQ(sl_passphrase_read(&machine, &from, "passphrase", true, &s, &err), SL_OK);
    CHECK_EQ(typed.asked, 0);
    check_got(s, "from a command");
}

static void passphrase__is_taken_up_to_its_limit(void)
{
    static char longest[SL_AGE_PASSPHRASE_MAX + 2];

    memset(longest, 'x', SL_AGE_PASSPHRASE_MAX);
    for (unsigned over = 0; over < 2; over++) {
        SL_AUTO_FREE(secret) *s = NULL;
        struct sl_err err = { 0 };

        forget();
        longest[SL_AGE_PASSPHRASE_MAX] = over ? 'x' : '\0';
        typed.answer[0] = longest;
        CHECK_EQ(sl_passphrase_read(&machine, &NOWHERE, "passphrase", false, &s, &err),
                 over ? SL_E_USAGE : SL_OK);
        CHECK_EQ(s != NULL, !over);
    }
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(passphrase__typed_once_to_open),
        CASE(passphrase__typed_twice_until_both_agree),
        CASE(passphrase__typed_differently_is_given_up),
        CASE(passphrase__each_trouble_at_the_terminal_has_its_code),
        CASE(passphrase__an_empty_line_is_refused),
        CASE(passphrase__a_named_source_asks_nobody),
        CASE(passphrase__is_taken_up_to_its_limit),
    };
    struct sl_err err = { 0 };

    if (sl_crypto_start(sl_os_real(), &err) != SL_OK)
        return EXIT_FAILURE;
    return check_run(cases, sizeof cases / sizeof *cases);
}
