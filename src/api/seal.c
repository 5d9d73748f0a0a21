/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seal and unseal: age files for anyone, in place of `age` and `age -d`. One pass, from one end
 * (stream.h) through crypto/age_stream.h to the other, in memory that does not grow with the
 * file.
 */
#include <stdlib.h>
#include <string.h>

#include "api/keys.h"
#include "api/stream.h"
#include "base/say.h"
#include "crypto/age_stream.h"
#include "home/passphrase.h"

#define PIECE_BYTES   ((size_t)2 * SL_AGE_CHUNK_BYTES)
#define BUFFER_MAX    (2u * PIECE_BYTES + SL_AGE_STREAM_SLACK)
#define PROGRESS_STEP (4u << 20) /* bytes between two words on progress */

static bool is_stdin(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

/* Standard input can be only one thing. */
static sl_rc judge_stdin(const char *in, const char *const *files, size_t count,
                         const struct sl_passphrase_from *from, struct sl_err *err)
{
    unsigned uses = is_stdin(in);

    for (size_t i = 0; i < count; i++)
        uses += strcmp(files[i], "-") == 0;
    uses += from->file == NULL && from->fd == 0;
    if (uses > 1)
        return sl_fail(err, SL_E_USAGE,
                       _("standard input cannot be two things at once\n"
                         "  give files for the others"));
    return SL_OK;
}

/* One file on its way. */
struct flow {
    const struct sl *sl;
    const char *task;
    struct sl_in *in;
    struct sl_out *out;
    struct sl_buf *made;
    uint64_t done, told;
};

static void tell(struct flow *f, bool last)
{
    struct sl_progress p = { .task = f->task, .done_bytes = f->done, .all_bytes = f->in->bytes };

    if (!last && f->done - f->told < PROGRESS_STEP)
        return;
    f->told = f->done;
    sl_tell_progress(f->sl, &p);
}

static sl_rc write_made(struct flow *f, struct sl_err *err)
{
    SL_TRY(sl_out_begin(f->sl, f->out, err));
    SL_TRY(sl_out_write(f->sl, f->out, sl_buf_view(f->made), err));
    f->made->len = 0;
    return SL_OK;
}

static sl_rc next_piece(struct flow *f, uint8_t *piece, size_t *got, struct sl_err *err)
{
    SL_TRY(sl_in_read(f->sl, f->in, piece, PIECE_BYTES, got, err));
    f->done += *got;
    tell(f, *got == 0);
    return SL_OK;
}

/* ---- seal ---- */

static sl_rc make_header(const struct sl *sl, const struct sl_seal *job, const struct sl_out *out,
                         struct sl_buf *header, struct sl_age_key *key, struct sl_err *err)
{
    SL_AUTO_CLEAR(recipients) to = { 0 };
    SL_AUTO_FREE(secret) *passphrase = NULL;

    if (!job->passphrase) {
        SL_TRY(sl_recipients_read(sl, job, out, &to, err));
        return sl_age_header_seal(to.list, to.count, header, key, err);
    }
    SL_TRY(sl_passphrase_read(sl->os, &job->from, _("passphrase to seal with"), true, &passphrase,
                              err));
    return sl_age_header_seal_passphrase(sl_secret_expose(passphrase), SL_AGE_WORK_DEFAULT, header,
                                         key, err);
}

static sl_rc seal_flow(struct flow *f, struct sl_age_writer *w, uint8_t *piece, struct sl_err *err)
{
    size_t got = 0;

    for (;;) {
        SL_TRY(next_piece(f, piece, &got, err));
        if (got == 0)
            break;
        SL_TRY(sl_age_writer_put(w, (struct sl_view){ piece, got }, f->made, err));
        SL_TRY(write_made(f, err));
    }
    SL_TRY(sl_age_writer_finish(w, f->made, err));
    SL_TRY(write_made(f, err));
    return sl_out_finish(f->out, err);
}

static sl_rc judge_seal(const struct sl_seal *job, struct sl_err *err)
{
    bool to_keys = job->recipient_count > 0 || job->recipient_file_count > 0;

    if (job->passphrase && to_keys)
        return sl_fail(err, SL_E_USAGE,
                       _("a passphrase stands alone: an age file has either that or recipients"));
    if (!job->passphrase && !to_keys)
        return sl_fail(err, SL_E_USAGE,
                       _("nobody could open it: no recipient is given\n"
                         "  name one with -r or -R, or seal to a passphrase with -p"));
    return judge_stdin(job->in, job->recipient_files, job->recipient_file_count, &job->from, err);
}

/* A piece of a file passes through ordinary memory, and is not left there. */
struct sl_piece {
    uint8_t *at;
};

static void sl_piece_clear(struct sl_piece *p)
{
    if (p->at != NULL)
        sl_wipe(p->at, PIECE_BYTES);
    free(p->at);
}

/* What comes out, allocated whole at once: growing would leave copies of the plaintext behind. */
static struct sl_buf made_new(void)
{
    struct sl_buf b = { .at = malloc(BUFFER_MAX), .limit = BUFFER_MAX };

    b.cap = b.at == NULL ? 0 : BUFFER_MAX;
    return b;
}

static void sl_made_clear(struct sl_buf *b)
{
    if (b->at != NULL)
        sl_wipe(b->at, b->cap);
    sl_buf_clear(b);
}
#define AUTO_MADE __attribute__((cleanup(sl_made_clear))) struct sl_buf

struct sl_file_key {
    struct sl_age_key key;
};

static void sl_file_key_clear(struct sl_file_key *k)
{
    sl_secret_free(k->key.bytes);
}

sl_rc sl_seal_file(struct sl *sl, const struct sl_seal *job, struct sl_err *err)
{
    SL_AUTO_CLEAR(in) in = { .fd = -1 };
    SL_AUTO_CLEAR(out) out = { .fd = -1 };
    SL_AUTO_CLEAR(buf) header = sl_buf_upto(SL_AGE_HEADER_MAX);
    SL_AUTO_CLEAR(file_key) file = { 0 };
    SL_AUTO_FREE(age_writer) *writer = NULL;
    SL_AUTO_CLEAR(piece) piece = { .at = malloc(PIECE_BYTES) };
    AUTO_MADE made = made_new();

    if (piece.at == NULL || made.at == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    SL_TRY(judge_seal(job, err));
    SL_TRY(sl_out_plan(sl, job->out, job->force, &out, err));
    SL_TRY(sl_in_open(sl, job->in, &in, err));
    SL_TRY(sl_out_apart(&out, &in, err));
    SL_TRY(make_header(sl, job, &out, &header, &file.key, err));
    SL_TRY(sl_age_writer_new(sl_buf_view(&header), &file.key, job->armor, &writer, err));
    struct flow f = { .sl = sl, .task = "seal", .in = &in, .out = &out, .made = &made };
    sl_rc rc = seal_flow(&f, writer, piece.at, err);
    return rc == SL_OK ? rc : sl_note(err, rc, _("sealing '%s'"), in.shown.text);
}

/* ---- unseal ---- */

struct unlocking {
    const struct sl *sl;
    const struct sl_unseal *job;
    const struct sl_out *out;
    bool open; /* the header is good and ours: from now on there is something to write */
};

static sl_rc unlock_passphrase(struct unlocking *u, struct sl_view header, struct sl_age_key *key,
                               struct sl_err *err)
{
    SL_AUTO_FREE(secret) *passphrase = NULL;

    if (u->job->identity_file_count > 0)
        return sl_fail(err, SL_E_REFUSED,
                       _("the file is sealed to a passphrase, so no identity opens it\n"
                         "  leave -i away"));
    SL_TRY(sl_passphrase_read(u->sl->os, &u->job->from, _("passphrase of the file"), false,
                              &passphrase, err));
    return sl_age_header_open_passphrase(header, sl_secret_expose(passphrase), SL_AGE_WORK_MAX, key,
                                         err);
}

static sl_rc unlock_identities(struct unlocking *u, struct sl_view header, struct sl_age_key *key,
                               struct sl_err *err)
{
    SL_AUTO_CLEAR(identities) ids = { 0 };

    if (u->job->identity_file_count == 0)
        return sl_fail(err, SL_E_USAGE,
                       _("the file is sealed to recipients, not to a passphrase\n"
                         "  name the identity that opens it with -i"));
    SL_TRY(sl_identities_read(u->sl, u->job, u->out, &ids, err));
    return sl_age_header_open(header, ids.list, ids.count, key, err);
}

static sl_rc unlock(void *self, struct sl_view header, struct sl_age_key *key, struct sl_err *err)
{
    struct unlocking *u = self;
    bool wants = false;

    SL_TRY(sl_age_header_wants_passphrase(header, &wants, err));
    if (wants)
        SL_TRY(unlock_passphrase(u, header, key, err));
    else
        SL_TRY(unlock_identities(u, header, key, err));
    u->open = true;
    return SL_OK;
}

/* Write what is good, also after damage; a failure to write then counts more. */
static sl_rc write_good(struct flow *f, const struct unlocking *u, sl_rc rc, struct sl_err *err)
{
    struct sl_err more = { 0 };

    if (!u->open)
        return rc;
    sl_rc wrote = write_made(f, &more);
    if (wrote == SL_OK)
        return rc;
    if (err != NULL)
        *err = more;
    return wrote;
}

static sl_rc unseal_flow(struct flow *f, const struct unlocking *u, struct sl_age_reader *r,
                         uint8_t *piece, struct sl_err *err)
{
    sl_rc rc = SL_OK;
    size_t got = 0;

    do {
        SL_TRY(next_piece(f, piece, &got, err));
        rc = got > 0 ? sl_age_reader_put(r, (struct sl_view){ piece, got }, f->made, err)
                     : sl_age_reader_finish(r, f->made, err);
        rc = write_good(f, u, rc, err);
    } while (rc == SL_OK && got > 0);
    SL_TRY(rc);
    return sl_out_finish(f->out, err);
}

/* Say what became of the good part of a damaged file. */
static sl_rc after_damage(struct sl_out *out, sl_rc rc, struct sl_err *err)
{
    if (rc != SL_E_BROKEN || !out->named || out->fd < 0)
        return rc;
    out->keep = true;
    return sl_note(err, rc,
                   _("writing '%s'\n"
                     "  everything before the damage is good and stays in '%s.part'"),
                   out->shown.text, out->shown.text);
}

sl_rc sl_unseal_file(struct sl *sl, const struct sl_unseal *job, struct sl_err *err)
{
    SL_AUTO_CLEAR(in) in = { .fd = -1 };
    SL_AUTO_CLEAR(out) out = { .fd = -1 };
    SL_AUTO_FREE(age_reader) *reader = NULL;
    SL_AUTO_CLEAR(piece) piece = { .at = malloc(PIECE_BYTES) };
    AUTO_MADE made = made_new();
    struct unlocking u = { .sl = sl, .job = job, .out = &out };
    struct sl_age_unlock with = { .self = &u, .open = unlock };

    if (piece.at == NULL || made.at == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    SL_TRY(judge_stdin(job->in, job->identity_files, job->identity_file_count, &job->from, err));
    SL_TRY(sl_out_plan(sl, job->out, job->force, &out, err));
    SL_TRY(sl_in_open(sl, job->in, &in, err));
    SL_TRY(sl_out_apart(&out, &in, err));
    SL_TRY(sl_age_reader_new(&with, &reader, err));
    struct flow f = { .sl = sl, .task = "unseal", .in = &in, .out = &out, .made = &made };
    sl_rc rc = unseal_flow(&f, &u, reader, piece.at, err);
    if (rc != SL_OK)
        rc = sl_note(err, rc, _("unsealing '%s'"), in.shown.text);
    return after_damage(&out, rc, err);
}
