/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of a vault file: one fact a line, words apart by single blanks, the keeper's place last
 * because it may hold blanks. The identities stand there as age's own strings, so that `age -d` and
 * `grep` get them out without us (docs/recover.md). See home.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "format/deeds.h"
#include "home/home.h"

#define FIRST_LINE "safelight-home 1"

sl_rc sl_vault_new(struct sl_vault **ret, struct sl_err *err)
{
    *ret = calloc(1, sizeof **ret);
    return *ret != NULL ? SL_OK : sl_fail(err, SL_E_SYSTEM, _("out of memory"));
}

void sl_vault_free(struct sl_vault *v)
{
    if (v == NULL)
        return;
    sl_secret_free(v->sign.bytes);
    sl_secret_free(v->state.bytes);
    sl_age_identity_free(v->care_identity);
    sl_age_identity_free(v->person);
    for (size_t i = 0; i < SL_LOCKERS_MAX; i++) {
        sl_age_identity_free(v->locker_identities[i]);
        sl_buf_clear(&v->sealed[i]);
    }
    sl_buf_clear(&v->test_locker);
    sl_buf_clear(&v->test_request);
    free(v);
}

int sl_vault_locker(const struct sl_vault *v, const char *alias)
{
    for (size_t i = v->locker_count; i > 0; i--) /* the newest epoch stands last */
        if (strcmp(v->lockers[i - 1].alias, alias) == 0)
            return (int)i - 1;
    return -1;
}

int sl_vault_locker_of(const struct sl_vault *v, const struct sl_id *id, uint32_t epoch)
{
    for (size_t i = 0; i < v->locker_count; i++)
        if (sl_id_same(&v->lockers[i].id, id) && v->lockers[i].epoch == epoch)
            return (int)i;
    return -1;
}

size_t sl_vault_openers(const struct sl_vault *v, struct sl_age_identity *ret[SL_VAULT_OPENERS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < v->locker_count; i++)
        if (v->locker_identities[i] != NULL)
            ret[count++] = v->locker_identities[i];
    if (v->person != NULL)
        ret[count++] = v->person;
    return count;
}

/* ---- writing ---- */

struct text { /* grows inside one secret; a line that does not fit sets `full` */
    uint8_t *at;
    size_t len, room;
    bool full;
};

static void put(struct text *t, struct sl_view in)
{
    if (t->full || in.len > t->room - t->len) {
        t->full = true;
        return;
    }
    memcpy(t->at + t->len, in.at, in.len);
    t->len += in.len;
}

static void put_text(struct text *t, const char *in)
{
    put(t, (struct sl_view){ (const uint8_t *)in, strlen(in) });
}

static void put_hex(struct text *t, struct sl_view in)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < in.len; i++) {
        char two[3] = { digits[in.at[i] >> 4], digits[in.at[i] & 15], '\0' };
        put_text(t, two);
        sl_wipe(two, sizeof two);
    }
}

static void put_number(struct text *t, uint64_t n)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%ju", (uintmax_t)n);
    put_text(t, digits);
}

static sl_rc put_identity(struct text *t, const struct sl_age_identity *id, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;

    SL_TRY(sl_age_identity_text(id, &text, err));
    struct sl_view bare = sl_secret_expose(text);
    put(t, (struct sl_view){ bare.at, SL_AGE_IDENTITY_TEXT - 1 });
    return SL_OK;
}

static void put_recipient(struct text *t, const struct sl_age_recipient *r)
{
    char text[SL_AGE_RECIPIENT_TEXT];

    sl_age_recipient_text(r, text);
    put_text(t, text);
}

static sl_rc put_lockers(struct text *t, const struct sl_vault *v, struct sl_err *err)
{
    for (size_t i = 0; i < v->locker_count; i++) {
        const struct sl_locker_info *l = &v->lockers[i];
        put_text(t, "\nlocker ");
        put_hex(t, (struct sl_view){ l->id.bytes, sizeof l->id.bytes });
        put_text(t, " ");
        put_number(t, l->epoch);
        put_text(t, " ");
        put_text(t, l->alias);
        put_text(t, " ");
        put_recipient(t, &l->recipient);
        if (v->locker_identities[i] != NULL) {
            put_text(t, " ");
            SL_TRY(put_identity(t, v->locker_identities[i], err));
        }
        if (v->sealed[i].len > 0) {
            put_text(t, "\nsealed ");
            put_hex(t, sl_buf_view(&v->sealed[i]));
        }
    }
    return SL_OK;
}

