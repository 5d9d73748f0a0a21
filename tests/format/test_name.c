/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of stored objects: made from everything that tells objects apart, read back strictly.
 */
#include "fixed.h"

static struct sl_object name_of(uint8_t key_byte, enum sl_object_kind kind, uint8_t keeper,
                                uint64_t number, uint8_t shard, uint32_t attempt)
{
    struct sl_name_key key = { fixed_secret(key_byte, 32) };
    struct sl_id id = fixed_id(keeper);
    struct sl_object o = { 0 };

    sl_object_of(&key, kind, &id, number, shard, attempt, &o);
    sl_secret_free(key.bytes);
    return o;
}

static int same(struct sl_object a, struct sl_object b)
{
    return memcmp(a.name, b.name, sizeof a.name) == 0;
}

/* NAME-1: every field that goes in changes what comes out; the same fields give the same name. */
static void name__depends_on_every_field(void)
{
    struct sl_object base = name_of(3, SL_OBJECT_FULL, 0x10, 7, 0, 0);

    CHECK(same(base, name_of(3, SL_OBJECT_FULL, 0x10, 7, 0, 0)));
    CHECK(!same(base, name_of(4, SL_OBJECT_FULL, 0x10, 7, 0, 0)));
    CHECK(!same(base, name_of(3, SL_OBJECT_SLIP, 0x10, 7, 0, 0)));
    CHECK(!same(base, name_of(3, SL_OBJECT_FULL, 0x11, 7, 0, 0)));
    CHECK(!same(base, name_of(3, SL_OBJECT_FULL, 0x10, 8, 0, 0)));
    CHECK(!same(base, name_of(3, SL_OBJECT_FULL, 0x10, 7 + (UINT64_C(1) << 40), 0, 0)));
    CHECK(!same(base, name_of(3, SL_OBJECT_FULL, 0x10, 7, 1, 0)));
    CHECK(!same(base, name_of(3, SL_OBJECT_FULL, 0x10, 7, 0, 1)));
}

static void name__reads_what_it_writes(void)
{
    struct sl_object o = name_of(3, SL_OBJECT_SLIP, 0x10, 7, 0, 0), back = { 0 };
    char text[SL_OBJECT_TEXT];

    sl_object_text(&o, text);
    CHECK_EQ(strlen(text), SL_OBJECT_TEXT - 1);
    CHECK_EQ(sl_object_read(view_text(text), &back, NULL), SL_OK);
    CHECK(same(o, back) && back.kind == SL_OBJECT_SLIP);
    CHECK(memcmp(text + 2, text + 5, 2) == 0); /* NAME-2: the folder is the name's first byte */
}

/* NAME-2, NAME-3 */
static void name__refuses_everything_else(void)
{
    static const char *const bad[] = {
        "",
        "f/ab/abababababababababababababababa",
        "f/ab/abababababababababababababababababab",
        "t/ab/abababababababababababababababab",
        "F/ab/abababababababababababababababab",
        "f/AB/ABababababababababababababababab",
        "f/ab/Abababababababababababababababab",
        "f/ab/abababababababababababababababaB",
        "f/ac/abababababababababababababababab",
        "f/ab/abababababababababababababababag",
        "f-ab/abababababababababababababababab",
        "f/ab-abababababababababababababababab",
        "f/ab/ababababababababababababababab\n",
    };
    struct sl_object o = { .kind = SL_OBJECT_FULL };

    CHECK_EQ(sl_object_read(view_text("f/ab/abababababababababababababababab"), &o, NULL), SL_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        memset(o.name, 77, sizeof o.name);
        CHECK_EQ(sl_object_read(view_text(bad[i]), &o, NULL), SL_E_BROKEN);
        CHECK_EQ(o.name[0], 77);
    }
}

/* NAME-5 */
static void name__of_a_kind_says_how_large_the_object_is(void)
{
    CHECK_EQ(sl_object_bytes(SL_OBJECT_FULL), 4194304);
    CHECK_EQ(sl_object_bytes(SL_OBJECT_SLIP), 65536);
}

/* NAME-4, FORMAT-4 */
static void id__is_32_digits_of_lower_case_hex(void)
{
    struct sl_id id = { 0 }, back = { 0 };
    char text[SL_FOLDER_TEXT];

    sl_id_draw(&id);
    sl_id_text(&id, text);
    CHECK_EQ(strlen(text), 32);
    CHECK_EQ(sl_id_read(view_text(text), &back, NULL), SL_OK);
    CHECK(sl_id_same(&id, &back));
    back.bytes[15] ^= 1;
    CHECK(!sl_id_same(&id, &back));
    text[0] = 'A';
    CHECK_EQ(sl_id_read(view_text(text), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_id_read(view_of(text, 31), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_id_read(view_of(text, 0), &back, NULL), SL_E_BROKEN);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(name__depends_on_every_field),
        CASE(name__reads_what_it_writes),
        CASE(name__refuses_everything_else),
        CASE(name__of_a_kind_says_how_large_the_object_is),
        CASE(id__is_32_digits_of_lower_case_hex),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
