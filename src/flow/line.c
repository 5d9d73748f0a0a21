/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One mutex, two condition variables, no cleverness: items are whole packs (megabytes), so the
 * lock is taken a few hundred times a second at most.
 */
#include "flow/line.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/say.h"

struct node {
    struct node *next;
    void *item;
};

struct station {
    struct node *head, **tail;
    unsigned queued, feeders; /* feeders: workers of the stage before, still running */
};

struct sl_line { /* what a worker sees: its place in the shared state */
    struct shared *shared;
    size_t place;
    unsigned worker;
};

struct shared {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    const struct sl_stage *stages;
    size_t count;
    void *job;
    struct station stations[SL_LINE_STAGES_MAX];
    struct sl_line seats[SL_LINE_STAGES_MAX][SL_LINE_WORKERS_MAX];
    bool failed, one_thread;
    bool ended; /* written and read by the first stage's one worker only */
    struct sl_err first;
};

static bool full(const struct shared *s, size_t place)
{
    return s->stations[place].queued >= s->stages[place].waiting;
}

sl_rc sl_line_pass(struct sl_line *line, void *item, struct sl_err *err)
{
    struct shared *s = line->shared;
    size_t to = line->place + 1;
    bool cancelled = false;

    assert(to < s->count);
    if (s->one_thread)
        return s->stages[to].work(s->job, item, &s->seats[to][0], err);
    struct node *n = malloc(sizeof *n);
    if (n == NULL) {
        s->stages[to].free_item(item);
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    }
    *n = (struct node){ .item = item };
    pthread_mutex_lock(&s->lock);
    while (full(s, to) && !s->failed)
        pthread_cond_wait(&s->moved, &s->lock);
    cancelled = s->failed;
    if (!cancelled) {
        *s->stations[to].tail = n;
        s->stations[to].tail = &n->next;
        s->stations[to].queued++;
        pthread_cond_broadcast(&s->moved);
    }
    pthread_mutex_unlock(&s->lock);
    if (cancelled) {
        s->stages[to].free_item(item);
        free(n);
        return sl_fail(err, SL_E_CANCELLED, _("stopped"));
    }
    return SL_OK;
}

static struct node *unlink_first(struct station *st)
{
    struct node *n = st->head;

    if (n == NULL)
        return NULL;
    st->head = n->next;
    if (st->head == NULL)
        st->tail = &st->head;
    st->queued--;
    return n;
}

/* The next item for this stage, or NULL when the line is finished or has failed. */
static void *take(struct shared *s, size_t place)
{
    struct station *st = &s->stations[place];

    pthread_mutex_lock(&s->lock);
    while (st->head == NULL && st->feeders > 0 && !s->failed)
        pthread_cond_wait(&s->moved, &s->lock);
    struct node *n = s->failed ? NULL : unlink_first(st);
    pthread_cond_broadcast(&s->moved);
    pthread_mutex_unlock(&s->lock);
    void *item = n != NULL ? n->item : NULL;
    free(n);
    return item;
}

static void fail_line(struct shared *s, const struct sl_err *err)
{
    pthread_mutex_lock(&s->lock);
    if (!s->failed)
        s->first = *err;
    s->failed = true;
    pthread_cond_broadcast(&s->moved);
    pthread_mutex_unlock(&s->lock);
}

static bool has_failed(struct shared *s)
{
    pthread_mutex_lock(&s->lock);
    bool failed = s->failed;
    pthread_mutex_unlock(&s->lock);
    return failed;
}

static void work_until_done(struct shared *s, struct sl_line *seat)
{
    const struct sl_stage *stage = &s->stages[seat->place];
    struct sl_err err = { 0 };

    for (;;) {
        void *item = seat->place > 0 ? take(s, seat->place) : NULL;
        if (seat->place > 0 && item == NULL)
            return;
        if (seat->place == 0 && (s->ended || has_failed(s)))
            return;
        sl_rc rc = stage->work(s->job, item, seat, &err);
        if (rc != SL_OK) {
            fail_line(s, &err);
            return;
        }
    }
}

