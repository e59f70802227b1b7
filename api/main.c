/* main.c - vault-api, the helper that has the network and no keys: takes questions from stdin, asks Smartsheet many at
 * once, answers on stdout. Started by vault; the protocol is in vault/helper.h. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>
#include <jansson.h>

#include "job.h"
#include "pace.h"
#include "sandbox.h"
#include "wipe.h"
#include "wire.h"

#ifndef VAULT_VERSION
#define VAULT_VERSION "0.1.0"
#endif

enum {
	MAIN_OK = 0,
	MAIN_FAILED = 1,
	MAIN_SETUP = 2,
	MAIN_JOBS_MAX = 64,
	MAIN_HELD_MAX = 1024,
	MAIN_TIMEOUT_MAX_MS = 3600 * 1000
};

struct main {
	struct wire *wire;
	struct pace *pace;
	CURLM *multi;
	struct request_config cfg;
	struct job_room room;
	struct job *first, **last;   /* all that is not answered yet, in the order of arrival */
	size_t ready, running, held; /* ready: never tried yet */
	size_t listing;              /* exposures that have begun: each has a set of ids */
	int deaf;                    /* a line could not be written */
	int apart;                   /* no two requests share a connection at a time, HTTP/2 or not */
};

static int64_t main_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int main_complain(int status, const char *what, const char *which)
{
	(void)fprintf(stderr, "vault-api: %s%s%s\n", what, which ? ": " : "", which ? which : "");
	return status;
}

static int main_put(void *ctx, const json_t *line)
{
	struct main *m = ctx;

	m->deaf |= !line || wire_put(m->wire, line) != 0;
	return m->deaf ? -1 : 0;
}

/* A readable file with a certificate in it, by its full name: it is looked at before the file system is given up. */
static int main_take_ca_file(struct request_config *cfg, const char *path)
{
	static const char mark[] = "-----BEGIN "; /* CERTIFICATE, TRUSTED CERTIFICATE, X509 CERTIFICATE */
	char line[256];
	FILE *f = NULL;
	int found = 0;

	cfg->ca = realpath(path, NULL);
	f = cfg->ca ? fopen(cfg->ca, "re") : NULL;
	while (f && !found && fgets(line, sizeof line, f))
		found = strncmp(line, mark, sizeof mark - 1) == 0 && strstr(line, "CERTIFICATE-----") != NULL;
	if (!f)
		return main_complain(MAIN_SETUP, "can't read the CA file; name a PEM file with --ca-file", path);
	(void)fclose(f);
	if (!found)
		return main_complain(MAIN_SETUP, "no certificate in the CA file; it must be PEM", path);
	return MAIN_OK;
}

/* The system's, as libcurl was built: its bundle, else its folder. */
static int main_take_system_ca(struct request_config *cfg)
{
	CURL *e = curl_easy_init();
	char *bundle = NULL, *folder = NULL;

	if (e) {
		(void)curl_easy_getinfo(e, CURLINFO_CAINFO, &bundle);
		(void)curl_easy_getinfo(e, CURLINFO_CAPATH, &folder);
	}
	if (bundle && access(bundle, R_OK) == 0)
		cfg->ca = strdup(bundle);
	else if (folder && access(folder, R_OK) == 0)
		cfg->ca_dir = strdup(folder);
	curl_easy_cleanup(e);
	if (!cfg->ca && !cfg->ca_dir)
		return main_complain(MAIN_SETUP,
		                     "no CA certificates here; install ca-certificates, or name a file with --ca-file",
		                     NULL);
	return MAIN_OK;
}

static int main_number(const json_t *header, const char *key, json_int_t max, int64_t *out)
{
	const json_t *j = json_object_get(header, key);

	*out = json_integer_value(j);
	return json_is_integer(j) && *out >= 1 && *out <= max ? 0 : -1;
}

