/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two ends of seal and unseal: where bytes come from (a file, a pipe, standard input) and
 * where they go (a file that gets its name only when it is whole, a pipe, standard output).
 */
#pragma once

#include "api/inside.h"
#include "base/limits.h"
#include "base/own.h"

struct sl_in {
    const struct sl_os *os;
    int fd;
    bool ours;      /* closed in the end; standard input is not */
    bool waits;     /* a pipe or terminal: reading may wait for ever */
    uint64_t bytes; /* size of a regular file, else 0 */
    dev_t dev;
    ino_t ino;
    struct sl_shown shown; /* for messages */
};

/* Open `path`, or standard input where it is NULL or "-". A folder is SL_E_USAGE. */
sl_rc sl_in_open(const struct sl *sl, const char *path, struct sl_in *ret, struct sl_err *err);
/* Read up to `room` bytes; *got is 0 only at the end. SL_E_CANCELLED while waiting for a pipe. */
sl_rc sl_in_read(const struct sl *sl, struct sl_in *in, void *to, size_t room, size_t *got,
                 struct sl_err *err);
void sl_in_clear(struct sl_in *in);

struct sl_out {
    const struct sl_os *os;
    int fd; /* -1: not begun */
    bool ours;
    bool named;   /* bytes go to `part`, which becomes `path` at the end */
    bool force;   /* `path` may be replaced */
    bool private; /* a new file is for its owner only: mode 0600 */
    bool keep;    /* the part stays when this is cleared unfinished */
    bool exists;  /* `path` was there when we looked, and is this file: */
    dev_t dev;
    ino_t ino;
    char path[SL_PATH_MAX + 1];
    char part[SL_PATH_MAX + 8]; /* path with ".part" */
    struct sl_shown shown;      /* for messages: path or "standard output" */
};

/* Judge where to write, before anything is read: NULL and "-" mean standard output, pipes and
 * devices are written straight. A file that exists is SL_E_USAGE without `force`. Nothing is made
 * yet. */
sl_rc sl_out_plan(const struct sl *sl, const char *path, bool force, struct sl_out *ret,
                  struct sl_err *err);
/* SL_E_USAGE where the file to be written is one that is read: call for each input. */
sl_rc sl_out_apart(const struct sl_out *out, const struct sl_in *in, struct sl_err *err);
/* Make the part (an older one of that name is replaced, unless another run is writing it) or
 * open the device. Does nothing the second time. */
sl_rc sl_out_begin(const struct sl *sl, struct sl_out *out, struct sl_err *err);
sl_rc sl_out_write(const struct sl *sl, struct sl_out *out, struct sl_view in, struct sl_err *err);
/* Everything is there: make it durable and give it its name. */
sl_rc sl_out_finish(struct sl_out *out, struct sl_err *err);
/* Unfinished parts are removed, unless `keep`. */
void sl_out_clear(struct sl_out *out);
