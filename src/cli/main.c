/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command `safelight`: what a person types becomes one call of the public face. Prepares the
 * process (language, signals, descriptors), finds the verb, runs it, says how it went.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "cli/cmd.h"

static struct sl *running; /* set before the handlers are */

static void on_signal(int number)
{
    (void)number;
    sl_stop(running);
}

/* The first signal asks to stop; a second one of the kind finds the default and ends at once. */
static void catch_signals(struct sl *sl)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction old, act = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

    running = sl;
    (void)sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        bool nohup =
            numbers[i] == SIGHUP && sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
        if (!nohup)
            (void)sigaction(numbers[i], &act, NULL);
    }
}

/* A closed descriptor 0, 1 or 2 would become the next file that is opened. Each is filled so that
 * using it fails: input that cannot be read, output that cannot be written. */
static void fill_descriptors(const struct sl_os *os)
{
    for (int fd = 0; fd < 3; fd++) {
        struct stat st;
        if (os->fstat(os->self, fd, &st) != 0 && errno == EBADF)
            (void)os->open(os->self, SL_OS_CWD, "/dev/null", fd == 0 ? O_WRONLY : O_RDONLY, 0, 0);
    }
}

/* $SAFELIGHT_HOME, else $XDG_DATA_HOME/safelight, else ~/.local/share/safelight. */
static void find_home(struct sl_cli *c)
{
    const char *own = getenv("SAFELIGHT_HOME"), *data = getenv("XDG_DATA_HOME");
    const char *person = getenv("HOME");
    int len = 0;

    if (own != NULL && own[0] != '\0')
        len = snprintf(c->home, sizeof c->home, "%s", own);
    else if (data != NULL && data[0] == '/') /* the XDG rules: relative ones are ignored */
        len = snprintf(c->home, sizeof c->home, "%s/safelight", data);
    else if (person != NULL && person[0] != '\0')
        len = snprintf(c->home, sizeof c->home, "%s/.local/share/safelight", person);
    if (len > 0 && (size_t)len < sizeof c->home)
        c->at.home = c->home;
}

/* The environment, for what the words have left open. */
static void read_environment(struct sl_cli *c)
{
    const char *file = getenv("SAFELIGHT_PASSPHRASE_FILE");
    const char *command = getenv("SAFELIGHT_PASSPHRASE_COMMAND");
    const char *tmp = getenv("TMPDIR");

    find_home(c);
    c->tmp = tmp != NULL && tmp[0] == '/' ? tmp : NULL;
    c->at.from = (struct sl_passphrase_from){ .fd = -1 };
    c->env_from = (struct sl_passphrase_from){ .fd = -1 };
    if (file != NULL && file[0] != '\0')
        c->env_from.file = file;
    else if (command != NULL && command[0] != '\0')
        c->env_from.command = command;
}

static bool asks_for(int argc, char **argv, const char *letter, const char *name)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], name) == 0 || (letter != NULL && strcmp(argv[i], letter) == 0))
            return true;
    }
    return false;
}

/* A mistake in the words: where to read how it goes. */
static sl_rc point_to_help(sl_rc rc, const char *verb, struct sl_err *err)
{
    size_t used = strlen(err->text);

    if (rc != SL_E_USAGE || strchr(err->text, '\n') != NULL)
        return rc;
    if (verb == NULL)
        (void)snprintf(err->text + used, sizeof err->text - used, "%s",
                       _("\n  see: safelight help"));
    else
        (void)snprintf(err->text + used, sizeof err->text - used, _("\n  see: safelight %s --help"),
                       verb);
    return rc;
}

static sl_rc run_verb(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    const struct sl_cli_verb *verb = sl_cli_verb_of(argv[0]);

    if (verb == NULL)
        return sl_fail(err, SL_E_USAGE, _("no verb '%s'\n  see: safelight help"),
                       sl_cli_show(argv[0]).text);
    if (asks_for(argc, argv, "-h", "--help"))
        return sl_cli_show_page(c, verb->name, err);
    sl_rc rc = verb->run(c, argc, argv, err);
    (void)sl_cli_pen(&c->out, verb->name); /* also where the words were wrong */
    return point_to_help(rc, verb->name, err);
}

/* Options of every verb may stand before it, too. */
static sl_rc run(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    struct sl_cli_args a = { .argc = argc, .argv = argv, .stop = true, .letters = "hV" };
    static const struct option own[] = {
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { 0 },
    };
    int key = SL_CLI_END;

    a.own = own;
    do {
        sl_rc rc = sl_cli_next(c, &a, &key, err);
        if (rc != SL_OK)
            return point_to_help(rc, NULL, err);
        if (key == 'h')
            return sl_cli_show_page(c, NULL, err);
        if (key == 'V')
            return sl_cli_show_version(c);
    } while (key != SL_CLI_END);
    if (optind >= argc)
        return sl_fail(err, SL_E_USAGE, _("no verb is given\n  see: safelight help"));
    return run_verb(c, argc - optind, argv + optind, err);
}

static void say(void *who, enum sl_level level, const char *text)
{
    sl_cli_say(who, level, text);
}

static void progress(void *who, const struct sl_progress *p)
{
    sl_cli_say_progress(who, p);
}

static sl_rc whole_run(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    struct sl_talk talk = { .who = &c->out, .say = say, .progress = progress };

    SL_TRY(sl_start(&talk, &c->sl, err));
    catch_signals(c->sl);
    sl_rc rc = run(c, argc, argv, err);
    sl_cli_bar_off(&c->out);
    sl_cli_pen_close(&c->out, rc, err);
    struct sl_err broken = { 0 };
    if (sl_cli_flush(&c->out, &broken) != SL_OK && rc == SL_OK) {
        *err = broken;
        rc = SL_E_SYSTEM;
    }
    return rc;
}

int main(int argc, char **argv)
{
    const struct sl_os *os = sl_os_real();
    const char *no_colour = getenv("NO_COLOR");
    struct sl_cli c = { 0 };
    struct sl_err err = { 0 };

    fill_descriptors(os);
    (void)setlocale(LC_ALL, "");
    (void)bindtextdomain(SL_TEXT_DOMAIN, sl_cli_locale_dir);
    (void)signal(SIGPIPE, SIG_IGN);
    sl_cli_out_init(&c.out, os, no_colour == NULL || no_colour[0] == '\0');
    read_environment(&c);
    sl_rc rc = whole_run(&c, argc, argv, &err);
    if (rc != SL_OK && err.text[0] != '\0')
        sl_cli_say_error(&c.out, &err);
    sl_cli_out_clear(&c.out);
    /* The library lives as long as the process: a late signal must find it. */
    return sl_cli_exit_code(rc);
}
