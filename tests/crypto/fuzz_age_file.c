/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a whole file opened with a fixed identity and passphrase, as it flows by in two
 * sizes of pieces: outcome and what is released must not depend on the pieces.
 */
#include <string.h>

#include "crypto/age_stream.h"
#include "crypto/inside.h"
#include "fuzz/fuzz.h"

#define WORK_MAX 10u /* a fuzzer has no seconds to give */

static struct sl_age_identity *identity;

static sl_rc unlock(void *self, struct sl_view header, struct sl_age_key *key, struct sl_err *err)
{
    static const uint8_t words[] = { 'p', 'a', 's', 's', 'w', 'o', 'r', 'd' };
    sl_rc rc = sl_age_header_open(header, &identity, 1, key, err);

    (void)self;
    if (rc != SL_E_REFUSED)
        return rc;
    return sl_age_header_open_passphrase(header, (struct sl_view){ words, sizeof words }, WORK_MAX,
                                         key, err);
}

static sl_rc open_in(struct sl_view file, size_t piece, struct sl_buf *out)
{
    struct sl_age_unlock how = { .open = unlock };
    SL_AUTO_FREE(age_reader) *r = NULL;
    struct sl_cur c = sl_cur_over(file);

    SL_TRY(sl_age_reader_new(&how, &r, NULL));
    while (c.left > 0)
        SL_TRY(sl_age_reader_put(r, sl_cur_take(&c, c.left < piece ? c.left : piece), out, NULL));
    return sl_age_reader_finish(r, out, NULL);
}

static void start(void)
{
    /* The identity of the test kit, so that its vectors make a corpus. */
    static const char text[] =
        "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";

    sl_crypto_must(sl_crypto_start(sl_os_real(), NULL) == SL_OK);
    sl_crypto_must(sl_age_identity_read((struct sl_view){ (const uint8_t *)text, sizeof text - 1 },
                                        &identity, NULL) == SL_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_view in = { data, size };
    struct sl_buf a = sl_buf_upto(size + SL_AGE_STREAM_SLACK);
    struct sl_buf b = sl_buf_upto(size + SL_AGE_STREAM_SLACK);

    if (identity == NULL)
        start();
    sl_rc whole = open_in(in, SIZE_MAX, &a);
    sl_rc pieces = open_in(in, 37, &b);
    sl_crypto_must(whole == pieces && a.len == b.len);
    sl_crypto_must(a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
    sl_buf_clear(&a);
    sl_buf_clear(&b);
    return 0;
}