/* The version goes into a header: nothing but what a version has in it. */
static int main_user_agent(struct request_config *cfg, const char *version)
{
	size_t n = version ? strspn(version, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+-~_") : 0;

	if (n == 0 || version[n] || n > 64)
		return -1;
	(void)stpcpy(stpcpy(cfg->user_agent, "smartvault/"), version);
	return 0;
}

/* The first frame. Everything of the file system that is needed later is settled here. */
static int main_setup(struct main *m, const json_t *header, size_t token_n)
{
	const char *op = json_string_value(json_object_get(header, "op"));
	const json_t *ca = json_object_get(header, "ca_file");
	int64_t protocol = 0, jobs = 0;
	int rc = MAIN_OK;

	if (!op || strcmp(op, "setup") != 0 || token_n > 0)
		return main_complain(MAIN_FAILED, "the first request must be the set-up", NULL);
	if (main_number(header, "protocol", INT_MAX, &protocol) || protocol != 1)
		return main_complain(MAIN_FAILED, "another protocol than 1: vault and vault-api are not of one version",
		                     NULL);
	if (main_number(header, "jobs", MAIN_JOBS_MAX, &jobs) ||
	    main_number(header, "timeout_ms", MAIN_TIMEOUT_MAX_MS, &m->cfg.timeout_ms) ||
	    main_number(header, "total_ms", MAIN_TIMEOUT_MAX_MS, &m->cfg.total_ms) ||
	    main_user_agent(&m->cfg, json_string_value(json_object_get(header, "version"))) != 0 ||
	    !(json_is_null(ca) || json_is_string(ca)))
		return main_complain(MAIN_FAILED, "the set-up is not as in protocol 1", NULL);
	m->cfg.jobs = (size_t)jobs;
	rc = json_is_string(ca) ? main_take_ca_file(&m->cfg, json_string_value(ca)) : main_take_system_ca(&m->cfg);
	if (rc != MAIN_OK)
		return rc;
	sandbox_enter(m->cfg.ca, m->cfg.ca_dir);
	m->multi = curl_multi_init();
	if (!m->multi || curl_multi_setopt(m->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) != CURLM_OK ||
	    curl_multi_setopt(m->multi, CURLMOPT_MAXCONNECTS, (long)jobs) != CURLM_OK ||
	    curl_multi_setopt(m->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)jobs) != CURLM_OK)
		return main_complain(MAIN_FAILED, "libcurl can't be set up", NULL);
	m->room = (struct job_room){.multi = m->multi, .pace = m->pace, .cfg = &m->cfg, .put = main_put, .ctx = m};
	return MAIN_OK;
}

static int main_take_request(struct main *m, const struct wire_frame *f)
{
	const char *op = json_string_value(json_object_get(f->header, "op"));
	const char *base = json_string_value(json_object_get(f->header, "base"));
	const json_t *id = json_object_get(f->header, "id");
	enum job_op what = JOB_ME;
	struct job *j = NULL;

	if (job_op_parse(op, &what) != 0 || !base || !json_is_integer(id))
		return main_complain(MAIN_FAILED, "a request is not as in protocol 1", NULL);
	j = job_new(what, json_integer_value(id), base, f->token, f->token_n, m->pace);
	if (!j)
		return main_complain(MAIN_FAILED, "no memory", NULL);
	*m->last = j;
	m->last = &j->next;
	m->held++;
	m->ready++;
	return MAIN_OK;
}

/* Reads ahead only so far that the jobs never wait for it; those who wait for a retry don't count, but all are bounded.
 * Exposures wait between their pages too, and do: what they remember meanwhile is not little. */
static int main_has_room(const struct main *m)
{
	return m->ready + m->running + m->listing < 4 * m->cfg.jobs && m->held < MAIN_HELD_MAX;
}

static int main_read(struct main *m)
{
	const char *why = NULL;
	struct wire_frame f;
	int rc = MAIN_OK, got = 0;

	while (rc == MAIN_OK && (!m->multi || main_has_room(m))) {
		got = wire_take(m->wire, &f, &why);
		if (got < 0)
			return main_complain(MAIN_FAILED, why, NULL);
		if (got == 0) {
			if (m->multi && !wire_readable(m->wire))
				break;
			if (wire_ended(m->wire))
				break;
			if (wire_fill(m->wire, &why) != 0)
				return main_complain(MAIN_FAILED, why, NULL);
			continue;
		}
		rc = m->multi ? main_take_request(m, &f) : main_setup(m, f.header, f.token_n);
		wire_done(m->wire);
		json_decref(f.header);
	}
	return rc;
}

/* A server said a protocol that was not agreed on (request.c): an answer may be another's until all are off the connections
 * of now. All of this round and all under way are unknown, and nothing shares a connection any more. */
