/* alpn.c - what the handshake said. libcurl keeps it to itself and gives the SSL object; OpenSSL, which it brought along, is
 * asked by name, so that nothing more is needed to build. */
#include <dlfcn.h>
#include <string.h>

#include "alpn.h"

/* SSL_get0_alpn_selected(3). */
typedef void (*alpn_selected)(const void *ssl, const unsigned char **name, unsigned *n);

static alpn_selected alpn_asked(void)
{
	void *found = dlsym(RTLD_DEFAULT, "SSL_get0_alpn_selected");
	alpn_selected f = NULL;

	memcpy(&f, &found, sizeof f); /* ISO C has no cast for it */
	return f;
}

int alpn_known(void)
{
	return alpn_asked() != NULL;
}

int alpn_is_h2(CURL *e)
{
	struct curl_tlssessioninfo *tls = NULL;
	alpn_selected selected = alpn_asked();
	const unsigned char *name = NULL;
	unsigned n = 0;

	if (!selected || curl_easy_getinfo(e, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK || !tls || !tls->internals ||
	    tls->backend != CURLSSLBACKEND_OPENSSL)
		return 0;
	selected(tls->internals, &name, &n);
	return n == 2 && memcmp(name, "h2", 2) == 0;
}
