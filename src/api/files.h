/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small files of people, whole: cards, invitations, texts of requests and answers, kits. Read with
 * a limit, written once and only when they are whole (stream.h).
 */
#pragma once

#include "api/inside.h"
#include "base/bytes.h"
#include "crypto/age.h"
#include "crypto/secret.h"
#include "format/person.h"
#include "quorum/post.h"

/* Append a whole file (or standard input: "-") to *ret, as far as its limit lets. `what` names it
 * where it is too large ("card"). */
sl_rc sl_file_read(struct sl *sl, const char *path, const char *what, struct sl_buf *ret,
                   struct sl_err *err);
/* The same into guarded memory, 1 to `most` bytes. The caller owns *ret. */
sl_rc sl_file_secret(struct sl *sl, const char *path, size_t most, struct sl_secret **ret,
                     struct sl_err *err);
/* Write a new file (or standard output: "-"), durably. One that exists is SL_E_USAGE. */
sl_rc sl_file_write(struct sl *sl, const char *path, struct sl_view bytes, struct sl_err *err);
/* The same for what only its owner is to read (mode 0600). */
sl_rc sl_file_write_private(struct sl *sl, const char *path, struct sl_view bytes,
                            struct sl_err *err);
/* SL_E_USAGE where it exists: before anything is done that a file is the end of. */
sl_rc sl_file_must_be_new(struct sl *sl, const char *path, struct sl_err *err);

/* Read one text of a kind from a letter in a file; further ones are left. */
sl_rc sl_file_post(struct sl *sl, const char *path, enum sl_post_kind kind, struct sl_buf *ret,
                   struct sl_err *err);
/* The same with a letter that was read: text number `index`. SL_E_MISSING after the last one; no
 * text at all, or a damaged one, is SL_E_USAGE: it is to be had anew. */
sl_rc sl_file_post_at(const char *path, struct sl_view letter, enum sl_post_kind kind, size_t index,
                      struct sl_buf *ret, struct sl_err *err);
/* Write one. */
sl_rc sl_file_post_write(struct sl *sl, const char *path, enum sl_post_kind kind,
                         struct sl_view bytes, struct sl_err *err);

/* A card as a person names it: "[ALIAS=]FILE". */
struct sl_card_file {
    char alias[SL_ALIAS_MAX + 1]; /* said, or the file's name without ".card" */
    char path[SL_PATH_MAX + 1];
    struct sl_person_card card;
    char words[SL_WORDS_TEXT];
};
sl_rc sl_card_file_read(struct sl *sl, const char *spec, struct sl_card_file *ret,
                        struct sl_err *err);
/* `path` with another ending: "x/ana.card" and "x/ana.invite"; in `folder` where that is given. */
sl_rc sl_card_file_beside(const struct sl_card_file *c, const char *folder, const char *ending,
                          char *ret, size_t room, struct sl_err *err);

/* What is secret, as an armored age file for one recipient. */
sl_rc sl_file_sealed_write(struct sl *sl, const char *path, struct sl_view secret,
                           const struct sl_age_recipient *to, struct sl_err *err);
/* Open an age file, armored or not, that was sealed to `with`. */
sl_rc sl_file_sealed_read(struct sl *sl, const char *path, struct sl_age_identity *with,
                          size_t most, struct sl_secret **ret, struct sl_err *err);
