/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A few entries of one session. See scribe.h.
 */
#include "api/scribe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "home/spool.h"
#include "keeper/keeper.h"

struct said { /* one entry, as each keeper of the session gets it */
    struct sl_object names[SL_KEEPERS_MAX];
};

struct sl_scribe {
    struct sl *sl;
    const struct sl_vault *vault;
    struct sl_spool *spool;
    struct sl_writing *writing;
    struct said *said;
    size_t count, room;
};

void sl_scribe_free(struct sl_scribe *b)
{
    if (b == NULL)
        return;
    sl_spool_free(b->spool);
    sl_writing_free(b->writing);
    free(b->said);
    free(b);
}

static sl_rc say_opened(struct sl_scribe *b, enum sl_role role, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    struct sl_opened opened = { .role = role };
    struct sl_saying says = { .kind = SL_ENTRY_OPENED };

    SL_TRY(sl_opened_write(&opened, &body, err));
    says.care = sl_buf_view(&body);
    return sl_scribe_say(b, &says, err);
}

sl_rc sl_scribe_open(struct sl *sl, struct sl_home *home, const struct sl_vault *v,
                     const struct sl_journal *j, bool founding, struct sl_scribe **ret,
                     struct sl_err *err)
{
    SL_AUTO_FREE(scribe) *b = calloc(1, sizeof *b);
    struct sl_head heads[SL_HEADS_MAX];
    size_t count = 0;

    if (b == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    b->sl = sl;
    b->vault = v;
    SL_TRY(sl_spool_open(home, v, &b->spool, err));
    SL_TRY(sl_writing_new(sl_os_of(sl), v, &b->writing, err));
    if (j != NULL) {
        sl_journal_heads(j, heads, &count);
        SL_TRY(sl_writing_saw(b->writing, heads, count, err));
    }
    if (!founding)
        SL_TRY(say_opened(b, v->role, err));
    *ret = SL_TAKE(b);
    return SL_OK;
}

static sl_rc keep(struct sl_scribe *b, const struct sl_entry_in *in, struct sl_err *err)
{
    SL_AUTO_CLEAR(entry_out) out = { 0 };

    void *at = b->said;
    SL_TRY(sl_grow(&at, b->count, &b->room, sizeof *b->said, err));
    b->said = at;
    SL_TRY(sl_writing_entry(b->writing, in, &out, err));
    memcpy(b->said[b->count++].names, out.names, sizeof out.names);
    for (size_t i = 0; i < out.count; i++) {
        struct sl_view slip = { out.slips + i * SL_SLIP_BYTES, SL_SLIP_BYTES };
        SL_TRY(sl_spool_put(b->spool, &out.keepers[i], &out.names[i], &slip, 1, err));
    }
    return SL_OK;
}

sl_rc sl_scribe_say_salted(struct sl_scribe *b, uint32_t kind, struct sl_view salted,
                           const uint8_t hash[SL_SHA256_BYTES], struct sl_err *err)
{
    struct sl_entry_in in = { .kind = kind, .care_body = salted };

    memcpy(in.care_hash, hash, sizeof in.care_hash);
    return keep(b, &in, err);
}

sl_rc sl_scribe_say(struct sl_scribe *b, const struct sl_saying *s, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(SL_SLIP_BYTES), salted = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_entry_in in = { .kind = s->kind };

    if (s->body.len > 0) {
        SL_TRY(sl_body_seal(s->body, s->to, s->to_count, &sealed, in.body_hash, err));
        in.sealed_body = sl_buf_view(&sealed);
    }
    if (s->care.len > 0) {
        SL_TRY(sl_care_body_write(s->care, &salted, in.care_hash, err));
        in.care_body = sl_buf_view(&salted);
    }
    return keep(b, &in, err);
}

sl_rc sl_scribe_say_author(struct sl_scribe *b, const uint8_t key[SL_SIGN_PUBLIC_BYTES],
                           enum sl_role role, const char *alias, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    struct sl_author author = { .role = role };
    struct sl_saying says = { .kind = SL_ENTRY_AUTHOR };

    memcpy(author.key, key, sizeof author.key);
    (void)snprintf(author.alias, sizeof author.alias, "%s", alias);
    SL_TRY(sl_author_write(&author, &body, err));
    says.care = sl_buf_view(&body);
    return sl_scribe_say(b, &says, err);
}

sl_rc sl_scribe_close(struct sl_scribe *b, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    struct sl_closed closed = { 0 };
    struct sl_saying says = { .kind = SL_ENTRY_CLOSED };

    SL_TRY(sl_closed_write(&closed, &body, err));
    says.care = sl_buf_view(&body);
    return sl_scribe_say(b, &says, err);
}

static sl_rc put_one(void *who, const struct sl_object *name, struct sl_view bytes,
                     struct sl_err *err)
{
    return sl_keeper_put(who, name, &bytes, 1, err);
}

/* Seat i of a session is keeper i of the vault. */
static sl_rc send_to(struct sl_scribe *b, size_t seat, struct sl_err *err)
{
    SL_AUTO_FREE(keeper) *k = NULL;
    const struct sl_keeper_info *info = &b->vault->keepers[seat];

    SL_TRY(sl_keeper_open(sl_os_of(b->sl), info->url, &info->id, false, &k, err));
    for (size_t i = 0; i < b->count; i++)
        SL_TRY(sl_spool_push_one(b->spool, &info->id, &b->said[i].names[seat], put_one, k, err));
    return SL_OK;
}

sl_rc sl_scribe_send(struct sl_scribe *b, struct sl_err *err)
{
    for (size_t i = 0; i < b->vault->keeper_count; i++) {
        struct sl_err why = { 0 };
        SL_TRY(sl_go_on(b->sl, err));
        if (send_to(b, i, &why) != SL_OK)
            sl_tell(b->sl, SL_SAY_WARNING,
                    _("keeper '%s': %s\n  what it should hold waits in the spool: safelight send"),
                    b->vault->keepers[i].alias, why.text);
    }
    return SL_OK;
}

sl_rc sl_scribe_once(struct sl *sl, struct sl_vault_open *o, const struct sl_journal *j,
                     const struct sl_saying *says, size_t count, struct sl_err *err)
{
    SL_AUTO_FREE(scribe) *b = NULL;

    SL_TRY(sl_scribe_open(sl, o->home, o->vault, j, false, &b, err));
    for (size_t i = 0; i < count; i++)
        SL_TRY(sl_scribe_say(b, &says[i], err));
    SL_TRY(sl_scribe_close(b, err));
    return sl_scribe_send(b, err);
}

sl_rc sl_scribe_announce(struct sl *sl, struct sl_vault_open *o, const struct sl_journal *j,
                         const struct sl_vault *machine, const char *alias, struct sl_err *err)
{
    SL_AUTO_FREE(scribe) *b = NULL;
    uint8_t key[SL_SIGN_PUBLIC_BYTES];

    sl_sign_key_public(&machine->sign, key);
    SL_TRY(sl_scribe_open(sl, o->home, o->vault, j, false, &b, err));
    SL_TRY(sl_scribe_say_author(b, key, SL_ROLE_CAPTURE, alias, err));
    SL_TRY(sl_scribe_close(b, err));
    return sl_scribe_send(b, err);
}
