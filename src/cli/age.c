/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What seal and unseal share: standard output is theirs, so --json needs an OUT.
 */
#include "cli/cmd.h"

sl_rc sl_cli_age_run(struct sl_cli *c, const char *verb, const char *out,
                     const struct sl_cli_age *job, struct sl_err *err)
{
    SL_TRY(sl_cli_take_stdout(&c->out, out == NULL ? "-" : out, err));
    struct sl_json_pen *pen = sl_cli_pen(&c->out, verb);
    if (pen != NULL)
        sl_cli_pen_name(pen, "out", "out64", out);
    return job->seal != NULL ? sl_seal_file(c->sl, job->seal, err)
                             : sl_unseal_file(c->sl, job->unseal, err);
}
