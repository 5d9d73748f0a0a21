/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every call of a put and of a replace fails once, and ends the process once. Whatever happens,
 * the name holds the whole file or nothing (the old file, for a replace), and the next run
 * finishes and leaves no leftover.
 */
#include "shelf/a_shelf.h"

#include <sys/mount.h>

#include "check.h"

#define CALLS_MAX 200u /* of one put; it has about 30 */

static const char OLD[] = "the old bytes";
static const char NEW[] = "the new bytes, in two pieces";

static sl_rc put_new(struct sl_shelf *s, bool replace)
{
    struct sl_view pieces[] = { text_view(NEW), { NULL, 0 } };

    pieces[0].len = 9;
    pieces[1] = text_view(NEW + 9);
    return replace ? sl_shelf_replace(s, "f/ab/x", pieces, 2, NULL)
                   : sl_shelf_put(s, "f/ab/x", pieces, 2, NULL);
}

static bool nothing_stands(const char *folder)
{
    return access(folder_path(folder, "f/ab/x"), F_OK) != 0;
}

/* One journey with trouble at the n-th call, and a second one without; false when the journey is
 * over before the n-th call. */
static bool journey(enum fault_how how, uint64_t at, int why, bool replace)
{
    struct a_shelf a = shelf_set_up();
    struct os_fault f;

    if (replace)
        CHECK_EQ(sl_shelf_put(a.shelf, "f/ab/x", (struct sl_view[]){ text_view(OLD) }, 1, NULL),
                 SL_OK);
    os_fault_start(&f, FAULT_ALL & ~FAULT_BIT(CALL_CLOSE), how, at, why);
    struct sl_shelf *s = shelf_in(&f.os, a.folder);
    sl_rc rc = put_new(s, replace);
    sl_shelf_free(s);
    bool new_stands = file_is(a.folder, "f/ab/x", NEW);
    bool old_stands = replace ? file_is(a.folder, "f/ab/x", OLD) : nothing_stands(a.folder);
    CHECK(new_stands || old_stands);
    CHECK(rc != SL_OK || new_stands);
    CHECK(rc == SL_OK || os_fault_hit(&f));
    if (how != FAULT_KILL && access(folder_path(a.folder, "t"), F_OK) == 0)
        CHECK_EQ(folder_names(folder_path(a.folder, "t")), 0); /* who lives cleans up */

    struct sl_shelf *again = shelf_in(sl_os_real(), a.folder);
    CHECK_EQ(put_new(again, replace), SL_OK);
    CHECK(file_is(a.folder, "f/ab/x", NEW));
    sl_shelf_free(again);
    CHECK_EQ(folder_names(folder_path(a.folder, "t")), 0);
    shelf_take_down(&a);
    return os_fault_hit(&f);
}

static void run_all(enum fault_how how, int why, bool replace)
{
    uint64_t at = 1;

    while (at < CALLS_MAX && journey(how, at, why, replace))
        at++;
    CHECK(at > 10); /* the journey has that many calls at least, or nothing was tried */
    CHECK(at < CALLS_MAX);
}

static void put__killed_at_any_call_leaves_nothing_or_the_whole_file(void)
{
    run_all(FAULT_KILL, EIO, false);
}

static void put__failing_at_any_call_leaves_nothing_or_the_whole_file(void)
{
    run_all(FAULT_ERRNO, EIO, false);
    run_all(FAULT_ERRNO, ENOSPC, false);
}

static void put__goes_on_after_short_writes(void)
{
    run_all(FAULT_SHORT, 0, false);
    run_all(FAULT_DRIP, 0, false);
    run_all(FAULT_DRIP, 0, true);
}

static void replace__killed_at_any_call_leaves_the_old_file_or_the_new_one(void)
{
    run_all(FAULT_KILL, EIO, true);
}

static void replace__failing_at_any_call_leaves_the_old_file_or_the_new_one(void)
{
    run_all(FAULT_ERRNO, ENOSPC, true);
}

static void put__leaves_no_name_and_no_leftover_when_the_disk_is_full_for_good(void)
{
    struct a_shelf a = shelf_set_up();
    struct os_fault f;
    struct sl_err err = { 0 };
    struct sl_view bytes = text_view(NEW);

    os_fault_start(&f, FAULT_BIT(CALL_PWRITEV), FAULT_EVER, 1, ENOSPC);
    struct sl_shelf *s = shelf_in(&f.os, a.folder);
    CHECK_EQ(sl_shelf_put(s, "f/ab/x", &bytes, 1, &err), SL_E_SYSTEM);
    CHECK(strstr(err.text, "No space left") != NULL);
    CHECK(nothing_stands(a.folder));
    CHECK_EQ(folder_names(folder_path(a.folder, "t")), 0);
    sl_shelf_free(s);
    shelf_take_down(&a);
}

static void put__survives_a_disk_that_is_really_full(void)
{
    struct a_shelf a = shelf_set_up();
    static uint8_t big[1 << 20];
    struct sl_view bytes = { big, sizeof big };
    struct sl_view small = text_view(NEW);

    if (mount("none", a.folder, "tmpfs", 0, "size=512k") != 0) {
        check_skip("mounting a small tmpfs needs root");
        shelf_take_down(&a);
        return;
    }
    struct sl_shelf *s = shelf_in(sl_os_real(), a.folder);
    CHECK_EQ(sl_shelf_put(s, "f/ab/x", &bytes, 1, NULL), SL_E_SYSTEM);
    CHECK(nothing_stands(a.folder));
    CHECK_EQ(folder_names(folder_path(a.folder, "t")), 0);
    CHECK_EQ(sl_shelf_put(s, "f/ab/x", &small, 1, NULL), SL_OK);
    sl_shelf_free(s);
    CHECK_EQ(umount(a.folder), 0);
    shelf_take_down(&a);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(put__killed_at_any_call_leaves_nothing_or_the_whole_file),
        CASE(put__failing_at_any_call_leaves_nothing_or_the_whole_file),
        CASE(put__goes_on_after_short_writes),
        CASE(replace__killed_at_any_call_leaves_the_old_file_or_the_new_one),
        CASE(replace__failing_at_any_call_leaves_the_old_file_or_the_new_one),
        CASE(put__leaves_no_name_and_no_leftover_when_the_disk_is_full_for_good),
        CASE(put__survives_a_disk_that_is_really_full),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