static void main_distrust(struct main *m)
{
	for (struct job *j = m->first; j; j = j->next) {
		if (j->first_ms == 0 || j->request.protocol_odd)
			continue;
		m->running -= j->state == JOB_RUNNING;
		job_distrust(j, &m->room, "another answer was of a protocol nobody had agreed on: try again");
	}
	(void)curl_multi_setopt(m->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	m->apart = 1;
}

/* Takes in what has ended; how many. */
static int main_collect(struct main *m)
{
	CURLMsg *msg = NULL;
	char *private = NULL;
	struct job *j = NULL;
	int left = 0, ended = 0, odd = 0;

	while ((msg = curl_multi_info_read(m->multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE ||
		    curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &private) != CURLE_OK)
			continue;
		j = (struct job *)(void *)private;
		job_finish(j, &m->room, msg->data.result, main_now());
		m->running--;
		ended++;
		odd |= j->request.protocol_odd;
	}
	if (odd && !m->apart)
		main_distrust(m);
	return ended;
}

/* Starts what may be started now. `*wake` becomes the time at which the next one may. */
static int main_start(struct main *m, int64_t *wake)
{
	int64_t now = main_now(), when = 0;
	int started = 0;

	*wake = now + 1000;
	for (struct job *j = m->first; j; j = j->next) {
		if (j->state != JOB_READY)
			continue;
		if (m->running >= m->cfg.jobs)
			break;
		when = pace_when(m->pace, j->key, now);
		when = when > j->ready_ms ? when : j->ready_ms;
		if (when > now) {
			*wake = when < *wake ? when : *wake;
			continue;
		}
		m->ready -= j->first_ms == 0;
		m->listing += j->first_ms == 0 && j->op == JOB_EXPOSURE;
		job_start(j, &m->room, now);
		if (j->state != JOB_RUNNING)
			continue;
		m->running++;
		started = 1;
		/* Without memory for the note the token is only not spaced. */
		(void)pace_sent(m->pace, j->key, now);
	}
	return started;
}

/* Writes and drops what is answered. */
static int main_answer(struct main *m)
{
	struct job **at = &m->first, *j = NULL;
	json_t *line = NULL;

	while ((j = *at) != NULL) {
		if (j->state != JOB_ANSWERED) {
			at = &j->next;
			continue;
		}
		line = job_line(j);
		m->ready -= j->first_ms == 0; /* refused before it was tried */
		m->listing -= j->first_ms != 0 && j->op == JOB_EXPOSURE;
		m->held--;
		*at = j->next;
		job_free(&j); /* before anybody is told: an answer means that the token is gone from here */
		(void)main_put(m, line);
		json_decref(line);
	}
	m->last = at;
	return m->deaf ? MAIN_FAILED : MAIN_OK;
}

static int main_loop(struct main *m)
{
	struct curl_waitfd in = {.fd = STDIN_FILENO, .events = CURL_WAIT_POLLIN};
	int rc = MAIN_OK, running = 0, started = 0;
	int64_t wake = 0, wait = 0;

	for (;;) {
		rc = main_read(m);
		if (rc != MAIN_OK)
			return rc;
		started = main_start(m, &wake);
		if (curl_multi_perform(m->multi, &running) != CURLM_OK)
			return main_complain(MAIN_FAILED, "libcurl failed", NULL);
		started += main_collect(m);
		rc = main_answer(m);
		if (rc != MAIN_OK || wire_deserted(m->wire))
			return MAIN_FAILED; /* nobody is there to be told */
		if (!m->first && wire_ended(m->wire))
			return MAIN_OK;
		if (started)
			continue; /* there may be more to do before it is time to wait */
		wait = wake - main_now();
		wait = wait < 0 ? 0 : wait;
		if (curl_multi_poll(m->multi, &in, wire_ended(m->wire) || !main_has_room(m) ? 0 : 1, (int)wait, NULL) !=
		    CURLM_OK)
			return main_complain(MAIN_FAILED, "libcurl failed", NULL);
	}
}

static void main_end(struct main *m)
{
	struct job *next = NULL;

	for (struct job *j = m->first; j; j = next) {
		next = j->next;
		if (j->request.easy)
			(void)curl_multi_remove_handle(m->multi, j->request.easy);
		job_free(&j);
	}
	(void)curl_multi_cleanup(m->multi);
	free(m->cfg.ca);
	free(m->cfg.ca_dir);
	pace_free(&m->pace);
	wire_free(&m->wire);
	curl_global_cleanup();
}

int main(int argc, char **argv)
{
	struct main m = {.last = &m.first};
	int rc = MAIN_FAILED;

	sandbox_harden();
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)puts("vault-api " VAULT_VERSION);
		return MAIN_OK;
	}
	if (argc > 1 || isatty(STDIN_FILENO))
		return main_complain(MAIN_SETUP, "started by vault, not by hand; see vault-check(1)", NULL);
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wipe_malloc, wipe_free, wipe_realloc, wipe_strdup, wipe_calloc) !=
	    CURLE_OK)
		return main_complain(MAIN_FAILED, "libcurl can't be set up", NULL);
	json_set_alloc_funcs(wipe_malloc, wipe_free);
	json_object_seed(0); /* reads /dev/urandom: before the file system is given up */
	m.pace = pace_new();
	m.wire = wire_new(STDIN_FILENO, STDOUT_FILENO);
	if (!m.pace || !m.wire)
		rc = main_complain(MAIN_FAILED, "no memory", NULL);
	else
		rc = main_read(&m);
	if (rc == MAIN_OK && m.multi)
		rc = main_loop(&m);
	main_end(&m);
	return rc;
}