static void put_quorum(struct text *t, const struct sl_vault *v)
{
    if (v->quorum_bytes == 0)
        return;
    put_text(t, "\nquorum ");
    put_hex(t, (struct sl_view){ v->quorum, v->quorum_bytes });
    put_text(t, "\ntest ");
    put_hex(t, sl_buf_view(&v->test_locker));
    put_text(t, " ");
    put_hex(t, sl_buf_view(&v->test_request));
    for (size_t i = 0; i < v->trustee_count; i++) {
        put_text(t, "\ntrustee ");
        put_text(t, v->trustees[i].alias);
        put_text(t, " ");
        put_recipient(t, &v->trustees[i].recipient);
    }
}

static void put_keepers(struct text *t, const struct sl_vault *v)
{
    for (size_t i = 0; i < v->keeper_count; i++) {
        const struct sl_keeper_info *k = &v->keepers[i];
        put_text(t, "\nkeeper ");
        put_hex(t, (struct sl_view){ k->id.bytes, sizeof k->id.bytes });
        put_text(t, " ");
        put_number(t, k->shard);
        put_text(t, " ");
        put_text(t, k->alias);
        put_text(t, " ");
        put_text(t, k->url);
        if (k->labels[0] != '\0') {
            put_text(t, "\nlabels ");
            put_text(t, k->labels);
        }
    }
}

static sl_rc put_all(struct text *t, const struct sl_vault *v, struct sl_err *err)
{
    put_text(t, FIRST_LINE "\nalias ");
    put_text(t, v->alias);
    put_text(t, "\nproduction ");
    put_hex(t, (struct sl_view){ v->production, sizeof v->production });
    put_text(t, "\nmaker ");
    put_hex(t, (struct sl_view){ v->maker, sizeof v->maker });
    put_text(t, "\nrole ");
    put_number(t, v->role);
    put_text(t, "\nneed ");
    put_number(t, v->need);
    put_text(t, "\nsign ");
    put_hex(t, sl_secret_expose(v->sign.bytes));
    put_text(t, "\nstate ");
    put_hex(t, sl_secret_expose(v->state.bytes));
    put_text(t, "\ncare ");
    put_recipient(t, &v->care);
    if (v->care_identity != NULL) {
        put_text(t, " ");
        SL_TRY(put_identity(t, v->care_identity, err));
    }
    if (v->person != NULL) {
        put_text(t, "\nperson ");
        SL_TRY(put_identity(t, v->person, err));
    }
    put_quorum(t, v);
    SL_TRY(put_lockers(t, v, err));
    put_keepers(t, v);
    put_text(t, "\nend\n");
    return SL_OK;
}

sl_rc sl_vault_write(const struct sl_vault *v, struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *whole = NULL;

    SL_TRY(sl_secret_blank(SL_VAULT_TEXT_MAX, &whole, err));
    struct text t = { .at = sl_secret_fill(whole), .room = SL_VAULT_TEXT_MAX };
    SL_TRY(put_all(&t, v, err));
    if (t.full)
        return sl_fail(err, SL_E_USAGE, _("this production has more than a home can hold"));
    return sl_secret_copy((struct sl_view){ t.at, t.len }, ret, err);
}

/* ---- reading ---- */

static struct sl_view take_until(struct sl_view *in, uint8_t stop)
{
    const uint8_t *end = in->len > 0 ? memchr(in->at, stop, in->len) : NULL;
    size_t len = end != NULL ? (size_t)(end - in->at) : in->len;
    struct sl_view out = { in->at, len };

    len += end != NULL ? 1 : 0;
    in->at += len;
    in->len -= len;
    return out;
}

static bool is_word(struct sl_view in, const char *word)
{
    return in.len == strlen(word) && memcmp(in.at, word, in.len) == 0;
}

