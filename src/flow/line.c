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
};

struct shared {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    const struct sl_stage *stages;
    size_t count;
    void *job;
    struct station stations[SL_LINE_STAGES_MAX];
    struct sl_line seats[SL_LINE_STAGES_MAX];
    bool failed;
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
    struct node *n = malloc(sizeof *n);
    bool cancelled = false;

    assert(to < s->count);
    if (n == NULL) {
        s->stages[to].free_item(item);
        return sl_fail(err, SL_E_SYSTEM, "out of memory");
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
        return sl_fail(err, SL_E_CANCELLED, "stopped");
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

static void work_until_done(struct shared *s, struct sl_line *seat)
{
    const struct sl_stage *stage = &s->stages[seat->place];
    struct sl_err err = { 0 };

    for (;;) {
        void *item = seat->place > 0 ? take(s, seat->place) : NULL;
        if (seat->place > 0 && item == NULL)
            return;
        sl_rc rc = stage->work(s->job, item, seat, &err);
        if (seat->place == 0 && rc == SL_E_MISSING)
            return;
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

static void init_shared(struct shared *s, const struct sl_stage *stages, size_t count, void *job)
{
    *s = (struct shared){ .stages = stages, .count = count, .job = job };
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->moved, NULL);
    for (size_t i = 0; i < count; i++) {
        s->stations[i].tail = &s->stations[i].head;
        s->stations[i].feeders = i > 0 ? stages[i - 1].workers : 0;
        s->seats[i] = (struct sl_line){ .shared = s, .place = i };
    }
}

sl_rc sl_line_run(const struct sl_stage *stages, size_t count, void *job, struct sl_err *err)
{
    struct shared s;
    pthread_t threads[64];
    size_t started = 0;

    assert(count > 0 && count <= SL_LINE_STAGES_MAX);
    init_shared(&s, stages, count, job);
    for (size_t i = 0; i < count; i++) {
        for (unsigned w = 0; w < stages[i].workers; w++) {
            assert(started < 64);
            if (pthread_create(&threads[started], NULL, worker, &s.seats[i]) != 0) {
                struct sl_err no = { 0 };
                (void)sl_fail(&no, SL_E_SYSTEM, "cannot start thread '%s'", stages[i].name);
                fail_line(&s, &no);
                break;
            }
            started++;
        }
    }
    while (started > 0)
        pthread_join(threads[--started], NULL);
    free_leftovers(&s);
    pthread_cond_destroy(&s.moved);
    pthread_mutex_destroy(&s.lock);
    if (s.failed && err != NULL)
        *err = s.first;
    return s.failed ? s.first.rc : SL_OK;
}
