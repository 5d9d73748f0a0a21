/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors say what happened, keep the code, and never overflow or split a character.
 */
#include "base/err.h"

#include <errno.h>

#include "base/own.h"
#include "check.h"

static void fail__replaces_what_was_said_before(void)
{
    struct sl_err err = { 0 };

    CHECK_EQ(sl_fail(&err, SL_E_BROKEN, "first %d", 1), SL_E_BROKEN);
    CHECK_EQ(sl_fail(&err, SL_E_USAGE, "second"), SL_E_USAGE);
    CHECK_EQ(err.rc, SL_E_USAGE);
    CHECK(strcmp(err.text, "second") == 0);
}

static void note__adds_a_line_and_keeps_the_code(void)
{
    struct sl_err err = { 0 };

    (void)sl_fail(&err, SL_E_BROKEN, "the head is wrong");
    CHECK_EQ(sl_note(&err, SL_E_BROKEN, "reading '%s'", "x"), SL_E_BROKEN);
    CHECK_EQ(err.rc, SL_E_BROKEN);
    CHECK(strcmp(err.text, "the head is wrong\n  while reading 'x'") == 0);
    CHECK_EQ(sl_note(&err, SL_OK, "nothing"), SL_OK);
    CHECK(strstr(err.text, "nothing") == NULL);
}

static void fail_errno__chooses_the_code_and_gives_the_systems_words(void)
{
    static const struct {
        int why;
        sl_rc rc;
        const char *text;
    } table[] = {
        { ENOENT, SL_E_MISSING, "it: No such file or directory" },
        { ENOSPC, SL_E_SYSTEM, "it: No space left on device" },
        { EIO, SL_E_SYSTEM, "it: Input/output error" },
        { ENODEV, SL_E_RETRY, "it: No such device" },
        { ETIMEDOUT, SL_E_RETRY, "it: Connection timed out" },
        { 9999, SL_E_SYSTEM, "it: ?" },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sl_err err = { 0 };
        errno = table[i].why;
        CHECK_EQ(sl_fail_errno(&err, "%s", "it"), table[i].rc);
        CHECK_EQ(err.rc, table[i].rc);
        CHECK(strcmp(err.text, table[i].text) == 0);
        errno = table[i].why;
        CHECK_EQ(sl_fail_errno(NULL, "it"), table[i].rc);
    }
}

static void all__take_no_error_to_fill(void)
{
    CHECK_EQ(sl_fail(NULL, SL_E_RETRY, "x"), SL_E_RETRY);
    CHECK_EQ(sl_note(NULL, SL_E_RETRY, "x"), SL_E_RETRY);
}

/* Every length of text before a character of every width, cut by the room. */
static void fail__cuts_at_a_whole_character(void)
{
    static const char *const wide[] = { "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8e\xac" };
    struct sl_err err;

    for (size_t w = 0; w < 4; w++) {
        size_t width = strlen(wide[w]);
        for (size_t before = sizeof err.text - 8; before < sizeof err.text + 2; before++) {
            char text[sizeof err.text + 16];
            memset(text, 'x', before);
            memcpy(text + before, wide[w], width + 1);
            CHECK_EQ(sl_fail(&err, SL_E_USAGE, "%s", text), SL_E_USAGE);
            size_t whole = before + width < sizeof err.text ? before + width : before;
            if (whole > sizeof err.text - 1)
                whole = sizeof err.text - 1;
            CHECK_EQ(strlen(err.text), whole);
            CHECK(memcmp(err.text, text, whole) == 0);
        }
    }
}

static void note__cuts_at_the_end_of_the_room(void)
{
    struct sl_err err = { 0 };

    (void)sl_fail(&err, SL_E_USAGE, "start");
    for (unsigned i = 0; i < 200; i++)
        CHECK_EQ(sl_note(&err, SL_E_USAGE, "doing \xe2\x82\xac %u", i), SL_E_USAGE);
    CHECK(strlen(err.text) < sizeof err.text);
    CHECK(strlen(err.text) >= sizeof err.text - 4);
    CHECK(strncmp(err.text, "start\n  while doing", 19) == 0);
}

static sl_rc twice(int *calls, sl_rc first)
{
    SL_TRY((++*calls, first));
    SL_TRY((++*calls, SL_E_MISSING));
    return SL_OK;
}

static void try__leaves_with_the_first_failure(void)
{
    int calls = 0;

    CHECK_EQ(twice(&calls, SL_E_BROKEN), SL_E_BROKEN);
    CHECK_EQ(calls, 1);
    CHECK_EQ(twice(&calls, SL_OK), SL_E_MISSING);
    CHECK_EQ(calls, 3);
}

struct sl_thing {
    int *freed;
};

static void sl_thing_free(struct sl_thing *t)
{
    if (t != NULL)
        ++*t->freed;
}
SL_OWNED(thing)

static struct sl_thing *hand_on(struct sl_thing *t)
{
    SL_AUTO_FREE(thing) *mine = t;

    return SL_TAKE(mine);
}

static void own__frees_what_was_not_handed_on(void)
{
    int freed = 0;
    struct sl_thing thing = { &freed };

    CHECK(hand_on(&thing) == &thing);
    CHECK_EQ(freed, 0);
    {
        SL_AUTO_FREE(thing) *mine = &thing;
        SL_AUTO_FREE(thing) *nothing = NULL;
        CHECK(mine != nothing);
    }
    CHECK_EQ(freed, 1);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(fail__replaces_what_was_said_before),
        CASE(note__adds_a_line_and_keeps_the_code),
        CASE(fail_errno__chooses_the_code_and_gives_the_systems_words),
        CASE(all__take_no_error_to_fill),
        CASE(fail__cuts_at_a_whole_character),
        CASE(note__cuts_at_the_end_of_the_room),
        CASE(try__leaves_with_the_first_failure),
        CASE(own__frees_what_was_not_handed_on),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