static int hex_digit(uint8_t c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(struct sl_view *line, uint8_t *to, size_t len)
{
    struct sl_view in = take_until(line, ' ');

    if (in.len != len * 2)
        return false;
    for (size_t i = 0; i < len; i++) {
        int high = hex_digit(in.at[i * 2]), low = hex_digit(in.at[i * 2 + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Hex of any length that fits; at least one byte. */
static bool take_some_hex(struct sl_view *line, struct sl_buf *ret, size_t most)
{
    struct sl_view rest = *line;
    size_t len = take_until(&rest, ' ').len / 2;
    uint8_t bytes[SL_CARRIED_MAX];

    if (ret->len > 0 || len == 0 || len > most || len > sizeof bytes || !take_hex(line, bytes, len))
        return false;
    *ret = sl_buf_upto(most);
    return sl_buf_put(ret, (struct sl_view){ bytes, len }, NULL) == SL_OK;
}

static bool take_number(struct sl_view *line, uint64_t most, uint64_t *ret)
{
    struct sl_view in = take_until(line, ' ');
    uint64_t n = 0;

    if (in.len == 0 || in.len > 10)
        return false;
    for (size_t i = 0; i < in.len; i++) {
        if (in.at[i] < '0' || in.at[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(in.at[i] - '0');
    }
    *ret = n;
    return n <= most;
}

static bool to_text(struct sl_view in, char *to, size_t room)
{
    if (in.len == 0 || in.len >= room || memchr(in.at, '\0', in.len) != NULL)
        return false;
    memcpy(to, in.at, in.len);
    to[in.len] = '\0';
    return true;
}

static bool take_secret(struct sl_view *line, struct sl_secret **ret)
{
    SL_AUTO_FREE(secret) *s = NULL;

    if (*ret != NULL || sl_secret_blank(32, &s, NULL) != SL_OK ||
        !take_hex(line, sl_secret_fill(s), 32))
        return false;
    *ret = SL_TAKE(s);
    return true;
}

static bool take_identity(struct sl_view *line, struct sl_age_identity **ret)
{
    if (line->len == 0)
        return true;
    return *ret == NULL && sl_age_identity_read(take_until(line, ' '), ret, NULL) == SL_OK;
}

static bool good_alias(const char *alias)
{
    struct sl_view in = { (const uint8_t *)alias, strlen(alias) };

    return sl_alias_check(in, "", NULL) == SL_OK;
}

static bool read_locker(struct sl_view *line, struct sl_vault *v)
{
    uint64_t epoch = 0;

    if (v->locker_count == SL_LOCKERS_MAX)
        return false;
    struct sl_locker_info *l = &v->lockers[v->locker_count];
    bool good = take_hex(line, l->id.bytes, sizeof l->id.bytes) &&
                take_number(line, UINT32_MAX, &epoch) &&
                to_text(take_until(line, ' '), l->alias, sizeof l->alias) && good_alias(l->alias) &&
                sl_age_recipient_read(take_until(line, ' '), &l->recipient, NULL) == SL_OK &&
                take_identity(line, &v->locker_identities[v->locker_count]);
    l->epoch = (uint32_t)epoch;
    v->locker_count++;
    return good;
}

static bool read_sealed(struct sl_view *line, struct sl_vault *v)
{
    return v->locker_count > 0 &&
           take_some_hex(line, &v->sealed[v->locker_count - 1], SL_CARRIED_MAX);
}

static bool read_quorum(struct sl_view *line, struct sl_vault *v)
{
    SL_AUTO_CLEAR(buf) block = { 0 };

    if (!take_some_hex(line, &block, SL_QUORUM_BLOCK_MAX))
        return false;
    memcpy(v->quorum, block.at, block.len);
    v->quorum_bytes = block.len;
    return true;
}

static bool read_trustee(struct sl_view *line, struct sl_vault *v)
{
    if (v->trustee_count == SL_TRUSTEES_MAX)
        return false;
    struct sl_trustee_info *i = &v->trustees[v->trustee_count++];
    return to_text(take_until(line, ' '), i->alias, sizeof i->alias) && good_alias(i->alias) &&
           sl_age_recipient_read(take_until(line, ' '), &i->recipient, NULL) == SL_OK;
}

static bool read_keeper(struct sl_view *line, struct sl_vault *v)
{
    uint64_t shard = 0;

    if (v->keeper_count == SL_KEEPERS_MAX)
        return false;
    struct sl_keeper_info *k = &v->keepers[v->keeper_count++];
    bool good = take_hex(line, k->id.bytes, sizeof k->id.bytes) &&
                take_number(line, SL_SHARDS_MAX - 1, &shard) &&
                to_text(take_until(line, ' '), k->alias, sizeof k->alias) && good_alias(k->alias) &&
                to_text(*line, k->url, sizeof k->url);
    k->shard = (uint8_t)shard;
    line->len = 0;
    return good;
}

static bool read_labels(struct sl_view *line, struct sl_vault *v)
{
    if (v->keeper_count == 0)
        return false;
    struct sl_keeper_info *k = &v->keepers[v->keeper_count - 1];
    bool good = k->labels[0] == '\0' && to_text(*line, k->labels, sizeof k->labels);
    line->len = 0;
    return good;
}

/* The lines that stand there once, in any order; "end" is the last of the file. */
enum { ALIAS, PRODUCTION, MAKER, ROLE, NEED, SIGN, STATE, CARE, END, ONCE };
/* ... and those that need not, but not twice either. */
enum { PERSON = ONCE, QUORUM, TEST, AT_MOST_ONCE };
static const char *const ONCE_WORDS[AT_MOST_ONCE] = {
    "alias", "production", "maker", "role",   "need",   "sign",
    "state", "care",       "end",   "person", "quorum", "test",
};

static bool read_once(unsigned which, struct sl_view *line, struct sl_vault *v)
{
    uint64_t n = 0;

    switch (which) {
    case ALIAS:
        return to_text(take_until(line, ' '), v->alias, sizeof v->alias) && good_alias(v->alias);
    case PRODUCTION: return take_hex(line, v->production, sizeof v->production);
    case MAKER: return take_hex(line, v->maker, sizeof v->maker);
    case ROLE: return take_number(line, SL_ROLE_LAST, &n) && (v->role = (enum sl_role)n) != 0;
    case NEED: return take_number(line, SL_NEED_MAX, &n) && (v->need = (uint8_t)n) != 0;
    case SIGN: return take_secret(line, &v->sign.bytes);
    case STATE: return take_secret(line, &v->state.bytes);
    case CARE:
        return sl_age_recipient_read(take_until(line, ' '), &v->care, NULL) == SL_OK &&
               take_identity(line, &v->care_identity);
    case PERSON: return line->len > 0 && take_identity(line, &v->person);
    case QUORUM: return read_quorum(line, v);
    case TEST:
        return take_some_hex(line, &v->test_locker, SL_CARRIED_MAX) &&
               take_some_hex(line, &v->test_request, SL_CARRIED_MAX);
    default: return true;
    }
}

/* *seen: bit i is set once ONCE_WORDS[i] was there. */
static bool read_line(struct sl_view line, struct sl_vault *v, unsigned *seen)
{
    bool blank_end = line.len > 0 && line.at[line.len - 1] == ' ';
    struct sl_view word = take_until(&line, ' ');

    if ((*seen >> END & 1) != 0)
        return false;
    if (is_word(word, "keeper"))
        return read_keeper(&line, v);
    if (is_word(word, "labels"))
        return read_labels(&line, v);
    if (blank_end) /* a place may end with one, a word does not */
        return false;
    if (is_word(word, "locker"))
        return read_locker(&line, v) && line.len == 0;
    if (is_word(word, "sealed"))
        return read_sealed(&line, v) && line.len == 0;
    if (is_word(word, "trustee"))
        return read_trustee(&line, v) && line.len == 0;
    for (unsigned i = 0; i < AT_MOST_ONCE; i++) {
        if (!is_word(word, ONCE_WORDS[i]))
            continue;
        bool again = (*seen >> i & 1) != 0;
        *seen |= 1u << i;
        return !again && read_once(i, &line, v) && line.len == 0;
    }
    return false;
}

/* No two keepers are one folder, hold one shard or share a name, and no two lockers are one. */
static bool all_differ(const struct sl_vault *v)
{
    for (size_t i = 0; i < v->keeper_count; i++)
        for (size_t k = 0; k < i; k++)
            if (v->keepers[i].shard == v->keepers[k].shard ||
                strcmp(v->keepers[i].alias, v->keepers[k].alias) == 0 ||
                sl_id_same(&v->keepers[i].id, &v->keepers[k].id))
                return false;
    for (size_t i = 0; i < v->locker_count; i++)
        for (size_t k = 0; k < i; k++)
            if (v->lockers[i].epoch == v->lockers[k].epoch &&
                sl_id_same(&v->lockers[i].id, &v->lockers[k].id))
                return false;
    return true;
}

/* Block, trustees, sealed lockers and test belong together, or none of them is there. */
static bool quorum_whole(const struct sl_vault *v, unsigned seen)
{
    bool there = v->quorum_bytes > 0;
    size_t sealed = 0;

    for (size_t i = 0; i < v->locker_count; i++)
        sealed += v->sealed[i].len > 0 ? 1 : 0;
    if (!there)
        return v->trustee_count == 0 && sealed == 0 && (seen >> TEST & 1) == 0;
    return v->quorum_bytes > 20 && v->quorum[15] == v->trustee_count && v->trustee_count > 0 &&
           sealed == v->locker_count && (seen >> TEST & 1) != 0;
}

sl_rc sl_vault_read(struct sl_view text, struct sl_vault **ret, struct sl_err *err)
{
    SL_AUTO_FREE(vault) *v = NULL;
    struct sl_view first = take_until(&text, '\n');
    unsigned number = 1, seen = 0;

    if (!is_word(first, FIRST_LINE))
        return sl_fail(err, SL_E_BROKEN, _("this is no home of version 1"));
    SL_TRY(sl_vault_new(&v, err));
    while (text.len > 0) {
        number++;
        if (!read_line(take_until(&text, '\n'), v, &seen))
            return sl_fail(err, SL_E_BROKEN, _("line %u of the home's file is damaged or unknown"),
                           number);
    }
    if ((seen & ((1u << ONCE) - 1)) != (1u << ONCE) - 1 || v->keeper_count <= v->need ||
        v->locker_count == 0 || !quorum_whole(v, seen))
        return sl_fail(err, SL_E_BROKEN, _("the home's file is cut short"));
    if (!all_differ(v))
        return sl_fail(err, SL_E_BROKEN, _("the home's file names something twice"));
    *ret = SL_TAKE(v);
    return SL_OK;
}