static void *worker(void *arg)
{
    struct sl_line *seat = arg;
    struct shared *s = seat->shared;

    work_until_done(s, seat);
    pthread_mutex_lock(&s->lock);
    if (seat->place + 1 < s->count)
        s->stations[seat->place + 1].feeders--;
    pthread_cond_broadcast(&s->moved);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void free_leftovers(struct shared *s)
{
    for (size_t i = 0; i < s->count; i++) {
        for (struct node *n; (n = unlink_first(&s->stations[i])) != NULL; free(n))
            s->stages[i].free_item(n->item);
    }
}

void sl_line_end(struct sl_line *line)
{
    assert(line->place == 0);
    line->shared->ended = true;
}

unsigned sl_line_worker(const struct sl_line *line)
{
    return line->worker;
}

sl_rc sl_line_borrow(struct sl_line *line, struct sl_lent *from, void **ret, struct sl_err *err)
{
    struct shared *s = line->shared;

    pthread_mutex_lock(&s->lock);
    assert(!s->one_thread || from->count > 0);
    while (from->count == 0 && !s->failed)
        pthread_cond_wait(&s->moved, &s->lock);
    bool got = from->count > 0 && !s->failed;
    if (got)
        *ret = from->things[--from->count];
    pthread_mutex_unlock(&s->lock);
    return got ? SL_OK : sl_fail(err, SL_E_CANCELLED, _("stopped"));
}

void sl_line_return(struct sl_line *line, struct sl_lent *to, void *thing)
{
    struct shared *s = line->shared;

    pthread_mutex_lock(&s->lock);
    assert(to->count < SL_LENT_MAX);
    to->things[to->count++] = thing;
    pthread_cond_broadcast(&s->moved);
    pthread_mutex_unlock(&s->lock);
}

static void init_shared(struct shared *s, const struct sl_stage *stages, size_t count, void *job)
{
    *s = (struct shared){ .stages = stages, .count = count, .job = job };
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->moved, NULL);
    for (size_t i = 0; i < count; i++) {
        s->stations[i].tail = &s->stations[i].head;
        s->stations[i].feeders = i > 0 ? stages[i - 1].workers : 0;
        for (unsigned w = 0; w < SL_LINE_WORKERS_MAX; w++)
            s->seats[i][w] = (struct sl_line){ .shared = s, .place = i, .worker = w };
    }
}

/* Everything in this thread: the first stage's pass() does the work of all that follow. */
static void run_alone(struct shared *s)
{
    s->one_thread = true;
    work_until_done(s, &s->seats[0][0]);
}

static void run_threads(struct shared *s)
{
    pthread_t threads[SL_LINE_WORKERS_MAX];
    size_t started = 0;

    for (size_t i = 0; i < s->count; i++) {
        for (unsigned w = 0; w < s->stages[i].workers; w++) {
            assert(started < SL_LINE_WORKERS_MAX);
            if (pthread_create(&threads[started], NULL, worker, &s->seats[i][w]) != 0) {
                struct sl_err no = { 0 };
                (void)sl_fail(&no, SL_E_SYSTEM, _("cannot start thread '%s'"), s->stages[i].name);
                fail_line(s, &no);
                break;
            }
            started++;
        }
    }
    while (started > 0)
        pthread_join(threads[--started], NULL);
}

sl_rc sl_line_run(const struct sl_stage *stages, size_t count, bool one_thread, void *job,
                  struct sl_err *err)
{
    struct shared *s = calloc(1, sizeof *s);

    assert(count > 0 && count <= SL_LINE_STAGES_MAX && stages[0].workers == 1);
    if (s == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    init_shared(s, stages, count, job);
    if (one_thread)
        run_alone(s);
    else
        run_threads(s);
    free_leftovers(s);
    pthread_cond_destroy(&s->moved);
    pthread_mutex_destroy(&s->lock);
    sl_rc rc = s->failed ? s->first.rc : SL_OK;
    if (s->failed && err != NULL)
        *err = s->first;
    free(s);
    return rc;
}
